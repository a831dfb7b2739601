"""The figures on top of the Sales page, how they changed, and who brings the revenue."""

from typing import TYPE_CHECKING

import numpy as np

from segmentation.marts.money import PARTS, count_parts

if TYPE_CHECKING:
    import pandas as pd

FIGURES = (
    "total_spend",
    "n_orders",
    "n_customers",
    "mean_order_value",
    "repeat_rate",
    "cltv_sum",
    "cltv",
)
SHOWN_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
CURVE_POINTS = 200


def derive_figures(periods: "pd.DataFrame") -> "pd.DataFrame":
    """The figures of each period.

    Parameters
    ----------
    periods : DataFrame
        As `Sales.by_period` and `Sales.totals` give them.

    Returns
    -------
    DataFrame of shape (n_periods, 7), with the same index
        The columns `FIGURES`.  cltv_sum is the sum over the customers of their mean order value
        times their number of orders; as a customer's mean order value is spend divided by orders,
        that is their spend.  cltv is that per customer.

    References
    ----------
    Gupta & Lehmann (2003), Customers as assets, for the value of a customer as what they spend;
    Farris et al. (2010), Marketing metrics, for average order value × purchase frequency.
    """
    customers = periods["n_customers"].where(periods["n_customers"] > 0)
    return periods[["total_spend", "n_orders", "n_customers"]].assign(
        mean_order_value=periods["total_spend"] / periods["n_orders"].where(lambda n: n > 0),
        repeat_rate=periods["n_repeaters"] / customers,
        cltv_sum=periods["buyers_spend"],
        cltv=periods["buyers_spend"] / customers,
    )


def compare_figures(now: "pd.Series", before: "pd.Series") -> dict[str, float]:
    """By how much each figure changed.

    Parameters
    ----------
    now, before : Series
        Rows of `derive_figures`.

    Returns
    -------
    dict of str to float
        A share of the figure before, and for repeat_rate the difference itself, in shares; nan
        where there was nothing before.
    """
    changes = {}
    for name in FIGURES:
        if name == "repeat_rate":
            changes[name] = float(now[name] - before[name])
        else:
            changes[name] = float(now[name] / before[name] - 1) if before[name] > 0 else np.nan
    return changes


def profile_pareto(customers: "pd.DataFrame") -> "pd.DataFrame":
    """What share of the revenue the customers who bring most bring.

    Parameters
    ----------
    customers : DataFrame
        As `Sales.by_customer` gives it; those with an order count.

    Returns
    -------
    DataFrame of shape (up to 207, 5)
        share_of_customers (0 to 1, rising, `SHOWN_SHARES` among them), n_customers (that share of
        all, rounded to the nearest customer), share_of_spend (0 to 1; can pass 1 where later
        customers brought back more than they bought), total_spend, and is_shown: whether the
        share is one of `SHOWN_SHARES`.

    References
    ----------
    Lorenz (1905), Methods of measuring the concentration of wealth, read from the other end.
    """
    import pandas as pd

    spend = customers.loc[customers["n_orders"] > 0, "total_spend"].to_numpy()
    parts = count_parts(np.sort(spend)[::-1])
    running = np.append(0, np.cumsum(parts))
    n, whole = len(parts), running[-1]
    shares = np.unique(np.append(np.linspace(0, 1, CURVE_POINTS + 1).round(6), SHOWN_SHARES))
    counts = np.floor(shares * n + 0.5).astype(int)
    return pd.DataFrame(
        {
            "share_of_customers": shares,
            "n_customers": counts,
            "share_of_spend": (running[counts] / whole).astype(float) if whole else 0.0,
            "total_spend": (running[counts] / PARTS).astype(float),
            "is_shown": np.isin(shares, SHOWN_SHARES),
        }
    )
