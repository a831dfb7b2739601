"""What one customer did: their orders, their rhythm, and what they bought."""

import datetime
from typing import TYPE_CHECKING, NamedTuple

from segmentation.engine.database import Database
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd

# Two gaps at least: one gap says nothing about what is usual.
DAYS_FOR_A_RHYTHM = 3


class Rhythm(NamedTuple):
    """How regularly a customer buys.

    Parameters
    ----------
    usual_gap_days : float
        Mean of the whole days from each day with a purchase to the next, as in
        `value.at_risk.build_rhythm`.
    longest_gap_days : int
        The longest of them.
    recency_days : int
        Whole days from the last purchase to the as-of day.
    overdue_ratio : float
        `recency_days` divided by the usual gap: 2 is twice as long as usual.
    """

    usual_gap_days: float
    longest_gap_days: int
    recency_days: int
    overdue_ratio: float


def build_customer_orders(
    database: Database, customer_id: str, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """One customer's orders and returns before a day, by day.

    Parameters
    ----------
    database : Database
        Where the rows are.
    customer_id : str
        As `build_customers` gives it.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame of shape (n_orders, 5)
        The columns of `tables.CUSTOMER_ORDERS`; an order whose rows are of several days has a
        row for each. Returns are rows of their own, left out where they do not count.
    """
    orders = database.table("customer_orders", **policies.parameters(as_of), customer=customer_id)
    if policies.returns == "ignore":
        orders = orders[orders["fate"] == "kept"]
    orders["ordered_on"] = orders["ordered_on"].astype("datetime64[s]")
    orders["amount"] = orders["amount"].round(4)
    return orders.sort_values(["ordered_on", "fate", "order_id"], ignore_index=True)[
        ["ordered_on", "order_id", "fate", "n_rows", "amount"]
    ]


def build_customer_products(
    database: Database, customer_id: str, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """What one customer bought before a day, most spent first.

    Parameters
    ----------
    database : Database
        Where the rows are.
    customer_id : str
        As `build_customers` gives it.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame of shape (n_products, 5)
        The columns of `tables.CUSTOMER_PRODUCTS`; category and product are missing where the
        data do not say them. The spend adds up to the customer's.
    """
    products = database.table(
        "customer_products", **policies.parameters(as_of), customer=customer_id
    )
    products["last_ordered_on"] = products["last_ordered_on"].astype("datetime64[s]")
    products["total_spend"] = products["total_spend"].round(4)
    return products.sort_values(
        ["total_spend", "category", "product"], ascending=[False, True, True], ignore_index=True
    )[["category", "product", "n_purchase_days", "last_ordered_on", "total_spend"]]


def count_categories(products: "pd.DataFrame", by: str = "category") -> "pd.DataFrame":
    """One customer's spend by category, or by product, most spent first.

    Parameters
    ----------
    products : DataFrame
        As `build_customer_products` gives it.
    by : {"category", "product"}
        What to add up by; what is not known is a part of its own, so that all adds up.

    Returns
    -------
    DataFrame indexed by `by`
        total_spend in the data's currency, share_of_spend (of the parts above zero, 0 to 1) and
        last_ordered_on.
    """
    named = products.assign(**{by: products[by].fillna("Not given")})
    parts = named.groupby(by).agg(
        total_spend=("total_spend", "sum"), last_ordered_on=("last_ordered_on", "max")
    )
    bought = parts["total_spend"].clip(lower=0)
    parts["total_spend"] = parts["total_spend"].round(4)
    parts["share_of_spend"] = (bought / bought.sum()).fillna(0)
    parts = parts.sort_values("total_spend", ascending=False, kind="stable")
    return parts[["total_spend", "share_of_spend", "last_ordered_on"]]


def profile_rhythm(orders: "pd.DataFrame", as_of: datetime.date) -> Rhythm | None:
    """How regularly a customer buys; None where fewer than three days with a purchase say it.

    Parameters
    ----------
    orders : DataFrame
        As `build_customer_orders` gives it.
    as_of : date
        The first day that does not count.
    """
    import pandas as pd

    days = orders.loc[orders["fate"] == "kept", "ordered_on"].drop_duplicates().sort_values()
    if len(days) < DAYS_FOR_A_RHYTHM:
        return None
    gaps = days.diff().dropna().dt.days
    recency = (pd.Timestamp(as_of) - days.iloc[-1]).days
    usual = float(gaps.mean())
    return Rhythm(usual, int(gaps.max()), recency, recency / usual)
