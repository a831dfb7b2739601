"""The reader's rows, read and mapped, become a database that sql/ runs on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import duckdb

from segmentation.engine.database import Database, DuckDatabase
from segmentation.engine.duplicates import count_overlapping, find_surplus
from segmentation.engine.lines import (
    count_by_file,
    drop_blank_rows,
    has_rows_of_no_use,
    line_offsets,
    tell_blank_rows,
)
from segmentation.engine.undone import recognise_undone
from segmentation.errors import AmbiguousCells, UnreadableFile
from segmentation.labels import listed
from segmentation.recipe import BY_FILE, Policies, Recipe
from segmentation.sources.columns import check_columns, guess_amount_per, guess_columns
from segmentation.sources.doubts import tell_doubts
from segmentation.sources.forms import CellForm
from segmentation.sources.mapping import TYPES, mapped_query, told_currency
from segmentation.sources.readings import RawTable
from segmentation.sources.stacks import study_files
from segmentation.sources.workspace import Workspace, check_room

Progress = Callable[[str], None]

ORDER_TOTALS = (
    "The amount is taken for the order's total, which its rows name once or repeat: it counts once "
    'an order. Where it is each row\'s own, choose so on the Load page, or amount_per = "row" in '
    "the recipe."
)
MARKED = "select 1 from loaded_rows where order_id like 'C%' limit 1"
CANCELLED = """
    select
        count(case when order_id like 'C%' then try_cast(order_id[2:] as ubigint) end),
        count(case when order_id >= '0' and order_id < ':' then try_cast(order_id as ubigint) end),
        count(order_id)
    from loaded_rows
"""


@dataclass(frozen=True)
class LoadedRows:
    """The reader's rows in a database, and how they were understood.

    Parameters
    ----------
    database : Database
        Where they are.
    raw : RawTable
        How the files were read.
    recipe : Recipe
        With the columns, forms, amount rule and policies in use, guessed or given.
    forms : dict of str to CellForm
        How the cells of each date and number column are written.
    n_overlapping : int
        Rows that stand in an earlier one of several files as well.
    """

    database: Database
    raw: RawTable
    recipe: Recipe
    forms: dict[str, CellForm]
    n_overlapping: int

    @property
    def has_order_totals(self) -> bool:
        """Whether the amount is taken for the order's total."""
        return self.recipe.amount_per == "order" and "amount" in self.recipe.columns

    def decisions(self) -> Iterator[str]:
        """What was decided about cells and columns that may mean something else, in sentences."""
        if self.has_order_totals:
            yield ORDER_TOTALS
        for ours, form in self.forms.items():
            name = self.recipe.columns[ours]
            if form.decided == BY_FILE:
                yield f"{name} is read file by file: {form.label}."
            yield from (f"{name}: {note}" for note in form.notes)
            if form.n_unreadable:
                yield f"{name}: {form.n_unreadable:,} of the cells cannot be read as {form.label}."
        left_out = self.recipe.policies.left_out if self.recipe.policies else ()
        if left_out and "status" in self.recipe.columns:
            yield (
                f"Orders with {listed(left_out, 10)} in “{self.recipe.columns['status']}” do not "
                "count. Change that on Check data, or by undone in the recipe."
            )
        yield from tell_doubts(self.raw, self.recipe.columns, left_out)


def complete_recipe(raw: RawTable, recipe: Recipe) -> Recipe:
    """The recipe with what it leaves open about the rows guessed from them.

    Raises
    ------
    MissingColumn
        Something that every segment needs has no column, or a column named is not there.
    """
    columns = dict(recipe.columns) or guess_columns(raw)
    check_columns(raw, columns)
    return replace(
        recipe,
        columns=columns,
        amount_per=recipe.amount_per or guess_amount_per(raw, columns),
    )


def load_rows(
    workspace: Workspace,
    raw: RawTable,
    recipe: Recipe,
    rewrite: Callable[[], RawTable],
    look_for_duplicates: bool = True,
    progress: Progress = lambda step: None,
) -> LoadedRows:
    """Read the rows and put them, mapped and typed, into the workspace's database.

    Parameters
    ----------
    workspace : Workspace
        Whose table ``loaded_rows`` is made anew.
    raw : RawTable
        What `read_files` made of the files.
    recipe : Recipe
        Columns and forms; what is left open is guessed.
    rewrite : callable
        Reads the same files again row by row, for when they turn out irregular.
    look_for_duplicates : bool, default=True
        Whether to find exact duplicates; needed for the duplicates policy.
    progress : callable
        Is told each step.

    Raises
    ------
    MissingColumn
        Something that every segment needs has no column.
    AmbiguousCells
        Dates or amounts can be read in two ways and the recipe does not say which is right.
    UnreadableFile
        A file cannot be read as a table.
    NoRoom
        The disk is full, or the memory used up.
    """
    recipe = complete_recipe(raw, recipe)
    progress("Reading the rows")
    try:
        forms = _fill(workspace, raw, recipe, look_for_duplicates, whole=False)
    except (duckdb.Error, _Irregular):
        progress("Reading the rows one by one, since some are irregular")
        raw = rewrite()
        recipe = complete_recipe(raw, recipe)
        try:
            forms = _fill(workspace, raw, recipe, look_for_duplicates, whole=True)
        except (duckdb.Error, _Irregular) as error:
            check_room(error)
            raise UnreadableFile(
                f"{raw.name} cannot be read to its end: it is damaged.",
                "Export it again, or leave out columns that are not needed.",
            ) from error
    raw = tell_blank_rows(workspace.connection, raw)
    by_file = {ours: BY_FILE for ours, form in forms.items() if form.decided == BY_FILE}
    recipe = replace(recipe, forms={**by_file, **recipe.forms})
    policies = recipe.policies or Policies(cancelled_prefix=None)
    if policies.cancelled_prefix is None:
        prefix = guess_cancelled(workspace) if "order_id" in recipe.columns else ""
        recipe = replace(recipe, policies=replace(policies, cancelled_prefix=prefix))
    overlapping = 0
    if look_for_duplicates:
        progress("Looking for duplicates")
        find_surplus(workspace.connection)
        if len(raw.files) > 1:
            overlapping = count_overlapping(workspace.connection)
    names = [reading.name for reading in raw.files]
    offsets = line_offsets(workspace.connection, raw)
    database = DuckDatabase(workspace, names, offsets, look_for_duplicates)
    return LoadedRows(database, raw, recognise_undone(database, recipe), forms, overlapping)


