"""What a workbook is made of, and how its cells look."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segmentation.segments.segmenter import RuleSegmenter, Segmenter
from segmentation.tables import SCORES, Column

if TYPE_CHECKING:
    import pandas as pd
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# 50,000 customers with formulas: a file of 6.5 MB, made in 17 s; LibreOffice opens it, works all
# formulas out again and saves it in 12 s (2 cores). Each step up costs as much again.
MOST_WITH_FORMULAS, MOST_ON_SHEET = 50_000, 200_000
HEAD: dict[str, Any] = {
    "bold": True,
    "font_color": "#ffffff",
    "bg_color": "#0b6e69",
    "text_wrap": True,
}


@dataclass(frozen=True)
class WorkbookContent:
    """Everything that the workbook shows.

    Parameters
    ----------
    name : str
        Of the data.
    as_of : date
        The first day that does not count.
    customers : DataFrame indexed by customer_id
        As `lists.build_customer_list` gives it, and what else is known of each.
    segmenter : RuleSegmenter or ClusterSegmenter
        Fitted; it made the scores and segments of `customers`.
    fates : DataFrame indexed by fate
        As `quality.count_fates` gives it.
    turnover : DataFrame
        As `turnover.build_turnover` gives it.
    made_at : datetime
        Goes into the file's properties; equal content and time give equal bytes.
    currency : str, default=""
        Of all amounts, such as ``"EUR"``; empty where it is not known.
    at_risk : DataFrame or None, default=None
        Who is slipping away, indexed by customer_id, most urgent first; None: those who have
        gone quiet although they ordered often or spent much, by spend.
    at_risk_columns : mapping of str to Column, default={}
        Labels, meanings and units of the columns of `at_risk`.
    at_risk_says : str, default=""
        What risk is measured by, and why.
    lacks : str, default=""
        Why there is no prediction, in one sentence; empty where there is one.
    settings : mapping of str to str, default={}
        Further lines of the Method sheet.
    """

    name: str
    as_of: datetime.date
    customers: "pd.DataFrame"
    segmenter: Segmenter
    fates: "pd.DataFrame"
    turnover: "pd.DataFrame"
    made_at: datetime.datetime
    currency: str = ""
    at_risk: "pd.DataFrame | None" = None
    at_risk_columns: Mapping[str, Column] = field(default_factory=dict)
    at_risk_says: str = ""
    lacks: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Whether scores, segments and sums are formulas."""
        return len(self.customers) <= MOST_WITH_FORMULAS

    @property
    def n_levels(self) -> int:
        """How many scores there are, grid or none."""
        return len(self.segmenter.cut_points_["recency_days"]) + 1

    @property
    def has_rules(self) -> bool:
        """Whether segments hang on a grid; a spreadsheet cannot assign customers to clusters."""
        return isinstance(self.segmenter, RuleSegmenter)

    @property
    def segment(self) -> Column:
        """What the segments are."""
        if self.has_rules:
            return SCORES["segment"]
        return Column("Cluster", "The group with the nearest centre to the customer.")

    @property
    def names(self) -> tuple[str, ...]:
        """The segments, from best to lost."""
        return self.segmenter.scheme.names


class Styles:
    """The formats of a workbook's cells, by unit and use."""

    def __init__(self, book: "Workbook", currency: str) -> None:
        self.book = book
        money = "#,##0.00"
        if currency:
            money += f' "{currency.replace(chr(34), "")}"'
        self.numbers = {
            "money": money,
            "count": "#,##0",
            "days": "#,##0",
            "score": "0",
            "share": "0.0%",
            "ratio": "0.00",
            "number": "#,##0.0",
            "date": "yyyy-mm-dd",
            "cut": "#,##0.######",
        }
        self.made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def style(self, unit: str = "", **more: Any) -> "Format":
        """A format for cells of a unit, made once."""
        wanted = {"font_name": "Calibri", "font_size": 11, "valign": "vcenter", **more}
        if unit == "text":
            wanted["indent"] = 1
        if unit in self.numbers:
            wanted["num_format"] = self.numbers[unit]
        key = tuple(sorted(wanted.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(wanted)
        return self.made[key]

    @property
    def title(self) -> "Format":
        """Of a sheet's first line."""
        return self.style(bold=True, font_size=16, font_color="#0b6e69")

    @property
    def note(self) -> "Format":
        """Of explanations."""
        return self.style(font_color="#55666a", italic=True)

    @property
    def header(self) -> "Format":
        """Of a column's head."""
        return self.style(**HEAD, indent=1)

    def total(self, unit: str = "") -> "Format":
        """Of sums below a table."""
        return self.style(unit, bold=True, top=1)

    def entry(self, unit: str = "") -> "Format":
        """Of cells that are there to be changed."""
        return self.style(unit, bg_color="#fff4cc", border=1, border_color="#d8a13a")


def write_labels(sheet: "Worksheet", styles: Styles, row: int, units: Mapping[str, str]) -> None:
    """The heads of columns, each on the side on which its unit's values stand."""
    for column, (label, unit) in enumerate(units.items()):
        side: dict[str, Any] = {"align": "right"} if unit in styles.numbers else {"indent": 1}
        head = styles.style(**{**HEAD, **side})
        sheet.write_string(row, column, label, head)
    sheet.set_row(row, 34)


def write_texts(sheet: "Worksheet", row: int, texts: list[str], style: "Format") -> None:
    """Texts in a row, never taken for formulas, numbers or links."""
    for column, text in enumerate(texts):
        sheet.write_string(row, column, text[:32_767], style)


def write_head(sheet: "Worksheet", styles: Styles, title: str, note: str) -> None:
    """The first two lines of a sheet."""
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, note, styles.note)
    sheet.set_row(0, 24)
