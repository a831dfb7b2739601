"""Purchase histories, fitted models and predictions, remembered for the pages that show them."""

import datetime
from typing import TYPE_CHECKING

from pages.parts import cached, segmenting, session
from segmentation.errors import NothingKept, NotReliable
from segmentation.segments.rfm import count_measures
from segmentation.segments.rules import Scheme
from segmentation.segments.segmenter import build_segmenter
from segmentation.terms import Terms, read_terms
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.outlook import Outlook

if TYPE_CHECKING:
    import pandas as pd


def terms() -> Terms:
    """Horizon, discount, margin and model, as chosen."""
    return read_terms(session.applied().value)


def choose(**changes: object) -> None:
    """Change some of the terms, applied at once and saved with the recipe; None is the default."""
    for settle, recipe in (
        (session.use_recipe, session.applied()),
        (session.try_out, session.draft()),
    ):
        changed = {**recipe.value, **changes}
        kept = {key: value for key, value in changed.items() if value is not None}
        settle(recipe.change(value=kept))


def outlook(day: datetime.date | None = None) -> Outlook:
    """What the models say as of a day, remembered with the data."""
    data = session.require_data()
    return Outlook(
        data.rows.database,
        data.overview,
        session.policies(),
        day or session.as_of(),
        terms(),
        cached.remembered,
    )


def purchases(day: datetime.date | None = None) -> "pd.DataFrame":
    """Each customer's x, t_x, T and spend as of a day; shared, so never to be changed."""
    return outlook().purchases(day)


def segments(day: datetime.date | None = None) -> "pd.Series":
    """Each customer's segment by the applied choices, as of a day."""
    recipe = session.applied()
    if day is None or day == session.as_of():
        return segmenting.segments()
    customers = cached.customers_on(day)

    def work() -> "pd.Series":
        return build_segmenter(recipe).fit(count_measures(customers)).predict(customers)

    key = ("segments", day, session.policies(), segmenting.choices())
    return cached.remembered(key, work, "Finding the segments of that day…")


def scheme() -> Scheme:
    """The segments in use, with their colours and actions."""
    return build_segmenter(session.applied()).scheme


def fitted_unchecked(day: datetime.date | None = None) -> LifetimeModel | NotReliable:
    """The models as of a day, whether they mean something or not; a reason if there are none."""
    return outlook().fitted_unchecked(day)


def fitted(day: datetime.date | None = None) -> LifetimeModel | NotReliable:
    """The models as of a day, or why the data cannot carry them."""
    return outlook().fitted(day)


def is_reliable() -> bool:
    """Whether there is a prediction as of the as-of day."""
    try:
        return not isinstance(fitted(), NotReliable)
    except NothingKept:
        return False


def prediction(day: datetime.date | None = None) -> "pd.DataFrame | None":
    """Columns of `value_tables.PREDICTION` by customer; None where there is no reliable model."""
    return outlook().prediction(day)
