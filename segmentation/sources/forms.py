"""How dates and numbers are written, decided once for a column from all cells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import duckdb

from segmentation.sources.cells import (
    CellForm,
    FormOption,
    Shape,
    count_cells,
    count_shapes,
    drop_cells,
    over,
    sample_shapes,
)
from segmentation.sources.dateforms import date_form
from segmentation.sources.dates import DAY_FIRST, read_layout, written_sql
from segmentation.sources.numbers import MARKS, is_plain, number_form, telling_mark
from segmentation.sources.readings import RawColumn, RawTable, quoted

__all__ = ["DATES", "NUMBERS", "CellForm", "FormOption", "study_forms"]

DATES = ("ordered_at", "first_ordered_at")
NUMBERS = ("amount", "quantity", "unit_price", "customer_age", "n_orders")
# Nobody's age is over a thousand.
ASKED = ("amount", "quantity", "unit_price", "n_orders")

_TYPED = {
    ("date", "date"): "cast(cell as timestamp)",
    ("date", "timestamp"): "cast(cell as timestamp)",
    ("number", "number"): "cast(cell as double)",
}


def study_forms(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    columns: Mapping[str, str],
    chosen: Mapping[str, str] | None = None,
    whole: bool = True,
) -> dict[str, CellForm]:
    """How the cells of each date and number column are written.

    A number column in which each mark may part thousands or decimals is read as the others are;
    where they say nothing, or not the same, it is open.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where `raw.query` runs.
    raw : RawTable
        The files.
    columns : mapping of str to str
        The file's column for each of ours.
    chosen : mapping of str to str, optional
        Name of a `FormOption` for some of our columns.
    whole : bool, default=True
        False: believe the samples where they leave nothing open (plain numbers, ISO dates);
        such a form gives null for a cell that is written in another way, and has no count.
        Where something would have to be asked, all cells are looked at first.

    Returns
    -------
    dict of str to CellForm
        By our names, for those of `DATES` and `NUMBERS` that are in `columns`.

    Raises
    ------
    duckdb.Error
        The rows cannot be read.
    """
    by_name = {column.name: column for column in raw.columns}
    mine = {ours: by_name[columns[ours]] for ours in (*DATES, *NUMBERS) if ours in columns}
    chosen = chosen or {}
    forms: dict[str, CellForm] = {}
    for ours, column in mine.items():
        form = _typed_form(ours, column)
        if not form and ours not in chosen:
            form = _sample_form(ours, column)
        if form:
            forms[ours] = form
    if whole:
        forms = _confirmed(connection, raw, forms, mine)
    rest = {ours: column for ours, column in mine.items() if ours not in forms}
    numbers = {ours: column for ours, column in rest.items() if ours in NUMBERS}
    for ours in rest.keys() - numbers.keys():
        forms[ours] = _date_form(connection, raw, mine[ours], chosen.get(ours))
    shapes = {ours: _all_shapes(connection, raw, column) for ours, column in numbers.items()}
    samples = [
        sample_shapes(column.samples)
        for ours, column in mine.items()
        if ours in NUMBERS and ours in forms and column.kind == "text"
    ]
    settled = _settled_mark(raw, [*(found for found, _ in shapes.values()), *samples], chosen)
    for ours, column in numbers.items():
        choice = chosen.get(ours)
        form = number_form(*shapes[ours], ours in ASKED, choice, settled)
        forms[ours] = _over_text(form, column)
    if not whole and any(form.is_ambiguous for form in forms.values()):
        return study_forms(connection, raw, columns, chosen)
    return {ours: forms[ours] for ours in mine}


def _confirmed(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    forms: Mapping[str, CellForm],
    columns: Mapping[str, RawColumn],
) -> dict[str, CellForm]:
    """The forms that read all cells of their columns; one pass for all of them."""
    doubtful = [ours for ours, form in forms.items() if form.n_unreadable is None]
    if not doubtful:
        return dict(forms)
    counts = []
    for ours in doubtful:
        cell = quoted(columns[ours].name)
        counts.append(
            f"count(*) filter (({over(forms[ours].sql, cell)}) is null and trim({cell}) <> '')"
        )
    [row] = connection.execute(f"select {', '.join(counts)} from ({raw.query})").fetchall()
    unread = dict(zip(doubtful, row, strict=True))
    return {
        ours: replace(form, n_unreadable=0) for ours, form in forms.items() if not unread.get(ours)
    }


def _typed_form(ours: str, column: RawColumn) -> CellForm | None:
    kind = "date" if ours in DATES else "number"
    sql = _TYPED.get((kind, column.kind))
    return CellForm(kind, sql, f"{kind}s", 0) if sql else None


def _sample_form(ours: str, column: RawColumn) -> CellForm | None:
    shapes = sample_shapes(column.samples)
    if column.kind != "text" or not shapes:
        return None
    if ours in NUMBERS:
        if not is_plain(shapes):
            return None
        return replace(number_form(shapes, 0, may_ask=False), n_unreadable=None)
    layouts = [layout for shape in shapes if (layout := read_layout(shape, {})) and layout.is_iso]
    if len(layouts) < len(shapes):
        return None
    return CellForm("date", written_sql(layouts, DAY_FIRST, {}), layouts[0].label(DAY_FIRST), None)


def _settled_mark(
    raw: RawTable, columns: Sequence[Sequence[Shape]], chosen: Mapping[str, str]
) -> str:
    """The decimal mark that somebody said, else that the columns that are certain all have."""
    are_stored = any(reading.kind == "workbook" for reading in raw.files)
    marks = {MARKS[choice] for choice in chosen.values() if choice in MARKS}
    marks = marks or {telling_mark(shapes, are_stored) for shapes in columns} - {""}
    return marks.pop() if len(marks) == 1 else ""


def _all_cells(raw: RawTable, column: RawColumn) -> str:
    return f"select {over(_text(column), quoted(column.name))} as cell from ({raw.query})"


def _all_shapes(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, column: RawColumn
) -> tuple[list[Shape], int]:
    count_cells(connection, _all_cells(raw, column))
    found = count_shapes(connection)
    drop_cells(connection)
    return found


def _date_form(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, column: RawColumn, choice: str | None
) -> CellForm:
    count_cells(connection, _all_cells(raw, column))
    form = date_form(connection, *count_shapes(connection), choice)
    drop_cells(connection)
    return _over_text(form, column)


def _text(column: RawColumn) -> str:
    return "cell" if column.kind == "text" else "cast(cell as varchar)"


def _over_text(form: CellForm, column: RawColumn) -> CellForm:
    currency = form.currency and over(form.currency, _text(column))
    return replace(form, sql=over(form.sql, _text(column)), currency=currency)
