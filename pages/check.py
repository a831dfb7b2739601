"""Check data: what was kept and what was left out, with reasons, to the cent."""

import streamlit as st

from pages.parts import frame, ledger, order_statuses, session, statements

with frame.page("pages/check.py", "What was kept, what was left out and why, to the cent."):
    session.require_data()
    ledger.draw_totals()

    st.subheader("From the data to the customers", anchor=False)
    ledger.draw_way()
    ledger.draw_fates()

    st.subheader("Policies", anchor=False)
    ledger.draw_policies()
    order_statuses.draw()

    st.subheader("Rows left out", anchor=False)
    ledger.draw_left_out()

    st.subheader("What this means for the analysis", anchor=False)
    ledger.draw_findings()

    st.subheader("Where the figures come from", anchor=False)
    statements.draw()
