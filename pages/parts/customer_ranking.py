"""Where a customer stands among all by spend, and who stands beside them."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import cached, grid, segmenting, session
from segmentation.tables import RANKING

BESIDE, OWN = 3, "background-color: #0e8f8633"


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
    n_customers = len(order)
    told = f"Number **{place + 1:,}** of {n_customers:,} by spend"
    top = f", among the top {100 * (place + 1) / n_customers:.2g}%"
    st.markdown(f"{told}{top if 2 * place < n_customers else ''}.")
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
    own_row = table["customer_id"] == customer_id
    chosen = st.dataframe(
        table.style.apply(lambda column: own_row.map({True: OWN, False: ""}), axis="index"),
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
