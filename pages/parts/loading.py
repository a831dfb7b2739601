"""Takes what the visitor gives, files, a table or the sample shop, up to the data in use."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit import runtime

from pages.parts import frame, recipe_given, session
from segmentation.errors import SegmentationError
from segmentation.recipe import Policies, Recipe, load_recipe
from segmentation.sources.readings import ReadingChoices

if TYPE_CHECKING:
    from segmentation.engine.loading import LoadedRows
    from segmentation.sources.readings import RawTable
    from segmentation.sources.servers import Server
    from segmentation.sources.workspace import Workspace

# What reads files is imported when there is a file: the first page is to be there at once.
TYPES = [
    *("csv", "tsv", "txt", "tab", "xlsx", "xlsm", "xls", "xlsb", "ods", "parquet", "gz", "zip"),
    "toml",
]
SAMPLE = "Sample shop"


def offer_sample() -> None:
    """Open the sample shop at once where there are no data to lose, else on a click."""
    st.caption("A made-up shop with 5,000 customers, to try everything without data of yours.")
    label = "Open the sample shop"
    if session.data() is None or st.button(label, type="primary", icon=":material/storefront:"):
        take_sample()
        st.rerun()


def take_sample() -> None:
    """Make the sample shop and use it."""
    from segmentation.sources.sample import write_sample_shop
    from segmentation.sources.workspace import Workspace

    with st.spinner("Opening the sample shop…"):
        session.forget(recipe_given.GIVEN)
        workspace = Workspace()
        path = workspace.new_path(".csv")
        write_sample_shop(path)
        take_files(workspace, SAMPLE, [path], ["sample_shop.csv"])
        load()


def take_uploads() -> None:
    """Copy the uploads out of the uploader, free their memory, and read them."""
    uploads: Sequence[Any] = st.file_uploader(
        "Files with your sales",
        type=TYPES,
        accept_multiple_files=True,
        key=f"load_upload_{session.chosen(session.UPLOADS)}",
        help="CSV or other delimited text, Excel, OpenDocument, Parquet, or gzip or zip of those. "
        "Several files with the same columns, such as a file per month, become one table. "
        "A recipe (.toml) you saved earlier brings its choices along.",
    )
    pending = session.chosen(session.PENDING)
    if not uploads and not pending:
        tell_uploaded()
        return
    session.forget(session.PROBLEM)
    with st.spinner("Reading the files…"):
        try:
            if uploads:
                take_upload(uploads)
            else:
                read_upload(*pending)
        except SegmentationError as error:
            session.leave_problem(error)
    session.forget(session.PENDING)
    # A widget under a new key holds no files: their bytes are on disk by now, or of no use.
    session.next_upload()
    st.rerun()


def tell_uploaded() -> None:
    """What is loaded while the uploader is empty again, and what another upload does."""
    data, files = session.data(), session.files()
    if data is None or session.has_unloaded_files():
        return
    names = [data.name]
    if isinstance(files, session.GivenFiles) and files.name != SAMPLE:
        names = files.names
    st.caption(
        f"Loaded now: **{frame.plain(', '.join(names))}**. Another upload takes its place; choose "
        "files that belong together, such as one a month, in one go."
    )


def take_upload(uploads: Sequence[Any]) -> None:
    """Use the recipe among the uploads, and load the files."""
    from segmentation.sources.workspace import Workspace

    recipes = [upload for upload in uploads if upload.name.lower().endswith(".toml")]
    tables = [upload for upload in uploads if upload not in recipes]
    free_uploads(uploads)
    given = [load_recipe(upload.getvalue(), upload.name) for upload in recipes]
    if given:
        session.put(recipe_given.GIVEN, (recipes[0].name, given[0]))
    elif not session.chosen(session.RECIPE):
        session.forget(recipe_given.GIVEN)
    if not tables:
        use_recipe(given[0])
        return
    if session.has_unloaded_files():
        session.forget(session.FILES)
    workspace = Workspace()
    paths = [copy_upload(upload, workspace) for upload in tables]
    names = [upload.name for upload in tables]
    recipe = given[0] if given else session.chosen(session.RECIPE)
    # Whoever leaves the page while they are read, which ends the run, finds them read when back.
    pending = workspace, _named(names), paths, names, recipe
    session.put(session.PENDING, pending)
    session.forget(session.RECIPE)
    read_upload(*pending)


def read_upload(*given: Any) -> None:
    """Read files by `take_files`, and load them."""
    take_files(*given)
    load()


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def copy_upload(upload: Any, workspace: "Workspace") -> Path:
    """The upload as a file in the visitor's folder, under a name of ours."""
    upload.seek(0)
    path = workspace.copy_in(upload, ".upload")
    # Who holds the upload, as Streamlit does until the next run, holds no bytes any more.
    upload.close()
    return path


