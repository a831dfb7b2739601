"""The customers by risk, now and three months ago, remembered for the page that narrows them."""

import datetime
from collections.abc import Callable

import pandas as pd

from pages.parts import cached, grid, predicting, segmenting, session
from segmentation.errors import NothingKept, NotReliable
from segmentation.tables import ATTRIBUTES
from segmentation.value.at_risk import MODEL
from segmentation.value.prospects import PLACES, rank_customers

MONTHS = 3


def watch_list(kind: str) -> pd.DataFrame:
    """Every customer by money at stake as of the as-of day; shared, so never to be changed."""
    return _remembered(kind, session.as_of(), cached.customers)


def earlier() -> datetime.date:
    """The same day of the month three months before the as-of day."""
    return (pd.Timestamp(session.as_of()) - pd.DateOffset(months=MONTHS)).date()


def customers_earlier() -> pd.DataFrame | None:
    """One row a customer as of three months ago; None where nobody had bought yet."""
    try:
        return cached.customers_on(earlier())
    except NothingKept:
        return None


def segments_earlier() -> pd.Series | None:
    """Each customer's segment three months ago, by the cut points in use now."""
    if session.require_data().overview.is_by_customer:
        return None
    return cached.remembered(
        ("segments earlier", cached.here(), segmenting.choices()),
        lambda: None if customers_earlier() is None else segment_of(customers_earlier()),
        "Finding the segments of three months ago…",
    )


def segment_of(customers: pd.DataFrame) -> pd.Series:
    """Segments by the cut points in use."""
    return segmenting.applied().segmenter.predict(customers)


def watch_list_earlier(kind: str) -> pd.DataFrame | str:
    """The list of three months ago with repeat purchases before and after; or why there is none."""
    if session.require_data().overview.is_by_customer:
        return "with one row a customer the orders of the past are not known"
    known = customers_earlier()
    if known is None:
        return f"nobody had bought before {grid.day(earlier())} yet"
    if kind == MODEL and isinstance(reason := _fitted_earlier(), NotReliable):
        why = str(reason).rstrip(".")
        return f"as of {grid.day(earlier())} the models were not reliable yet: {why}"
    return _remembered(kind, earlier(), lambda: known)


def _fitted_earlier() -> object:
    try:
        return predicting.fitted(earlier())
    except NothingKept as reason:
        return NotReliable(str(reason), reason.hint)


def place_name() -> str | None:
    """The attribute that says best where customers live."""
    known = cached.attributes()
    return next((name for name in PLACES if name in known), None)


def place_label() -> str | None:
    """What that is called."""
    name = place_name()
    return ATTRIBUTES[name].label if name else None


def _remembered(kind: str, day: datetime.date, of_day: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    data, policies, outlook = session.require_data(), session.policies(), predicting.outlook(day)

    def work() -> pd.DataFrame:
        customers, then, now = of_day(), outlook.purchases()["x"], predicting.purchases()["x"]
        attributes = cached.attributes_of(data, day, policies)
        table = rank_customers(outlook, customers, segment_of(customers), attributes, kind)
        return table.assign(
            days_before=then.reindex(table.index),
            days_after=now.reindex(table.index),
        )

    key = ("watch list", kind, day, session.as_of(), policies, predicting.terms())
    return cached.remembered(
        (*key, segmenting.choices()), work, "Ranking the customers by money at stake…"
    )
