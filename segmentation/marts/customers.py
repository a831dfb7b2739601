"""Transactions to customers: the one table that everything after it reads."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.errors import NothingKept
from segmentation.labels import day
from segmentation.recipe import Policies
from segmentation.tables import ATTRIBUTES

if TYPE_CHECKING:
    import pandas as pd


def build_customers(database: Database, as_of: datetime.date, policies: Policies) -> "pd.DataFrame":
    """One row per customer with a purchase before a day.

    Parameters
    ----------
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame of shape (n_customers, 7), indexed by customer_id, in its order
        The columns of `tables.CUSTOMERS`; money in the data's currency, dates as
        datetime64[s], days whole and counted from calendar day to calendar day.

    Raises
    ------
    NothingKept
        No customer has a purchase before that day.
    """
    customers = database.table("customers", **policies.parameters(as_of))
    if customers.empty:
        raise NothingKept(
            f"No customer has a purchase before {day(as_of)}.", "Choose a later as-of day."
        )
    customers = customers.set_index("customer_id").sort_index()
    for column in ("first_ordered_on", "last_ordered_on"):
        customers[column] = customers[column].astype("datetime64[s]")
    order_value = (customers["total_spend"] / customers["n_orders"]).round(4)
    customers.insert(2, "mean_order_value", order_value)
    return customers[
        [
            "n_orders",
            "total_spend",
            "mean_order_value",
            "first_ordered_on",
            "last_ordered_on",
            "recency_days",
            "tenure_days",
        ]
    ]


def build_attributes(
    database: Database, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """Each customer's latest value of every attribute that the data have.

    Parameters
    ----------
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame of shape (n_customers_with_any, n_attributes), indexed by customer_id
        Columns of `tables.ATTRIBUTES` for which there is a value at all, as text; the
        customer's age as a number of years.
    """
    wide = database.table("customer_attributes", **policies.parameters(as_of))
    wide = wide.set_index("customer_id").sort_index()
    return wide[[name for name in ATTRIBUTES if wide[name].notna().any()]]
