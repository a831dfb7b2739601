"""The Summary and Segments sheets: sums over the customers, and Excel's own charts of them."""

from typing import TYPE_CHECKING

import pandas as pd

from segmentation.labels import day
from segmentation.outputs.workbook_content import Styles, WorkbookContent, write_head, write_labels
from segmentation.outputs.workbook_thresholds import CLUSTERS, FIRST_CUT, segment_row
from segmentation.outputs.workbook_thresholds import SHEET as THRESHOLDS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

FIRST = 4
GRIDLINES = {"visible": True, "line": {"color": "#d5dfe0"}}
HEADS = {
    "Segment": "",
    "Customers": "count",
    "Share of customers": "share",
    "Revenue": "money",
    "Share of revenue": "share",
    "Orders": "count",
    "Mean order": "money",
    "Mean days since last order": "days",
}


def profile(content: WorkbookContent) -> pd.DataFrame:
    """What the Segments sheet shows, a row a segment, in the order of its columns."""
    customers = content.customers
    groups = customers.groupby(customers["segment"].astype(str))
    found = groups.agg(
        customers=("n_orders", "size"),
        revenue=("total_spend", "sum"),
        orders=("n_orders", "sum"),
        days=("recency_days", "mean"),
    ).reindex(list(content.names))
    found[["customers", "revenue", "orders"]] = found[["customers", "revenue", "orders"]].fillna(0)
    found.insert(1, "share", found["customers"] / len(customers))
    total = found["revenue"].sum()
    found.insert(3, "share_of_revenue", found["revenue"] / total if total else 0.0)
    found.insert(5, "mean_order", found["revenue"] / found["orders"])
    return found


