"""A workbook's sheet as text columns: Excel's kinds of old and new, and OpenDocument."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from segmentation.errors import InvalidChoice, UnreadableFile
from segmentation.labels import listed
from segmentation.sources import sheets as program
from segmentation.sources.extents import check_extents
from segmentation.sources.headers import (
    FOOT_ROWS,
    Layout,
    Row,
    count_filled,
    count_kinds,
    guess_layout,
    is_foot,
    skipped_note,
)
from segmentation.sources.readings import (
    FilePart,
    FileReading,
    ReadingChoices,
    columns_query,
    literal,
)
from segmentation.sources.rewriting import check_has_rows, check_row_count, check_width
from segmentation.sources.storednumbers import write_stored
from segmentation.sources.workspace import Workspace

SAMPLE_ROWS = 500
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Sheet:
    """A visible sheet: its cells in a Parquet file, and where the table stands among them."""

    title: str
    file: str
    n_rows: int
    n_columns: int
    n_errors: int
    stored: list[int]
    layout: Layout | None

    def score(self) -> float:
        """How much it looks like the sheet with the sales."""
        return self.n_rows * 4.0 ** count_kinds(self.layout.headers) if self.layout else 0


def read_workbook(
    workspace: Workspace, path: Path, name: str, choices: ReadingChoices
) -> list[FilePart]:
    """Sheets of a workbook as queries over text columns.

    Parameters
    ----------
    workspace : Workspace
        Where the cells are written and DuckDB runs.
    path : Path
        The file.
    name : str
        What the analyst calls it.
    choices : ReadingChoices
        What the analyst corrected.

    Returns
    -------
    list of FilePart
        The chosen sheet; else the likeliest and all that have the same columns, such as a sheet
        for each year, in the order of the workbook.

    Raises
    ------
    UnreadableFile
        It is damaged, locked by a password or holds no rows.
    FileTooLarge
        It has more rows, columns or cells than the limits allow.
    InvalidChoice
        It has no visible sheet of the chosen name.
    """
    sheets = _load_sheets(workspace, path, name, choices)
    first = _chosen_sheet(sheets, name, choices)
    alike = [sheet for sheet in sheets if sheet is first or _is_alike(sheet, first)]
    titles, visible = (tuple(sheet.title for sheet in group) for group in (alike, sheets))
    parts = []
    for sheet in alike if choices.sheet is None else [first]:
        own = f"{name} › {sheet.title}" if choices.sheet is None and len(alike) > 1 else name
        part = _read_sheet(workspace, sheet, own)
        reading = replace(part.reading, sheets=visible, alike_sheets=titles)
        parts.append(replace(part, reading=reading))
    return parts


def _is_alike(sheet: Sheet, other: Sheet) -> bool:
    return bool(
        sheet.layout
        and other.layout
        and sheet.layout.header_line
        and sheet.layout.headers == other.layout.headers
    )


def _read_sheet(workspace: Workspace, sheet: Sheet, name: str) -> FilePart:
    check_width(sheet.n_columns, name, workspace.limits)
    layout = check_has_rows(sheet.layout, f"{name}, sheet {sheet.title},")
    foot = _foot(workspace.connection, sheet, layout)
    table = _data_rows(layout, sheet, foot)
    written = {i: write_stored(workspace.connection, table, i) for i in sheet.stored}
    if replaced := ", ".join(sql for sql, _ in written.values() if sql):
        table = _data_rows(layout, sheet, foot, f"* replace ({replaced})")
    n_lines = (foot[0][0] if foot else sheet.n_rows + 1) - layout.first_line
    n_rows, has_text = _count_filled(workspace.connection, table, layout, n_lines)
    check_row_count(n_rows, name, workspace.limits)
    check_width(sum(has_text), name, workspace.limits)
    n_blank = n_lines - n_rows
    if n_blank:
        table = f"{table} and {_is_filled(range(len(layout.headers)))}"
    names, query = columns_query(layout.headers, has_text, "file_row_number + 1 as line", table)
    reading = FileReading(
        name=name,
        kind="workbook",
        sheet=sheet.title,
        header_line=layout.header_line,
        first_line=layout.first_line,
        notes=(*_notes(sheet, layout, foot, n_blank), *_stored_notes(layout, written)),
    )
    return FilePart(reading, names, ("text",) * len(names), query)


def _load_sheets(
    workspace: Workspace, path: Path, name: str, choices: ReadingChoices
) -> list[Sheet]:
    report = workspace.new_path(".json")
    # The sheets' extents are checked while the program is at work: it has a core to itself.
    loading = _start(path, report, may_hold_errors=False)
    try:
        if check_extents(path, name, workspace.limits):
            loading.kill()
            loading.communicate()
            loading = _start(path, report, may_hold_errors=True)
        _, said = loading.communicate(timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        said = b""
    finally:
        if loading.poll() is None:
            loading.kill()
            loading.communicate()
    if loading.returncode:
        if b"password" in said.lower():
            raise UnreadableFile(
                f"{name} is protected by a password.", "Save it without a password."
            )
        raise UnreadableFile(
            f"{name} is damaged or was cut off: it cannot be read as a workbook.",
            "Open it in Excel, save it as .xlsx and try again.",
        )
    found = json.loads(report.read_text())
    return [_open_sheet(workspace, sheet, choices) for sheet in found]


def _start(path: Path, report: Path, may_hold_errors: bool) -> "subprocess.Popen[bytes]":
    """The program that loads the sheets, at work."""
    command = [sys.executable, "-P", str(program.__file__), str(path.resolve())]
    command += [str(report.with_suffix("")), "1" if may_hold_errors else "0", str(report)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _open_sheet(workspace: Workspace, found: dict, choices: ReadingChoices) -> Sheet:
    if found["n_columns"] > workspace.limits.columns:
        return Sheet(**found, layout=None)
    rows = _rows(workspace.connection, found["file"], 0, SAMPLE_ROWS)
    return Sheet(**found, layout=guess_layout(rows, choices.header_line))


def _rows(connection: duckdb.DuckDBPyConnection, file: str, start: int, n_rows: int) -> list[Row]:
    """Rows of cells from `start` (0 is the first) with their lines."""
    found = connection.execute(
        f"select columns('^c[0-9]+$'), file_row_number "
        f"from read_parquet({literal(file)}, file_row_number=true) "
        f"where file_row_number >= {start} and file_row_number < {start + n_rows} "
        "order by file_row_number"
    )
    return [(row[-1] + 1, [cell or "" for cell in row[:-1]]) for row in found.fetchall()]


def _chosen_sheet(sheets: Sequence[Sheet], name: str, choices: ReadingChoices) -> Sheet:
    if not sheets:
        raise UnreadableFile(
            f"{name} has no visible sheet with cells in it.", "Check that it is the right file."
        )
    if choices.sheet is None:
        return max(sheets, key=Sheet.score)
    for sheet in sheets:
        if sheet.title == choices.sheet:
            return sheet
    raise InvalidChoice(
        f"{name} has no sheet called {choices.sheet}.",
        f"Choose one of {listed([sheet.title for sheet in sheets], 20)}.",
    )


def _foot(connection: duckdb.DuckDBPyConnection, sheet: Sheet, layout: Layout) -> list[Row]:
    """Totals and remarks in the last rows, with the blank ones between and after them."""
    start = max(layout.first_line, sheet.n_rows - FOOT_ROWS)
    foot: list[Row] = []
    for line, row in reversed(_rows(connection, sheet.file, start, FOOT_ROWS)):
        if not is_foot(row, layout):
            break
        foot.insert(0, (line, row))
    return foot


def _data_rows(layout: Layout, sheet: Sheet, foot: Sequence[Row], cells: str = "*") -> str:
    last = foot[0][0] - 1 if foot else sheet.n_rows
    return (
        f"(select {cells} from read_parquet({literal(sheet.file)}, file_row_number=true)) "
        f"where file_row_number >= {layout.first_line - 1} and file_row_number < {last}"
    )


def _is_filled(columns: Sequence[int]) -> str:
    """SQL for whether a row has more than blanks in any of the columns."""
    return "(" + " or ".join(f"trim(c{i}, ' \t\r\n\xa0') <> ''" for i in columns) + ")"


def _count_filled(
    connection: duckdb.DuckDBPyConnection, table: str, layout: Layout, n_lines: int
) -> tuple[int, list[bool]]:
    """Rows that are not blank, and which columns have a header or any text."""
    columns = range(len(layout.headers))
    nameless = [i for i in columns if not layout.headers[i]]
    if not nameless:
        # Most sheets have a column that is filled in every row; reading all of them takes longer.
        [(n_rows,)] = connection.execute(
            f"select count(*) from {table} and {_is_filled([0])}"
        ).fetchall()
        if n_rows == n_lines:
            return n_rows, [True] * len(columns)
    counts = ", ".join(
        [f"count(*) filter ({_is_filled(columns)})"]
        + [f"coalesce(bool_or({_is_filled([i])}), false)" for i in nameless]
    )
    n_rows, *found = connection.execute(f"select {counts} from {table}").fetchone() or (0,)
    with_text = {i for i, has_text in zip(nameless, found, strict=True) if has_text}
    return n_rows, [bool(layout.headers[i]) or i in with_text for i in columns]


def _stored_notes(layout: Layout, written: dict[int, tuple[str, int]]) -> Iterator[str]:
    for i, (_, n_stored) in written.items():
        if n_stored:
            yield (
                f"{layout.headers[i] or f'Column {i + 1}'} holds numbers and texts: {n_stored:,} "
                "numbers with decimals are read as stored, texts as they are written."
            )


def _notes(sheet: Sheet, layout: Layout, foot: Sequence[Row], n_blank: int) -> list[str]:
    notes = list(layout.notes)
    if filled := [row for row in foot if count_filled(row[1])]:
        notes.append(skipped_note(filled, "at the foot"))
    if n_blank:
        notes.append(f"Skipped blank rows: {n_blank:,}.")
    if sheet.n_errors:
        notes.append(f"Cells with an Excel error such as #N/A: {sheet.n_errors:,}.")
    return notes
