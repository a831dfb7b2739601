"""How large the sheets of a workbook are, looked up before they are loaded into memory."""

import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import FileTooLarge
from segmentation.limits import Limits
from segmentation.sources.archives import read_members

# calamine lays a sheet out as a full rectangle of 32-byte cells: a stray cell in the last corner
# asks for 550 GB. This many take as much as the program that runs it may have.
MAX_CELLS = 200_000_000
ROW = re.compile(rb'<row [^>]*?r="(\d+)')
# Columns from AA on; the pattern begins with fixed bytes because that is what makes it fast.
WIDE = re.compile(rb'r="([A-Z]{2,3})\d')
ERROR_CELL = b't="e"'
# The record of a binary sheet that says which rows and columns it uses.
BINARY_EXTENT = b"\x94\x01\x10"
OVERLAP_BYTES = 64


@dataclass
class Extent:
    """Rows and columns that a sheet reaches, and whether a cell holds an error such as #N/A."""

    rows: int = 0
    columns: int = 26
    has_errors: bool = False


def check_extents(path: Path, name: str, limits: Limits) -> bool:
    """Check that a workbook's sheets fit into memory; whether cells may hold errors.

    Parameters
    ----------
    path : Path
        The workbook.
    name : str
        What the analyst calls it.
    limits : Limits
        Of which the unpacked size is checked.

    Raises
    ------
    FileTooLarge
        A sheet reaches too far, or the workbook unpacks to more than the limits allow.
    UnreadableFile
        The workbook is damaged or locked.
    """
    if not zipfile.is_zipfile(path):
        return True  # .xls: at most 65,536 rows and 256 columns
    extents: dict[str, Extent] = {}
    rest: dict[str, bytes] = {}
    is_xml = False
    for member, block in read_members(path, name, limits):
        if member.startswith("xl/worksheets/"):
            is_xml = is_xml or member.endswith(".xml")
            extent = extents.setdefault(member, Extent())
            _extend(extent, rest.get(member, b"") + block, member)
            _check_cells(extent, name)
            rest[member] = block[-OVERLAP_BYTES:]
    return not is_xml or any(extent.has_errors for extent in extents.values())


def _extend(extent: Extent, block: bytes, member: str) -> None:
    if member.endswith(".bin"):
        at = block.find(BINARY_EXTENT)
        if extent.rows == 0 and 0 <= at < len(block) - 19:
            _, last_row, _, last_column = struct.unpack_from("<4I", block, at + 3)
            extent.rows, extent.columns = last_row + 1, last_column + 1
        return
    if b" r='" in block:
        block = block.replace(b"'", b'"')
    last = block.rfind(b"<row ")
    if last >= 0 and (match := ROW.match(block, last)):
        extent.rows = max(extent.rows, int(match[1]))
    if WIDE.search(block):
        widest = max(map(_column_number, set(WIDE.findall(block))))
        extent.columns = max(extent.columns, widest)
    extent.has_errors = extent.has_errors or ERROR_CELL in block


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_cells(extent: Extent, name: str) -> None:
    if extent.rows * extent.columns > MAX_CELLS:
        raise FileTooLarge(
            f"{name} has a sheet that reaches to row {extent.rows:,} and column "
            f"{extent.columns:,}, too far to be read.",
            "Delete stray cells far from the table, or save the sheet as CSV.",
        )
