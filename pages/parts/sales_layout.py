"""What stands where on the Sales page, and what is left out for want of a column."""

import streamlit as st

from pages.parts import (
    reporting,
    sales_cards,
    sales_customers,
    sales_data,
    sales_filtering,
    sales_panels,
    session,
)
from segmentation.marts.sales_filters import SalesFilters
from segmentation.tables import FIELDS


def draw() -> None:
    """The whole page, or one sentence on why there is nothing to show."""
    if session.require_data().overview.is_by_customer:
        st.info(
            "These data have one row a customer; sales by day, category and region need a row an "
            "order.",
            icon=":material/person:",
        )
        return
    filters, grain = sales_filtering.draw()
    ask_ahead(filters, grain)
    if sales_data.ask(sales_data.figures(filters)).empty:
        st.info("There are no sales within these filters. Remove one of them, or go back.")
        return
    st.subheader("At a glance", anchor="figures")
    sales_cards.draw_figures(filters, grain)
    sales_cards.draw_insights(filters, grain)
    sales_panels.draw_trend(filters, grain)
    draw_parts(filters)
    sales_customers.draw_top(filters)
    reporting.offer("sales")
    tell_missing()


def ask_ahead(filters: SalesFilters, grain: str) -> None:
    """Have what the page shows worked out, what takes longest first."""
    known, places = sales_data.known_parts(), sales_data.known_places()
    questions = [sales_data.customers(filters)]
    for part in ("category", "age_group"):
        if part in known:
            questions.append(sales_data.parts(filters.only(part), part))
    if places:
        level = session.chosen(sales_filtering.LEVEL)
        level = level if level in places else places[0]
        questions.append(sales_data.parts(filters.only(level), level))
        if "category" in known:
            questions.append(sales_data.strongest(filters.only(level), level))
    questions += [sales_data.figures(filters), sales_data.periods(filters, grain)]
    for days in sales_cards.days_compared(filters) or ():
        questions.append(sales_data.figures(filters.over(*days)))
    sales_data.ask_together(questions)


def draw_parts(filters) -> None:  # type: ignore[no-untyped-def]
    """The panels for which there are columns, two abreast."""
    known, places = sales_data.known_parts(), sales_data.known_places()
    panels = []
    if "category" in known:
        panels.append(lambda: sales_panels.draw_part(filters, "category"))
    if places:
        panels.append(lambda: sales_panels.draw_places(filters, places))
    if "age_group" in known:
        panels.append(lambda: sales_panels.draw_part(filters, "age_group"))
    panels.append(lambda: sales_panels.draw_pareto(filters))
    if "product" in session.require_data().rows.recipe.columns and filters.values("category"):
        panels.append(lambda: sales_customers.draw_products(filters))
    for place in range(0, len(panels), 2):
        pair = panels[place : place + 2]
        for column, draw_panel in zip(st.columns(len(pair), gap="large"), pair, strict=True):
            with column:
                draw_panel()


def tell_missing() -> None:
    """One line for each panel that a further column would bring."""
    known = sales_data.known_parts()
    columns = session.require_data().rows.recipe.columns
    missing = {
        "category": "Sales by category",
        "age_group": "Customers by age group",
    }
    lines = [
        f"{panel}: needs a column for {FIELDS[part].label.lower()}."
        for part, panel in missing.items()
        if part not in known
    ]
    if not sales_data.known_places():
        lines.append("Sales by region: needs a column for country, region or city.")
    if "product" not in columns:
        lines.append("Products of a category: needs a column for product.")
    for line in lines:
        st.caption(f":material/view_column: {line}")
    if lines:
        st.page_link("streamlit_app.py", label="Choose the columns", icon=":material/upload_file:")
