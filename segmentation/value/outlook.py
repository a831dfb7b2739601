"""Purchase histories, fitted models, predictions and their trial, each worked out once."""

import datetime
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segmentation.engine.database import Database
from segmentation.errors import NotReliable
from segmentation.marts.purchases import build_purchases
from segmentation.marts.quality import Overview
from segmentation.recipe import Policies
from segmentation.terms import Terms
from segmentation.value.at_risk import choose_measure
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.reliability import checked
from segmentation.value.track_record import TrackRecord, choose_holdout, measure_record

if TYPE_CHECKING:
    import pandas as pd

Work = Callable[[], Any]
# Gives what the work gives, worked out once for a key; the text says what is going on.
Remember = Callable[[Hashable, Work, str], Any]


def keep_all() -> Remember:
    """A memory for one run."""
    memory: dict[Hashable, Any] = {}

    def remember(key: Hashable, work: Work, says: str) -> Any:
        if key not in memory:
            memory[key] = work()
        return memory[key]

    return remember


@dataclass(frozen=True)
class Outlook:
    """What the models of purchases and spend say of the customers as of a day.

    Parameters
    ----------
    database : Database
        Where the rows are.
    overview : Overview
        What they cover.
    policies : Policies
        What counts as a purchase.
    as_of : date
        The first day that does not count.
    terms : Terms
        Horizon, discount, margin and model.
    remember : callable
        Where results are kept; by default for as long as the outlook.
    """

    database: Database
    overview: Overview
    policies: Policies
    as_of: datetime.date
    terms: Terms
    remember: Remember = field(default_factory=keep_all)

    def purchases(self, day: datetime.date | None = None) -> "pd.DataFrame":
        """Each customer's x, t_x, T and spend as of a day; shared, so never to be changed.

        Raises
        ------
        NothingKept
            No customer's first purchase before that day is known.
        """
        day = day or self.as_of
        return self.remember(
            ("purchases", day, self.policies),
            lambda: build_purchases(self.database, day, self.policies),
            "Working out each customer's purchase history…",
        )

    def fitted_unchecked(self, day: datetime.date | None = None) -> LifetimeModel | NotReliable:
        """The models as of a day, whether they mean something or not; a reason if none fits."""
        table, day, model = self.purchases(day), day or self.as_of, self.terms.model
        return self.remember(
            ("lifetime model", day, self.policies, model),
            lambda: _tried(lambda: LifetimeModel(model).fit(table)),
            "Fitting the models of purchases and spend…",
        )

    def fitted(self, day: datetime.date | None = None) -> LifetimeModel | NotReliable:
        """The models as of a day, or why the data cannot carry them."""
        model = self.fitted_unchecked(day)
        return model if isinstance(model, NotReliable) else _tried(lambda: checked(model))

    def prediction(self, day: datetime.date | None = None) -> "pd.DataFrame | None":
        """Columns of `value_tables.PREDICTION` by customer; None without a reliable model."""
        model = self.fitted(day)
        if isinstance(model, NotReliable):
            return None
        table, day = self.purchases(day), day or self.as_of
        return self.remember(
            ("prediction", day, self.policies, self.terms),
            lambda: model.predict(table, day, self.terms),
            "Predicting each customer's orders and value…",
        )

    def record(self) -> TrackRecord | NotReliable | None:
        """How the models did on held-out time; why they could not; None: no time to spare."""
        if self.overview.is_by_customer:
            return None
        ends = self.as_of
        horizon = (self.terms.end(ends) - ends).days
        begins = choose_holdout(self.overview.first_on, ends, horizon)
        if begins is None:
            return None
        model = self.fitted_unchecked(begins)
        if isinstance(model, NotReliable):
            return model
        before, after = self.purchases(begins), self.purchases(ends)
        return self.remember(
            ("track record", begins, ends, self.policies, self.terms.model),
            lambda: measure_record(model, before, after, begins, ends),
            "Trying the models on the past…",
        )

    def measure(self) -> tuple[str, str]:
        """What risk is measured by, and why, as `at_risk.choose_measure` gives them."""
        return choose_measure(self.fitted(), self.record())


def _tried(work: Callable[[], LifetimeModel]) -> LifetimeModel | NotReliable:
    try:
        return work()
    except NotReliable as reason:
        # Its traceback would keep the tables alive that were being worked on.
        return reason.with_traceback(None)
