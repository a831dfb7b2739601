"""The report as a PDF: what is found, drawn as vectors, with its fonts in it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from segmentation.outputs.report_data import ReportData
from segmentation.outputs.report_fonts import FAMILIES, MISSING, find_fonts
from segmentation.outputs.report_pages import build_pages

TEMPLATE = Path(__file__).with_name("report.typ")


def build_report(data: ReportData) -> bytes:
    """A report of a few A4 pages: cover, sales, who brings them, segments, risk and method.

    The same data give the same bytes, on any machine.

    Parameters
    ----------
    data : ReportData
        Small tables, as `collect_report` gives them.

    Returns
    -------
    bytes
        A tagged PDF with its fonts embedded and no image. Characters that no font of the report
        has are printed as a square, and the cover says so.
    """
    import typst

    pages = build_pages(data)
    folders, missing = find_fonts(_texts(pages))
    if missing:
        pages = _without(pages, str.maketrans(dict.fromkeys(missing, MISSING)))
        told = "1 character" if len(missing) == 1 else f"{len(missing)} different characters"
        pages["notes"].append(
            f"No font of this report has {told} of the data, printed as {MISSING}."
        )
    compiled = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        font_paths=[str(folder) for folder in folders],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(pages), "fonts": json.dumps(FAMILIES)},
        timestamp=0,
    )
    return bytes(compiled)


def _texts(value: Any) -> Iterator[str]:
    """All texts in a page."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _without(value: Any, table: dict[int, str]) -> Any:
    """A page with some characters replaced."""
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {key: _without(part, table) for key, part in value.items()}
    return [_without(part, table) for part in value] if isinstance(value, list) else value