def free_uploads(uploads: Sequence[Any]) -> None:
    """Have Streamlit drop the uploads' bytes, where it lets us: only the uploads have them now."""
    try:
        context = st.runtime.scriptrunner.get_script_run_ctx()
        manager = runtime.get_instance()._uploaded_file_mgr
        for upload in uploads:
            manager.remove_file(context.session_id, upload.file_id)  # type: ignore[union-attr]
    except (AttributeError, KeyError, RuntimeError):
        # A private corner of Streamlit: without it the bytes go when the next upload replaces them.
        return


def take_files(
    workspace: "Workspace",
    name: str,
    paths: list[Path],
    names: list[str],
    recipe: Recipe | None = None,
    choices: ReadingChoices | None = None,
) -> None:
    """Read files and guess which column is which."""
    from segmentation.sources.files import read_files

    choices = choices or ReadingChoices()
    with workspace.lock:
        raw = read_files(workspace, paths, names, choices)
    given = guess_recipe(raw, recipe)
    session.put(
        session.FILES, session.GivenFiles(name, workspace, paths, names, choices, raw, given)
    )
    check_recipe(raw, recipe)


def take_table(server: "Server", raw: "RawTable", recipe: Recipe | None = None) -> None:
    """Use a table or a query of a server, and guess which column is which."""
    given = guess_recipe(raw, recipe)
    session.put(session.FILES, session.GivenTable(raw.name, server, raw, given))
    check_recipe(raw, recipe)


def guess_recipe(raw: "RawTable", recipe: Recipe | None) -> Recipe:
    """The recipe with columns of these data: its own where they are there, else guesses."""
    from segmentation.sources.columns import guess_amount_per, guess_columns

    recipe = recipe or Recipe()
    there = {column.name for column in raw.columns}
    own = {ours: theirs for ours, theirs in recipe.columns.items() if theirs in there}
    if not own or own != recipe.columns:
        guessed = {
            ours: theirs
            for ours, theirs in guess_columns(raw).items()
            if not own or (ours in recipe.columns and theirs not in own.values())
        }
        recipe = recipe.change(columns={**guessed, **own})
    if recipe.amount_per is None:
        recipe = recipe.change(amount_per=guess_amount_per(raw, recipe.columns))
    return recipe


def check_recipe(raw: "RawTable", recipe: Recipe | None) -> None:
    """Raise MissingColumn where a recipe names columns that these data do not have."""
    from segmentation.sources.columns import check_columns

    if recipe and recipe.columns:
        check_columns(raw, recipe.columns)


def load() -> None:
    """Use the rows of what was given, by the columns chosen."""
    given = session.files()
    if isinstance(given, session.GivenTable):
        from segmentation.engine.server import load_server_rows

        session.forget(session.PROBLEM)
        use_rows(given, load_server_rows(given.server, given.raw, given.recipe))
    elif given:
        # After a click, the run before it goes on until it asks for the session: it ends here.
        with given.workspace.lock:
            session.let_go(given.workspace)
            use_rows(given, load_files(given))


def use_rows(given: session.Given, rows: "LoadedRows") -> None:
    """Make rows that were loaded the data in use."""
    from segmentation.marts.quality import build_overview

    overview = build_overview(rows.database, rows.recipe.policies or Policies())
    told = (given.recipe.policies or Policies(cancelled_prefix=None)).cancelled_prefix
    recognised = rows.recipe.policies.cancelled_prefix if told is None else None
    given.raw, given.recipe = rows.raw, rows.recipe
    session.use_data(session.LoadedData(given.name, rows, overview, recognised))


def load_files(files: session.GivenFiles) -> "LoadedRows":
    """The rows of files, put into a database of their own."""
    from segmentation.engine.loading import load_rows
    from segmentation.sources.files import read_files

    return load_rows(
        files.workspace,
        files.raw,
        files.recipe,
        lambda: read_files(files.workspace, files.paths, files.names, files.choices, rewrite=True),
    )


def load_if_ready() -> None:
    """Load at once where nothing is missing; else keep what is, for the page to say."""
    given, data = session.files(), session.data()
    if given and data and data.rows.raw is given.raw:
        # The same data by other columns: cut points, scheme and policies stay as applied.
        given.recipe = session.applied().change(
            columns=given.recipe.columns,
            forms=given.recipe.forms,
            amount_per=given.recipe.amount_per,
            policies=chosen_policies(data),
        )
    try:
        load()
    except SegmentationError as error:
        session.leave_problem(error)


def chosen_policies(data: session.LoadedData) -> Policies:
    """What somebody chose to count; the mark of cancelled orders is open while it is a guess."""
    policies = session.policies()
    if policies.cancelled_prefix == data.recognised:
        return replace(policies, cancelled_prefix=None)
    return policies


def use_recipe(recipe: Recipe) -> None:
    """Use a recipe on what is there: load it again by its choices."""
    files = session.files()
    if files is None:
        session.put(session.RECIPE, recipe)
        return
    if isinstance(files, session.GivenTable):
        take_table(files.server, files.raw, recipe)
    else:
        take_files(files.workspace, files.name, files.paths, files.names, recipe, files.choices)
    load()
