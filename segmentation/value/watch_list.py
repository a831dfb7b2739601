"""The customers who may be slipping away, as one list that is ranked, narrowed and picked from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.value.at_risk import (
    MODEL,
    RHYTHM,
    YEAR,
    build_rhythm,
    stake_by_model,
    stake_by_rhythm,
)

if TYPE_CHECKING:
    import pandas as pd

RISKS = {MODEL: "p_active", RHYTHM: "overdue_ratio"}
# Who is at risk unless it is chosen: P(active) at most, or at least so many usual gaps.
LEAST_RISK = {MODEL: 0.5, RHYTHM: 2.0}
# Enough for any list, and few enough that every machine writes the same.
DIGITS = {
    "p_active": 6,
    "expected_orders": 4,
    "expected_value": 2,
    "overdue_ratio": 4,
    "at_stake": 2,
    "value_so_far": 2,
    "usual_gap_days": 1,
    "overdue_days": 1,
}
OWN, SEGMENTS = "own orders", "segment"
NEW, NO_OFFER = "Not yet a customer", "Nothing to offer"
Range = tuple[float, float]


@dataclass(frozen=True)
class Wanted:
    """Who is to be on the list.

    Parameters
    ----------
    measure : {"model", "rhythm"}
        What risk is measured by.
    risk : float
        Model: P(active) at most, 0 to 1. Rhythm: overdue ratio at least, in usual gaps.
    least_value : float or None
        Value so far at least, in the data's currency.
    segments, places, categories : tuple of str
        Any of these; all where none are given.
    days : (float, float) or None
        Days since the last order, both ends included.
    picked : ((float, float), (float, float)) or None
        Ranges of the risk and of the value so far, as brushed on the map.
    margin : float, default=1.0
        Share of the spend that is profit, 0 to 1; value so far is spend × margin.
    """

    measure: str
    risk: float
    least_value: float | None = None
    segments: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    days: Range | None = None
    picked: tuple[Range, Range] | None = None
    margin: float = 1.0

    def as_spend(self, value: float) -> float:
        """A limit on the value so far as one on the spend, without the noise of the division.

        Whatever is chosen by value is chosen so: computed values come to lie on either side of a
        limit that they are equal to.
        """
        if self.margin:
            return round(value / self.margin, 6)
        return math.copysign(math.inf, value) if value else 0.0


def build_watch_list(
    customers: "pd.DataFrame",
    segment: "pd.Series",
    prediction: "pd.DataFrame | None",
    margin: float,
    place: "pd.Series",
    categories: "pd.DataFrame",
) -> "pd.DataFrame":
    """Every customer with their risk and the money at stake, the most first.

    Parameters
    ----------
    customers : DataFrame indexed by customer_id
        As `marts.customers.build_customers` gives it, with n_purchase_days (different days with a
        purchase).
    segment : Series indexed by customer_id
        Each customer's segment, a categorical.
    prediction : DataFrame or None
        As `LifetimeModel.predict` gives it, for risk by the models; None: by rhythm.
    margin : float
        Share of the spend that is profit, 0 to 1.
    place : Series
        Where customers live, by customer_id.
    categories : DataFrame
        As `marts.categories.build_categories` gives it.

    Returns
    -------
    DataFrame indexed by customer_id
        Columns of `risk_tables.AT_RISK` without segment_before and offer, p_active only by the
        models; and total_spend, place and recency_days. Risk is rounded as in every list, so that
        a limit finds the same customers in all. Customers of unknown risk, whose first purchase or
        usual gap is not known, are left out.
    """
    import pandas as pd

    known = customers["tenure_days"].max()
    rhythm = build_rhythm(customers, segment, min(YEAR, known) if known > 0 else 0.0)
    table = rhythm[["usual_gap_days", "overdue_days", "overdue_ratio"]].assign(
        gap_of=pd.Categorical.from_codes(
            np.where(rhythm["usual_gap_days"].isna(), -1, ~rhythm["has_own_rhythm"]),
            [OWN, SEGMENTS],
        ),
        segment=segment,
        last_ordered_on=customers["last_ordered_on"],
        recency_days=customers["recency_days"],
        total_spend=customers["total_spend"],
        value_so_far=customers["total_spend"] * margin,
        place=place.reindex(customers.index).astype("category"),
        **{name: categories[name].reindex(customers.index) for name in categories},
    )
    table["overdue_ratio"] = table["overdue_ratio"].round(DIGITS["overdue_ratio"])
    if prediction is None:
        table["at_stake"] = stake_by_rhythm(rhythm) * margin
    else:
        table["p_active"] = prediction["p_active"].reindex(table.index).round(DIGITS["p_active"])
        table["at_stake"] = stake_by_model(prediction).reindex(table.index)
    table = table[table["at_stake"].notna()]
    return table.iloc[np.argsort(-table["at_stake"].to_numpy(), kind="stable")]


def find_flagged(table: "pd.DataFrame", wanted: Wanted) -> NDArray[np.bool_]:
    """Who is on the list, of shape (n_customers,).

    Parameters
    ----------
    table : DataFrame
        As `build_watch_list` gives it, by the measure that is wanted.
    wanted : Wanted
    """
    risk, spend = (table[name].to_numpy() for name in (RISKS[wanted.measure], "total_spend"))
    flagged = risk <= wanted.risk if wanted.measure == MODEL else risk >= wanted.risk
    if wanted.least_value is not None:
        flagged &= spend >= wanted.as_spend(wanted.least_value)
    if wanted.days is not None:
        flagged &= _within(table["recency_days"].to_numpy(), wanted.days)
    for column, names in (
        ("segment", wanted.segments),
        ("place", wanted.places),
        ("last_category", wanted.categories),
    ):
        if names:
            flagged &= _any_of(table[column], names)
    if wanted.picked is not None:
        least, most = map(wanted.as_spend, wanted.picked[1])
        flagged &= _within(risk, wanted.picked[0]) & _within(spend, (least, most))
    return flagged


def present(values: "pd.Series") -> list[str]:
    """Those categories of a categorical that occur, in their order."""
    codes = values.cat.codes.to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=len(values.cat.categories))
    return list(values.cat.categories[counts > 0])


def spread(flagged: NDArray[np.bool_], limit: int) -> NDArray[np.intp]:
    """Places of at most `limit` of those flagged, evenly from the first to the last."""
    places = np.flatnonzero(flagged)
    if len(places) <= limit:
        return places
    return places[np.linspace(0, len(places) - 1, limit).astype(np.intp)]


def complete_rows(
    rows: "pd.DataFrame", before: "pd.Series | None", actions: Mapping[str, str]
) -> "pd.DataFrame":
    """Rows of the list with each customer's segment of an earlier day and what to offer.

    Parameters
    ----------
    rows : DataFrame
        Of `build_watch_list`.
    before : Series or None
        Segments as of the earlier day by customer_id; None where there are none.
    actions : mapping of str to str
        What to do for each segment; may be empty text.
    """
    segment = rows["segment"].cat
    offers = [actions.get(name, "").strip() or NO_OFFER for name in segment.categories]
    made = rows.assign(offer=np.array(offers, object)[segment.codes])
    if before is not None:
        made["segment_before"] = before.reindex(rows.index).astype(object).fillna(NEW)
    return made


def _within(values: NDArray[np.float64], ends: Range) -> NDArray[np.bool_]:
    return (values >= min(ends)) & (values <= max(ends))


def _any_of(values: "pd.Series", names: tuple[str, ...]) -> NDArray[np.bool_]:
    """Whether each value of a categorical is one of the names."""
    # One place more than there are categories: the last is that of the missing value's code, −1.
    hits = np.append(values.cat.categories.isin(names), False)
    return hits[values.cat.codes.to_numpy()]
