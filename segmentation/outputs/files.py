"""Tables as CSV files that any spreadsheet may open, and several files as one archive."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.outputs.csv_cells import as_column, write_cells

if TYPE_CHECKING:
    import pandas as pd

# Rows turned into text at a time: with 65,536 the text held at once stayed below 45 MB, and twice
# as many were no faster (500,000 rows × 15 columns, 2 cores: 0.8 to 0.9 s).
BATCH = 65_536
BOM = b"\xef\xbb\xbf"

_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)\d", re.IGNORECASE)
_DATA_ENDING = re.compile(r"\.(csv|tsv|txt|xlsx?|xlsm|parquet|zip|gz)$", re.IGNORECASE)


def write_csv(table: "pd.DataFrame", bom: bool = True) -> bytes:
    """Table as UTF-8 CSV: the named index first, and equal tables give the same bytes.

    Text and headers that a spreadsheet would take for a formula get a leading apostrophe, unless
    they are a number (``"-5"``, ``"+49123"``). Numbers stay numbers: shortest form, without an
    exponent from 1e-15 to 1e21, and to 15 significant digits as in a spreadsheet, so that sums show
    no noise of binary arithmetic. Days are YYYY-MM-DD, times YYYY-MM-DD HH:MM:SS; a column whose
    times are all midnight is written as days. Missing values are empty; lines end with a line feed.

    Parameters
    ----------
    table : DataFrame
        Levels of its index that have a name become the first columns, the others are left out.
    bom : bool, default=True
        Begin with a byte order mark: without it Excel takes UTF-8 for the machine's old encoding.

    References
    ----------
    OWASP, CSV Injection. RFC 4180, except for the line ends.
    """
    out = io.BytesIO()
    _write_lines(table, out, bom)
    return out.getvalue()


def write_csv_file(table: "pd.DataFrame", path: Path) -> None:
    """Table into a CSV file, as `write_csv` writes it without a mark, never whole in memory.

    Parameters
    ----------
    table : DataFrame
    path : Path
        A file that is there already is replaced.
    """
    with path.open("wb") as out:
        _write_lines(table, out, bom=False)


def write_batches(
    batches: Iterable[pa.RecordBatch], columns: Sequence[str], out: IO[bytes], bom: bool = False
) -> None:
    """Some columns of a table that comes batch by batch, as CSV written as by `write_csv`.

    Parameters
    ----------
    batches : iterable of RecordBatch
        All with these columns; there may be none.
    columns : sequence of str
        Which to write, in this order.
    out : file
        Open for writing bytes.
    bom : bool, default=False
        Begin with a byte order mark.
    """
    out.write((BOM if bom else b"") + _header(list(columns)))
    for batch in batches:
        cells = [batch.column(name) for name in columns]
        seconds = pa.timestamp("s")
        out.write(
            _joined(
                [
                    write_cells(
                        pc.floor_temporal(cell, unit="second").cast(seconds)
                        if pa.types.is_timestamp(cell.type)
                        else cell
                    )
                    for cell in cells
                ]
            )
        )


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Files as one compressed archive, in the order given and dated 1980-01-01.

    Parameters
    ----------
    files : mapping of str to bytes
        Content by file name.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            # a ZipInfo of our own: `writestr` with a plain name would put the clock into the bytes
            member = zipfile.ZipInfo(name)
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED, compresslevel=6)
    return out.getvalue()


def file_name(*parts: str, ext: str = "csv") -> str:
    """Name for a download, safe on every system: ``cant-lose-them_online-shop.csv``.

    Accents go, letters of other scripts stay, all else becomes a dash; a data file's own ending is
    dropped. At most 120 bytes before the ending; ``data`` when nothing is left of the parts.

    Parameters
    ----------
    *parts : str
        Segment, name of the data and the like; joined by underscores.
    ext : str, default="csv"
        Ending, with or without its dot.
    """
    slugs = [slug for slug in map(_slug, parts) if slug]
    stem = "_".join(slugs).encode()[:120].decode(errors="ignore").strip("-_") or "data"
    if _RESERVED.fullmatch(stem):
        stem = f"data_{stem}"
    return f"{stem}.{'.'.join(re.findall('[a-z0-9]+', ext.lower())) or 'csv'}"


def _slug(part: str) -> str:
    bare = _DATA_ENDING.sub("", part.strip()).casefold().replace("'", "").replace("’", "")
    letters = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", bare))
    return re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", letters)).strip("-")


def _write_lines(table: "pd.DataFrame", out: BinaryIO, bom: bool) -> None:
    index, named = table.index, [i for i, name in enumerate(table.index.names) if name is not None]
    columns = [as_column(index.get_level_values(i)) for i in named]
    columns += [as_column(table.iloc[:, i]) for i in range(table.shape[1])]
    labels = [str(label) for label in [*(index.names[i] for i in named), *table.columns]]
    out.write((BOM if bom else b"") + _header(labels))
    for start in range(0, len(table) if columns else 0, BATCH):
        cells = [write_cells(column.slice(start, BATCH).combine_chunks()) for column in columns]
        if len(cells) == 1:
            # readers skip a blank line, and the row with it
            blank = pc.equal(pc.fill_null(cells[0], ""), "")
            cells = [pc.if_else(blank, pa.scalar('""', pa.large_string()), cells[0])]
        out.write(_joined(cells))


def _header(labels: list[str]) -> bytes:
    cells = write_cells(pa.array(labels, pa.large_string())).to_pylist()
    if cells and cells[0].startswith("ID"):
        # a file that begins with the letters ID is a SYLK file to Excel, and a broken one
        cells[0] = f'"{cells[0]}"'
    return (",".join(cells) + "\n").encode()


def _joined(cells: list[pa.Array]) -> memoryview:
    """The bytes of all lines: those of one text column that holds a line a cell."""
    empty = {"null_handling": "replace", "null_replacement": ""}
    comma, end, nothing = (pa.scalar(text, pa.large_string()) for text in (",", "\n", ""))
    last = pc.binary_join_element_wise(cells[-1], nothing, end, **empty)
    lines = pc.binary_join_element_wise(*cells[:-1], last, comma, **empty)
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(data)[ends[0] : ends[-1]]
