"""The control group: how many are held out, whether the arms are alike, what they can show."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.parts import cached, campaigning, grid, session
from segmentation.campaigns.arms import CONTROL, count_strata
from segmentation.campaigns.balance import ALIKE, compare_arms
from segmentation.campaigns.power import tell_power
from segmentation.tables import ARMS, AUDIENCES, STRATA

COMPARED = (
    *("total_spend", "n_orders", "mean_order_value", "recency_days", "recency_score"),
    *("frequency_score", "monetary_score", "p_active", "expected_value", "customer_age"),
)
MONTH = 30


def draw() -> None:
    """The share held out, the arms by segment, their likeness and their power."""
    found = campaigning.require_members()
    draw_choices()
    campaigning.draw_size(found)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Held out of each segment", anchor=False)
        st.dataframe(
            grid.rounded(count_strata(found["segment"], found["arm"]).reset_index(), STRATA),
            hide_index=True,
            width="stretch",
            height="content",
            column_config=grid.column_config(STRATA),
            alt="Customers of each arm by segment",
        )
        st.caption(
            "Who is held out hangs on the customer's id alone, so next month it is the same "
            "customers, but for the few that keep each segment within one of the share asked for."
        )
    with right:
        st.subheader("Are the arms alike?", anchor=False)
        draw_likeness(found)
    st.subheader("What it can show", anchor=False)
    draw_power(found)


def draw_choices() -> None:
    """How many are held out, and which draw."""
    now = campaigning.audience()
    with st.container(horizontal=True, gap="large"):
        session.put("campaign_held_out", float(now.held_out))
        st.slider(
            "Held out as control group",
            0.0,
            50.0,
            step=1.0,
            format="%g%%",
            key="campaign_held_out",
            on_change=choose,
            args=("held_out",),
            width=360,
        )
        session.put("campaign_seed", now.seed)
        st.number_input(
            "Draw",
            min_value=0,
            max_value=9999,
            step=1,
            key="campaign_seed",
            on_change=choose,
            args=("seed",),
            width=120,
            help="Another number draws other customers; keep it from month to month.",
        )


def choose(name: str) -> None:
    """Use another share or draw."""
    value = session.chosen(f"campaign_{name}")
    if value is not None:
        campaigning.use(replace(campaigning.audience(), **{name: value}))


def draw_likeness(found: pd.DataFrame) -> None:
    """The means of both arms, and a word on how far apart they are."""
    traits = {name: AUDIENCES[name].label for name in COMPARED}
    compared = compare_arms(found, traits)
    # Without + 0.0, a small difference below zero is −0.00.
    told = compared.assign(difference=compared["difference"].round(2) + 0.0)
    st.dataframe(
        told.reset_index(),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            **grid.column_config(ARMS),
            "target": st.column_config.NumberColumn(ARMS["target"].label, format="%,.2f"),
            "control": st.column_config.NumberColumn(ARMS["control"].label, format="%,.2f"),
            "difference": st.column_config.NumberColumn(
                ARMS["difference"].label, format="%.2f", help=ARMS["difference"].meaning
            ),
        },
        alt="Means of both arms",
    )
    apart = compared.index[compared["difference"].abs() > ALIKE]
    if compared["difference"].isna().all():
        st.caption("One arm is empty: there is nothing to compare.")
    elif len(apart):
        st.caption(
            f"Apart by chance in {', '.join(apart)} (over {ALIKE} standard deviations): hold out "
            "more, or take another draw before anything is sent."
        )
    else:
        st.caption(f"Alike: no difference is over {ALIKE} standard deviations (Austin 2009).")


def draw_power(found: pd.DataFrame) -> None:
    """The smallest effect that the arms show, for a share who order anyway."""
    usual = usual_share()
    # Another as-of day has another one; what somebody typed stays.
    if session.chosen("campaign_base") in (None, session.chosen("campaign_base_usual")):
        session.put("campaign_base", usual)
    session.put("campaign_base_usual", usual)
    base = st.number_input(
        "Customers who would order anyway, in %",
        min_value=0.0,
        max_value=99.0,
        step=0.5,
        format="%.1f",
        key="campaign_base",
        width=280,
        persist_state="session",
        help=f"At first the share of all customers, known {MONTH} days before the as-of day, who "
        f"ordered in those {MONTH} days.",
    )
    n_control = int((found["arm"] == CONTROL).sum())
    st.markdown(tell_power((base or 0.0) / 100, len(found) - n_control, n_control))


def usual_share() -> float:
    """The share of customers of a month ago who ordered since, in per cent."""
    everyone = cached.customers()
    known = everyone["tenure_days"] > MONTH
    if not known.any():
        return 5.0
    ordered = (everyone["recency_days"] <= MONTH) & known
    return min(round(100 * ordered.sum() / known.sum(), 1), 99.0)
