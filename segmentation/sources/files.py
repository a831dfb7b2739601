"""Files of all kinds as one table: what their bytes are, as a DuckDB query over text columns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb

from segmentation.errors import FilesDiffer, SegmentationError, UnreadableFile
from segmentation.labels import listed
from segmentation.sources.archives import Source, is_named_as_table, unpack_sources
from segmentation.sources.fingerprints import fingerprint_files
from segmentation.sources.headers import count_kinds
from segmentation.sources.parquet import read_parquet
from segmentation.sources.readings import (
    FilePart,
    FileReading,
    RawColumn,
    RawTable,
    ReadingChoices,
    quoted,
)
from segmentation.sources.rewriting import check_row_count
from segmentation.sources.text import read_text
from segmentation.sources.workbooks import read_workbook
from segmentation.sources.workspace import Workspace, check_room

__all__ = ["FileReading", "RawColumn", "RawTable", "ReadingChoices", "read_files"]

SAMPLE_ROWS = 1_000
# Samples are for guessing and for showing; a cell can be megabytes long.
SAMPLE_CHARACTERS = 1_000
# Tables in one archive that share fewer of their columns were never meant to be stacked.
ALIKE_SHARE = 0.5


def read_files(
    workspace: Workspace,
    paths: Sequence[Path],
    names: Sequence[str] | None = None,
    choices: ReadingChoices | None = None,
    rewrite: bool = False,
) -> RawTable:
    """Files as one table of columns as they stand, stacked if there are several.

    Parameters
    ----------
    workspace : Workspace
        Where files are unpacked and DuckDB runs; the table's query works on its connection.
    paths : sequence of Path
        CSV and other delimited text, .xlsx, .xls, .xlsb, .ods, Parquet, or gzip and zip files of
        those; their bytes count, not their suffixes.
    names : sequence of str or None
        What the analyst calls them; None takes the names of the paths.
    choices : ReadingChoices or None
        What the analyst corrected; None is all as detected.
    rewrite : bool
        Look at each row of a text and read none in place: for when the query failed, or gave
        another number of rows than was promised.

    Raises
    ------
    UnreadableFile
        A file is damaged, locked, empty or no table.
    FileTooLarge
        A file is over a limit of this installation.
    NoRoom
        The disk is full.
    FilesDiffer
        The files do not have the same columns.
    InvalidChoice
        The choices do not fit the files.
    """
    paths = [Path(path) for path in paths]
    names = list(names or [path.name for path in paths])
    choices = choices or ReadingChoices()
    if not paths:
        raise UnreadableFile("No file was given.", "Choose at least one file.")
    parts = list(
        chain.from_iterable(
            _read_file(workspace, path, name, choices, rewrite)
            for path, name in zip(paths, names, strict=True)
        )
    )
    name = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"
    check_row_count(sum(part.reading.n_rows or 0 for part in parts), name, workspace.limits)
    _check_same_columns(parts)
    stacked, kinds, query = _stack(parts)
    try:
        columns = _sampled(workspace.connection, stacked, kinds, query)
    except duckdb.Error as error:
        if rewrite:
            check_room(error)
            raise _unreadable(name) from error
        return read_files(workspace, paths, names, choices, rewrite=True)
    readings = tuple(part.reading for part in parts)
    return RawTable(name, readings, columns, query, fingerprint_files(paths, names, choices))


def _read_file(
    workspace: Workspace, path: Path, name: str, choices: ReadingChoices, rewrite: bool
) -> list[FilePart]:
    try:
        sources = unpack_sources(workspace, path, name)
        if len(sources) == 1:
            return _read_source(workspace, sources[0], choices, rewrite)
        return _alike(list(_read_members(workspace, sources, choices, rewrite)), name)
    except SegmentationError:
        raise
    except (OSError, duckdb.Error, ValueError, MemoryError) as error:
        check_room(error)
        raise _unreadable(name) from error


def _unreadable(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} cannot be read as a table.", "Save it anew as CSV or .xlsx and try again."
    )


def _read_source(
    workspace: Workspace, source: Source, choices: ReadingChoices, rewrite: bool
) -> list[FilePart]:
    if source.kind == "workbook":
        return read_workbook(workspace, source.path, source.name, choices)
    if source.kind == "parquet":
        return [read_parquet(workspace, source.path, source.name)]
    return [read_text(workspace, source.path, source.name, choices, rewrite)]


def _read_members(
    workspace: Workspace, sources: Sequence[Source], choices: ReadingChoices, rewrite: bool
) -> Iterator[FilePart]:
    for source in sources:
        try:
            yield from _read_source(workspace, source, choices, rewrite)
        except UnreadableFile:
            if is_named_as_table(source.name):
                raise


def _alike(parts: list[FilePart], name: str) -> list[FilePart]:
    """Of the tables in an archive those that belong to the one that looks most like sales."""
    if not parts:
        raise UnreadableFile(f"{name} holds no table.", "Check that it is the right file.")
    first = max(parts, key=lambda part: (count_kinds(part.names), len(part.names) > 1))
    kept = [part for part in parts if _share(part, first) >= ALIKE_SHARE]
    left = [part.reading.name.rpartition(" › ")[2] for part in parts if part not in kept]
    if left:
        note = f"Not read, as the columns are others: {listed(left, 5)}."
        kept[0] = replace(
            kept[0], reading=replace(kept[0].reading, notes=(*kept[0].reading.notes, note))
        )
    return kept


def _keys(part: FilePart) -> dict[str, str]:
    return {name.strip().casefold(): name for name in part.names}


def _share(part: FilePart, other: FilePart) -> float:
    ours, theirs = _keys(part).keys(), _keys(other).keys()
    return len(ours & theirs) / max(len(ours), len(theirs))


def _check_same_columns(parts: Sequence[FilePart]) -> None:
    first = _keys(parts[0])
    for part in parts[1:]:
        found = _keys(part)
        missing = [first[key] for key in first if key not in found]
        surplus = [found[key] for key in found if key not in first]
        problems = [f"lacks {listed(missing, 5)}"] if missing else []
        problems += [f"has {listed(surplus, 5)} besides"] if surplus else []
        if problems:
            raise FilesDiffer(
                f"{part.reading.name} {' and '.join(problems)}, "
                f"compared with {parts[0].reading.name}.",
                "Give files with the same columns, or one after the other.",
            )


def _stack(parts: Sequence[FilePart]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Columns, their kinds and the query over all parts, in the order of the first."""
    names = parts[0].names
    by_part = [dict(zip(_keys(part), part.kinds, strict=True)) for part in parts]
    keys = list(_keys(parts[0]))
    kinds = tuple(
        by_part[0][key] if len({kinds[key] for kinds in by_part}) == 1 else "text" for key in keys
    )
    index_type = "utinyint" if len(parts) < 256 else "usmallint"
    selects = []
    for i, part in enumerate(parts):
        theirs = _keys(part)
        cells = []
        for key, name, kind in zip(keys, names, kinds, strict=True):
            cell = quoted(theirs[key])
            cells.append(
                f"{cell if kind == by_part[i][key] else f'cast({cell} as varchar)'} "
                f"as {quoted(name)}"
            )
        selects.append(
            f"select {', '.join(cells)}, {i}::{index_type} as file_index, line from ({part.query})"
        )
    return names, kinds, " union all ".join(selects)


def _sampled(
    connection: duckdb.DuckDBPyConnection,
    names: Sequence[str],
    kinds: Sequence[str],
    query: str,
) -> tuple[RawColumn, ...]:
    cells = ", ".join(
        f"coalesce(left(cast({quoted(name)} as varchar), {SAMPLE_CHARACTERS}), '')"
        for name in names
    )
    rows = connection.execute(f"select {cells} from ({query}) limit {SAMPLE_ROWS}").fetchall()
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return tuple(
        RawColumn(name, kind, tuple(samples))
        for name, kind, samples in zip(names, kinds, columns, strict=True)
    )
