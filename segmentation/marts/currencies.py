"""What money is in: the currencies of the purchases, where the data say them."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd


def build_currencies(
    database: Database, as_of: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """The currencies of the purchases, that of most rows first.

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
    DataFrame of shape (n_currencies, 3)
        currency, n_rows, and amount in that currency; no row where no column says it.
    """
    found = database.table("currencies", **policies.parameters(as_of))
    return found.sort_values(["n_rows", "currency"], ascending=[False, True], ignore_index=True)


def name_currency(currencies: "pd.DataFrame") -> str:
    """The one currency of `build_currencies`; empty where there is none, or more than one."""
    return str(currencies["currency"].iloc[0]) if len(currencies) == 1 else ""
