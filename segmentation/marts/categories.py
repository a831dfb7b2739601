"""Rows to each customer's favourite category and the one they bought last."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd


def build_categories(
    database: Database, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """One row per customer who bought something whose category is known.

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
    DataFrame of shape (n_customers_with_any, 2), indexed by customer_id, in its order
        favourite_category (on which they spent most) and last_category (bought last), as
        categories of text; no rows where the data have no categories.
    """
    table = database.table("customer_categories", **policies.parameters(as_of))
    return table.set_index("customer_id").sort_index().astype("category")


def build_favourites(
    database: Database, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """The favourite category of `build_categories` alone, as text."""
    return build_categories(database, as_of, policies)[["favourite_category"]].astype(str)
