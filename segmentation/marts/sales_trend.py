"""Daily sales as periods that can be compared: cut ones are marked and compared like for like."""

import datetime
from typing import TYPE_CHECKING

import numpy as np

from segmentation.labels import day

if TYPE_CHECKING:
    import pandas as pd

CODES = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
GRAINS = tuple(CODES)
NOT_OVER, BEGAN_BEFORE = "not over", "begun before the data"


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
    known = [(max(p.start_time, first), min(p.end_time.normalize(), last)) for p in periods]
    sums = _Sums(days, first, last)
    rows = []
    for place, (period, (begin, end)) in enumerate(zip(periods, known, strict=True)):
        is_open, is_cut = end < period.end_time.normalize(), begin > period.start_time
        before = known[place - 1] if place else None
        was_whole = bool(before) and before == _bounds(periods[place - 1])
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
        if before and was_whole and not (is_open or is_cut):
            row["change"] = row["like_for_like"] = _change(spend, sums.between(*before)[0])
        elif before and (pair := _same_days(begin, end, before, grain)):
            (now_begin, now_end), (then_begin, then_end) = pair
            now, then = sums.between(now_begin, now_end), sums.between(then_begin, then_end)
            row["like_for_like"] = _change(now[0], then[0])
            row["compared"] = f"{_span(now_begin, now_end)} with {_span(then_begin, then_end)}"
        rows.append(row)
    starts = pd.Index(periods.start_time.astype("datetime64[s]"), name="starts_on")
    return pd.DataFrame(rows, index=starts)


class _Sums:
    """Running sums over the days, in ten-thousandths so that they are exact."""

    def __init__(self, days: "pd.DataFrame", first: "pd.Timestamp", last: "pd.Timestamp") -> None:
        import pandas as pd

        whole = days.reindex(pd.date_range(first, last).astype("datetime64[s]"))
        self.first = first
        spend = np.rint(whole["total_spend"].fillna(0).to_numpy() * 10_000).astype(np.int64)
        columns = [spend, whole["n_orders"].fillna(0), whole["total_spend"].notna()]
        self.sums = [np.append(0, np.cumsum(np.asarray(c, np.int64))) for c in columns]

    def between(self, begin: "pd.Timestamp", end: "pd.Timestamp") -> tuple[float, int, bool]:
        """Revenue, orders and whether there were any sales, both days included."""
        low, high = (begin - self.first).days, (end - self.first).days + 1
        spend, n_orders, n_days = (int(column[high] - column[low]) for column in self.sums)
        return spend / 10_000, n_orders, n_days > 0


def _bounds(period: "pd.Period") -> tuple["pd.Timestamp", "pd.Timestamp"]:
    return period.start_time, period.end_time.normalize()


def _same_days(begin, end, before, grain):  # type: ignore[no-untyped-def]
    """The days known of a period and of the one before, as two spans; None if there are none."""
    import pandas as pd

    back = {"week": pd.DateOffset(days=7), "quarter": pd.DateOffset(months=3)}.get(
        grain, pd.DateOffset(months=12 if grain == "year" else 1)
    )
    then_begin, then_end = max(begin - back, before[0]), min(end - back, before[1])
    now_begin, now_end = max(begin, then_begin + back), min(end, then_end + back)
    if then_begin > then_end or now_begin > now_end:
        return None
    return (now_begin, now_end), (then_begin, then_end)


def _change(now: float, then: float) -> float:
    return now / then - 1 if then > 0 else np.nan


def _span(begin: "pd.Timestamp", end: "pd.Timestamp") -> str:
    if begin == end:
        return day(end)
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day}–{day(end)}"
    return f"{begin.day} {begin:%b}–{day(end)}"
