"""Which table, view or query of the visitor's server holds the sales."""

import streamlit as st

from pages.parts import connecting, loading, session
from segmentation.errors import SegmentationError

WAYS = ["A table or view", "A query of your own"]
EXAMPLE = """select o.customer_id, o.ordered_at, l.amount
from orders as o
join order_lines as l on l.order_id = o.order_id"""


def draw() -> None:
    """Connect, choose the rows, and use them."""
    connection = connecting.draw()
    if connection is None:
        return
    way = st.segmented_control(
        "Where are the sales in it?",
        WAYS,
        key="load_way",
        default=WAYS[0],
        required=True,
        persist_state="session",
    )
    table, query = "", ""
    if way == WAYS[0]:
        if not connection.tables:
            st.info("This database has no table that the account may read.")
            return
        table = st.selectbox(
            "Table or view",
            connection.tables,
            key="load_table",
            persist_state="session",
            width=420,
        )
    else:
        query = st.text_area(
            "One SELECT that only reads",
            key="load_query",
            placeholder=EXAMPLE,
            height=160,
            persist_state="session",
            help="Several tables can be joined. It is checked before it is sent, and runs in a "
            "transaction that cannot write.",
        )
    if st.button("Use these rows", type="primary", icon=":material/table:", key="load_rows"):
        session.forget(session.PROBLEM)
        with st.spinner("Looking at the rows…"):
            take(connection, table, query)
        st.rerun()


def take(connection: session.Connection, table: str, query: str) -> None:
    """Look at the rows chosen, guess their columns and use them; a problem is kept to be shown."""
    server = connection.server
    try:
        raw = server.read_table(table) if table else server.read_query(query)
        loading.take_table(server, raw, session.chosen(session.RECIPE))
        session.forget(session.RECIPE)
        loading.load()
    except SegmentationError as error:
        session.leave_problem(error)
