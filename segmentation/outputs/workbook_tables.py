"""The At risk, Sales, Ledger and Method sheets."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segmentation.labels import day
from segmentation.outputs.workbook_content import (
    Styles,
    WorkbookContent,
    write_head,
    write_labels,
    write_texts,
)
from segmentation.outputs.workbook_customers import write_column
from segmentation.tables import AUDIENCES, CUSTOMERS, FATES, LEDGER, SCORES, SEGMENTS, Column

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

TOP = 3
MOST_AT_RISK, MOST_COLUMNS, MOST_ROWS = 1_000, 12, 200
OTHERS, UNKNOWN = "All others", "Not known"
QUIET = (
    "total_spend",
    "n_orders",
    "mean_order_value",
    "last_ordered_on",
    "recency_days",
)
CONTACTS = ("customer_name", "email", "phone")


def find_quiet(customers: pd.DataFrame, n_levels: int) -> pd.DataFrame:
    """Customers who have gone quiet although they ordered often or spent much, by spend.

    Parameters
    ----------
    customers : DataFrame indexed by customer_id
        As `lists.build_customer_list` gives it.
    n_levels : int
        Of the scores; quiet is the lower half of the recency scores, much the upper two fifths.

    Returns
    -------
    DataFrame indexed by customer_id
        Those of the columns of `QUIET` that are there, highest spend first.
    """
    much = n_levels - (2 * n_levels) // 5
    quiet = customers["recency_score"] <= n_levels // 2
    valued = (customers["frequency_score"] > much) | (customers["monetary_score"] > much)
    found = customers[quiet & valued].sort_values("total_spend", ascending=False, kind="stable")
    return found[[name for name in QUIET if name in found]]


def write_at_risk(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The At risk sheet: those most worth winning back, with their segment of now."""
    sheet = book.add_worksheet("At risk")
    columns = {**AUDIENCES, **content.at_risk_columns, "segment": content.segment}
    table = content.at_risk
    n_levels = content.n_levels
    note = f"Most money at stake first. {content.at_risk_says}".rstrip()
    if table is None:
        table = find_quiet(content.customers, n_levels)
        note = (
            f"R of {n_levels // 2} or less but F or M above {n_levels - 2 * n_levels // 5} when "
            "downloaded; highest spend first."
        )
    note += f" {min(len(table), MOST_AT_RISK):,} of {len(table):,} customers."
    write_head(sheet, styles, "At risk", note)
    shown = table.head(MOST_AT_RISK).reset_index()
    segment = content.customers["segment"].astype(str).reindex(table.index[:MOST_AT_RISK])
    shown["segment"] = segment.to_numpy()
    for name in CONTACTS:
        if name in content.customers and name not in shown:
            shown[name] = content.customers[name].reindex(table.index[:MOST_AT_RISK]).to_numpy()
    labels = [columns.get(name, Column(str(name), "")) for name in shown]
    write_labels(sheet, styles, TOP - 1, {column.label: column.unit for column in labels})
    now = _look_up(shown["customer_id"], content.customers.index) if content.is_live else None
    for place, (name, column) in enumerate(zip(shown, labels, strict=True)):
        formulas = now if name == "segment" else None
        style = styles.style(column.unit or "text")
        write_column(sheet, style, place, shown[name], formulas, first=TOP)
        sheet.set_column(
            place, place, 16 if column.unit or name in ("customer_id", "segment") else 30
        )
    if len(shown):
        sheet.autofilter(TOP - 1, 0, TOP - 1 + len(shown), len(labels) - 1)
    sheet.freeze_panes(TOP, 1)


def _look_up(ids: pd.Series, everyone: pd.Index) -> list[str]:
    """The formula for the segment of each id in column A, exact as the app's ids are.

    MATCH takes * ? ~ for patterns, `a` for `A`, and no more than 255 letters.  To compare each id
    to the letter is slow, so only those are that it could take for another one.
    """
    folded = everyone.to_series().str.normalize("NFKC").str.casefold()
    is_alike = folded.duplicated(keep=False).reindex(ids).to_numpy()
    is_odd = (ids.str.contains("[*?~]") | (ids.str.len() > 255)).to_numpy()
    exact = "SUMPRODUCT(EXACT(A{row},Customer_id)*(ROW(Customer_id)-1))"
    places = np.where(is_alike | is_odd, exact, "MATCH(A{row},Customer_id,0)")
    return [f"=INDEX(Customer_segment,{place})" for place in places]


