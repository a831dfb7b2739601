"""Lifetime value so far, and by the simple formula with its factors."""

import pandas as pd
import streamlit as st

from pages.parts import cached, downloads, figures, grid, predicting, session
from segmentation.outputs.value_charts import chart_groups
from segmentation.tables import ATTRIBUTES, CUSTOMERS
from segmentation.terms import RANGES
from segmentation.value.lifetime import build_simple
from segmentation.value.so_far import name_cohorts, profile_so_far
from segmentation.value_tables import SIMPLE_VALUE, VALUE_SO_FAR

CUSTOMER, SEGMENT, COHORT = "Customer", "Segment", "Cohort"
SHOWN_GROUPS, SHOWN_CUSTOMERS = 24, 500


def draw_so_far() -> None:
    """Spend × margin, by whatever customers are grouped by."""
    customers, terms = cached.customers(), predicting.terms()
    attributes, there = cached.attributes(), cached.places()
    named = {name: ATTRIBUTES[name].label for name in there}
    by = st.segmented_control(
        "By",
        [SEGMENT, *there, COHORT, CUSTOMER],
        format_func=lambda option: named.get(option, option),
        key="lifetime_by",
        default=SEGMENT,
        required=True,
        persist_state="session",
    )
    total = float(customers["total_spend"].sum()) * terms.margin
    with st.container(horizontal=True):
        figures.draw("Value so far", grid.short(total))
        figures.draw("Customers", f"{len(customers):,}")
        figures.draw("Per customer", grid.short(total / len(customers)))
    if by == CUSTOMER:
        draw_customers(customers, terms.margin)
        return
    groups = {SEGMENT: lambda: predicting.segments(), COHORT: lambda: name_cohorts(customers)}
    series = groups[by]() if by in groups else attributes[by]
    table = profile_so_far(customers, series, terms.margin).rename_axis("group").reset_index()
    label = named.get(by, by)
    st.altair_chart(chart_groups(table.head(SHOWN_GROUPS), label), width="stretch")
    if len(table) > SHOWN_GROUPS:
        st.caption(f"The first {SHOWN_GROUPS} of {len(table):,}; the table and download have all.")
    st.dataframe(
        grid.rounded(table, VALUE_SO_FAR),
        hide_index=True,
        width="stretch",
        column_config={
            **grid.column_config(VALUE_SO_FAR),
            "group": st.column_config.TextColumn(label),
        },
        alt=f"Value so far by {label.lower()}",
    )
    downloads.offer(
        "Download this table", f"value-by-{label.lower()}", lambda: table.set_index("group")
    )


def draw_customers(customers: pd.DataFrame, margin: float) -> None:
    """The customers worth most so far."""
    table = customers.assign(value=customers["total_spend"] * margin)
    best = table.nlargest(SHOWN_CUSTOMERS, "value").reset_index()
    st.dataframe(
        best,
        hide_index=True,
        width="stretch",
        column_config=grid.column_config(CUSTOMERS | VALUE_SO_FAR),
        column_order=["customer_id", "value", "n_orders", "mean_order_value", "last_ordered_on"],
        alt="Customers worth most so far",
    )
    if len(table) > SHOWN_CUSTOMERS:
        st.caption(f"The {SHOWN_CUSTOMERS} worth most, of {len(table):,}; the download has all.")
    downloads.offer(
        "Download all customers",
        "value-so-far",
        lambda: table[["value", "n_orders", "total_spend", "mean_order_value"]],
    )


def draw() -> None:
    """Mean order value × orders per year × expected years × margin, each factor adjustable."""
    customers, terms = cached.customers(), predicting.terms()
    whole_days = float(customers["tenure_days"].max())
    if not predicting.is_reliable():
        st.caption(
            ":material/info: The data cannot carry a prediction (Predicted says why), so the page "
            "opens here."
        )
    simple = build_simple(customers, terms, whole_days)
    measured = build_simple(customers, terms.measured(), whole_days)
    st.caption(
        "What the average customer is worth if nothing changes: a rule of thumb that treats all "
        "alike. Empty a field to use what was measured."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_factor("Mean order", "order_value", simple.order_value, measured.order_value)
        draw_factor(
            "Orders per year", "orders_per_year", simple.orders_per_year, measured.orders_per_year
        )
        draw_factor("Expected years", "years", simple.years, measured.years)
    figures.draw("Simple CLTV per customer", grid.short(simple.value), width=320)
    st.markdown(
        f"{grid.money(simple.order_value)} a mean order × "
        f"{simple.orders_per_year:,.6g} orders a year × {simple.years:,.4g} years × "
        f"{100 * simple.margin:.4g}% margin = **{grid.money(simple.value)}**"
    )
    orders = float(customers["n_orders"].sum())
    spend = float(customers["total_spend"].sum())
    n = len(customers)
    st.subheader("The classic card, explained", anchor=False)
    with st.container(horizontal=True):
        figures.draw("Average order value", grid.short(spend / orders))
        figures.draw("Purchase frequency", f"{orders / n:,.2f}")
        figures.draw("Their product: CLTV so far", grid.short(spend / n))
    st.caption(
        "Average order value (spend ÷ orders) times purchase frequency (orders ÷ customers) is "
        "the spend per customer over the time that the data cover: the CLTV so far of the page "
        "Sales, not of a lifetime. The figure above puts orders per year in place of orders so "
        "far, and says for how long."
    )
    segment = predicting.segments()
    st.subheader("By segment", anchor=False)
    rows = []
    for name, part in customers.groupby(segment, observed=True):
        own = build_simple(part, terms.measured(), whole_days)
        rows.append((name, len(part), own.order_value, own.orders_per_year, own.value))
    st.dataframe(
        pd.DataFrame(
            rows, columns=["segment", "n_customers", "order_value", "orders_per_year", "value"]
        ),
        hide_index=True,
        width="stretch",
        height="content",
        column_config=grid.column_config(SIMPLE_VALUE),
        alt="Simple lifetime value by segment",
    )


def draw_factor(label: str, name: str, value: float, measured: float) -> None:
    """One factor: what is used, and what was measured."""
    key = f"lifetime_{name}"
    session.put(key, round(value, 4))
    st.number_input(
        f"{label} ({'default' if name == 'years' else 'measured'} {measured:,.4g})",
        value=None,
        min_value=0.0,
        max_value=None if name == "order_value" else float(RANGES[name][1]),
        format="%.6g",
        key=key,
        on_change=choose_factor,
        args=(key, name, round(measured, 4)),
        width=260,
    )


def choose_factor(key: str, name: str, measured: float) -> None:
    """Use a factor that was typed; emptied or as measured, it follows the data."""
    value = session.chosen(key)
    predicting.choose(**{name: None if value is None or value == measured else value})
