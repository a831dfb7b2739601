"""Which of the visitor's columns is which: the guesses, each beside its values, to be changed."""

import calendar
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.parts import frame, loading, session
from segmentation.labels import span
from segmentation.recipe import AMOUNT_PER, BY_FILE
from segmentation.tables import EITHER, FIELDS, NEEDED, PER_CUSTOMER, USEFUL

if TYPE_CHECKING:
    from segmentation.sources.cells import CellForm

NOT_THERE = "–"
NUMBERED = re.compile(r"([0-9]{1,2})[^0-9]([0-9]{1,2})[^0-9][0-9]{2,4}")
GROUPS = {
    NEEDED: "Needed",
    EITHER: "Needed: the amount, or quantity and unit price",
    USEFUL: "Useful, where you have it",
    PER_CUSTOMER: "Only for data with one row a customer",
}
PER = {
    "row": "Each row has its own amount",
    "order": "The order's total, once or repeated on the order's rows",
}


def draw(files: session.Given) -> None:
    """A list to choose from for each field, the column's first values below it."""
    draw_questions(files)
    for group, heading in GROUPS.items():
        fields = [name for name, field in FIELDS.items() if field.group == group]
        st.markdown(f"**{heading}**")
        for start in range(0, len(fields), 3):
            for column, name in zip(st.columns(3), fields[start : start + 3], strict=False):
                with column:
                    draw_field(files, name)
    draw_amount_per(files)
    draw_forms(files)
    if st.button("Use these columns", type="primary", icon=":material/check:", key="load_use"):
        with st.spinner("Reading the rows…"):
            loading.load_if_ready()
        st.rerun()


def summary() -> tuple[str, bool]:
    """The columns in use in one line, and whether they are still to be chosen."""
    data = session.data()
    if data is None or session.has_unloaded_files():
        return "Which column is which", True
    columns = data.rows.recipe.columns
    shown = [name for name in ("customer_id", "ordered_at", "amount") if name in columns]
    if "amount" not in columns:
        shown += ["quantity", "unit_price"]
    named = ", ".join(f"{FIELDS[name].label} = {columns[name]}" for name in shown)
    if data.rows.has_order_totals:
        named += " (the order's total, once or repeated)"
    others = [FIELDS[name].label for name in FIELDS if name in columns and name not in shown]
    also = f"; also {', '.join(others)}" if others else ""
    return frame.plain(f"Columns: {named}{also}"), False


def draw_field(files: session.Given, name: str) -> None:
    """One field: its column, and what stands in it."""
    key, field = f"load_column_{name}", FIELDS[name]
    theirs = [column.name for column in files.raw.columns]
    session.put(key, files.recipe.columns.get(name, NOT_THERE))
    st.selectbox(
        field.label,
        [NOT_THERE, *theirs],
        key=key,
        help=field.meaning,
        on_change=choose_column,
        args=(name, key),
    )
    st.caption(samples_of(files, files.recipe.columns.get(name)))


def samples_of(files: session.Given, theirs: str | None) -> str:
    """The first few different values of a column."""
    cells = next((c.samples for c in files.raw.columns if c.name == theirs), ())
    different = list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))[:3]
    return " ".join(f"`{cell[:30].replace('`', ' ')}`" for cell in different) or "\u00a0"


def choose_column(name: str, key: str) -> None:
    """Note the column chosen for a field; nothing is loaded until the button is pressed."""
    files = session.files()
    if files:
        columns = {k: v for k, v in files.recipe.columns.items() if k != name}
        if session.chosen(key) != NOT_THERE:
            columns[name] = session.chosen(key)
        forms = {k: v for k, v in files.recipe.forms.items() if k != name}
        files.recipe = files.recipe.change(columns=columns, forms=forms)


