"""The Sales page's charts: each with its table, its CSV and its picture, each to be clicked."""

import re
from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from pages.parts import downloads, frame, grid, sales_data, sales_filtering, session
from segmentation.marts.sales_filters import ALL_TIME, SalesFilters, name_period
from segmentation.outputs.files import file_name
from segmentation.outputs.report_words import begin
from segmentation.outputs.sales_charts import (
    MOST_BARS,
    MOST_SLICES,
    chart_pareto,
    chart_parts,
    chart_trend,
    tell_period,
    write_image,
)
from segmentation.tables import SALES

SALES_COLUMNS = [
    "total_spend",
    "share_of_spend",
    "n_orders",
    "n_customers",
    "mean_order_value",
    "strongest",
]
IMAGES = {"png": "image/png", "svg": "image/svg+xml"}
VIEWS = {"Chart": ":material/bar_chart:", "Table": ":material/table_rows:"}


def draw_panel(  # type: ignore[no-untyped-def]
    title: str, what: str, chart, table: pd.DataFrame, on_select: Callable[[], None] | None = None
) -> None:
    """A chart under its title, with its table one click away and both to take along.

    `table` is indexed by its first column; `what` names the panel in links and files.
    """
    st.subheader(frame.plain(title), anchor=what)
    picture, tools = st.container(), st.container(horizontal=True, gap="small")
    with tools:
        view = st.segmented_control(
            "Show",
            list(VIEWS),
            key=f"sales_view_{what}",
            default="Chart",
            required=True,
            format_func=VIEWS.__getitem__,
            label_visibility="collapsed",
            persist_state="session",
        )
        with st.popover("", icon=":material/download:", help="Take it away"):
            offer_files(what, chart, table)
    with picture:
        if view == "Table":
            draw_table(title, table)
        elif on_select:
            key = sales_filtering.pick_key(what)
            st.altair_chart(chart, width="stretch", key=key, on_select=on_select)
        else:
            st.altair_chart(chart, width="stretch")


def offer_files(what: str, chart, table: pd.DataFrame) -> None:  # type: ignore[no-untyped-def]
    """Buttons for the table as CSV and the chart as PNG and SVG."""
    downloads.offer("Table (CSV)", f"sales-{what}", lambda: table)
    name = file_name(session.require_data().name, f"sales-{what}").removesuffix("csv")
    for form, mime in IMAGES.items():
        st.download_button(
            f"Chart ({form.upper()})",
            partial(write_image, chart, form),
            file_name=name + form,
            mime=mime,
            on_click="ignore",
            icon=":material/image:",
            key=f"sales_{form}_{what}",
        )


def draw_table(title: str, table: pd.DataFrame) -> None:
    """The numbers of a chart."""
    first = str(table.index.name)
    st.dataframe(
        grid.rounded(table.reset_index(), SALES),
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= MOST_BARS else 480,
        column_config={
            **grid.column_config({k: v for k, v in SALES.items() if k in table}),
            first: st.column_config.TextColumn(first),
        },
        alt=title,
    )


def draw_trend(filters: SalesFilters, grain: str) -> None:
    """Revenue by week, month, quarter or year."""
    picked = session.chosen(sales_filtering.PERIOD)
    shown, everything = filters, sales_data.everything()
    if picked != ALL_TIME and name_period(pd.Timestamp(filters.since), grain) == picked:
        # The period picked is shown among the others.
        shown = filters.over(everything.since, everything.until)
    trend = sales_data.ask(sales_data.periods(shown, grain)).copy()
    trend["period"] = [name_period(start, grain) for start in trend.index]
    told = [begin(tell_period(start, grain)) for start in trend.index]
    table = trend.set_index(pd.Index(told, name="Period"))
    columns = [name for name in SALES if name in table and name not in ("period", "cltv_sum")]
    draw_panel(
        f"Revenue by {grain}",
        "trend",
        chart_trend(trend, grain, picked if shown is not filters else "", sales_data.revenue()),
        table[columns],
        sales_filtering.picker(sales_filtering.PERIOD, "trend"),
    )
    cut = trend[trend["state"] != ""]
    for start, row in cut.iterrows():
        st.caption(tell_cut(tell_period(start, grain), row))


