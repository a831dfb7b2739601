"""Daily sales as periods that can be compared: cut ones are marked and compared like for like."""

import datetime
from typing import TYPE_CHECKING

import numpy as np

from segmentation.labels import day
from segmentation.marts.money import PARTS, count_parts

if TYPE_CHECKING:
    import pandas as pd

    Span = tuple[pd.Timestamp, pd.Timestamp]

CODES = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
GRAINS = tuple(CODES)
# About how long they are, and how many of them a chart and a list of choices can hold.
GRAIN_DAYS, MOST_PERIODS = {"week": 7, "month": 30, "quarter": 91, "year": 365}, 2_000
NOT_OVER, BEGAN_BEFORE = "not over", "begun before the data"


def fitting_grains(first: datetime.date, until: datetime.date) -> list[str]:
    """The grains that part some days into no more than `MOST_PERIODS`; years always do.

    A single row of the year 9999 makes a hundred thousand months.

    Parameters
    ----------
    first, until : date
        The first day, and the first after the last one.
    """
    days = (until - first).days
    return [g for g in GRAINS if g == "year" or days / GRAIN_DAYS[g] <= MOST_PERIODS]


def build_trend(
    days: "pd.DataFrame", since: datetime.date, until: datetime.date, grain: str
) -> "pd.DataFrame":
    """Revenue and orders by period, with the change from the period before.

    Parameters
    ----------
    days : DataFrame indexed by ordered_on
        total_spend and n_orders of the days that have any, as `Sales.by_day` gives them.
    since, until : date
        The first day that is known, and the first after it that is not.
    grain : {"week", "month", "quarter", "year"}
        Weeks begin on Monday.

    Returns
    -------
    DataFrame of shape (n_periods, 7), indexed by the day on which the period begins
        Every period from `since` to `until`.

        total_spend : missing where nothing was sold at all.
        n_orders, mean_order_value.
        state : "" for a whole period, else `NOT_OVER`, `BEGAN_BEFORE` or both.
        change : share by which a whole period differs from the whole one before.
        like_for_like : the same over those days only that are known of both periods, day 9 of the
        month against day 9; equal to `change` where both are whole.
        compared : the days compared, such as ``"1–9 Dec 2011 with 1–9 Nov 2011"``; empty where
        they are whole periods.
    """
    import pandas as pd

    first, last = pd.Timestamp(since), pd.Timestamp(until) - pd.Timedelta(days=1)
    periods = pd.period_range(first, last, freq=CODES[grain])
    bounds = list(zip(periods.start_time, periods.end_time.normalize(), strict=True))
    sums = _Sums(days, first, last)
    rows = []
    for place, whole in enumerate(bounds):
        begin, end = _known(whole, (first, last))
        is_open, is_cut = end < whole[1], begin > whole[0]
        spend, n_orders, is_there = sums.between(begin, end)
        row = {
            "total_spend": spend if is_there else np.nan,
            "n_orders": n_orders,
            "mean_order_value": spend / n_orders if n_orders else np.nan,
            "state": ", ".join([BEGAN_BEFORE] * is_cut + [NOT_OVER] * is_open),
            "change": np.nan,
            "like_for_like": np.nan,
            "compared": "",
        }
        before = bounds[place - 1] if place else None
        if before and (pair := compared_days(whole, before, (first, last), grain)):
            row["like_for_like"] = _change(*(sums.between(*span)[0] for span in pair))
            if pair == (whole, before):
                row["change"] = row["like_for_like"]
            else:
                row["compared"] = " with ".join(_span(*span) for span in pair)
        rows.append(row)
    starts = pd.Index(periods.start_time.astype("datetime64[s]"), name="starts_on")
    return pd.DataFrame(rows, index=starts)


class _Sums:
    """Running sums over the days, in ten-thousandths so that they are exact."""

    def __init__(self, days: "pd.DataFrame", first: "pd.Timestamp", last: "pd.Timestamp") -> None:
        import pandas as pd

        whole = days.reindex(pd.date_range(first, last).astype("datetime64[s]"))
        self.first = first
        counts = [whole["n_orders"].fillna(0), whole["total_spend"].notna()]
        columns = [count_parts(whole["total_spend"].fillna(0)), *(np.int64(c) for c in counts)]
        self.sums = [np.append(0, np.cumsum(column)) for column in columns]

    def between(self, begin: "pd.Timestamp", end: "pd.Timestamp") -> tuple[float, int, bool]:
        """Revenue, orders and whether there were any sales, both days included."""
        low, high = (begin - self.first).days, (end - self.first).days + 1
        spend, n_orders, n_days = (int(column[high] - column[low]) for column in self.sums)
        return spend / PARTS, n_orders, n_days > 0


def compared_days(
    period: "Span", before: "Span", known: "Span", grain: str
) -> "tuple[Span, Span] | None":
    """The days of a period that are compared, and those of the period before.

    Parameters
    ----------
    period, before : (Timestamp, Timestamp)
        First and last day of each.
    known : (Timestamp, Timestamp)
        The days that are known, both included.
    grain : {"week", "month", "quarter", "year"}
        How long they are.

    Returns
    -------
    pair of (Timestamp, Timestamp), or None
        First and last day of each: both periods whole, or else the days known of both, day 9 of
        the month with day 9; None where there are none.
    """
    import pandas as pd

    now, then = _known(period, known), _known(before, known)
    if (now, then) == (period, before):
        return now, then
    back = {"week": pd.DateOffset(days=7), "quarter": pd.DateOffset(months=3)}.get(
        grain, pd.DateOffset(months=12 if grain == "year" else 1)
    )
    then = max(now[0] - back, then[0]), min(now[1] - back, then[1])
    now = max(now[0], then[0] + back), min(now[1], then[1] + back)
    return (now, then) if then[0] <= then[1] and now[0] <= now[1] else None


def _known(span: "Span", known: "Span") -> "Span":
    return max(span[0], known[0]), min(span[1], known[1])


def _change(now: float, then: float) -> float:
    return now / then - 1 if then > 0 else np.nan


def _span(begin: "pd.Timestamp", end: "pd.Timestamp") -> str:
    if begin == end:
        return day(end)
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day}–{day(end)}"
    return f"{begin.day} {begin:%b}–{day(end)}"