def draw_amount_per(files: session.Given) -> None:
    """Whether the amount stands per row or per order, where there are order numbers."""
    if {"order_id", "amount"} <= files.recipe.columns.keys():
        session.put("load_amount_per", files.recipe.amount_per or "row")
        st.radio(
            "What the amount is",
            AMOUNT_PER,
            format_func=PER.__getitem__,
            key="load_amount_per",
            horizontal=True,
            on_change=choose_amount_per,
        )


def choose_amount_per() -> None:
    """Note what the amount stands for."""
    files = session.files()
    if files:
        files.recipe = files.recipe.change(amount_per=session.chosen("load_amount_per"))


def draw_questions(files: session.Given) -> None:
    """What has to be asked comes first: nothing can be loaded before."""
    for name, form in studied(files).items():
        if form.options:
            draw_question(files, name, form)


def example(cells: Sequence[str], reading: str) -> str:
    """What one of the cells would be by a reading, for one that tells the readings apart."""
    for cell in cells:
        match = NUMBERED.match(cell.strip())
        if match and match[1] != match[2]:
            day, month = (match[1], match[2]) if reading == "day_first" else (match[2], match[1])
            if 1 <= int(month) <= 12:
                return f"{match[0]} is {int(day)} {calendar.month_name[int(month)]}, from "
    return ""


def draw_forms(files: session.Given) -> None:
    """How dates and amounts are read, where that is beyond doubt."""
    for name, form in studied(files).items():
        is_told = name in ("ordered_at", "amount") or form.decided == BY_FILE or form.notes
        if not form.options and is_told:
            unread = f"; {form.n_unreadable:,} cells cannot be read so" if form.n_unreadable else ""
            st.caption(f"{FIELDS[name].label} is read as {frame.plain(form.label)}{unread}.")
        for note in form.notes:
            st.caption(frame.plain(note))


def studied(files: session.Given) -> "dict[str, CellForm]":
    """How the date and number columns are written, worked out once for a choice of columns."""
    key = tuple(sorted(files.recipe.columns.items()))
    if key not in files.memory:
        with st.spinner("Studying dates and amounts…"):
            files.memory[key] = study(files)
    return files.memory[key]


def study(given: session.Given) -> "dict[str, CellForm]":
    """How the date and number columns chosen are written, whatever was answered about them.

    That files are not written alike is no answer: their cells may not say so every month.
    """
    forms = {ours: form for ours, form in given.recipe.forms.items() if form == BY_FILE}
    recipe = given.recipe.change(forms=forms)
    if isinstance(given, session.GivenTable):
        from segmentation.engine.server import study_server_recipe

        return study_server_recipe(given.server, given.raw, recipe)
    from segmentation.engine.loading import study_recipe

    with given.workspace.lock:
        return study_recipe(given.workspace, given.raw, recipe)


def draw_question(files: session.Given, name: str, form: "CellForm") -> None:
    """Both readings of a column, with what each would give."""
    column = files.recipe.columns.get(name)
    cells = next((c.samples for c in files.raw.columns if c.name == column), ())
    where = ""
    if form.open_in:
        cells, where = form.open_cells, f" in {frame.plain(form.open_in)}"
        st.caption(frame.plain(form.elsewhere))
    told = {
        option.name: f"{option.label}: {frame.plain(example(cells, option.name))}"
        f"{span(option.first, option.last)}"
        if option.first and option.last
        else option.label
        for option in form.options
    }
    key = f"load_form_{name}"
    answer = files.recipe.forms.get(name)
    session.put(key, answer if answer in told else None)
    st.radio(
        f"{FIELDS[name].label} can be read in two ways{where}. Which is right?",
        list(told),
        index=None,
        format_func=told.__getitem__,
        key=key,
        on_change=choose_form,
        args=(name, key),
    )


def choose_form(name: str, key: str) -> None:
    """Note how a column is to be read."""
    files = session.files()
    if files and session.chosen(key):
        files.recipe = files.recipe.change(forms={**files.recipe.forms, name: session.chosen(key)})
