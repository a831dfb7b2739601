"""How well the models did: fitted on the first part of the history, held against the rest."""

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmentation.terms import Terms

if TYPE_CHECKING:
    import pandas as pd

    from segmentation.value.lifetime import LifetimeModel

MOST_ORDERS = 7
GOOD, FAIR = 0.15, 0.3
MIN_DAYS = 28
UNRELATED = 0.3


@dataclass(frozen=True)
class TrackRecord:
    """What was predicted for the held-out time, and what happened.

    Parameters
    ----------
    begins, ends : date
        The held-out time: its first day, and the first day after it.
    customers : DataFrame indexed by customer_id
        Those known before it: x, happened_orders, predicted_orders, average_orders,
        happened_spend, predicted_spend and average_spend (money in the data's currency).
    """

    begins: datetime.date
    ends: datetime.date
    customers: "pd.DataFrame"

    def totals(self) -> "pd.Series":
        """The columns added up."""
        return self.customers.drop(columns="x").sum()

    def by_orders(self) -> "pd.DataFrame":
        """Likewise by number of repeat purchases before: 0 to 6, and 7 or more."""
        groups = self.customers["x"].clip(upper=MOST_ORDERS)
        names = {n: str(n) for n in range(MOST_ORDERS)} | {MOST_ORDERS: f"{MOST_ORDERS} or more"}
        return self._by(groups).rename(index=names).rename_axis("repeat_purchases")

    def by_segment(self, segment: "pd.Series") -> "pd.DataFrame":
        """Likewise by the segment that customers were in before.

        Parameters
        ----------
        segment : Series indexed by customer_id
            As of the first held-out day.
        """
        return self._by(segment.reindex(self.customers.index)).rename_axis("segment")

    def _by(self, groups: "pd.Series") -> "pd.DataFrame":
        table = self.customers.drop(columns="x").groupby(groups, observed=True)
        return table.sum().assign(n_customers=table.size())

    def error(self, what: str, of: str = "predicted") -> float:
        """How far a total was off, as a share of what happened: 0.1 is 10 % too much.

        Parameters
        ----------
        what : {"orders", "spend"}
            Which total.
        of : {"predicted", "average"}
            The models, or the plain average.
        """
        totals = self.totals()
        happened = totals[f"happened_{what}"]
        return float(totals[f"{of}_{what}"] / happened - 1) if happened > 0 else np.inf

    def miss(self, what: str, of: str = "predicted") -> float:
        """Mean distance of a customer's figure from what happened; parameters as for `error`."""
        distance = self.customers[f"{of}_{what}"] - self.customers[f"happened_{what}"]
        return float(distance.abs().mean())


def choose_holdout(
    first_on: datetime.date, as_of: datetime.date, horizon_days: int
) -> datetime.date | None:
    """First day of the time to hold out: as long as the horizon, at most half of the history.

    Parameters
    ----------
    first_on : date
        Day of the first purchase.
    as_of : date
        The first day that does not count.
    horizon_days : int
        How far the prediction looks ahead.

    Returns
    -------
    date or None
        None where the history is too short to spare four weeks.
    """
    days = min(horizon_days, (as_of - first_on).days // 2)
    return as_of - datetime.timedelta(days=days) if days >= MIN_DAYS else None


def measure_record(
    model: "LifetimeModel",
    before: "pd.DataFrame",
    after: "pd.DataFrame",
    begins: datetime.date,
    ends: datetime.date,
) -> TrackRecord:
    """What the models of an earlier day predicted for the time since, and what happened.

    Parameters
    ----------
    model : LifetimeModel
        Fitted to `before`.
    before, after : DataFrame
        As `marts.purchases.build_purchases` gives them for the two days.
    begins, ends : date
        The two days.

    Notes
    -----
    The plain average lets every customer buy as often a day as all of them together did on average
    after their first purchase, for the mean of their repeat purchases' worth.
    """
    import pandas as pd

    days = (ends - begins).days
    until = ends - datetime.timedelta(days=1)
    told = model.predict(before, begins, Terms(until=until, discount=0.0, model=model.model))
    later = after.reindex(before.index)
    bought = float((before["x"] * before["mean_spend"]).sum())
    per_day = float(before["x"].sum() / max(before["T"].sum(), 1))
    worth = bought / max(float(before["x"].sum()), 1)
    orders = later["x"].fillna(before["x"]) - before["x"]
    spend = later["total_spend"].fillna(before["total_spend"]) - before["total_spend"]
    return TrackRecord(
        begins,
        ends,
        pd.DataFrame(
            {
                "x": before["x"],
                "happened_orders": orders.clip(lower=0).astype(float),
                "predicted_orders": told["expected_orders"],
                "average_orders": per_day * days,
                "happened_spend": spend,
                "predicted_spend": told["expected_spend"],
                "average_spend": per_day * days * worth,
            },
            index=before.index,
        ),
    )


def judge(record: TrackRecord | None, model: "LifetimeModel") -> tuple[str, str]:
    """Whether to use the prediction: a grade and one sentence.

    Parameters
    ----------
    record : TrackRecord or None
        How it did; None where that cannot be measured.
    model : LifetimeModel
        Fitted to all data.

    Returns
    -------
    grade : {"good", "fair", "poor"}
    sentence : str
    """
    if record is None:
        return "fair", (
            "Use it with care: the history is too short to try the models on a part of it."
        )
    orders, spend = record.error("orders"), record.error("spend")
    worst = max(abs(orders), abs(spend))
    plain = max(abs(record.error("orders", "average")), abs(record.error("spend", "average")))
    told = (
        f"on the held-out time it predicted {_off(orders, 'many', 'few')} orders and "
        f"{_off(spend, 'much', 'little')} money"
    )
    closer = record.miss("spend") <= record.miss("spend", "average")
    related = abs(model.correlation_) > UNRELATED
    if worst <= GOOD and closer and not related:
        return "good", f"Use it: {told}, and came closer to each customer than a plain average."
    if worst <= FAIR and closer:
        why = "; spend goes with frequency, which the models do not know" if related else ""
        return "fair", f"Use it to compare customers and segments, not as a budget: {told}{why}."
    if closer:
        return "poor", f"Use it to rank customers only: {told}; do not plan with the totals."
    than = "a plain average did better" if plain < worst else "it knew single customers no better"
    return "poor", f"Do not use it: {told}; {than}."


def _off(error: float, more: str, less: str) -> str:
    """An error in words."""
    if not np.isfinite(error):
        return f"far too {more}"
    return f"{abs(error):.0%} too {more if error > 0 else less}"
