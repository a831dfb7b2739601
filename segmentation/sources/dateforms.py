"""How a column of dates is to be read: which writing, and which part is the day."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from segmentation.sources.cells import CELLS, CellForm, FormOption, Shape
from segmentation.sources.datenumbers import NUMBERED, read_numbered
from segmentation.sources.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    PARTS,
    YEAR_FIRST,
    Layout,
    find_swaps,
    read_layout,
    written_sql,
)

_WRITTEN = "written"
# By which one place's offsets differ between winter and summer.
SUMMER_MINUTES = 60
_LOCAL = "Times with an offset are read as written: all offsets are one place's, winter and summer."
_UTC = (
    "Times with an offset were put on one clock, UTC, as their offsets are more than an hour apart."
)
_BOTH_ORDERS = (
    "{n:,} dates have a day over 12 where the others have the month: some are written with the day "
    "in front and some with the month, so that those with neither over 12 may be wrong. Export "
    "them all in one way, such as 2025-06-30."
)
_SWAPPED = (
    "{n:,} cells are dates already, none with a day over 12, and the text dates all have a day "
    "over 12: a spreadsheet seems to have swapped day and month where it could. Compare some with "
    "the source, or export the file again."
)


@dataclass(frozen=True)
class Writing:
    """The ways in which a column's dates are written.

    Parameters
    ----------
    layouts : tuple of Layout
        Of the dates that are written out, the most frequent first.
    families : tuple of str
        "written" or a key of `datenumbers.NUMBERED` or both, the more frequent first.
    swaps : dict of str to str
        As `dates.find_swaps` gives them.
    is_local : bool, default=False
        Whether times with an offset are read as written, else on the UTC clock.
    """

    layouts: tuple[Layout, ...]
    families: tuple[str, ...]
    swaps: dict[str, str]
    is_local: bool = False

    @property
    def parts(self) -> tuple[Layout, ...]:
        """The layouts in which the order of day and month is open."""
        return tuple(layout for layout in self.layouts if layout.kind == PARTS)

    @property
    def orders(self) -> list[str]:
        """The orders of the parts that are possible."""
        if not self.parts:
            return [DAY_FIRST]
        has_short_year = any(YEAR_FIRST in layout.formats for layout in self.parts)
        return [DAY_FIRST, MONTH_FIRST, *([YEAR_FIRST] if has_short_year else [])]

    def sql(self, order: str) -> str:
        """DuckDB expression over ``cell`` with the parts in one order; may be empty."""
        readings = [
            written_sql(self.layouts, order, self.swaps, self.is_local)
            if family == _WRITTEN
            else NUMBERED[family].guarded_sql()
            for family in self.families
            if family != _WRITTEN or self.layouts
        ]
        return (
            readings[0]
            if len(readings) == 1
            else ", ".join(readings) and (f"coalesce({', '.join(readings)})")
        )

    def label(self, order: str) -> str:
        """What people call it: its two most frequent ways."""
        labels = []
        for family in self.families:
            labels += (
                [layout.label(order) for layout in self.layouts]
                if family == _WRITTEN
                else [NUMBERED[family].label]
            )
        zone = ", on the UTC clock" if self.has_offsets and not self.is_local else ""
        return " and ".join(list(dict.fromkeys(labels))[:2]) + zone

    @property
    def has_offsets(self) -> bool:
        """Whether some times say how far their clock is from UTC."""
        return any("%z" in layout.formats[DAY_FIRST] for layout in self.layouts)


@dataclass(frozen=True)
class Reading:
    """How many cells one way to read a column can read, and the dates it gives."""

    n: int
    first: datetime.datetime | None
    last: datetime.datetime | None

    @property
    def span(self) -> datetime.timedelta:
        """Time between the first and the last date."""
        return self.last - self.first if self.first and self.last else datetime.timedelta(0)


@dataclass(frozen=True)
class Evidence:
    """What all cells say: a reading for each order, and where it matters or is not open."""

    readings: dict[str, Reading]
    n_differ: int
    n_day_only: int
    n_month_only: int
    n_dated: int
    n_dated_late: int


def date_form(
    connection: duckdb.DuckDBPyConnection,
    shapes: Sequence[Shape],
    n_cells: int,
    choice: str | None = None,
) -> CellForm:
    """How the dates of a column are to be read.

    Parameters
    ----------
    connection : DuckDBPyConnection
        With the column's cells in `cells.CELLS`.
    shapes : sequence of Shape
        Of all cells.
    n_cells : int
        How many those are.
    choice : str, optional
        "day_first", "month_first" or "year_first" where somebody said so; without meaning
        where the order is not open.
    """
    writing = _on_one_clock(connection, find_writing(shapes, n_cells))
    if not writing.families:
        return CellForm("date", "cast(null as timestamp)", "no dates", n_cells)
    evidence = measure_orders(connection, writing)
    fits = rank_orders(evidence, writing)
    chosen = choice if choice in evidence.readings and writing.parts else None
    order = chosen or fits[0]
    options = tuple(_option(writing, evidence, fit) for fit in fits) if len(fits) > 1 else ()
    return CellForm(
        "date",
        writing.sql(order),
        writing.label(order),
        n_cells - evidence.readings[order].n,
        options,
        chosen,
        _notes(writing, evidence, fits),
    )


def find_writing(shapes: Sequence[Shape], n_cells: int) -> Writing:
    """The ways that read most cells: written dates, and numbers if they read most of the rest."""
    swaps = find_swaps(shapes)
    layouts, counts = [], Counter[str]()
    for shape in shapes:
        layout = read_layout(shape, swaps)
        family = _WRITTEN if layout else read_numbered(shape)
        if layout:
            layouts.append(layout)
        if family:
            counts[family] += shape.n
    # What is written out as a date is one. A number among dates may be anything, and only one
    # kind of number can be right.
    families = [family for family, _ in counts.most_common() if family != _WRITTEN][:1]
    if layouts:
        n_rest = n_cells - counts[_WRITTEN]
        families = [
            family
            for family in families
            if counts[family] > counts[_WRITTEN] or counts[family] * 2 > n_rest
        ]
        families.append(_WRITTEN)
        families.sort(key=lambda family: -counts[family])
    return Writing(tuple(layouts), tuple(families), swaps)


def _on_one_clock(connection: duckdb.DuckDBPyConnection, writing: Writing) -> Writing:
    """The writing with times as written where all offsets are one place's, winter and summer.

    The day that is meant is the day there: on the UTC clock, its first hours are the day before.
    """
    if not writing.has_offsets:
        return writing
    local = replace(writing, is_local=True)
    apart = [
        f"date_diff('minute', {writing.sql(order)}, {local.sql(order)})" for order in writing.orders
    ]
    [(least, most)] = connection.execute(
        f"select min(apart), max(apart) from (select coalesce({', '.join(apart)}) as apart "
        f"from {CELLS})"
    ).fetchall()
    return local if least is not None and most - least <= SUMMER_MINUTES else writing


def measure_orders(connection: duckdb.DuckDBPyConnection, writing: Writing) -> Evidence:
    """What each order of the parts would give, from all cells in `cells.CELLS`."""
    sqls = {order: writing.sql(order) for order in writing.orders}
    dated = Writing(
        tuple(layout for layout in writing.layouts if layout.kind != PARTS),
        writing.families,
        writing.swaps,
    ).sql(DAY_FIRST)
    selected = [f"{sql} as {order}" for order, sql in sqls.items()]
    selected.append(f"{dated or 'cast(null as timestamp)'} as dated")
    counted = [f"{_n_where(f'{order} is not null')}, min({order}), max({order})" for order in sqls]
    month = MONTH_FIRST if MONTH_FIRST in sqls else DAY_FIRST
    [row] = connection.execute(f"""
        select
            {_n_where(f"{DAY_FIRST} is distinct from {month}")},
            {_n_where(f"{DAY_FIRST} is not null and {month} is null")},
            {_n_where(f"{DAY_FIRST} is null and {month} is not null")},
            {_n_where("dated is not null")},
            {_n_where("day(dated) > 12")},
            {", ".join(counted)}
        from (select n, {", ".join(selected)} from {CELLS})
    """).fetchall()
    readings = {
        order: Reading(*row[start : start + 3])
        for order, start in zip(sqls, range(5, len(row), 3), strict=True)
    }
    return Evidence(readings, *row[:5])


def _n_where(condition: str) -> str:
    return f"cast(coalesce(sum(n) filter ({condition}), 0) as bigint)"


def rank_orders(evidence: Evidence, writing: Writing) -> list[str]:
    """The orders of the parts that fit equally well, the likelier first."""
    readings = evidence.readings
    if MONTH_FIRST not in readings:
        return [DAY_FIRST]
    orders = [MONTH_FIRST, DAY_FIRST] if _has_halves_of_day(writing) else [DAY_FIRST, MONTH_FIRST]
    most = max(readings[order].n for order in orders)
    fits = [order for order in orders if readings[order].n == most]
    if len(fits) == 2 and (evidence.n_differ == 0 or writing.parts[0].gap == "."):
        fits = [DAY_FIRST]
    year = readings.get(YEAR_FIRST)
    if year and year.n > most:
        return [YEAR_FIRST]
    # 24-01-05 can always be read with the day first, but gives thirty years then.
    narrowest = min(readings[order].span for order in fits)
    if year and year.n == most and 3 * year.span + datetime.timedelta(730) < narrowest:
        return [YEAR_FIRST, *fits]
    return fits


def _has_halves_of_day(writing: Writing) -> bool:
    return any("%p" in layout.formats[DAY_FIRST] for layout in writing.parts)


def _option(writing: Writing, evidence: Evidence, order: str) -> FormOption:
    reading = evidence.readings[order]
    return FormOption(
        order,
        writing.label(order),
        reading.first.date() if reading.first else None,
        reading.last.date() if reading.last else None,
    )


def _notes(writing: Writing, evidence: Evidence, fits: list[str]) -> tuple[str, ...]:
    notes = []
    if writing.has_offsets:
        notes.append(_LOCAL if writing.is_local else _UTC)
    if len(writing.families) > 1 or len({layout.kind for layout in writing.layouts}) > 1:
        notes.append("The dates are written in more than one way.")
    if n_other := min(evidence.n_day_only, evidence.n_month_only):
        notes.append(_BOTH_ORDERS.format(n=n_other))
    n_dated = evidence.n_dated
    if n_dated > 1 and not evidence.n_dated_late and len(fits) == 1 and writing.parts:
        other = MONTH_FIRST if fits[0] == DAY_FIRST else DAY_FIRST
        if evidence.readings[other].n == n_dated:
            notes.append(_SWAPPED.format(n=n_dated))
    return tuple(notes)
