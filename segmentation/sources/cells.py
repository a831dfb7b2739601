"""What the cells of a column look like, and how a column's cells are to be read."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

# Cells that differ in their digits only have one shape, so a column of millions of dates has a
# handful of them. Free text has as many as rows: then the most frequent are enough to say no.
MOST_SHAPES = 10_000
LONGEST_SHAPE = 64
CELLS = "studied_cells"
_TO_NINES = str.maketrans("0123456789", "9999999999")


@dataclass(frozen=True)
class Shape:
    """Cells that are equal but for their digits.

    Parameters
    ----------
    text : str
        The cells with a 9 for each digit.
    n : int
        How many there are.
    low, high : str
        The first and the last of them by the alphabet, thus by value where all is digits.
    """

    text: str
    n: int
    low: str
    high: str


@dataclass(frozen=True)
class FormOption:
    """One of several ways to read a column that fit equally well.

    Parameters
    ----------
    name : str
        As recipes keep it: "day_first", "month_first", "year_first", "decimal_point" or
        "decimal_comma".
    label : str
        For people: "day/month/year".
    first, last : date or None
        The earliest and latest date that this reading gives; None for numbers.
    """

    name: str
    label: str
    first: datetime.date | None = None
    last: datetime.date | None = None


@dataclass(frozen=True)
class CellForm:
    """How the cells of one column are written.

    Parameters
    ----------
    kind : str
        "date" or "number".
    sql : str
        DuckDB expression over a column called ``cell`` that gives a timestamp or a double, and
        null where the cell cannot be read so; over ``file_index`` as well where `decided` says so.
    label : str
        For people: "day.month.year", "1.234,56", "Excel day numbers".
    n_unreadable : int or None
        Cells that are not empty and that this form cannot read; None where only the samples
        were looked at.
    options : tuple of FormOption
        All readings that fit equally well, the likelier first; empty where one is certain.
    chosen : str or None
        The option that somebody chose.
    notes : tuple of str
        Sentences about what the analyst may not expect.
    currency : str or None
        DuckDB expression over ``cell`` that gives the currency written in it, where any is.
    told : frozenset of str
        Readings that some cells may speak for: names of options and of numbers for dates.
    decided : str
        The one of them that all cells together speak for; "" where they leave it open or where
        it makes no difference, `recipe.BY_FILE` where each file has a form of its own.
    open_in : str
        Of several files those that `options` are about, as people list them; "": all.
    open_cells : tuple of str
        Some cells of the first of those.
    """

    kind: str
    sql: str
    label: str
    n_unreadable: int | None
    options: tuple[FormOption, ...] = ()
    chosen: str | None = None
    notes: tuple[str, ...] = ()
    currency: str | None = None
    told: frozenset[str] = frozenset()
    decided: str = ""
    open_in: str = ""
    open_cells: tuple[str, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Whether several readings fit and nobody chose one."""
        return bool(self.options) and self.chosen is None

    @property
    def elsewhere(self) -> str:
        """Why the other files do not tell how those with `options` are to be read, if there are."""
        told = f"Elsewhere it is {self.label}, but the files are not written alike."
        return told if self.open_in else ""


def over(sql: str, expression: str) -> str:
    """A form's SQL with `expression` where ``cell`` stood."""
    # No form's SQL has the word in a string or in a longer name.
    return re.sub(r"\bcell\b", lambda _: expression, sql)


def sample_shapes(cells: Iterable[str]) -> list[Shape]:
    """Shapes of a few cells, the most frequent first; empty cells have none."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.strip(" "):
            found.setdefault(cell.translate(_TO_NINES)[:LONGEST_SHAPE], []).append(cell)
    shapes = [Shape(text, len(group), min(group), max(group)) for text, group in found.items()]
    return sorted(shapes, key=lambda shape: (-shape.n, shape.text))


def count_cells(connection: duckdb.DuckDBPyConnection, cells: str) -> None:
    """Put the different cells of a column into the temporary table `CELLS`, with their numbers.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Where the table is made anew.
    cells : str
        Query with one text column called ``cell``; empty cells do not count.
    """
    # Cells are grouped before anything is done with them: for 10 million dates that takes half
    # the time of writing a 9 for each digit, and all that follows is quick.
    connection.execute(f"""
        create or replace temp table {CELLS} as
        select cell, count(*) as n
        from ({cells})
        where trim(cell) <> ''
        group by cell
    """)


def count_shapes(connection: duckdb.DuckDBPyConnection) -> tuple[list[Shape], int]:
    """Shapes of the cells in `CELLS`, the most frequent first, and the number of cells."""
    rows = connection.execute(f"""
        select
            left(translate(cell, '0123456789', '9999999999'), {LONGEST_SHAPE}) as shape,
            cast(sum(n) as bigint) as n_cells,
            min(cell) as low,
            max(cell) as high,
            cast(sum(sum(n)) over () as bigint) as n_all
        from {CELLS}
        group by shape
        order by n_cells desc, shape
        limit {MOST_SHAPES}
    """).fetchall()
    return [Shape(*row[:4]) for row in rows], int(rows[0][4]) if rows else 0


def drop_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the table `CELLS`."""
    connection.execute(f"drop table if exists {CELLS}")
