"""What a customer did: orders over time, their rhythm, and what they buy."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.parts import cached, figures, grid, session
from segmentation.marts.activity import (
    DAYS_FOR_A_RHYTHM,
    Rhythm,
    build_customer_orders,
    build_customer_products,
    count_categories,
    profile_rhythm,
)
from segmentation.outputs.customer_charts import (
    KINDS,
    chart_customer_categories,
    chart_customer_orders,
    chart_spend_so_far,
)
from segmentation.tables import CUSTOMER_ORDERS, CUSTOMER_PRODUCTS, FIELDS, RHYTHM

SHOWN_PARTS = 10
LATE, VERY_LATE = 1.5, 3


def one_customer(what: str, customer_id: str, build: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    """A table of the customer looked at, kept until another is."""
    key, database = (customer_id, *cached.here()), session.require_data().rows.database
    return cached.latest(
        f"customer's {what}", key, lambda: build(database, *key), f"Looking up their {what}…"
    )


def orders_of(customer_id: str) -> pd.DataFrame:
    """The customer's orders and returns; never to be changed."""
    return one_customer("orders", customer_id, build_customer_orders)


def draw_timeline(customer_id: str) -> None:
    """Orders on their days, and the spend that they add up to."""
    if session.require_data().overview.is_by_customer:
        st.caption("The data have one row a customer: their orders are counted, not listed.")
        return
    orders = orders_of(customer_id)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.altair_chart(chart_customer_orders(orders, session.as_of()), width="stretch")
    with right:
        st.altair_chart(chart_spend_so_far(orders, session.as_of()), width="stretch")
    with st.expander(f"All {len(orders):,} as a table", icon=":material/table_rows:"):
        st.dataframe(
            orders.assign(fate=orders["fate"].map(KINDS)).iloc[::-1],
            hide_index=True,
            width="stretch",
            column_config=grid.column_config(CUSTOMER_ORDERS),
            alt="The customer's orders",
        )


def draw_rhythm(customer_id: str) -> None:
    """Their usual gap and how long it has been against it, or why that cannot be said."""
    if session.require_data().overview.is_by_customer:
        return
    orders = orders_of(customer_id)
    rhythm = profile_rhythm(orders, session.as_of())
    if rhythm is None:
        n_days = orders.loc[orders["fate"] == "kept", "ordered_on"].nunique()
        st.caption(
            f"Their rhythm cannot be told: it takes purchases on {DAYS_FOR_A_RHYTHM} days, and "
            f"there {'is' if n_days == 1 else 'are'} {n_days}."
        )
        return
    with st.container(horizontal=True):
        for name, value in (
            ("usual_gap_days", days_of(rhythm.usual_gap_days)),
            ("longest_gap_days", days_of(rhythm.longest_gap_days)),
            ("overdue_ratio", f"{rhythm.overdue_ratio:,.1f} ×"),
        ):
            figures.draw(RHYTHM[name].label, value, meaning=RHYTHM[name].meaning)
    st.markdown(tell_rhythm(rhythm))


def tell_rhythm(rhythm: Rhythm) -> str:
    """What the ratio means, in a sentence."""
    since = f"It has been {days_of(rhythm.recency_days)}"
    usual = f"on average they buy every {days_of(rhythm.usual_gap_days)}"
    if rhythm.overdue_ratio <= 1:
        return f"{since}, and {usual}: they are **within their rhythm**."
    told = "a little late"
    if rhythm.overdue_ratio > LATE:
        told = "overdue" if rhythm.overdue_ratio <= VERY_LATE else "long overdue"
    if rhythm.recency_days <= rhythm.longest_gap_days:
        return f"{since}, and {usual}: **{told}**, though they came back after a longer gap before."
    return f"{since}, and {usual}: **{told}**, longer than ever before."


def days_of(number: float) -> str:
    """A number of days in words."""
    told = f"{number:,.1f}".removesuffix(".0")
    return f"{told} {'day' if told == '1' else 'days'}"


def draw_categories(customer_id: str) -> None:
    """What they spend on, by category or product, whichever are in the data."""
    mapped = session.require_data().rows.recipe.columns
    ways = [name for name in ("category", "product") if name in mapped]
    if not ways:
        st.caption("Match a category or product on Load data to see this.")
        return
    by = ways[0]
    if len(ways) > 1:
        by = st.segmented_control(
            "By",
            ways,
            format_func=lambda name: FIELDS[name].label,
            key="customers_parts",
            default=ways[0],
            required=True,
            label_visibility="collapsed",
        )
    elif by == "product":
        st.caption("By product; match a category on Load data to see theirs.")
    parts = count_categories(one_customer("products", customer_id, build_customer_products), by)
    left, right = st.columns(2, gap="medium")
    with left:
        st.altair_chart(
            chart_customer_categories(parts.head(SHOWN_PARTS), FIELDS[by].label), width="stretch"
        )
        if len(parts) > SHOWN_PARTS:
            st.caption(f"The {SHOWN_PARTS} they spent most on, of {len(parts):,}.")
    with right:
        st.dataframe(
            grid.rounded(parts.reset_index(), CUSTOMER_PRODUCTS),
            hide_index=True,
            width="stretch",
            height=min(380, 36 * (len(parts) + 1)),
            # A long name leaves room for the figures; the chart has all of it.
            column_config={
                **grid.column_config(CUSTOMER_PRODUCTS),
                by: st.column_config.TextColumn(FIELDS[by].label, width=140),
            },
            alt="What the customer spent on",
        )
