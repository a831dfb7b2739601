"""What part of the sales is looked at: a period, places, categories, ages and segments."""

import datetime
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from segmentation.marts.sales_trend import CODES, compared_days, fitting_grains

if TYPE_CHECKING:
    import pandas as pd

# Between values that are handed to SQL as one text: no cell has it, for it is no printed sign.
MARK = "\x1f"
CATEGORY = "category"
PLACES = ("country", "region", "city")
PARTS = (CATEGORY, *PLACES, "age_group")
# Each attribute's parameter of sql/staging/chosen_sales.sql.
LISTS = {
    "category": "categories",
    "country": "countries",
    "region": "regions",
    "city": "cities",
    "age_group": "age_groups",
    "segment": "segments",
}
Days = tuple[datetime.date, datetime.date]
ALL_TIME = "all"
LAST_DAYS = {"last-30-days": 30, "last-90-days": 90, "last-365-days": 365}
_PERIOD = re.compile(r"(\d{4})(?:-(?:Q([1-4])|W(\d\d)|(\d\d)))?")


@dataclass(frozen=True)
class SalesFilters:
    """The part of the sales that is looked at.

    Parameters
    ----------
    since, until : date
        First day that counts, and the first after it that does not.
    chosen : tuple of (str, tuple of str)
        The values of each of `LISTS` that are let through, ``""`` for those that the data do not
        say; an attribute that is not named lets all through.
    """

    since: datetime.date
    until: datetime.date
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def values(self, attribute: str) -> tuple[str, ...]:
        """The values of one attribute that are let through; none: all."""
        return dict(self.chosen).get(attribute, ())

    def only(self, attribute: str, *values: str) -> Self:
        """The same with other values for one attribute."""
        others = tuple(item for item in self.chosen if item[0] != attribute)
        return replace(self, chosen=(*others, (attribute, values)) if values else others)

    def over(self, since: datetime.date, until: datetime.date) -> Self:
        """The same over other days."""
        return replace(self, since=since, until=until)

    def parameters(self, by: str = "") -> dict[str, object]:
        """The parameters of sql/ for these filters; `by` is the attribute to group by, if any."""
        chosen = {attribute: values for attribute, values in self.chosen if values}
        lists: dict[str, object] = {
            name: MARK + MARK.join(chosen[attribute]) + MARK if attribute in chosen else None
            for attribute, name in LISTS.items()
        }
        n_categories = len(chosen.get(CATEGORY, ()))
        return {
            **lists,
            "since": self.since,
            "until": self.until,
            "mark": MARK,
            # By order, by category, or by order of several categories.
            "by_line": 2 if n_categories > 1 and by != CATEGORY else int(CATEGORY in (*chosen, by)),
        }


def read_period(
    text: str, first: datetime.date, as_of: datetime.date
) -> tuple[datetime.date, datetime.date] | None:
    """The first day of a period as written in a URL, and the first after it.

    Parameters
    ----------
    text : str
        ``"all"``, one of `LAST_DAYS`, or ``"2024"``, ``"2024-Q3"``, ``"2024-07"``, ``"2024-W31"``.
    first : date
        First day of the data.
    as_of : date
        The first day that does not count; no period goes beyond it.

    Returns
    -------
    tuple of date, or None
        Cut to the days that the data cover; None where that leaves none, or for another text.
    """
    if text == ALL_TIME:
        return first, as_of
    if text in LAST_DAYS:
        return max(first, as_of - datetime.timedelta(days=LAST_DAYS[text])), as_of
    found = _days(text)
    if found is None:
        return None
    since, until = max(found[0], first), min(found[1], as_of)
    return (since, until) if since < until else None


def _days(text: str) -> tuple[datetime.date, datetime.date] | None:
    """The first day of a calendar period, and the first after it."""
    if not (match := _PERIOD.fullmatch(text)):
        return None
    year, quarter, week, month = (int(part) if part else 0 for part in match.groups())
    try:
        if match[3]:
            monday = datetime.date.fromisocalendar(year, week, 1)
            return monday, monday + datetime.timedelta(days=7)
        if match[4] is not None:
            start, n_months = month, 1
        else:
            start, n_months = (3 * quarter - 2, 3) if quarter else (1, 12)
        end = start + n_months
        after = datetime.date(year + (end > 12), end - 12 * (end > 12), 1)
        return datetime.date(year, start, 1), after
    except ValueError:
        return None


def days_to_compare(
    text: str, since: datetime.date, until: datetime.date, first: datetime.date
) -> tuple[Days, Days] | None:
    """The days of a period that are compared, and those of the period before.

    Parameters
    ----------
    text : str
        The period, as `read_period` reads it.
    since, until : date
        Its days, as `read_period` gives them.
    first : date
        First day of the data.

    Returns
    -------
    pair of (date, date), or None
        First day and the first after the last of each.  Of a calendar period those that
        `sales_trend.compared_days` gives, so that the two never differ; of the last so many days
        as many before.  None where the data do not reach back so far.
    """
    import pandas as pd

    if text == ALL_TIME:
        return None
    if text in LAST_DAYS:
        before = since - (until - since), since
        return ((since, until), before) if before[0] >= first else None
    day = datetime.timedelta(days=1)
    grain = _grain(text)
    period = pd.Period(pd.Timestamp(since), CODES[grain])
    whole, before = ((each.start_time, each.end_time.normalize()) for each in (period, period - 1))
    known = pd.Timestamp(first), pd.Timestamp(until - day)
    found = compared_days(whole, before, known, grain)
    if found is None:
        return None
    now, then = ((begin.date(), end.date() + day) for begin, end in found)
    return now, then


def _grain(text: str) -> str:
    """How long a calendar period is."""
    rest = text[5:]
    return {"Q": "quarter", "W": "week"}.get(rest[:1], "month" if rest else "year")


def name_period(start: "pd.Timestamp", grain: str) -> str:
    """The text that `read_period` reads, of the period that begins on a day.

    >>> import pandas as pd
    >>> [name_period(pd.Timestamp("2024-07-01"), g) for g in ("year", "quarter", "month", "week")]
    ['2024', '2024-Q3', '2024-07', '2024-W27']
    """
    if grain == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    forms = {"year": f"{start.year:04d}", "month": f"{start.year:04d}-{start.month:02d}"}
    return forms.get(grain, f"{start.year:04d}-Q{start.quarter}")


def list_periods(first: datetime.date, as_of: datetime.date) -> list[str]:
    """Names of the years, quarters, months, weeks that the data touch, the latest of each first.

    Grains are left out that would make too many (`fitting_grains`).
    """
    import pandas as pd

    names: list[str] = []
    last = as_of - datetime.timedelta(days=1)
    for grain in reversed(fitting_grains(first, as_of)):
        starts = pd.period_range(first, last, freq=CODES[grain]).start_time
        names += [name_period(start, grain) for start in reversed(starts)]
    return names


def key_of(filters: SalesFilters, *more: Hashable) -> Hashable:
    """What a result for these filters is remembered under, whatever order they were chosen in."""
    chosen: Sequence[Hashable] = sorted((name, tuple(sorted(v))) for name, v in filters.chosen)
    return (filters.since, filters.until, tuple(chosen), *more)
