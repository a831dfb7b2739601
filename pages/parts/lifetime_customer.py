"""One customer: the two clocks side by side, and what the models expect of them."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.parts import cached, figures, frame, grid, predicting, session
from segmentation.errors import NotReliable
from segmentation.tables import CUSTOMERS, Column
from segmentation.value_tables import CLOCK, PREDICTION, PURCHASES

SYMBOLS = ("x", "t_x", "T")
SCORES_CLOCK = {
    name: CUSTOMERS[name]
    for name in ("n_orders", "recency_days", "tenure_days", "mean_order_value")
}
MODELS_CLOCK = {name: PURCHASES[name] for name in (*SYMBOLS, "mean_spend")}
UNITS = {"days": "days", "count": "a count", "money": "currency of the data"}


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
        st.caption(
            f"This is {frame.plain(wanted)}, who spent most. Type another id as it stands in the "
            "data; the Customers page finds ids by name."
        )
    if wanted not in customers.index:
        st.info(f"There is no customer “{frame.plain(wanted)}” as of {grid.day(session.as_of())}.")
        return
    draw_prediction(wanted)
    st.subheader("Two clocks", anchor=False)
    st.caption(
        "Scores look back from the as-of day to the last order and count every order. The models "
        "look forward from the first purchase and count the days on which the customer came back. "
        "The two are never mixed."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        draw_clock("Scores and segments", customers.loc[wanted], SCORES_CLOCK)
    with right:
        if wanted in purchases.index:
            draw_clock("Purchase models", purchases.loc[wanted], MODELS_CLOCK)
        else:
            st.caption("This customer's first purchase is not known: the models leave them out.")


def draw_clock(title: str, row: pd.Series, columns: Mapping[str, Column]) -> None:
    """One clock's figures with their units, and what they mean."""
    st.markdown(f"**{title}**")
    table = pd.DataFrame(
        [
            (named(name, column), said(row[name], column.unit), UNITS[column.unit])
            for name, column in columns.items()
        ],
        columns=list(CLOCK),
    )
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=grid.column_config(CLOCK),
        alt=f"The clock of {title.lower()}",
    )
    st.caption(
        "  \n".join(f"{named(name, column)}: {column.meaning}" for name, column in columns.items())
    )


def named(name: str, column: Column) -> str:
    """A measure's label, with the papers' symbol where it has one."""
    return f"{column.label} ({name})" if name in SYMBOLS else column.label


def draw_prediction(wanted: str) -> None:
    """What the models expect of the customer, where they are reliable."""
    prediction, model = predicting.prediction(), predicting.fitted()
    if prediction is None or isinstance(model, NotReliable):
        st.warning(f"No prediction for these data. {model}", icon=":material/block:")
        return
    if wanted not in prediction.index:
        return
    row = prediction.loc[wanted]
    next_on = row["next_order_on"]
    with st.container(horizontal=True):
        figures.draw("Predicted CLTV", grid.short(row["value"]))
        figures.draw("P(active)", grid.share(row["p_active"]))
        figures.draw("Expected orders", f"{row['expected_orders']:,.2f}")
        figures.draw("Expected order value", grid.short(row["order_value"]))
        figures.draw(
            "Likely next order",
            "not to be expected" if pd.isna(next_on) else grid.day(next_on),
            meaning=PREDICTION["next_order_on"].meaning,
        )


def said(value: object, unit: str) -> str:
    """A figure as text, by its unit."""
    if pd.isna(value):
        return "not known"
    return grid.money(value) if unit == "money" else f"{value:,.0f}"
