"""Orders to purchase histories: the clock of the purchase models."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.errors import NothingKept
from segmentation.labels import day
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd


def build_purchases(database: Database, as_of: datetime.date, policies: Policies) -> "pd.DataFrame":
    """One row per customer with a purchase before a day, as the purchase models see them.

    Parameters
    ----------
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count; the day before it is the last one observed.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame of shape (n_customers, 5), indexed by customer_id, in its order
        Columns of `value_tables.PURCHASES`: x (repeat purchases, those of one day counted once),
        t_x and T (days from the first purchase to the last one and to the last day observed),
        total_spend, mean_spend (of a repeat purchase, in the data's currency; 0 where x is 0).

    Raises
    ------
    NothingKept
        No customer has a purchase before that day, or nobody's first purchase is known.

    References
    ----------
    Fader, Hardie & Lee (2005): x, t_x and T, and purchases of one day counted once.
    """
    made = database.table("repeat_purchases", **policies.parameters(as_of))
    # With one row a customer, the first order may be unknown.
    made = made[made["age_days"].notna() & made["t_x"].notna()]
    if made.empty:
        raise NothingKept(
            f"No customer's first purchase before {day(as_of)} is known.",
            "Choose a later as-of day, or match the day of the first order.",
        )
    made = made.rename(columns={"age_days": "T"}).set_index("customer_id").sort_index()
    made[["x", "t_x", "T"]] = made[["x", "t_x", "T"]].astype("int64")
    # Two different days are a repeat purchase, and one day is none, whatever the table counted.
    made["x"] = made["x"].clip(lower=1).where(made["t_x"] > 0, 0)
    # With one row a customer, orders are not told apart: each is worth the mean of all.
    whole = made["n_orders_given"].notna()
    spend = made["repeat_spend"].where(~whole, made["total_spend"])
    number = made["x"] + whole
    made["mean_spend"] = (spend / number.where(number > 0)).where(made["x"] > 0, 0.0)
    return made[["x", "t_x", "T", "total_spend", "mean_spend"]]
