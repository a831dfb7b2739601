"""Customers to what else they can be grouped by: their age and how much they send back."""

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.errors import InvalidChoice
from segmentation.marts.customers import build_attributes
from segmentation.recipe import Policies
from segmentation.tables import CLUSTER_MEASURES

if TYPE_CHECKING:
    import pandas as pd

RETURNS, AGE = "share_of_returns", "customer_age"
ADDED = (RETURNS, AGE)


def build_measures(database: Database, as_of: datetime.date, policies: Policies) -> "pd.DataFrame":
    """The measures that are not in the customers' own table, as far as the data have them.

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
    DataFrame of shape (n_customers, 1 or 2), indexed by customer_id
        share_of_returns (money sent back over money bought, 0 or more); customer_age (years)
        where there is any.
    """
    returns = database.table("customer_returns", **policies.parameters(as_of))
    returns = returns.set_index("customer_id").sort_index()
    share = (-returns["returned"].fillna(0) / returns["bought"]).clip(lower=0).dropna()
    found = share.rename(RETURNS).to_frame()
    attributes = build_attributes(database, as_of, policies)
    return found.join(attributes[[AGE]]) if AGE in attributes else found


def add_measures(
    customers: "pd.DataFrame",
    database: Database,
    as_of: datetime.date,
    policies: Policies,
    measures: Collection[str],
) -> "pd.DataFrame":
    """The customers with the measures that a clustering looks at and they do not have yet.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    database : Database
        Where the rows are.
    as_of : date
        The first day that does not count.
    policies : Policies
        What counts as a purchase.
    measures : collection of str
        Names from `tables.CLUSTER_MEASURES`.

    Raises
    ------
    InvalidChoice
        The data have no such measure.
    """
    wanted = [name for name in measures if name not in customers]
    if not wanted:
        return customers
    found = build_measures(database, as_of, policies)
    missing = [CLUSTER_MEASURES[name].label for name in wanted if name not in found]
    if missing:
        raise InvalidChoice(
            f"The clusters look at what these data do not have: {', '.join(missing)}.",
            "Choose RFM rules on the Segments page, or match the column on Load data.",
        )
    return customers.join(found[wanted])
