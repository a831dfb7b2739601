"""Which engine answers, and the statement behind each table, ready to paste."""

import streamlit as st

from pages.parts import frame, session
from segmentation.engine import sqlfiles
from segmentation.engine.statements import describe_table, write_statement
from segmentation.marts.sales_filters import CATEGORY, SalesFilters


def draw() -> None:
    """A note on the engine, and the SQL of one table at a time."""
    data = session.require_data()
    database = data.rows.database
    given = parameters(data)
    st.caption(frame.plain(describe(data)))
    panel = st.expander("Show the SQL", icon=":material/code:", on_change="rerun", key="show_sql")
    if panel.open:
        with panel:
            names = list(sqlfiles.files())
            name = st.selectbox(
                "Table",
                names,
                index=names.index("customers"),
                format_func=lambda table: table.replace("_", " ").capitalize(),
                key="sql_table",
                persist_state="session",
                width=320,
            )
            st.caption(describe_table(name))
            st.code(write_statement(database, name, given), language="sql", height=480)


def parameters(data: session.LoadedData) -> dict[str, object]:
    """What each table is asked with: all sales, by category and month, and the customer chosen."""
    day = session.as_of()
    sales = SalesFilters(data.overview.sales_from, day).parameters(CATEGORY)
    asked = {"part": CATEGORY, "grain": "month", "customer": session.customer() or ""}
    return {**session.policies().parameters(day), **sales, **asked}


def describe(data: session.LoadedData) -> str:
    """Where the rows are and which engine works on them."""
    server = getattr(data.rows.database, "server", None)
    if server is None:
        return "DuckDB answers, from the rows of your file in a temporary folder of your visit."
    return (
        f"{server.version} on {server.address.host} answers. The rows stay there; one row a "
        "customer comes over, and for the Sales page one an order, day and category."
    )
