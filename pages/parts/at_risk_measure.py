"""What risk is measured by on the At risk page, and why."""

import datetime

import streamlit as st

from pages.parts import at_risk_tables, cached, frame, grid, predicting, session
from segmentation.errors import NotReliable
from segmentation.value.at_risk import MODEL

BY_MODEL = (
    "Risk is the chance that a customer has left for good, 1 − **P(active)** by {model}; money at "
    "stake is that chance × what they would be worth to {last} if they had not. {why}"
)
BY_RHYTHM = (
    "Risk is **how overdue customers are against their own rhythm**; money at stake is "
    "a year's spend × margin × the share of the silence that is longer than the usual gap. {why}"
)
ANY_SEGMENT = (
    "Customers of any segment can be at risk by this; the segment so called goes by scores alone."
)
ONE_TIME = (
    "By BG/NBD nobody leaves before a second purchase: one-time buyers are never at risk. By "
    "MBG/NBD they can be."
)


def measure() -> tuple[str, str]:
    """Which measure is in use, and why."""
    return predicting.outlook().measure()


def draw() -> bool:
    """Say which measure is in use and why; whether there is anyone whose risk is known."""
    cached.customers()  # Where there are none as of this day, it says so better than the models.
    kind, why = measure()
    terms, day = predicting.terms(), session.as_of()
    if at_risk_tables.watch_list(kind).empty:
        st.info(
            f"{frame.plain(why)} Nobody has ordered on three days yet either, so that no customer "
            "has a usual gap to be late by: load a longer time.",
            icon=":material/hourglass_empty:",
        )
        return False
    last = terms.end(day) - datetime.timedelta(days=1)
    text = BY_MODEL if kind == MODEL else BY_RHYTHM
    st.info(
        text.format(model=terms.model, last=grid.day(last), why=frame.plain(why)),
        icon=":material/model_training:" if kind == MODEL else ":material/schedule:",
    )
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(ANY_SEGMENT)
    if kind == MODEL and terms.model == "BG/NBD":
        left.caption(ONE_TIME)
    elif isinstance(model := predicting.fitted(), NotReliable):
        left.caption(f"What would help: {model.hint}")
    right.page_link(
        "pages/lifetime_value.py", label="Horizon, margin, model", icon=":material/tune:"
    )
    return True
