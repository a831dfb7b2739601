"""How the visitor's files were read, and what can be corrected about it."""

from dataclasses import replace

import streamlit as st

from pages.parts import frame, loading, session
from segmentation.errors import SegmentationError
from segmentation.recipe import Recipe
from segmentation.sources.readings import FileReading

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows Western",
    "cp1250": "Windows Central European",
    "cp1251": "Windows Cyrillic",
    "cp1254": "Windows Turkish",
    "mac_roman": "Mac Western",
    "shift_jis": "Shift-JIS",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar", " ": "Blanks"}


def summary(given: session.Given) -> str:
    """What there is to see about how the rows are read."""
    return "The first rows" if isinstance(given, session.GivenTable) else "How the file was read"


def draw(files: session.Given) -> None:
    """How the rows are read, what can be corrected about it, and the first of them."""
    if isinstance(files, session.GivenFiles):
        draw_choices(files)
    for reading in files.raw.files:
        for note in reading.notes:
            st.caption(frame.plain(f"{reading.name}: {note}"))
    draw_rows(files)


def draw_choices(files: session.GivenFiles) -> None:
    """What was recognised of the first file, as widgets that correct it."""
    first = files.raw.files[0]
    with st.container(horizontal=True):
        if first.kind == "workbook":
            choose_sheet(first, files.choices.sheet)
        if first.kind == "text":
            choose("Encoding", with_own(ENCODINGS, first.encoding), first.encoding, "encoding")
            choose("Between the cells", DELIMITERS, first.delimiter, "delimiter")
        if first.kind != "parquet":
            session.put("load_header_line", first.header_line)
            st.number_input(
                "Header in line",
                min_value=0,
                key="load_header_line",
                help="0 where the file has no header.",
                on_change=correct,
                args=("load_header_line", "header_line"),
                width=160,
            )


def choose_sheet(first: FileReading, chosen: str | None) -> None:
    """One sheet, or all that have the same columns."""
    options = {sheet: sheet for sheet in first.sheets}
    if len(first.alike_sheets) > 1:
        options = {"": f"All {len(first.alike_sheets)} with these columns", **options}
        choose("Sheet", options, chosen or "", "sheet")
    else:
        choose("Sheet", options, first.sheet, "sheet")


def with_own(known: dict[str, str], own: str | None) -> dict[str, str]:
    """The known encodings, and the file's where it is another."""
    return known if own is None or own in known else {own: own, **known}


def choose(label: str, options: dict[str, str], current: str | None, choice: str) -> None:
    """One list to correct one choice of how files are read."""
    key = f"load_{choice}"
    session.put(key, current)
    st.selectbox(
        label,
        list(options),
        format_func=lambda option: options.get(option, option),
        key=key,
        on_change=correct,
        args=(key, choice),
        width=220,
    )


def correct(key: str, choice: str) -> None:
    """Read the files again as chosen; the page says it where they cannot be read so."""
    files = session.files()
    if not isinstance(files, session.GivenFiles):
        return
    chosen = session.chosen(key)
    choices = replace(files.choices, **{choice: None if chosen == "" else chosen})
    files.recipe = kept_choices(files)
    anew = files.recipe.change(columns={}, forms={}, amount_per=None)
    session.let_go(files.workspace)
    try:
        loading.take_files(files.workspace, files.name, files.paths, files.names, anew, choices)
        loading.load()
    except SegmentationError as error:
        session.leave_problem(error)


def kept_choices(files: session.GivenFiles) -> Recipe:
    """The files' recipe as chosen on every page; a mark of cancelled orders guessed is open."""
    data = session.data()
    if data is None or data.rows.raw is not files.raw:
        return files.recipe
    return session.applied().change(policies=loading.chosen_policies(data))


def draw_rows(files: session.Given) -> None:
    """The first rows as they stand."""
    st.dataframe(
        {column.name: column.samples[:8] for column in files.raw.columns},
        hide_index=True,
        width="stretch",
        alt="The first rows",
    )
