"""Purchase histories, fitted models and predictions, remembered for the pages that show them."""

import datetime
from typing import TYPE_CHECKING

from pages.parts import cached, session
from segmentation.errors import NotReliable
from segmentation.marts.purchases import build_purchases
from segmentation.terms import Terms, read_terms
from segmentation.value.lifetime import LifetimeModel
from segmentation.value.reliability import fit_lifetime

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


def purchases(day: datetime.date | None = None) -> "pd.DataFrame":
    """Each customer's x, t_x, T and spend as of a day; shared, so never to be changed."""
    database = session.require_data().rows.database
    policies, day = session.policies(), day or session.as_of()
    return cached.remembered(
        ("purchases", day, policies),
        lambda: build_purchases(database, day, policies),
        "Working out each customer's purchase history…",
    )


def fitted(day: datetime.date | None = None) -> LifetimeModel | NotReliable:
    """The models as of a day, or why the data cannot carry them."""
    table, day, model = purchases(day), day or session.as_of(), terms().model
    return cached.remembered(
        ("lifetime model", day, session.policies(), model),
        lambda: _tried(table, model),
        "Fitting the models of purchases and spend…",
    )


def prediction(day: datetime.date | None = None) -> "pd.DataFrame | None":
    """The columns of `tables.PREDICTION` by customer; None where the models are not reliable."""
    model = fitted(day)
    if isinstance(model, NotReliable):
        return None
    table, day, chosen = purchases(day), day or session.as_of(), terms()
    return cached.remembered(
        ("prediction", day, session.policies(), chosen),
        lambda: model.predict(table, day, chosen),
        "Predicting each customer's orders and value…",
    )


def _tried(table: "pd.DataFrame", model: str) -> LifetimeModel | NotReliable:
    try:
        return fit_lifetime(table, model)
    except NotReliable as reason:
        return reason