def write_segments(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The Segments sheet."""
    sheet = book.add_worksheet("Segments")
    note = "Cut points and the grid are on the sheet Thresholds."
    write_head(sheet, styles, "Segments", note if content.has_rules else CLUSTERS)
    write_labels(sheet, styles, FIRST - 1, HEADS)
    found = profile(content)
    last = FIRST + len(found)
    for place, (name, values) in enumerate(found.iterrows()):
        row = FIRST + place
        listed = f"={THRESHOLDS}!$A${segment_row(content, place) + 1}"
        sheet.write_formula(row, 0, listed, styles.style("text", bold=True), str(name))
        formulas = _formulas(row + 1, last + 1)
        for column, (unit, formula, value) in enumerate(
            zip(list(HEADS.values())[1:], formulas, values, strict=True), 1
        ):
            _write(sheet, row, column, content, formula, value, styles.style(unit))
    _write_totals(sheet, styles, content, found, last)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 7, 15)
    sheet.freeze_panes(FIRST, 1)
    _add_charts(book, sheet, content, last)


def _formulas(row: int, total: int) -> list[str]:
    is_of = f"(Customer_segment=$A{row})"
    return [
        f"=SUMPRODUCT(--{is_of})",
        f"=IF(B${total}=0,0,B{row}/B${total})",
        f"=SUMPRODUCT({is_of}*Customer_spend)",
        f"=IF(D${total}=0,0,D{row}/D${total})",
        f"=SUMPRODUCT({is_of}*Customer_orders)",
        f'=IF(F{row}=0,"",D{row}/F{row})',
        f'=IF(B{row}=0,"",SUMPRODUCT({is_of}*Customer_days)/B{row})',
    ]


def _write_totals(
    sheet: "Worksheet", styles: Styles, content: WorkbookContent, found: pd.DataFrame, last: int
) -> None:
    first, end = FIRST + 1, last
    revenue, orders = found["revenue"].sum(), found["orders"].sum()
    sheet.write_string(last, 0, "All", styles.total("text"))
    totals = [
        (f"=SUM(B{first}:B{end})", found["customers"].sum()),
        (f"=SUM(C{first}:C{end})", 1.0),
        (f"=SUM(D{first}:D{end})", revenue),
        (f"=SUM(E{first}:E{end})", found["share_of_revenue"].sum()),
        (f"=SUM(F{first}:F{end})", orders),
        (f'=IF(F{end + 1}=0,"",D{end + 1}/F{end + 1})', revenue / orders),
        ("=AVERAGE(Customer_days)", content.customers["recency_days"].mean()),
    ]
    for column, (unit, (formula, value)) in enumerate(
        zip(list(HEADS.values())[1:], totals, strict=True), 1
    ):
        _write(sheet, last, column, content, formula, value, styles.total(unit))


def _write(
    sheet: "Worksheet",
    row: int,
    column: int,
    content: WorkbookContent,
    formula: str,
    value: float,
    style: object,
) -> None:
    """A formula with its value of now; the value alone where the customers are too many."""
    empty = pd.isna(value)
    if content.is_live:
        sheet.write_formula(row, column, formula, style, "" if empty else value)
    elif not empty:
        sheet.write_number(row, column, value, style)


def _add_charts(book: "Workbook", sheet: "Worksheet", content: WorkbookContent, last: int) -> None:
    names = ["Segments", FIRST, 0, last - 1, 0]
    shares = book.add_chart({"type": "bar"})
    for column, colour in ((2, "#8fa3a6"), (4, "#0e8f86")):
        shares.add_series(
            {
                "name": list(HEADS)[column],
                "categories": names,
                "values": ["Segments", FIRST, column, last - 1, column],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    shares.set_title({"name": "Share of customers and of revenue", "name_font": {"size": 13}})
    shares.set_y_axis({"reverse": True})
    shares.set_x_axis({"num_format": "0%", "major_gridlines": GRIDLINES})
    shares.set_legend({"position": "bottom"})
    shares.set_size({"width": 620, "height": 420})
    sheet.insert_chart(last + 2, 0, shares, {"description": "Share of customers and of revenue"})
    revenue = book.add_chart({"type": "column"})
    revenue.add_series(
        {
            "name": "Revenue",
            "categories": names,
            "values": ["Segments", FIRST, 3, last - 1, 3],
            "points": [
                {"fill": {"color": segment.colour}} for segment in content.segmenter.scheme.segments
            ],
            "gap": 40,
        }
    )
    revenue.set_title({"name": "Revenue by segment", "name_font": {"size": 13}})
    revenue.set_y_axis({"num_format": "#,##0", "major_gridlines": GRIDLINES})
    revenue.set_legend({"none": True})
    revenue.set_size({"width": 620, "height": 420})
    sheet.insert_chart(last + 2, 5, revenue, {"description": "Revenue by segment"})


def write_summary(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The Summary sheet: the figures that one looks for first."""
    sheet = book.add_worksheet("Summary")
    note = f"{content.name}, as of {day(content.as_of)}. Scores, segments and sums are formulas on "
    note += "the sheet Thresholds."
    if not content.has_rules:
        note = (
            f"{content.name}, as of {day(content.as_of)}. Scores and sums are formulas. {CLUSTERS}"
        )
    if not content.is_live:
        note = f"{content.name}, as of {day(content.as_of)}. Values, not formulas: with "
        note += f"{len(content.customers):,} customers a spreadsheet would take too long."
    write_head(sheet, styles, "Customer segments", note)
    if content.lacks:
        sheet.write_string(2, 0, content.lacks, styles.note)
    found = profile(content)
    n, revenue, orders = (found[name].sum() for name in ("customers", "revenue", "orders"))
    rows = f"${FIRST + 1}", f"${FIRST + len(found)}"
    total = FIRST + len(found) + 1
    best = found["revenue"].idxmax()
    span = {letter: f"Segments!${letter}{rows[0]}:${letter}{rows[1]}" for letter in "ABDE"}
    place = f"MATCH(MAX({span['D']}),{span['D']},0)"
    lines = [
        ("Customers", "count", f"=Segments!B{total}", n),
        ("Revenue", "money", f"=Segments!D{total}", revenue),
        ("Orders", "count", f"=Segments!F{total}", orders),
        ("Mean order", "money", f"=Segments!G{total}", revenue / orders),
        ("Brings most revenue", "", f"=INDEX({span['A']},{place})", best),
        ("… of all revenue", "share", f"=MAX({span['E']})", found["share_of_revenue"].max()),
        ("Largest segment", "", _largest(span), found["customers"].idxmax()),
        ("Cut points", "", _changed(content), "as downloaded"),
    ]
    for row, (label, unit, formula, value) in enumerate(lines, 3):
        sheet.write_string(row, 0, label, styles.style(bold=True))
        style = styles.style(unit, align="right")
        if content.is_live:
            sheet.write_formula(row, 1, formula, style, value)
        elif isinstance(value, str):
            sheet.write_string(row, 1, value, style)
        else:
            sheet.write_number(row, 1, value, style)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 24)
    sheet.freeze_panes(2, 0)
    _add_share_chart(book, sheet, content, len(found))


def _largest(span: dict[str, str]) -> str:
    return f"=INDEX({span['A']},MATCH(MAX({span['B']}),{span['B']},0))"


def _changed(content: WorkbookContent) -> str:
    """Whether a cut point was changed since the download."""
    first, last = FIRST_CUT + 1, FIRST_CUT + content.n_levels - 1
    now, then = f"{THRESHOLDS}!B{first}:D{last}", f"{THRESHOLDS}!F{first}:H{last}"
    return f'=IF(SUMPRODUCT(--({now}<>{then}))=0,"as downloaded","changed here")'


def _add_share_chart(
    book: "Workbook", sheet: "Worksheet", content: WorkbookContent, n_segments: int
) -> None:
    chart = book.add_chart({"type": "doughnut"})
    chart.add_series(
        {
            "name": "Revenue by segment",
            "categories": ["Segments", FIRST, 0, FIRST + n_segments - 1, 0],
            "values": ["Segments", FIRST, 3, FIRST + n_segments - 1, 3],
            "points": [
                {"fill": {"color": segment.colour}} for segment in content.segmenter.scheme.segments
            ],
        }
    )
    chart.set_title({"name": "Revenue by segment", "name_font": {"size": 13}})
    chart.set_legend({"position": "right"})
    chart.set_size({"width": 560, "height": 340})
    sheet.insert_chart(3, 3, chart, {"description": "Revenue by segment"})
