"""Who is slipping away: the money that goes with them, and how many come back on their own."""

from typing import TYPE_CHECKING

import numpy as np

from segmentation.errors import NotReliable
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.track_record import TrackRecord

if TYPE_CHECKING:
    import pandas as pd

MODEL, RHYTHM = "model", "rhythm"
OWN_RHYTHM = 3
YEAR = 365.25


def choose_measure(
    model: LifetimeModel | NotReliable, record: TrackRecord | NotReliable | None
) -> tuple[str, str]:
    """Which measure of risk the data can carry, and why, in one sentence.

    Parameters
    ----------
    model : LifetimeModel or NotReliable
        The models as checked by `reliability.checked`, or why they mean nothing.
    record : TrackRecord, NotReliable or None
        How they did on held-out time, why they could not be tried; None: no time to spare.

    Returns
    -------
    measure : {"model", "rhythm"}
        P(active), or how overdue customers are against their own rhythm.
    why : str
    """
    if isinstance(model, NotReliable):
        return RHYTHM, f"The models of purchases and spend are not reliable here: {model}"
    if not isinstance(record, TrackRecord):
        return MODEL, (
            "The models of purchases and spend fit the data; the history does not allow to try "
            "them on a part of it."
        )
    if record.miss("spend") > record.miss("spend", "average"):
        return RHYTHM, (
            "Tried on the past, the models of purchases and spend knew single customers no better "
            "than a plain average."
        )
    return MODEL, (
        "The models of purchases and spend fit the data and, tried on the past, came closer to "
        "each customer than a plain average."
    )


def build_rhythm(
    customers: "pd.DataFrame", segment: "pd.Series", least_days: float = 0.0
) -> "pd.DataFrame":
    """How overdue each customer is against their usual gap between purchases.

    Parameters
    ----------
    customers : DataFrame indexed by customer_id
        With first_ordered_on, last_ordered_on, recency_days, tenure_days and total_spend of
        `tables.CUSTOMERS`, and n_purchase_days (different days with a purchase).
    segment : Series indexed by customer_id
        Each customer's segment.
    least_days : float, default=0
        Spread spend over so many days at least: two orders of one week are no year's worth.

    Returns
    -------
    DataFrame of shape (n_customers, 6), indexed by customer_id
        usual_gap_days (mean days between purchase days; with fewer than three of these the middle
        gap of the segment's customers who have three, or else of all), has_own_rhythm, overdue_days
        (0 or more), overdue_ratio (days since the last order divided by the usual gap), risk (the
        share of the silence that is too long, 0 to 1: 1 − gap / silence), spend_per_year (over the
        days known, at least one usual gap and `least_days`). nan where nobody has three purchase
        days.
    """
    import pandas as pd

    between = (customers["last_ordered_on"] - customers["first_ordered_on"]).dt.days
    n_days = customers["n_purchase_days"]
    own = (n_days >= OWN_RHYTHM) & (between > 0)
    gap = (between / (n_days - 1).where(own)).astype(float)
    by_segment = gap.groupby(segment, observed=True).transform("median")
    gap = gap.fillna(by_segment).fillna(gap.median())
    silence = customers["recency_days"].astype(float)
    known = customers["tenure_days"].fillna(0).astype(float).clip(lower=least_days)
    years = np.maximum(known, gap) / YEAR
    return pd.DataFrame(
        {
            "usual_gap_days": gap,
            "has_own_rhythm": own,
            "overdue_days": (silence - gap).clip(lower=0),
            "overdue_ratio": silence / gap,
            "risk": (1 - gap / silence).clip(lower=0),
            "spend_per_year": customers["total_spend"] / years,
        },
        index=customers.index,
    )


def stake_by_rhythm(rhythm: "pd.DataFrame") -> "pd.Series":
    """Money at stake, in the data's currency: spend per year × risk, 0 or more.

    Parameters
    ----------
    rhythm : DataFrame
        As `build_rhythm` gives it.
    """
    return (rhythm["spend_per_year"].clip(lower=0) * rhythm["risk"]).rename("at_stake")


def stake_by_model(prediction: "pd.DataFrame") -> "pd.Series":
    """Money at stake in the data's currency: value if active × (1 − P(active)).

    Parameters
    ----------
    prediction : DataFrame
        With the columns p_active and value_if_active, as `LifetimeModel.predict` gives them.
    """
    return (prediction["value_if_active"] * (1 - prediction["p_active"])).rename("at_stake")


def count_returned(
    flagged: "pd.Series", before: "pd.Series", after: "pd.Series", segment: "pd.Series"
) -> "pd.DataFrame":
    """Of the customers flagged at an earlier day, how many bought again on their own.

    Parameters
    ----------
    flagged : Series of bool, indexed by customer_id
        Who would have been flagged as of the earlier day.
    before : Series indexed by customer_id
        Purchase days (or repeat purchases) as of that day.
    after : Series indexed by customer_id
        The same as of the later day.
    segment : Series indexed by customer_id
        Each customer's segment as of the earlier day.

    Returns
    -------
    DataFrame indexed by segment, in the segments' order, without those nobody is flagged in
        n_flagged, n_returned, share_returned (0 to 1), and low and high: the 90 % interval of
        that share (Wilson 1927).
    """
    import pandas as pd

    chosen = flagged.to_numpy(bool)
    now, then = (each.reindex(flagged.index).fillna(0).to_numpy() for each in (after, before))
    counted = pd.DataFrame(
        {
            "n_flagged": 1,
            "n_returned": (now > then)[chosen].astype(int),
            "segment": segment.reindex(flagged.index).array[chosen],
        }
    )
    return with_shares(counted.groupby("segment", observed=True).sum())


def with_shares(table: "pd.DataFrame") -> "pd.DataFrame":
    """The table with share_returned and its 90 % interval, by Wilson (1927)."""
    n = table["n_flagged"].to_numpy(float)
    share = table["n_returned"].to_numpy(float) / np.where(n > 0, n, np.nan)
    z2 = 1.6448536269514722**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # None or all of them: the ends are 0 and 1 but for the last digit, which showed as −0.0%.
    low, high = np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
    return table.assign(share_returned=share, low=low, high=high)
