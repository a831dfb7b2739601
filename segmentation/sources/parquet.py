"""A Parquet file as a query over its columns, in place."""

from pathlib import Path

import duckdb

from segmentation.errors import UnreadableFile
from segmentation.sources.readings import FilePart, FileReading, path_literal, quoted, unique_names
from segmentation.sources.rewriting import check_row_count, check_width
from segmentation.sources.workspace import Workspace

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


def read_parquet(workspace: Workspace, path: Path, name: str) -> FilePart:
    """One Parquet file as a query; numbers, times, dates and flags keep their kind.

    Parameters
    ----------
    workspace : Workspace
        Where DuckDB runs.
    path : Path
        The file.
    name : str
        What the analyst calls it.

    Raises
    ------
    UnreadableFile
        It is damaged or has no rows.
    FileTooLarge
        It has more rows or columns than the limits allow.
    """
    # Some writers leave out that their bytes are text.
    table = f"read_parquet({path_literal(path)}, binary_as_string=true)"
    try:
        described = workspace.connection.execute(f"describe from {table}").fetchall()
        counted = workspace.connection.execute(f"select count(*) from {table}").fetchone()
        workspace.connection.execute(f"select count(*) from (from {table} limit 1)")
    except duckdb.Error as error:
        raise UnreadableFile(
            f"{name} is damaged or was cut off: it cannot be read as Parquet.",
            "Download or export the file again.",
        ) from error
    columns = [(row[0], row[1]) for row in described]
    _check_size(counted[0] if counted else 0, len(columns), name, workspace)
    names = unique_names([" ".join(column.split()) for column, _ in columns])
    cells = [_cell(column, sql_type) for column, sql_type in columns]
    selected = ", ".join(
        f"{sql} as {quoted(ours)}" for ours, (_, sql) in zip(names, cells, strict=True)
    )
    # A column of the file's own takes the place of DuckDB's; a row's position is its line, too.
    is_taken = "file_row_number" in [column.casefold() for column, _ in columns]
    line = "null::bigint" if is_taken else "file_row_number + 1"
    query = f"select {selected}, {line} as line from {table}"
    reading = FileReading(name=name, kind="parquet")
    return FilePart(reading, names, tuple(kind for kind, _ in cells), query)


def _check_size(n_rows: int, n_columns: int, name: str, workspace: Workspace) -> None:
    if n_rows == 0:
        raise UnreadableFile(f"{name} has no rows.", "Choose a file with rows.")
    check_row_count(n_rows, name, workspace.limits)
    check_width(n_columns, name, workspace.limits)


def _cell(column: str, sql_type: str) -> tuple[str, str]:
    """Kind of a column and the expression that gives it."""
    name = quoted(column)
    if sql_type.endswith("]"):
        return "text", f"cast({name} as varchar)"
    if sql_type in ("TIMESTAMP_NS", "TIMESTAMPTZ_NS"):
        # Cut and not rounded, which would make the next day of a day's last nanosecond.
        return "timestamp", f"make_timestamp(epoch_ns({name}) // 1000)"
    if sql_type.startswith("TIMESTAMP WITH TIME ZONE"):
        return "timestamp", f"make_timestamp(epoch_us({name}))"
    if sql_type.startswith("TIMESTAMP"):
        return "timestamp", f"try_cast({name} as timestamp)"
    if sql_type == "DATE":
        return "date", name
    if sql_type == "BOOLEAN":
        return "flag", name
    if sql_type.removeprefix("U").startswith(NUMBERS):
        return "number", name
    return "text", f"cast({name} as varchar)"
