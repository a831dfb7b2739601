"""Who a customer is: their name, where they are, and their figures so far."""

import pandas as pd
import streamlit as st

from pages.parts import cached, customer_search, figures, frame, grid, segmenting, session
from segmentation.tables import ATTRIBUTES, CUSTOMERS


def require_customer() -> str:
    """The customer looked at; where there is none, say how to choose one and end the run."""
    chosen = session.customer()
    if chosen is None:
        st.info("Type a few letters above, or choose one of those who spent most.")
        top = cached.customers()["total_spend"].nlargest(customer_search.SHOWN)
        customer_search.draw_found(list(top.index), "customers_top")
        st.stop()
    if chosen not in cached.customers().index:
        st.info(
            f"{frame.plain(chosen)} has no purchase before {grid.day(session.as_of())}: choose a "
            "later as-of day, or another customer."
        )
        st.stop()
    return chosen


def draw(customer_id: str) -> None:
    """Name, attributes, segment and figures."""
    row = cached.customers().loc[customer_id]
    grouping = segmenting.applied()
    name = grouping.segmenter.predict(cached.customers().loc[[customer_id]]).iloc[0]
    segment = next(item for item in grouping.segmenter.scheme.segments if item.name == name)
    draw_name(customer_id)
    st.markdown(f"**{frame.plain(segment.name)}.** {frame.plain(segment.meaning)}")
    if segment.action:
        st.markdown(f"**What to do.** {frame.plain(segment.action)}")
    draw_figures(row)


def draw_name(customer_id: str) -> None:
    """The name or id as a heading, and the other attributes in a line."""
    attributes = cached.attributes()
    known = (
        attributes.loc[customer_id].dropna()
        if customer_id in attributes.index
        else pd.Series(dtype=object)
    )
    title = known.get("customer_name", customer_id)
    st.subheader(frame.plain(str(title)), anchor=False)
    told = []
    if title != customer_id:
        told.append(f"{CUSTOMERS['customer_id'].label} **{frame.plain(customer_id)}**")
    for attribute, value in known.items():
        if attribute != "customer_name":
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            told.append(f"{ATTRIBUTES[str(attribute)].label} **{frame.plain(shown)}**")
    if told:
        st.markdown(" &nbsp;·&nbsp; ".join(told))


def draw_figures(row: pd.Series) -> None:
    """Value so far, orders, and how long ago."""
    days = row["recency_days"]

    def told(name: str) -> str:
        return f"{grid.money(row[name])}: {CUSTOMERS[name].meaning}"

    with st.container(horizontal=True):
        figures.draw(
            "Value so far",
            grid.short(row["total_spend"]),
            meaning=told("total_spend"),
        )
        figures.draw("Orders", f"{row['n_orders']:,}")
        figures.draw(
            "Mean order",
            grid.short(row["mean_order_value"]),
            meaning=told("mean_order_value"),
        )
        if pd.notna(row["first_ordered_on"]):
            figures.draw(
                "First order",
                grid.day(row["first_ordered_on"]),
                f"{row['tenure_days']:,.0f} days before {grid.day(session.as_of())}",
            )
        figures.draw(
            "Last order",
            grid.day(row["last_ordered_on"]),
            f"{days:,} {'day' if days == 1 else 'days'} before {grid.day(session.as_of())}",
        )
