"""What customers have been worth so far, by any group they are in."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "not known"


def profile_so_far(customers: "pd.DataFrame", groups: "pd.Series", margin: float) -> "pd.DataFrame":
    """Spend × margin so far, by group.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    groups : Series
        Each customer's group; customers it does not have are of the group "not known".
    margin : float
        0 to 1.

    Returns
    -------
    DataFrame indexed by group, in the groups' order, else by value
        n_customers, n_orders, value (in the data's currency), share_of_value, mean_value.
    """
    group = groups.reindex(customers.index)
    if group.dtype == "category":
        if group.isna().any():
            group = group.cat.add_categories([UNKNOWN]).fillna(UNKNOWN)
    else:
        group = group.astype(object).where(group.notna(), UNKNOWN)
    made = customers.groupby(group, observed=True)
    table = made.agg(
        n_customers=("total_spend", "size"),
        n_orders=("n_orders", "sum"),
        value=("total_spend", "sum"),
    )
    table["value"] *= margin
    total = table["value"].sum()
    table["share_of_value"] = table["value"] / total if total > 0 else 0.0
    table["mean_value"] = table["value"] / table["n_customers"]
    return table if group.dtype == "category" else table.sort_values("value", ascending=False)


def name_cohorts(customers: "pd.DataFrame") -> "pd.Series":
    """Each customer's cohort: the month of their first purchase, as an ordered category."""
    months = customers["first_ordered_on"].dt.strftime("%Y-%m")
    return months.astype("category").rename("cohort")
