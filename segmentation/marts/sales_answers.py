"""What the Sales page shows for some filters, each answer in small tables, several at once."""

from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

from segmentation.marts.sales import Sales
from segmentation.marts.sales_figures import derive_figures, profile_pareto
from segmentation.marts.sales_filters import SalesFilters
from segmentation.marts.sales_trend import build_trend

if TYPE_CHECKING:
    import pandas as pd

MOST_CUSTOMERS = 500
# A panel alone leaves the second core idle while it is planned and while pandas has it.
AT_ONCE = 2


class Buyers(NamedTuple):
    """Who brings most, what share how many bring, and what each segment brings."""

    top: "pd.DataFrame"
    pareto: "pd.DataFrame"
    by_segment: "pd.DataFrame"


def build_figures(sales: Sales, filters: SalesFilters) -> "pd.DataFrame":
    """The figures over all days: one row, or none without sales."""
    return derive_figures(sales.totals(filters))


def build_periods(sales: Sales, filters: SalesFilters, grain: str) -> "pd.DataFrame":
    """The figures by period, and its trend."""
    trend = build_trend(sales.by_day(filters), filters.since, filters.until, grain)
    by_period = derive_figures(sales.by_period(filters, grain))
    return trend.join(by_period.drop(columns=["total_spend", "n_orders", "mean_order_value"]))


def build_buyers(sales: Sales, filters: SalesFilters) -> Buyers:
    """The customers within the filters, in small tables."""
    top = sales.by_customer(filters, MOST_CUSTOMERS)
    pareto = profile_pareto(sales.spends(filters))
    return Buyers(top[top["n_orders"] > 0], pareto, sales.by_segment(filters))


def work_together(works: Mapping[Hashable, Callable[[], Any]]) -> dict[Hashable, Any]:
    """Results of calls that do not need each other, some of them at a time.

    Parameters
    ----------
    works : mapping of hashable to callable
        What takes longest is best put first.

    Returns
    -------
    dict of hashable to object
        What each gives, in the same order.  What the first of them raises that fails is raised
        here, once none is running.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures = {key: pool.submit(work) for key, work in works.items()}
        return {key: future.result() for key, future in futures.items()}
    finally:
        pool.shutdown(cancel_futures=True)