def write_sales(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The Sales sheet: revenue by month and category, and by region and year."""
    sheet = book.add_worksheet("Sales")
    write_head(
        sheet, styles, "Sales", "Revenue of the customers, returns as chosen; the totals are sums."
    )
    turnover = content.turnover.assign(year=content.turnover["month"].dt.year)
    months = _pivot(turnover, "month", "category")
    row = _write_pivot(sheet, styles, "Month", months, TOP)
    _write_pivot(sheet, styles, "Region", _pivot(turnover, "region", "year"), row + 2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, MOST_COLUMNS + 2, 16)
    sheet.freeze_panes(2, 1)


def _pivot(turnover: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Revenue by two columns; beyond the largest ones in one row or column of others."""
    marked = turnover.copy()
    for name, most in ((rows, MOST_ROWS), (columns, MOST_COLUMNS)):
        if marked[name].dtype.kind not in "Miu":
            marked[name] = marked[name].astype(object).where(marked[name].notna(), UNKNOWN)
            sums = marked.groupby(name)["total_spend"].sum()
            if len(sums) > most:
                kept = set(sums.nlargest(most - 1).index)
                marked[name] = [each if each in kept else OTHERS for each in marked[name]]
    table = marked.pivot_table(
        index=rows, columns=columns, values="total_spend", aggfunc="sum", fill_value=0.0
    )
    if rows != "month":
        table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    if columns != "year":
        order = table.sum().sort_values(ascending=False, kind="stable").index
        table = table[order]
    return table.round(4)


def _write_pivot(
    sheet: "Worksheet", styles: Styles, title: str, table: pd.DataFrame, row: int
) -> int:
    """One table from a row on; the row after it."""
    from xlsxwriter.utility import xl_rowcol_to_cell as cell

    n_rows, n_columns = table.shape
    heads = {title: "", **{str(name): "money" for name in table.columns}, "All": "money"}
    write_labels(sheet, styles, row, heads)
    for at, (name, values) in enumerate(table.iterrows(), row + 1):
        if isinstance(name, pd.Timestamp):
            sheet.write_datetime(
                at,
                0,
                name.to_pydatetime(),
                styles.style("text", num_format="yyyy-mm", align="left"),
            )
        else:
            sheet.write_string(at, 0, str(name), styles.style("text"))
        for column, value in enumerate(values, 1):
            sheet.write_number(at, column, value, styles.style("money"))
        span = f"{cell(at, 1)}:{cell(at, n_columns)}"
        total = round(float(values.sum()), 4)
        sheet.write_formula(at, n_columns + 1, f"=SUM({span})", styles.style("money"), total)
    last = row + n_rows + 1
    sheet.write_string(last, 0, "All", styles.total("text"))
    sums = [*table.sum(), table.to_numpy().sum()]
    for column, value in enumerate(sums, 1):
        span = f"{cell(row + 1, column)}:{cell(last - 1, column)}"
        sheet.write_formula(
            last, column, f"=SUM({span})", styles.total("money"), round(float(value), 4)
        )
    return last + 1


def write_ledger(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The Ledger sheet: rows and money by fate, and that what counts is the customers' spend."""
    sheet = book.add_worksheet("Ledger")
    write_head(sheet, styles, "Ledger", "What became of every row, to the cent.")
    heads = [LEDGER[name].label for name in ("fate", "n_rows", "amount")]
    units = dict(zip(heads, ("", "count", "money"), strict=True))
    write_labels(sheet, styles, TOP - 1, {**units, "Counts?": "", "Meaning": ""})
    fates = content.fates
    for row, (fate, found) in enumerate(fates.iterrows(), TOP):
        sheet.write_string(row, 0, str(fate).capitalize(), styles.style("text"))
        sheet.write_number(row, 1, int(found["n_rows"]), styles.style("count"))
        sheet.write_number(row, 2, float(found["amount"]), styles.style("money"))
        sheet.write_string(
            row, 3, "counts" if found["is_counted"] else "left out", styles.style("text")
        )
        sheet.write_string(row, 4, FATES[str(fate)], styles.style("text"))
    last = TOP + len(fates)
    counted = fates.loc[fates["is_counted"], "amount"].sum()
    sums = {
        1: ("count", f"=SUM(B{TOP + 1}:B{last})", int(fates["n_rows"].sum())),
        2: ("money", f"=SUM(C{TOP + 1}:C{last})", float(fates["amount"].sum())),
    }
    sheet.write_string(last, 0, "All rows", styles.total("text"))
    for column, (unit, formula, value) in sums.items():
        sheet.write_formula(last, column, formula, styles.total(unit), value)
    span = f'SUMPRODUCT((D{TOP + 1}:D{last}="counts")*C{TOP + 1}:C{last})'
    sheet.write_string(last + 1, 0, "What counts", styles.style("text"))
    sheet.write_formula(last + 1, 2, f"={span}", styles.style("money"), counted)
    sheet.write_string(last + 2, 0, "Customers' spend", styles.style("text"))
    spend = float(content.customers["total_spend"].sum())
    sheet.write_number(last + 2, 2, round(spend, 4), styles.style("money"))
    verdict = f'=IF(ABS(C{last + 2}-C{last + 3})<0.005,"adds up","DOES NOT ADD UP")'
    told = "adds up" if abs(counted - spend) < 0.005 else "DOES NOT ADD UP"
    sheet.write_formula(last + 2, 3, verdict, styles.style("text", bold=True), told)
    for column, width in enumerate((20, 12, 18, 16, 90)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(TOP, 0)


def write_method(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The Method sheet: every column's meaning, unit and source, and the choices in use."""
    sheet = book.add_worksheet("Method")
    write_head(sheet, styles, "Method", "Every definition, unit and source.")
    write_texts(sheet, TOP - 1, ["Name", "Meaning", "Unit", "Source"], styles.header)
    scores = {**SCORES, "segment": content.segment}
    columns = [*CUSTOMERS.values(), *scores.values(), *SEGMENTS.values()]
    for row, column in enumerate(columns, TOP):
        texts = [column.label, column.meaning, column.unit or "text", column.source]
        write_texts(sheet, row, texts, styles.style(text_wrap=True, valign="top"))
    below = TOP + len(columns) + 1
    write_texts(sheet, below, ["Choice", "In use"], styles.header)
    settings = {"As of": day(content.as_of), "Scheme": content.segmenter.scheme.name}
    for row, (name, value) in enumerate({**settings, **content.settings}.items(), below + 1):
        write_texts(sheet, row, [name, value], styles.style())
    for place, width in enumerate((26, 90, 12, 60)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(TOP, 0)
