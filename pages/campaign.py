"""Campaign: pick an audience, hold out a control group, take the file away, see what it brought."""

import streamlit as st

from pages.parts import (
    campaign_arms,
    campaign_audience,
    campaign_files,
    campaign_results,
    frame,
    session,
    workbooks,
)

VIEWS = {
    "Audience": campaign_audience.draw,
    "Control group": campaign_arms.draw,
    "Files": campaign_files.draw,
    "Afterwards": campaign_results.draw,
}

with frame.page(
    "pages/campaign.py", "Who is addressed, who is held out, and a file that the tool takes."
):
    session.require_data()
    if session.chosen("campaign_view") is None:
        session.put("campaign_view", "Audience")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        key="campaign_view",
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
    VIEWS[view]()
    st.subheader("The whole analysis", anchor=False)
    with st.container(horizontal=True):
        workbooks.offer()
