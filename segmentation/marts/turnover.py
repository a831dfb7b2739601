"""Transactions to revenue by month, category and region."""

import datetime
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd


def build_turnover(database: Database, as_of: datetime.date, policies: Policies) -> "pd.DataFrame":
    """Revenue by month, category and region; adds up to the customers' spend.

    Returns
    -------
    DataFrame of shape (n_groups, 4), in the order of its first three columns
        month (its first day, datetime64[s]), category and region as text, missing where the
        data do not say it, and total_spend in the data's currency.
    """
    turnover = database.table("turnover", **policies.parameters(as_of))
    year, month = turnover["month_number"] // 12, turnover["month_number"] % 12 + 1
    days = [f"{y:04d}-{m:02d}-01" for y, m in zip(year, month, strict=True)]
    turnover.insert(0, "month", days)
    turnover["month"] = turnover["month"].astype("datetime64[s]")
    turnover["total_spend"] = turnover["total_spend"].round(4)
    order = ["month", "category", "region"]
    return turnover.drop(columns="month_number").sort_values(order, ignore_index=True)
