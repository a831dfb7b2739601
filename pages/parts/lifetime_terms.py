"""The choices on the Lifetime value page: horizon, margin, discount and model."""

import datetime

import streamlit as st

from pages.parts import predicting, session
from segmentation.labels import span
from segmentation.terms import MODELS, MONTHS, Terms, latest_day

OTHER = "To a day"
# Which choices change what is shown on which view.
LOOKING_AHEAD = ("Predicted", "Trust", "One customer")


def draw(view: str) -> None:
    """The choices that matter on a view, and the horizon as two dates."""
    terms, day = predicting.terms(), session.as_of()
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if view in LOOKING_AHEAD:
            draw_horizon(terms, day)
        if view != "Trust":
            session.put("lifetime_margin", round(100 * terms.margin, 2))
            st.number_input(
                "Margin, %",
                value=None,
                min_value=0.0,
                max_value=100.0,
                step=5.0,
                format="%.4g",
                key="lifetime_margin",
                on_change=choose_share,
                args=("lifetime_margin", "margin"),
                width=150,
                help="The share of the spend that is profit. At 100% value is revenue.",
            )
        if view in ("Predicted", "One customer"):
            session.put("lifetime_discount", round(100 * terms.discount, 2))
            st.number_input(
                "Discount, % a year",
                value=None,
                min_value=0.0,
                max_value=1000.0,
                step=1.0,
                format="%.4g",
                key="lifetime_discount",
                on_change=choose_share,
                args=("lifetime_discount", "discount"),
                width=160,
                help="Money in a year counts less than money today, by this rate.",
            )
        if view in LOOKING_AHEAD:
            session.put("lifetime_model", terms.model)
            st.selectbox(
                "Model of purchases",
                MODELS,
                key="lifetime_model",
                on_change=lambda: predicting.choose(model=session.chosen("lifetime_model")),
                width=150,
                help="BG/NBD: customers may leave after each repeat purchase. MBG/NBD: after the "
                "first one too.",
            )
    if view in LOOKING_AHEAD:
        end = terms.end(day)
        st.caption(
            f"{span(day, end - datetime.timedelta(days=1))}: {(end - day).days:,} days from the "
            "as-of day on. The choices are saved with the recipe."
        )


def draw_horizon(terms: Terms, day: datetime.date) -> None:
    """How far to look ahead: in months, or to a day."""
    options = [*MONTHS, OTHER]
    chosen = OTHER if terms.until or terms.months not in MONTHS else terms.months
    session.put("lifetime_horizon", chosen)
    st.segmented_control(
        "Horizon in months",
        options,
        format_func=str,
        key="lifetime_horizon",
        required=True,
        on_change=choose_horizon,
    )
    if chosen == OTHER:
        last = terms.end(day) - datetime.timedelta(days=1)
        session.put("lifetime_until", last)
        st.date_input(
            "Last day",
            key="lifetime_until",
            min_value=day,
            max_value=latest_day(day),
            format="YYYY-MM-DD",
            on_change=lambda: predicting.choose(until=session.chosen("lifetime_until")),
            width=150,
        )


def choose_horizon() -> None:
    """Look ahead some months, or to the day that this was so far."""
    chosen = session.chosen("lifetime_horizon")
    if chosen == OTHER:
        end = predicting.terms().end(session.as_of())
        predicting.choose(until=end - datetime.timedelta(days=1))
    else:
        predicting.choose(until=None, months=chosen)


def choose_share(key: str, name: str) -> None:
    """Use a percentage that was typed; an emptied field is the default."""
    share = session.chosen(key)
    predicting.choose(**{name: None if share is None else share / 100})
