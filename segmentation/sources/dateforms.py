"""How a column of dates is to be read: which writing, and which part is the day."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from segmentation.sources.cells import CELLS, CellForm, FormOption, Shape
from segmentation.sources.dates import DAY_FIRST, MONTH_FIRST, PARTS, YEAR_FIRST
from segmentation.sources.datewritings import WRITTEN, Writing, find_writing, on_one_clock

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
    writing = on_one_clock(connection, find_writing(shapes, n_cells))
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
        told=_told(writing, evidence),
        decided=_decided(writing, evidence, fits),
    )


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


def _told(writing: Writing, evidence: Evidence) -> frozenset[str]:
    """The readings that some cells may speak for."""
    found = {DAY_FIRST: evidence.n_day_only, MONTH_FIRST: evidence.n_month_only}
    told = {order for order, n in found.items() if n} | writing.passed_over
    gaps = {layout.gap for layout in writing.parts}
    if "." in gaps and len(gaps) > 1:
        told.add(DAY_FIRST)
    return frozenset(told | ({YEAR_FIRST} & evidence.readings.keys()))


def _decided(writing: Writing, evidence: Evidence, fits: list[str]) -> str:
    """The order of the parts, or the kind of number, that all cells together speak for."""
    if not writing.parts:
        return next((family for family in writing.families if family != WRITTEN), "")
    makes_no_difference = fits[0] != YEAR_FIRST and not evidence.n_differ
    return "" if len(fits) > 1 or makes_no_difference else fits[0]


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