def guess_cancelled(workspace: Workspace) -> str:
    """What marks an order number as cancelled: ``"C"``, or nothing.

    A C before the digits while most order numbers are digits alone is how UCI's Online Retail and
    the systems it came from mark cancelled invoices.
    """
    if not workspace.connection.execute(MARKED).fetchall():
        return ""
    marked, digits, all_ids = workspace.connection.execute(CANCELLED).fetchall()[0]
    return "C" if 0 < marked < digits and marked + digits > 0.9 * all_ids else ""


def study_recipe(workspace: Workspace, raw: RawTable, recipe: Recipe) -> dict[str, CellForm]:
    """How the cells of the recipe's date and number columns are written, by `study_files`.

    Raises
    ------
    UnreadableFile
        The rows are too irregular to be read in place.
    """
    try:
        return study_files(workspace.connection, raw, recipe.columns, recipe.forms)
    except duckdb.Error as error:
        raise UnreadableFile(
            f"{raw.name} has rows that do not fit its header.", "Load it to read it row by row."
        ) from error


def check_forms(raw: RawTable, recipe: Recipe, forms: Mapping[str, CellForm]) -> None:
    """Raise AmbiguousCells where a column can be read in two ways and nobody said which."""
    for ours, form in forms.items():
        if form.is_ambiguous:
            readings = " or ".join(
                f"{option.label} ({option.first} to {option.last})"
                if option.first
                else option.label
                for option in form.options
            )
            raise AmbiguousCells(
                f"In {form.open_in or raw.name} the column "
                f"{recipe.columns[ours]} can be read in two ways: {readings}. "
                f"{form.elsewhere}".strip(),
                "Choose which one is right.",
            )


class _Irregular(Exception):
    """The rows read in place are not the rows that reading one by one would give."""


def _fill(
    workspace: Workspace, raw: RawTable, recipe: Recipe, hashed: bool, whole: bool
) -> dict[str, CellForm]:
    """Make ``loaded_rows``; study whole columns first, or only where samples mislead."""
    forms = study_files(workspace.connection, raw, recipe.columns, recipe.forms, whole)
    _make_table(workspace, raw, recipe, forms, hashed)
    unread = "select 1 from loaded_rows where unreadable is not null limit 1"
    if not whole and workspace.connection.execute(unread).fetchall():
        studied = study_files(workspace.connection, raw, recipe.columns, recipe.forms, True)
        if [form.sql for form in studied.values()] != [form.sql for form in forms.values()]:
            _make_table(workspace, raw, recipe, studied, hashed)
        return studied
    return forms


def _make_table(
    workspace: Workspace, raw: RawTable, recipe: Recipe, forms: dict[str, CellForm], hashed: bool
) -> None:
    check_forms(raw, recipe, forms)
    query = mapped_query(raw, recipe.columns, forms, recipe.amount_per or "row", hashed)
    stored = list(_stored(raw, recipe, forms, hashed))
    workspace.connection.execute(
        f"create or replace table loaded_rows as select {', '.join(stored)} from ({query})"
    )
    found = count_by_file(workspace.connection, raw)
    for index, reading in enumerate(raw.files):
        if reading.n_rows is not None and reading.n_rows != found.get(index, 0):
            raise _Irregular(reading.name)
    if any(reading.n_rows for reading in raw.files) and has_rows_of_no_use(workspace.connection):
        if hashed:
            drop_blank_rows(workspace.connection, raw, stored)
        else:  # by their hash, blank rows are told from remarks
            _make_table(workspace, raw, recipe, forms, hashed=True)


def _stored(
    raw: RawTable, recipe: Recipe, forms: dict[str, CellForm], hashed: bool
) -> Iterator[str]:
    """Names of the columns worth storing: those that are null in every row cost as much as others.

    `DuckDatabase.rows` puts the rest back.
    """
    for ours in TYPES:
        if (
            ours in recipe.columns
            or ours == "amount"
            or (ours == "currency" and told_currency(recipe.columns, recipe.columns, forms))
            or (ours == "order_amount" and recipe.amount_per == "order")
        ):
            yield ours
    yield "unreadable"
    if hashed:
        yield "row_hash"
    if len(raw.files) > 1:
        yield "file_index"
    if any(reading.n_rows is None for reading in raw.files):
        yield "line"
