"""Lifetime value: what customers are and will be worth, and how far to believe it."""

import streamlit as st

from pages.parts import (
    frame,
    lifetime_customer,
    lifetime_predicted,
    lifetime_simple,
    lifetime_terms,
    lifetime_trust,
    predicting,
    session,
)

VIEWS = {
    "Predicted": lifetime_predicted.draw,
    "Trust": lifetime_trust.draw,
    "So far": lifetime_simple.draw_so_far,
    "Simple": lifetime_simple.draw,
    "One customer": lifetime_customer.draw,
}

with frame.page(
    "pages/lifetime_value.py",
    "What customers are worth, what they will be worth, and how far to believe it.",
):
    session.require_data()
    if session.chosen("lifetime_view") is None:
        session.put("lifetime_view", "Predicted" if predicting.is_reliable() else "Simple")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        key="lifetime_view",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    lifetime_terms.draw(view)
    VIEWS[view]()
