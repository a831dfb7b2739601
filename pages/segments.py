"""Segments: choose how customers are grouped, see who brings the revenue, take the lists away."""

import streamlit as st

from pages.parts import detail, effect, frame, results, scheming, session, tuning

VIEWS = {
    "Overview": results.draw,
    "One segment": detail.draw,
    "Cut points": tuning.draw,
    "Scheme": scheming.draw,
}

with frame.page(
    "pages/segments.py", "Who buys lately, often and for much, and what to do for them."
):
    session.require_data()
    view = st.segmented_control(
        "View",
        list(VIEWS),
        key="segments_view",
        default="Overview",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    if view in ("Overview", "One segment"):
        effect.draw_reminder()
    VIEWS[view]()
