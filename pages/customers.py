"""Customers: find one by id, name or e-mail, and see all about them."""

import streamlit as st

from pages.parts import (
    customer_activity,
    customer_card,
    customer_ranking,
    customer_scores,
    customer_search,
    frame,
    session,
)

with frame.page("pages/customers.py", "Find one, and see what they are worth, when and why."):
    session.require_data()
    customer_search.draw()
    chosen = customer_card.require_customer()
    customer_card.draw(chosen)

    st.subheader("Why they are in this segment", anchor=False)
    customer_scores.draw(chosen)

    st.subheader("Their orders", anchor=False)
    customer_activity.draw_timeline(chosen)
    customer_activity.draw_rhythm(chosen)

    st.subheader("What they buy", anchor=False)
    customer_activity.draw_categories(chosen)

    st.subheader("Their neighbours by spend", anchor=False)
    customer_ranking.draw(chosen)
