"""Which line of its file each loaded row stands in, and which rows are blank lines."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from segmentation.sources.readings import RawTable
from segmentation.sources.rewriting import blank_note

_OF_NO_USE = "customer_id is null and ordered_at is null and amount is null and unreadable is null"


def count_by_file(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> dict[int, int]:
    """Rows of ``loaded_rows`` by `file_index`; files without any are left out."""
    file_index = "file_index" if len(raw.files) > 1 else "0"
    query = f"select {file_index}, count(*) from loaded_rows group by all"
    return dict(connection.execute(query).fetchall())


def line_offsets(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> list[int]:
    """What makes a row's position in ``loaded_rows`` its line, for rows that carry no line."""
    found = count_by_file(connection, raw)
    offsets, position = [], 0
    for index, reading in enumerate(raw.files):
        offsets.append(reading.first_line - position)
        position += found.get(index, 0)
    return offsets


def has_rows_of_no_use(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether some rows say nothing: blank lines, or remarks in other columns."""
    query = f"select 1 from loaded_rows where {_OF_NO_USE} limit 1"
    return bool(connection.execute(query).fetchall())


def drop_blank_rows(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, stored: Sequence[str]
) -> None:
    """Take rows of nothing but delimiters, as below a table that Excel has written, out again.

    The others are then no longer at the position of their line, so their lines are stored.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Its table ``loaded_rows`` has all rows, at their positions.
    raw : RawTable
        The files.
    stored : sequence of str
        The columns of the table, ``row_hash`` among them.
    """
    nothing = ", ".join(["cast(null as varchar)"] * len(raw.columns))
    is_blank = f"{_OF_NO_USE} and row_hash = hash({nothing})"
    offsets = line_offsets(connection, raw)
    line = f"rowid + {offsets}[{'file_index' if len(offsets) > 1 else 0} + 1]"
    if "line" in stored:  # where each row of some files was looked at
        is_blank, line = f"{is_blank} and line is null", f"coalesce(line, {line})"
    if connection.execute(f"select 1 from loaded_rows where {is_blank} limit 1").fetchall():
        kept = ", ".join([*(name for name in stored if name != "line"), f"{line} as line"])
        connection.execute(
            f"create or replace table loaded_rows as select {kept} from loaded_rows "
            f"where not ({is_blank})"
        )


def tell_blank_rows(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> RawTable:
    """The files with a note of the blank rows that were taken out; the same where it is there."""
    found = count_by_file(connection, raw)
    files = []
    for index, reading in enumerate(raw.files):
        n_blank = (reading.n_rows or 0) - found.get(index, 0)
        told = [blank_note(n_blank)] if n_blank > 0 else []
        files.append(replace(reading, notes=tuple(dict.fromkeys([*reading.notes, *told]))))
    return raw if tuple(files) == raw.files else replace(raw, files=tuple(files))
