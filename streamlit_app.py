"""Load data: take the analyst's sales and say how they were understood."""

import streamlit as st

from pages.parts import frame, loaded, loading, matching, querying, reading, session

SOURCES = ["Your files", "Database", "Sample shop"]

with frame.page("streamlit_app.py", "Bring your sales: a customer, a date and an amount will do."):
    source = st.segmented_control(
        "Where are your sales?",
        SOURCES,
        key=session.LOAD_FROM,
        default=SOURCES[0],
        required=True,
        persist_state="session",
    )
    if source == "Sample shop":
        loading.offer_sample()
    elif source == "Database":
        querying.draw()
    else:
        loading.take_uploads()

    loaded.draw_summary()

    if files := session.files():
        panel = st.expander(
            reading.summary(files),
            icon=":material/description:",
            key="load_reading",
            on_change="rerun",
        )
        if panel.open:
            with panel:
                reading.draw(files)
        label, is_open = matching.summary()
        panel = st.expander(
            label,
            expanded=is_open,
            icon=":material/view_column:",
            key=f"load_columns_{is_open}",
            on_change="rerun",
        )
        if panel.open:
            with panel:
                matching.draw(files)
