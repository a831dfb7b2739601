"""A delimited text file: read in place by DuckDB where it is regular, else row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path

import duckdb

from segmentation.sources.delimiters import check_delimiter, guess_delimiter
from segmentation.sources.encodings import (
    LABELS,
    check_encoding,
    ends_with_cr,
    guess_encoding,
    is_utf8,
    write_utf8,
)
from segmentation.sources.headers import (
    Layout,
    count_filled,
    guess_layout,
    is_foot,
    is_ruler,
    skipped_note,
)
from segmentation.sources.readings import (
    FilePart,
    FileReading,
    ReadingChoices,
    columns_query,
    literal,
    path_literal,
)
from segmentation.sources.rewriting import (
    check_has_rows,
    check_row_count,
    check_whole_numbers,
    check_width,
    write_rows,
)
from segmentation.sources.rows import BLANKS, RawRow, RowReader
from segmentation.sources.workspace import Workspace

HEAD_BYTES = 1 << 17
LONGEST_HEAD_BYTES = 1 << 25
TAIL_BYTES = 1 << 16
BLOCK_BYTES = 1 << 20
LINE_END = ord("\n")


@dataclass(frozen=True)
class OpenText:
    """A text in UTF-8 and what its head shows."""

    path: Path
    name: str
    encoding: str
    delimiter: str
    rows: list[RawRow]
    layout: Layout
    notes: tuple[str, ...]


def read_text(
    workspace: Workspace,
    path: Path,
    name: str,
    choices: ReadingChoices,
    rewrite: bool = False,
) -> FilePart:
    """One text file as a query over text columns.

    Parameters
    ----------
    workspace : Workspace
        Where copies are written and DuckDB runs.
    path : Path
        The file.
    name : str
        What the analyst calls it.
    choices : ReadingChoices
        What the analyst corrected.
    rewrite : bool
        Look at each row and never read in place.

    Raises
    ------
    UnreadableFile
        It holds no text or no rows, has an oversized cell, or commas both in numbers and between
        cells.
    FileTooLarge
        It has more rows or columns than the limits allow.
    InvalidChoice
        The chosen encoding or delimiter does not exist.
    """
    if not rewrite:
        text = _open_text(workspace, path, name, choices, whole=False)
        part = _read_in_place(workspace, _without_foot(workspace, text)) if _is_even(text) else None
        if part is not None:
            return part
    # The head alone told the encoding so far; from here on all bytes have to be right.
    return _read_each_row(workspace, _open_text(workspace, path, name, choices, whole=True))


def _open_text(
    workspace: Workspace, path: Path, name: str, choices: ReadingChoices, whole: bool
) -> OpenText:
    chosen = choices.encoding
    encoding = check_encoding(chosen) if chosen else guess_encoding(path, name, whole)
    path, notes = _as_utf8(workspace, path, encoding, whole)
    lines = list(StringIO(_read_head(path), newline="\n"))
    delimiter = check_delimiter(choices.delimiter or guess_delimiter(lines))
    cell_size = workspace.limits.cell_megabytes * 1_000_000
    rows = list(RowReader(lines, delimiter, name, cell_size))
    layout = guess_layout([(line, cells) for line, cells, _ in rows], choices.header_line)
    layout = check_has_rows(layout, name)
    check_width(len(layout.headers), name, workspace.limits)
    if delimiter == ",":
        check_whole_numbers([row[:2] for row in rows], layout, name)
    return OpenText(path, name, encoding, delimiter, rows, layout, (*notes, *layout.notes))


def _as_utf8(
    workspace: Workspace, path: Path, encoding: str, whole: bool
) -> tuple[Path, tuple[str, ...]]:
    if (
        encoding == "utf-8"
        and not ends_with_cr(path, encoding)
        and not (whole and not is_utf8(path))
    ):
        return path, ()
    target = workspace.new_path(".txt")
    n_unknown = write_utf8(path, encoding, target)
    notes = [] if encoding == "utf-8" else [f"Read as {LABELS.get(encoding, encoding)}."]
    if n_unknown:
        notes.append(f"{n_unknown:,} characters could not be read and are shown as �.")
    return target, tuple(notes)


def _read_head(path: Path) -> str:
    """The first lines, whole; more of them where they are very long."""
    n_bytes = HEAD_BYTES
    with path.open("rb") as file:
        head = file.read(n_bytes)
        while len(head) == n_bytes and head.count(b"\n") < 50 and n_bytes < LONGEST_HEAD_BYTES:
            head += file.read(n_bytes)
            n_bytes *= 2
    if len(head) == n_bytes and b"\n" in head:
        head = head[: head.rfind(b"\n") + 1]
    return head.decode("utf-8", "replace").removeprefix("\ufeff")


def _is_even(text: OpenText) -> bool:
    """Whether the head's rows lie one a line and are equally wide."""
    body = [row for row in text.rows if row[0] >= text.layout.first_line]
    width = len(text.layout.headers)
    is_whole = text.path.stat().st_size <= HEAD_BYTES
    return text.delimiter != BLANKS and all(
        n_lines == 1 and _fits(cells, width) and not is_ruler(cells)
        for _, cells, n_lines in (body if is_whole else body[:-1])
    )


def _fits(cells: Sequence[str], width: int) -> bool:
    """As many cells as columns; DuckDB passes over one more if it is empty."""
    if len(cells) == width:  # with nothing in them they are left out later, but not with blanks
        return count_filled(cells) > 0 or (width > 1 and not any(cells))
    return len(cells) == width + 1 and not cells[-1]


