"""The analysis as a workbook that still thinks: its scores and sums follow its thresholds."""

from typing import BinaryIO

from segmentation.outputs.workbook_content import Styles, WorkbookContent
from segmentation.outputs.workbook_customers import write_customers
from segmentation.outputs.workbook_segments import write_segments, write_summary
from segmentation.outputs.workbook_tables import (
    write_at_risk,
    write_ledger,
    write_method,
    write_sales,
)
from segmentation.outputs.workbook_thresholds import write_thresholds

SHEETS = (
    write_summary,
    write_segments,
    write_customers,
    write_at_risk,
    write_sales,
    write_thresholds,
    write_ledger,
    write_method,
)


def write_workbook(content: WorkbookContent, out: BinaryIO) -> None:
    """The workbook with all of its sheets.

    Up to `workbook_content.MOST_WITH_FORMULAS` customers their scores, segments and the sums
    over them are formulas; beyond, values, and the Summary says so.

    Parameters
    ----------
    content : WorkbookContent
        What it shows.  Equal content gives equal bytes.
    out : file
        Open for writing bytes.
    """
    from xlsxwriter import Workbook

    # Without `in_memory` XlsxWriter keeps each sheet's text in a temporary file.
    book = Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": f"Segments of {content.name}", "created": content.made_at.replace(tzinfo=None)}
    )
    book.set_calc_mode("auto")
    styles = Styles(book, content.currency)
    for write_sheet in SHEETS:
        write_sheet(book, styles, content)
    book.close()
