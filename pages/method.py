"""Method: every definition, unit, rule and source, drawn from the code's own tables."""

import streamlit as st

from pages.parts import definitions, frame

with frame.page("pages/method.py", "Every definition, unit, tie rule and source."):
    st.subheader("Customers", anchor=False)
    definitions.draw_columns(definitions.CUSTOMERS)

    st.subheader("Scores", anchor=False)
    definitions.draw_scores()

    st.subheader("Segments", anchor=False)
    definitions.draw_schemes()
    definitions.draw_columns(definitions.SEGMENTS)

    st.subheader("Sales", anchor=False)
    definitions.draw_columns(definitions.SALES)

    st.subheader("Clusters", anchor=False)
    definitions.draw_clusters()

    st.subheader("Lifetime value", anchor=False)
    definitions.draw_value()

    st.subheader("At risk", anchor=False)
    definitions.draw_risk()

    st.subheader("Campaigns", anchor=False)
    definitions.draw_campaign()

    st.subheader("What counts", anchor=False)
    definitions.draw_fates()

    st.subheader("Your analysis", anchor=False)
    definitions.draw_choices()
