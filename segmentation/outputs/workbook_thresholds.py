"""The sheet that every score and segment of the workbook hangs on: cut points, grid, segments."""

from typing import TYPE_CHECKING

from segmentation.outputs.workbook_content import Styles, WorkbookContent, write_head, write_texts
from segmentation.recipe import LETTERS, MEASURES
from segmentation.segments.rules import VALUE
from segmentation.tables import CUSTOMERS

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

SHEET = "Thresholds"
UNITS = dict(zip(MEASURES, ("days", "orders", "money"), strict=True))
FIRST_CUT = 4
CLUSTERS = "Clusters are values: only the app assigns customers to them."


def cuts_name(measure: str) -> str:
    """The workbook's name for the cells with a measure's cut points."""
    return f"{LETTERS[measure]}_cut_points"


def segment_row(content: WorkbookContent, place: int) -> int:
    """The row, from 0, in which a segment is listed."""
    return FIRST_CUT + 2 * content.n_levels + 8 + place


def write_thresholds(book: "Workbook", styles: Styles, content: WorkbookContent) -> None:
    """The sheet, with the names that the formulas of other sheets use."""
    sheet = book.add_worksheet(SHEET)
    note = "Change a yellow cell: scores, segments, summary and charts follow."
    if not content.is_live:
        note = f"With {len(content.customers):,} customers the other sheets hold values."
    elif not content.has_rules:
        note = f"Change a yellow cell: scores follow. {CLUSTERS}"
    write_head(sheet, styles, SHEET, note)
    _write_cuts(book, sheet, styles, content)
    if content.has_rules:
        _write_grid(book, sheet, styles, content)
    _write_segments(sheet, styles, content)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 11, 17)
    sheet.freeze_panes(2, 0)


def _write_cuts(
    book: "Workbook", sheet: "Worksheet", styles: Styles, content: WorkbookContent
) -> None:
    n = content.n_levels
    labels = [f"{CUSTOMERS[m].label} ({LETTERS[m]})" for m in MEASURES]
    heads = ["Cut points", *labels, "", *(f"{label}, as downloaded" for label in labels)]
    write_texts(sheet, FIRST_CUT - 1, heads, styles.header)
    sheet.set_row(FIRST_CUT - 1, 50)
    for step in range(n - 1):
        row = FIRST_CUT + step
        said = f"R {n - step} | {n - step - 1}, F and M {step + 1} | {step + 2}"
        sheet.write_string(row, 0, said, styles.style())
        for column, measure in enumerate(MEASURES, 1):
            cut = float(content.segmenter.cut_points_[measure][step])
            sheet.write_number(row, column, cut, styles.entry("cut"))
            sheet.write_number(row, column + 4, cut, styles.style("cut"))
    last = FIRST_CUT + n - 2
    sheet.write_string(last + 1, 0, "In rising order?", styles.style())
    for column, measure in enumerate(MEASURES, 1):
        letter = "ABCD"[column]
        book.define_name(
            cuts_name(measure), f"={SHEET}!${letter}${FIRST_CUT + 1}:${letter}${last + 1}"
        )
        rising = "TRUE"
        if n > 2:
            above = f"{letter}{FIRST_CUT + 1}:{letter}{last}"
            below = f"{letter}{FIRST_CUT + 2}:{letter}{last + 1}"
            rising = f"SUMPRODUCT(--({above}>{below}))=0"
        formula = f'=IF({rising},"yes","NO: put them in order")'
        sheet.write_formula(last + 1, column, formula, styles.style(), "yes")
        sheet.data_validation(
            FIRST_CUT,
            column,
            last,
            column,
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -1e15,
                "maximum": 1e15,
                "error_title": "A number is needed",
                "error_message": f"A cut point is a number of {UNITS[measure]}.",
            },
        )
    rule = "A value equal to a cut point takes the better R score, and the lower F and M score."
    sheet.write_string(last + 2, 0, rule, styles.note)


def _write_grid(
    book: "Workbook", sheet: "Worksheet", styles: Styles, content: WorkbookContent
) -> None:
    scheme = content.segmenter.scheme
    n = scheme.n_levels
    column = "FM" if scheme.axis == VALUE else "F"
    top = FIRST_CUT + n + 3
    heads = ["Segment of each pair of scores", *(f"{column} {score}" for score in range(1, n + 1))]
    write_texts(sheet, top, heads, styles.header)
    sheet.set_row(top, 34)
    first = segment_row(content, 0)
    names = f"=$A${first + 1}:$A${first + len(scheme.names)}"
    for place, cells in enumerate(scheme.grid, 1):
        sheet.write_string(top + place, 0, f"R {n + 1 - place}", styles.style(bold=True))
        for at, name in enumerate(cells, 1):
            sheet.write_string(top + place, at, name, styles.entry())
    sheet.data_validation(top + 1, 1, top + n, n, {"validate": "list", "source": names})
    letter = "ABCDEFGHIJK"[n]
    book.define_name("Segment_grid", f"={SHEET}!$B${top + 2}:${letter}${top + n + 1}")
    for place, segment in enumerate(scheme.segments):
        cell = f"$A${first + place + 1}"
        sheet.conditional_format(
            top + 1,
            1,
            top + n,
            n,
            {
                "type": "formula",
                "criteria": f"=B{top + 2}={cell}",
                "format": book.add_format({"font_color": segment.colour, "bold": True}),
            },
        )


def _write_segments(sheet: "Worksheet", styles: Styles, content: WorkbookContent) -> None:
    first = segment_row(content, 0)
    write_texts(
        sheet, first - 1, [content.segment.label, "Meaning", "", "", "", "Action"], styles.header
    )
    for place, segment in enumerate(content.segmenter.scheme.segments):
        row = first + place
        colour = styles.style(bold=True, font_color=segment.colour)
        sheet.write_string(row, 0, segment.name, colour)
        sheet.write_string(row, 1, segment.meaning, styles.style())
        sheet.write_string(row, 5, segment.action, styles.style())
