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

if TYPE_CHECKING:
    import pandas as pd

# Rows turned into text at a time: with 65,536 the text held at once stayed below 45 MB, and twice
# as many were no faster (500,000 rows × 15 columns, 2 cores: 0.8 to 0.9 s).
BATCH = 65_536
BOM = b"\xef\xbb\xbf"

# What a spreadsheet may run: https://owasp.org/www-community/attacks/CSV_Injection. It also counts
# after ; tab or a line end, because a spreadsheet that splits there instead of at the comma reads
# the quotes of this file as plain text and starts a new cell in the middle of ours.
_TRIGGER = r" *[=+\-@＝＋－＠]"
_RISKY = rf"^[\t\r\n]|(?:^|[;\t\r\n]){_TRIGGER}"
_NUMBER = r"^[+-]\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?$"
_QUOTED = r'[",\r\n]'

_POWERS = np.array([float(f"1e{power}") for power in range(23)])
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


def write_csv_file(table: "pd.DataFrame", path: Path, bom: bool = False) -> None:
    """Table into a CSV file, written as by `write_csv` and never as a whole in memory.

    Parameters
    ----------
    table : DataFrame
    path : Path
        A file that is there already is replaced.
    bom : bool, default=False
        Begin with a byte order mark, which Excel needs and other programs do not.
    """
    with path.open("wb") as out:
        _write_lines(table, out, bom)


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
                    _cells(
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
    columns = [_column(index.get_level_values(i)) for i in named]
    columns += [_column(table.iloc[:, i]) for i in range(table.shape[1])]
    labels = [str(label) for label in [*(index.names[i] for i in named), *table.columns]]
    out.write((BOM if bom else b"") + _header(labels))
    for start in range(0, len(table) if columns else 0, BATCH):
        cells = [_cells(column.slice(start, BATCH).combine_chunks()) for column in columns]
        if len(cells) == 1:
            # readers skip a blank line, and the row with it
            cells = [_where(cells[0], pc.equal(pc.fill_null(cells[0], ""), ""), '""')]
        out.write(_joined(cells))


def _header(labels: list[str]) -> bytes:
    cells = _cells(pa.array(labels, pa.large_string())).to_pylist()
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


def _column(values: "pd.Series | pd.Index") -> pa.ChunkedArray:
    """Values as Arrow text, numbers, days or whole seconds; whatever else as text."""
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        array = _as_text(values)
    column = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_timestamp(kind):
        return _times(column.cast(kind))
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64())
    if _is_text(kind) or (pa.types.is_primitive(kind) and not pa.types.is_duration(kind)):
        return column
    return pa.chunked_array([_as_text(values)])


def _as_text(values: "pd.Series | pd.Index") -> pa.Array:
    texts = [
        None if missing else str(value).encode(errors="replace").decode()
        for value, missing in zip(values, values.isna(), strict=True)
    ]
    return pa.array(texts, pa.large_string())


def _times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if column.type.tz is not None:
        column = pc.local_timestamp(column)
    days = pc.floor_temporal(column, unit="day")
    if pc.all(pc.equal(column, days)).as_py() is not False:
        return column.cast(pa.date32())
    return pc.floor_temporal(column, unit="second").cast(pa.timestamp("s"))


def _cells(values: pa.Array) -> pa.Array:
    """A batch of one column as it stands in the file; missing values stay missing."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if pa.types.is_float64(values.type):
        values = _without_noise(values)
    cells = values.cast(pa.large_string())
    if pa.types.is_floating(values.type):
        return _without_exponents(cells)
    return _quoted(_harmless(cells)) if _is_text(values.type) else cells


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def find_risky(cells: pa.Array) -> pa.Array:
    """Whether a spreadsheet would take each text for a formula; numbers are none."""
    risky = pc.match_substring_regex(cells, _RISKY)
    if not pc.any(risky).as_py():
        return risky
    return pc.and_not(risky, pc.match_substring_regex(cells, _NUMBER))


def _harmless(cells: pa.Array) -> pa.Array:
    risky = find_risky(cells)
    if not pc.any(risky).as_py():
        return cells
    marked = pc.replace_substring_regex(
        cells.filter(risky), rf"(^|[;\t\r\n])({_TRIGGER})", r"\1'\2"
    )
    begins = pc.match_substring_regex(marked, r"^[\t\r\n]")
    marked = pc.if_else(begins, _around("'", marked, ""), marked)
    return pc.replace_with_mask(cells, risky, marked)


def _quoted(cells: pa.Array) -> pa.Array:
    unsafe = pc.match_substring_regex(cells, _QUOTED)
    if not pc.any(unsafe).as_py():
        return cells
    doubled = pc.replace_substring(cells.filter(unsafe), '"', '""')
    return pc.replace_with_mask(cells, unsafe, _around('"', doubled, '"'))


def _around(before: str, cells: pa.Array, after: str) -> pa.Array:
    first, last, nothing = (pa.scalar(text, pa.large_string()) for text in (before, after, ""))
    return pc.binary_join_element_wise(first, cells, last, nothing)


def _where(cells: pa.Array, mask: pa.Array, text: str) -> pa.Array:
    return pc.if_else(mask, pa.scalar(text, pa.large_string()), cells)


def _without_noise(values: pa.Array) -> pa.Array:
    """Numbers to 15 significant digits, so that 0.1 + 0.2 is 0.3; no minus before zero."""
    numbers = values.to_numpy(zero_copy_only=False)
    with np.errstate(all="ignore"):
        decimals = np.nan_to_num(
            14 - np.floor(np.log10(np.abs(numbers))), nan=0, posinf=0, neginf=0
        )
        # only the powers that a double holds exactly: others would add noise instead
        scale = _POWERS[np.clip(decimals, 0, 22).astype(np.int8)]
        rounded = np.rint(numbers * scale) / scale
    exact = (decimals >= 0) & (decimals <= 22)
    return pa.array(np.where(exact, rounded, numbers) + 0.0, from_pandas=True)


def _without_exponents(cells: pa.Array) -> pa.Array:
    written = pc.match_substring(cells, "e")
    if not pc.any(written).as_py():
        return cells
    plain = [_plain(text) for text in cells.filter(written).to_pylist()]
    return pc.replace_with_mask(cells, written, pa.array(plain, pa.large_string()))


def _plain(text: str) -> str:
    sensible = 1e-15 <= abs(float(text)) < 1e21
    return np.format_float_positional(float(text), trim="-") if sensible else text
