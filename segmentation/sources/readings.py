"""What is known of files that were read: how each was read, its columns and its rows as a query."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

OUR_NAMES = ("file_index", "line")


@dataclass(frozen=True)
class ReadingChoices:
    """What the analyst corrected about how files are read; None is as detected.

    Parameters
    ----------
    encoding : str or None
        Name of a Python codec, such as "cp1252".
    delimiter : str or None
        One of , ; | a tab, or a blank for runs of blanks.
    sheet : str or None
        Name of the workbook's sheet.
    header_line : int or None
        Line of the header, from 1; 0 where the file has none.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_line: int | None = None


@dataclass(frozen=True)
class FileReading:
    """How one file was read.

    Parameters
    ----------
    name : str
        What the analyst calls it; "orders.zip › jan.csv" for a file in an archive.
    kind : str
        "text", "workbook" or "parquet".
    encoding, delimiter, sheet : str or None
        As detected or chosen; None where the kind of file has none.
    sheets : tuple of str
        Visible sheets that can be chosen.
    alike_sheets : tuple of str
        Those with the same columns as the one read, itself among them.
    header_line : int
        Line of the header as an editor or a spreadsheet counts, from 1; 0 is none.
    first_line : int
        Line of the first row of data.
    n_rows : int or None
        Rows that the line ends of a text file read in place promise; None where each row was
        looked at.
    notes : tuple of str
        Sentences for the analyst about what was skipped or assumed.
    """

    name: str
    kind: str
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    alike_sheets: tuple[str, ...] = ()
    header_line: int = 0
    first_line: int = 1
    n_rows: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RawColumn:
    """A column as it stands in the files.

    Parameters
    ----------
    name : str
        Unique, also without regard to upper and lower case.
    kind : str
        "text", "number", "timestamp", "date" or "flag"; all but "text" only from Parquet.
    samples : tuple of str
        Up to 1,000 first values as text, '' for empty; the columns' samples stand row by row.
    """

    name: str
    kind: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class RawTable:
    """Files read as one table.

    Parameters
    ----------
    name : str
        "shop.csv", or "jan.csv and 11 more".
    files : tuple of FileReading
        One for each table that was read, in order of `file_index`.
    columns : tuple of RawColumn
        In the order of the first file.
    query : str
        DuckDB query over all columns, then `file_index` (from 0) and `line` (null where it
        follows from the position in the file), in the order of the files.
    fingerprint : str
        Changes when the bytes, the names or the choices do.
    """

    name: str
    files: tuple[FileReading, ...]
    columns: tuple[RawColumn, ...]
    query: str
    fingerprint: str


@dataclass(frozen=True)
class FilePart:
    """One file's rows: a query over its columns by name, then `line`, and each column's kind."""

    reading: FileReading
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    query: str


def quoted(name: str) -> str:
    """`name` as an SQL identifier that is taken as it stands."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """`text` as an SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """The SQL string by which DuckDB reads this file; to it, * ? and [1] would stand for others.

    >>> path_literal(Path("shop [1].csv"))
    "'shop [[]1].csv'"
    """
    return literal(re.sub(r"[*?[]", r"[\g<0>]", str(path)))


def unique_names(headers: Iterable[str]) -> tuple[str, ...]:
    """Header cells as column names: none empty, none twice, none that we add ourselves.

    Examples
    --------
    >>> unique_names(["Total", "", "total"])
    ('Total', 'Column 2', 'total (2)')
    """
    # Compared without case because DuckDB does.
    taken = set(OUR_NAMES)
    names = []
    for position, header in enumerate(headers, start=1):
        name = wanted = header or f"Column {position}"
        n = 1
        while name.casefold() in taken:
            n += 1
            name = f"{wanted} ({n})"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def columns_query(
    headers: Sequence[str], has_text: Sequence[bool], line: str, table: str
) -> tuple[tuple[str, ...], str]:
    """Names of the columns c0, c1 … of a table, and the query that gives them those names.

    Columns that have neither a header nor any text are left out.
    """
    names = unique_names(headers)
    kept = [i for i, header in enumerate(headers) if header or has_text[i]]
    columns = ", ".join(f"c{i} as {quoted(names[i])}" for i in kept)
    return tuple(names[i] for i in kept), f"select {columns}, {line} from {table}"
