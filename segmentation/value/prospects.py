"""What is to be expected of each customer, and who is at risk, as columns of their lists."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmentation.errors import NothingKept, NotReliable
from segmentation.marts.categories import build_categories
from segmentation.value.at_risk import MODEL
from segmentation.value.outlook import Outlook
from segmentation.value.watch_list import (
    DIGITS,
    LEAST_RISK,
    Wanted,
    build_watch_list,
    complete_rows,
    find_flagged,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

PLACES = ("region", "country", "city")
YES, NO = "yes", "no"
EXPECTED = {"p_active": "p_active", "expected_orders": "expected_orders", "value": "expected_value"}
LISTED = (
    *("segment", "at_stake", "p_active", "overdue_ratio", "value_so_far", "last_ordered_on"),
    *("usual_gap_days", "overdue_days", "favourite_category", "last_category", "offer"),
)
NO_MODEL = "Probability of being active, expected orders and expected value are left out: {}"


@dataclass(frozen=True)
class Prospects:
    """What the models and the customers' own rhythm say.

    Parameters
    ----------
    customers : DataFrame indexed by customer_id
        p_active, expected_orders and expected_value where the models are reliable, and
        overdue_ratio, at_stake, at_risk (yes or no) and last_category where they are known; of
        the units in `tables.AUDIENCES`.
    at_risk : DataFrame or None
        Those at risk, the most at stake first, with columns of `risk_tables.AT_RISK`; None where
        nobody's risk is known.
    says : str
        What risk is measured by, and why.
    lacks : str
        Why there is no prediction, in one sentence; empty where there is one.
    """

    customers: "pd.DataFrame"
    at_risk: "pd.DataFrame | None"
    says: str
    lacks: str = ""


def build_prospects(
    outlook: Outlook,
    customers: "pd.DataFrame",
    segment: "pd.Series",
    attributes: "pd.DataFrame",
    actions: "Mapping[str, str]",
) -> Prospects:
    """What is to be expected of every customer, and who is at risk.

    Parameters
    ----------
    outlook : Outlook
        As of the day of `customers`.
    customers : DataFrame
        As `build_customers` gives it.
    segment : Series indexed by customer_id
        Each customer's segment, a categorical.
    attributes : DataFrame
        As `build_attributes` gives it.
    actions : mapping of str to str
        What to do for each segment.
    """
    import pandas as pd

    try:
        model, prediction = outlook.fitted(), outlook.prediction()
        kind, why = outlook.measure()
    except NothingKept as reason:
        return Prospects(pd.DataFrame(index=customers.index), None, "", NO_MODEL.format(reason))
    table = rank_customers(outlook, customers, segment, attributes, kind)
    columns: dict[str, pd.Series] = {}
    last = table.get("last_category")
    if last is not None and last.notna().any():
        columns["last_category"] = last.astype(object).reindex(customers.index)
    if prediction is not None:
        found = prediction[list(EXPECTED)].rename(columns=EXPECTED).reindex(customers.index)
        columns |= {str(name): values for name, values in found.items()}
    wanted = Wanted(kind, LEAST_RISK[kind])
    flagged = find_flagged(table, wanted)
    if len(table):
        flags = pd.Series(np.where(flagged, YES, NO), table.index)
        columns |= {
            "overdue_ratio": table["overdue_ratio"].reindex(customers.index),
            "at_stake": table["at_stake"].reindex(customers.index),
            "at_risk": flags.reindex(customers.index),
        }
    listed = complete_rows(table[flagged], None, actions)
    kept = [name for name in LISTED if name in listed and listed[name].notna().any()]
    return Prospects(
        pd.DataFrame(columns, index=customers.index).round(DIGITS),
        listed[kept].round(DIGITS) if len(table) else None,
        f"{_rule(wanted)} {why}",
        NO_MODEL.format(f"{model} {model.hint}") if isinstance(model, NotReliable) else "",
    )


def rank_customers(
    outlook: Outlook,
    customers: "pd.DataFrame",
    segment: "pd.Series",
    attributes: "pd.DataFrame",
    kind: str,
) -> "pd.DataFrame":
    """Every customer by money at stake, as `build_watch_list` gives it.

    Parameters
    ----------
    outlook : Outlook
        As of the day of `customers`.
    customers : DataFrame
        As `build_customers` gives it.
    segment : Series indexed by customer_id
        Each customer's segment.
    attributes : DataFrame
        As `build_attributes` gives it.
    kind : {"model", "rhythm"}
        What risk is measured by.
    """
    import pandas as pd

    if outlook.overview.is_by_customer:
        # The day is that of the last order, but how many there were is told.
        n_days = customers["n_orders"]
    else:
        n_days = outlook.purchases()["x"].reindex(customers.index) + 1
    place = next((name for name in PLACES if name in attributes), None)
    return build_watch_list(
        customers.assign(n_purchase_days=n_days),
        segment,
        outlook.prediction() if kind == MODEL else None,
        outlook.terms.margin,
        attributes[place] if place else pd.Series(dtype="object"),
        build_categories(outlook.database, outlook.as_of, outlook.policies),
    )


def _rule(wanted: Wanted) -> str:
    """Who is at risk, in words."""
    if wanted.measure == MODEL:
        return f"At risk: probability of being active of {wanted.risk:.0%} or less."
    return f"At risk: silent for {wanted.risk:g} times the usual gap or longer."
