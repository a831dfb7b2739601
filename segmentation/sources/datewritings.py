"""The ways in which a column's dates are written: layouts, kinds of numbers, clocks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from segmentation.sources.cells import CELLS, Shape
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

WRITTEN = "written"
# By which one place's offsets differ between winter and summer.
SUMMER_MINUTES = 60


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
    passed_over : frozenset of str
        Families that some cells may be of and that are not read, with those that are.
    """

    layouts: tuple[Layout, ...]
    families: tuple[str, ...]
    swaps: dict[str, str]
    is_local: bool = False
    passed_over: frozenset[str] = frozenset()

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
            if family == WRITTEN
            else NUMBERED[family].guarded_sql()
            for family in self.families
            if family != WRITTEN or self.layouts
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
                if family == WRITTEN
                else [NUMBERED[family].label]
            )
        zone = ", on the UTC clock" if self.has_offsets and not self.is_local else ""
        return " and ".join(list(dict.fromkeys(labels))[:2]) + zone

    @property
    def has_offsets(self) -> bool:
        """Whether some times say how far their clock is from UTC."""
        return any("%z" in layout.formats[DAY_FIRST] for layout in self.layouts)


def find_writing(shapes: Sequence[Shape], n_cells: int) -> Writing:
    """The ways that read most cells: written dates, and numbers if they read most of the rest."""
    swaps = find_swaps(shapes)
    layouts, counts = [], Counter[str]()
    for shape in shapes:
        layout = read_layout(shape, swaps)
        family = WRITTEN if layout else read_numbered(shape)
        if layout:
            layouts.append(layout)
        if family:
            counts[family] += shape.n
    # What is written out as a date is one. A number among dates may be anything, and only one
    # kind of number can be right.
    families = [family for family, _ in counts.most_common() if family != WRITTEN][:1]
    if layouts:
        n_rest = n_cells - counts[WRITTEN]
        families = [
            family
            for family in families
            if counts[family] > counts[WRITTEN] or counts[family] * 2 > n_rest
        ]
        families.append(WRITTEN)
        families.sort(key=lambda family: -counts[family])
    passed_over = frozenset(counts if len(families) < len(counts) else ())
    return Writing(tuple(layouts), tuple(families), swaps, passed_over=passed_over)


def on_one_clock(connection: duckdb.DuckDBPyConnection, writing: Writing) -> Writing:
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
