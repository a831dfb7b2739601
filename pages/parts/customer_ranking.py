"""Where a customer stands among all by spend, and who stands beside them."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import cached, grid, segmenting, session
from segmentation.tables import RANKING

BESIDE = 3


def ranked() -> "np.ndarray":
    """Places in the customers' table, those who spent most first."""
    customers = cached.customers()
    return cached.remembered(
        ("ranking", *cached.here()),
        lambda: np.argsort(-customers["total_spend"].to_numpy(), kind="stable"),
        "Ranking the customers…",
    )


def draw(customer_id: str) -> None:
    """The customer's rank, and the customers just above and below."""
    customers, order = cached.customers(), ranked()
    own = customers.index.get_loc(customer_id)
    place = int(np.flatnonzero(order == own)[0])
    above, n_customers = place / len(order), len(order)
    st.markdown(
        f"Number **{place + 1:,}** of {n_customers:,} by spend: among the top "
        f"{max((place + 1) / n_customers, 0.0001):.1%}."
        if above < 0.5
        else f"Number **{place + 1:,}** of {n_customers:,} by spend."
    )
    first = max(0, min(place - BESIDE, n_customers - 2 * BESIDE - 1))
    places = order[first : first + 2 * BESIDE + 1]
    beside = customers.iloc[places]
    table = pd.DataFrame(
        {
            "spend_rank": np.arange(first, first + len(places)) + 1,
            "customer_id": beside.index,
            "segment": segmenting.applied().segmenter.predict(beside).astype(str).to_numpy(),
            **{
                name: beside[name].to_numpy()
                for name in ("total_spend", "n_orders", "last_ordered_on")
            },
        }
    )
    chosen = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=grid.column_config(RANKING),
        key=f"customers_neighbours_{place}",
        on_select="rerun",
        selection_mode="single-row",
        alt="The customers above and below by spend",
    )
    st.caption("Tick a row to look at that customer.")
    if rows := chosen.selection.rows:
        other = str(table["customer_id"].iloc[rows[0]])
        if other != customer_id:
            session.choose_customer(other)
            st.rerun()
