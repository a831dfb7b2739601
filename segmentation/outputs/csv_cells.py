"""How values stand in a CSV file: texts that no spreadsheet runs, numbers without noise."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# What a spreadsheet may run: https://owasp.org/www-community/attacks/CSV_Injection. It also counts
# after ; tab or a line end, because a spreadsheet that splits there instead of at the comma reads
# the quotes of this file as plain text and starts a new cell in the middle of ours.
_TRIGGER = r" *[=+\-@＝＋－＠]"
_RISKY = rf"^[\t\r\n]|(?:^|[;\t\r\n]){_TRIGGER}"
# What a risky text begins with or has in it, to be seen without a pattern: ＝ and the like begin
# with the byte EF.
_BEGINNINGS, _BREAKS = b" =+-@\t\r\n\xef", b";\t\r\n"
_NUMBER = r"^[+-]\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?$"
_QUOTED = r'[",\r\n]'
_QUOTES = b'",\r\n'

_POWERS = np.array([float(f"1e{power}") for power in range(23)])


def as_column(values: "pd.Series | pd.Index") -> pa.ChunkedArray:
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


def write_cells(values: pa.Array) -> pa.Array:
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
    if not _begins(cells, _BEGINNINGS) and not _holds(cells, _BREAKS):
        return pa.repeat(pa.scalar(False), len(cells))
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
    if not _holds(cells, _QUOTES):
        return cells
    unsafe = pc.match_substring_regex(cells, _QUOTED)
    doubled = pc.replace_substring(cells.filter(unsafe), '"', '""')
    return pc.replace_with_mask(cells, unsafe, _around('"', doubled, '"'))


def _bytes(cells: pa.Array) -> "tuple[NDArray[np.int64], NDArray[np.uint8]]":
    """Where each text begins, then where the last ends, and the bytes of all."""
    cells = cells.cast(pa.large_string())
    _, offsets, data = cells.buffers()
    ends = np.frombuffer(offsets, np.int64)[cells.offset : cells.offset + len(cells) + 1]
    return ends, np.frombuffer(data or b"", np.uint8)


def _begins(cells: pa.Array, marks: bytes) -> bool:
    """Whether a text begins with one of these bytes; ten times as fast as a pattern."""
    ends, data = _bytes(cells)
    first = data[ends[:-1][np.diff(ends) > 0]].tobytes()
    return any(mark in first for mark in marks)


def _holds(cells: pa.Array, marks: bytes) -> bool:
    """Whether one of these bytes is in a text."""
    ends, data = _bytes(cells)
    held = data[ends[0] : ends[-1]].tobytes()
    return any(mark in held for mark in marks)


def _around(before: str, cells: pa.Array, after: str) -> pa.Array:
    first, last, nothing = (pa.scalar(text, pa.large_string()) for text in (before, after, ""))
    return pc.binary_join_element_wise(first, cells, last, nothing)


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
