"""The sheet with a row a customer, whose scores and segment are formulas on the thresholds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from segmentation.outputs.workbook_content import HEAD, MOST_ON_SHEET, Styles, WorkbookContent
from segmentation.outputs.workbook_thresholds import cuts_name
from segmentation.segments.rules import VALUE
from segmentation.tables import AUDIENCES, Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET = "Customers"
SCORES = {
    "recency_score": "recency_days",
    "frequency_score": "n_orders",
    "monetary_score": "total_spend",
}
WIDTHS = {"money": 15, "count": 11, "days": 12, "score": 8, "share": 11, "date": 12, "": 20}
# Columns of the Customers sheet that formulas elsewhere read, by the workbook's name for them.
NAMES = {
    "Customer_id": "customer_id",
    "Customer_segment": "segment",
    "Customer_spend": "total_spend",
    "Customer_orders": "n_orders",
    "Customer_days": "recency_days",
}


def write_customers(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The sheet, as a table with filters; beyond `MOST_ON_SHEET` those who spent most."""
    sheet = book.add_worksheet(SHEET)
    shown = content.customers
    if len(shown) > MOST_ON_SHEET:
        shown = shown.nlargest(MOST_ON_SHEET, "total_spend")
    shown = shown.reset_index()
    columns = {name: AUDIENCES.get(name, Column(name, "")) for name in shown}
    columns["segment"] = content.segment
    places = {name: place for place, name in enumerate(columns)}
    for place, (name, column) in enumerate(columns.items()):
        width = 16 if name in ("customer_id", "segment") else WIDTHS.get(column.unit, 20)
        sheet.set_column(place, place, width)
        formula = _formula(name, places, content)
        style = styles.style(column.unit or "text")
        write_column(sheet, style, place, shown[name], formula)
    n = len(shown)
    sheet.add_table(
        0,
        0,
        n,
        len(columns) - 1,
        {
            "name": "Customer_list",
            "style": "Table Style Light 11",
            "columns": [
                {
                    "header": column.label,
                    "header_format": styles.style(**HEAD, align="right" if column.unit else "left"),
                }
                for column in columns.values()
            ],
        },
    )
    sheet.set_row(0, 34)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    for said, name in NAMES.items():
        letter = _letter(places[name])
        book.define_name(said, f"={SHEET}!${letter}$2:${letter}${n + 1}")


def write_column(
    sheet: "Worksheet",
    style: "Format",
    place: int,
    values: pd.Series,
    formulas: str | Sequence[str] | None = None,
    first: int = 1,
) -> None:
    """The cells of a column below its head; missing values stay empty.

    Texts are written as texts, whatever they begin with: none becomes a formula or a link.  In
    `formulas`, one for all cells or one for each, ``{row}`` stands for the row's number.
    """
    missing = values.isna().to_numpy()
    if formulas is None or isinstance(formulas, str):
        formulas = [formulas or ""] * len(values)
    cells = zip(values.tolist(), missing, formulas, strict=True)
    for row, (value, nothing, formula) in enumerate(cells, first):
        if nothing:
            continue
        if formula:
            sheet.write_formula(row, place, formula.replace("{row}", str(row + 1)), style, value)
        elif isinstance(value, str):
            sheet.write_string(row, place, value[:32_767], style)
        elif values.dtype.kind == "M":
            sheet.write_datetime(row, place, value.to_pydatetime(), style)
        else:
            sheet.write_number(row, place, value, style)


def _formula(name: str, places: dict[str, int], content: WorkbookContent) -> str | None:
    """The formula of a score or of the segment, for row ``{row}``; None for other columns."""
    if not content.is_live:
        return None
    cell = {each: f"{_letter(place)}{{row}}" for each, place in places.items()}
    n = content.n_levels
    if name in SCORES:
        measure = SCORES[name]
        passed = f"SUMPRODUCT(--({cell[measure]}>{cuts_name(measure)}))"
        return f"={n}-{passed}" if name == "recency_score" else f"=1+{passed}"
    if name == "segment" and content.has_rules:
        recency, frequency, monetary = (cell[score] for score in SCORES)
        column = frequency
        if content.segmenter.scheme.axis == VALUE:
            column = f"INT(({frequency}+{monetary}+1)/2)"
        return f"=INDEX(Segment_grid,{n + 1}-{recency},{column})"
    return None


def _letter(place: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return xl_col_to_name(place)
