"""One customer: the two clocks side by side, and what the models expect of them."""

import pandas as pd
import streamlit as st

from pages.parts import cached, frame, grid, predicting, session
from segmentation.errors import NotReliable
from segmentation.tables import CLOCKS, CUSTOMERS, PREDICTION, PURCHASES

SEGMENTS_CLOCK, MODELS_CLOCK = "Segments", "Purchase models"
UNITS = {"days": "days", "count": "a count", "date": "day", "money": "currency of the data"}


def draw() -> None:
    """Find a customer and see both clocks."""
    customers, purchases = cached.customers(), predicting.purchases()
    wanted = st.text_input(
        "Customer",
        key="lifetime_customer",
        placeholder=f"such as {customers.index[0]}",
        persist_state="session",
        width=320,
    ).strip()
    if not wanted:
        wanted = customers["total_spend"].idxmax()
        st.caption("Type a customer's id as it stands in the data; this is the one who spent most.")
    if wanted not in customers.index:
        st.info(f"There is no customer “{frame.plain(wanted)}” as of {session.as_of()}.")
        return
    draw_prediction(wanted)
    rows = [
        (SEGMENTS_CLOCK, CUSTOMERS[name], customers.at[wanted, name])
        for name in ("recency_days", "n_orders", "tenure_days", "last_ordered_on")
    ]
    if wanted in purchases.index:
        rows += [
            (MODELS_CLOCK, PURCHASES[name], purchases.at[wanted, name])
            for name in ("x", "t_x", "T", "mean_spend")
        ]
    symbols = {
        PURCHASES[name].label: f"{PURCHASES[name].label} ({name})" for name in ("x", "t_x", "T")
    }
    table = pd.DataFrame(
        [
            (
                clock,
                symbols.get(column.label, column.label),
                said(value, column.unit),
                UNITS[column.unit],
                column.meaning,
            )
            for clock, column, value in rows
        ],
        columns=list(CLOCKS),
    )
    st.subheader("Two clocks", anchor=False)
    st.caption(
        "Scores look back from the as-of day to the last order and count every order. The models "
        "look forward from the first purchase and count the days on which the customer came back. "
        "The two are never mixed."
    )
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=grid.column_config(CLOCKS),
        alt=f"Both clocks of customer {wanted}",
    )
    if wanted not in purchases.index:
        st.caption("This customer's first purchase is not known, so the models leave them out.")


def draw_prediction(wanted: str) -> None:
    """What the models expect of the customer, where they are reliable."""
    prediction, model = predicting.prediction(), predicting.fitted()
    if prediction is None or isinstance(model, NotReliable):
        st.warning(f"Not reliable here: {model}", icon=":material/block:")
        return
    if wanted not in prediction.index:
        return
    row = prediction.loc[wanted]
    next_on = row["next_order_on"]
    with st.container(horizontal=True):
        st.metric("Predicted value", grid.short(row["value"]), border=True)
        st.metric("P(active)", f"{row['p_active']:.1%}", border=True)
        st.metric("Expected orders", f"{row['expected_orders']:,.2f}", border=True)
        st.metric("Expected order value", grid.short(row["order_value"]), border=True)
        st.metric(
            "Likely next order",
            "not to be expected" if pd.isna(next_on) else f"{next_on:%Y-%m-%d}",
            border=True,
            help=PREDICTION["next_order_on"].meaning,
        )


def said(value: object, unit: str) -> str:
    """A figure as text, by its unit."""
    if pd.isna(value):
        return "not known"
    if unit == "date":
        return f"{value:%Y-%m-%d}"
    return f"{value:,.2f}" if unit == "money" else f"{value:,.0f}"