def tell_cut(told: str, row: pd.Series) -> str:
    """One sentence on a period that is not whole."""
    text = f"{begin(told)}: {row['state']}, so it stands apart from the line."
    if pd.notna(row["like_for_like"]):
        change = f"{row['like_for_like']:+.1%}".replace("-", "−")
        text += f" Like for like {change} ({row['compared']})."
    return text


def draw_part(filters: SalesFilters, part: str) -> None:
    """Revenue by category or by age group; what is picked there is shown among the others."""
    label = sales_filtering.LABELS[part]
    table = named(sales_data.ask(sales_data.parts(filters.only(part), part)))
    if part == "age_group":
        table = table.sort_index(key=lambda groups: groups.map(age_order))
    draw_panel(
        f"Sales by {label.lower()}",
        part,
        chart_parts(table, label, filters.values(part), revenue=sales_data.revenue()),
        listed(table, label),
        sales_filtering.picker(part, part),
    )
    tell_rest(table)


def age_order(group: str) -> tuple[bool, int, str]:
    """Age groups from young to old by the first number in them, those without one last."""
    number = re.search(r"\d+", group)
    is_below = group.lower().startswith(("under", "<"))
    return number is None, int(number[0]) - is_below if number else 0, group


def draw_places(filters: SalesFilters, places: Sequence[str]) -> None:
    """Revenue by country, region or city, one under the other by click."""
    level, panel = places[0], st.container()
    if len(places) > 1:
        sales_filtering.keep_to(sales_filtering.LEVEL, list(places))
        level = st.segmented_control(
            "Places",
            places,
            key=sales_filtering.LEVEL,
            default=None if session.chosen(sales_filtering.LEVEL) else places[0],
            required=True,
            format_func=sales_filtering.LABELS.__getitem__,
            label_visibility="collapsed",
            bind="query-params",
        )
    deeper = places[places.index(level) + 1 :]
    label = sales_filtering.LABELS[level]
    has_categories = "category" in sales_data.known_parts()
    table = named(sales_data.ask(sales_data.parts(filters.only(level), level)))
    if has_categories:
        strongest = sales_data.ask(sales_data.strongest(filters.only(level), level))
        table["strongest"] = strongest.reindex(table.index)
    within = [value for place in places for value in filters.values(place) if place != level]
    where = f" in {', '.join(map(sales_filtering.told, within))}" if within else ""
    as_donut = 1 < len(table) <= MOST_SLICES and bool((table["total_spend"] > 0).all())
    with panel:
        draw_panel(
            f"Sales by {label.lower()}{where}",
            "place",
            chart_parts(table, label, filters.values(level), as_donut, sales_data.revenue()),
            listed(table, label),
            sales_filtering.picker(level, "place", deeper[0] if deeper else ""),
        )
        tell_rest(table)


def draw_pareto(filters: SalesFilters) -> None:
    """What share of the revenue the customers who bring most bring."""
    pareto = sales_data.ask(sales_data.customers(filters)).pareto
    shown = pareto[pareto["is_shown"]]
    fifth = shown[shown["share_of_customers"] == 0.2].iloc[0]
    table = shown.drop(columns="is_shown")
    table.index = pd.Index([f"{share:.0%}" for share in shown["share_of_customers"]], name="First")
    draw_panel(
        "Who brings the revenue",
        "pareto",
        chart_pareto(pareto),
        table[["n_customers", "total_spend", "share_of_spend"]],
    )
    # Of two customers, the first fifth is nobody.
    if fifth["n_customers"]:
        st.caption(
            f"The first fifth of the customers bring {fifth['share_of_spend']:.1%} of the revenue; "
            "the dashed line is what they would bring if all brought the same."
        )


def named(parts: pd.DataFrame) -> pd.DataFrame:
    """Parts with their names for people."""
    return parts.assign(told=[sales_filtering.told(part) for part in parts.index])


def listed(parts: pd.DataFrame, label: str) -> pd.DataFrame:
    """Parts as the table that is shown and taken along."""
    columns = [name for name in SALES_COLUMNS if name in parts]
    return parts.set_index(pd.Index(parts["told"], name=label))[columns]


def tell_rest(parts: pd.DataFrame) -> None:
    """How many parts the chart leaves to the table."""
    if len(parts) > MOST_BARS:
        rest = parts["share_of_spend"].iloc[MOST_BARS:].sum()
        st.caption(
            f"The {MOST_BARS} that bring most, of {len(parts):,}; the others bring {rest:.1%}. "
            "All of them are in the table."
        )
