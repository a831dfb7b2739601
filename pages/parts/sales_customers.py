"""The Sales page's tables of customers and products: who and what brings most."""

import streamlit as st

from pages.parts import (
    cached,
    downloads,
    frame,
    grid,
    sales_data,
    sales_filtering,
    segmenting,
    session,
)
from segmentation.marts.sales_filters import SalesFilters
from segmentation.tables import ATTRIBUTES, CUSTOMERS, SALES, SCORES

LENGTHS = [5, 20, 100, 500]
KNOWN = ("customer_name", "country", "region", "age_group")
OPENED = "sales_opened"


def draw_top(filters: SalesFilters) -> None:
    """The customers who bring most; a click opens the customer's page."""
    top = sales_data.ask(sales_data.customers(filters)).top
    whole = sales_data.ask(sales_data.figures(filters))["total_spend"].sum()
    top = top.assign(share_of_spend=top["total_spend"] / whole if whole else 0.0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("Top customers", anchor="top-customers")
        length = st.segmented_control(
            "How many",
            LENGTHS,
            key="sales_top",
            default=LENGTHS[0],
            required=True,
            label_visibility="collapsed",
            persist_state="session",
        )
    attributes = cached.attributes().reindex(top.index)
    known = [name for name in KNOWN if name in attributes]
    columns = ["total_spend", "share_of_spend", "n_orders", "last_ordered_on"]
    # The segment before what may be many columns: a grid shows the first ones.
    table = top[columns].assign(segment=segmenting.segments().reindex(top.index).astype(str))
    table = table.join(attributes[known])
    shown = table.head(length).reset_index()
    n_opened = session.chosen(OPENED) or 0
    event = st.dataframe(
        grid.rounded(shown, SALES),
        hide_index=True,
        width="stretch",
        height="content" if length <= LENGTHS[1] else 560,
        column_config=grid.column_config({**ATTRIBUTES, **CUSTOMERS, **SCORES, **SALES}),
        key=f"sales_top_{n_opened}",
        on_select="rerun",
        selection_mode="single-row",
        alt="The customers who bring most",
    )
    if rows := event["selection"]["rows"]:
        # A table under a new key has nothing selected when the reader comes back.
        session.put(OPENED, n_opened + 1)
        session.choose_customer(str(shown["customer_id"].iloc[rows[0]]))
        # Without query_params it would try to clear those of the filters, which are bound.
        st.switch_page("pages/customers.py", query_params={})
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads.offer(
            f"Download these {len(shown):,}", "sales-customers", lambda: table.head(length)
        )
        st.caption("Select a row to open the customer.")


def draw_products(filters: SalesFilters) -> None:
    """What is bought of the categories chosen, from the rows themselves."""
    chosen = ", ".join(map(sales_filtering.told, filters.values("category")))
    title = f"Products of {frame.plain(chosen)}" if chosen else "Products"
    st.subheader(title, anchor="products")
    table = sales_data.ask(sales_data.products(filters))
    table = table.rename(sales_filtering.told).rename_axis("product")
    st.dataframe(
        grid.rounded(table.head(LENGTHS[-1]).reset_index(), SALES),
        hide_index=True,
        width="stretch",
        height=320,
        column_config=grid.column_config(SALES),
        alt="Products, the one that brings most first",
    )
    if len(table) > LENGTHS[-1]:
        st.caption(f"The first {LENGTHS[-1]} of {len(table):,}; the file has all.")
    downloads.offer(f"Download all {len(table):,}", "sales-products", lambda: table)