def _without_foot(workspace: Workspace, text: OpenText) -> OpenText:
    """The text up to totals and remarks at its end: in a large file a copy is the quick way."""
    size = text.path.stat().st_size
    with text.path.open("rb") as file:
        file.seek(max(0, size - TAIL_BYTES))
        tail = file.read()
    kept = tail.rstrip(b"\r\n")
    foot: list[tuple[int, list[str]]] = []
    while b"\n" in kept:
        start = kept.rfind(b"\n") + 1
        line = kept[start:].decode("utf-8", "replace")
        cells = next(iter(RowReader([line], text.delimiter, text.name, TAIL_BYTES)))[1]
        if not is_foot(cells, text.layout):
            break
        foot.insert(0, (start, cells))
        kept = kept[:start].rstrip(b"\r\n")
    # Rows of delimiters in front are left out, and told of, with those further up.
    while foot and len(foot[0][1]) == len(text.layout.headers) and not any(foot[0][1]):
        del foot[0]
    if not foot:
        return text
    kept = tail[: foot[0][0]].rstrip(b"\r\n")
    target = workspace.new_path(".txt")
    last_line = _copy_start(text.path, target, size - len(tail) + len(kept))
    after = len(kept)
    rows = [(last_line + tail[after:at].count(b"\n"), row) for at, row in foot if any(row)]
    notes = (*text.notes, skipped_note(rows, "at the foot")) if rows else text.notes
    return replace(text, path=target, notes=notes)


def _copy_start(path: Path, target: Path, n_bytes: int) -> int:
    """Copy the first bytes of a file; how many lines they are."""
    n_lines = 1
    with path.open("rb") as file, target.open("wb") as copy:
        while block := file.read(min(BLOCK_BYTES, n_bytes)):
            n_bytes -= len(block)
            n_lines += block.count(b"\n")
            copy.write(block)
    return n_lines


def _read_in_place(workspace: Workspace, text: OpenText) -> FilePart | None:
    """The file as DuckDB reads it strictly; None if it would not."""
    n_rows = _count_rows(text.path, text.layout.first_line)
    if n_rows is None:
        return None
    check_row_count(n_rows, text.name, workspace.limits)
    headers = text.layout.headers
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(headers)))
    table = (
        f"read_csv({path_literal(text.path)}, columns={{{columns}}}, auto_detect=false, "
        f"header=false, skip={text.layout.first_line - 1}, delim={literal(text.delimiter)}, "
        f"quote='\"', escape='\"', strict_mode=true, max_line_size={2 * BLOCK_BYTES}, "
        f"buffer_size={8 * BLOCK_BYTES})"
    )
    try:
        has_text = _find_text(workspace.connection, table, headers)
    except duckdb.Error:
        return None
    names, query = columns_query(headers, has_text, "null::bigint as line", table)
    return _part(text, names, query, text.notes, n_rows)


def _count_rows(path: Path, first_line: int) -> int | None:
    """Rows that the line ends promise; None if NULs or very long lines forbid to read in place."""
    import numpy as np

    n_ends = n_trailing = 0
    block = bytearray(BLOCK_BYTES)
    numbers = np.frombuffer(block, np.uint8)
    last = b""
    with path.open("rb", buffering=0) as file:
        while n_bytes := file.readinto(block):
            # A fifth of the time of bytes.count, where lines are short.
            ends = int(np.count_nonzero(numbers[:n_bytes] == LINE_END))
            if (ends == 0 and n_bytes == BLOCK_BYTES) or block.find(b"\0", 0, n_bytes) >= 0:
                return None
            n_ends += ends
            last = (last + block[max(0, n_bytes - TAIL_BYTES) : n_bytes])[-TAIL_BYTES:]
    rest = last.rstrip(b"\r\n")
    n_trailing = last[len(rest) :].count(b"\n")
    return n_ends - n_trailing + 1 - (first_line - 1)


def _find_text(
    connection: duckdb.DuckDBPyConnection, table: str, headers: Sequence[str]
) -> list[bool]:
    """Which columns hold text; only those without a name are looked at, as that costs a scan."""
    nameless = [i for i, header in enumerate(headers) if not header]
    connection.execute(f"from {table} limit 1000").fetchall()
    if len(nameless) in (0, len(headers)):
        return [True] * len(headers)
    found = ", ".join(f"coalesce(bool_or(trim(c{i}) <> ''), false)" for i in nameless)
    row = connection.execute(f"select {found} from {table}").fetchone() or ()
    empty = {i for i, has_text in zip(nameless, row, strict=True) if not has_text}
    return [i not in empty for i in range(len(headers))]


def _read_each_row(workspace: Workspace, text: OpenText) -> FilePart:
    target = workspace.new_path(".parquet")
    cell_size = workspace.limits.cell_megabytes * 1_000_000
    with text.path.open(encoding="utf-8-sig", newline="\n") as file:
        reader = RowReader(file, text.delimiter, text.name, cell_size)
        rows = ((line, cells) for line, cells, _ in reader)
        tally = write_rows(rows, text.layout, target, text.name, workspace.limits)
    notes = [*text.notes, *tally.notes()]
    if reader.n_nul_:
        notes.append(f"Removed {reader.n_nul_:,} NUL characters.")
    if tally.n_rows == 0:
        check_has_rows(None, text.name)
    table = f"read_parquet({literal(target)})"
    names, query = columns_query(text.layout.headers, tally.has_text, "line", table)
    return _part(text, names, query, tuple(notes), None)


def _part(
    text: OpenText, names: tuple[str, ...], query: str, notes: tuple[str, ...], n_rows: int | None
) -> FilePart:
    reading = FileReading(
        name=text.name,
        kind="text",
        encoding=text.encoding,
        delimiter=text.delimiter,
        header_line=text.layout.header_line,
        first_line=text.layout.first_line,
        n_rows=n_rows,
        notes=notes,
    )
    return FilePart(reading, names, ("text",) * len(names), query)
