"""The Sales page's figures and sentences: how the business does, and what stands out."""

import datetime

import pandas as pd
import streamlit as st

from pages.parts import frame, grid, sales_data, sales_filtering, segmenting, session
from segmentation.labels import span
from segmentation.marts.sales_figures import compare_figures
from segmentation.marts.sales_filters import CATEGORY, PLACES, Days, SalesFilters, days_to_compare
from segmentation.outputs.sales_charts import tell_period
from segmentation.outputs.sales_insights import SEGMENTS, build_insights
from segmentation.segments.rules import segments_at_risk
from segmentation.tables import SALES

# The sum of CLTV is told below them, since it is the revenue.
CARDS = (
    ("total_spend", "n_orders", "n_customers"),
    ("mean_order_value", "repeat_rate", "cltv"),
)

# Of a month they say something else than of all time.
OF_ALL_ORDERS = {"repeat_rate", "cltv", "cltv_sum"}


def draw_figures(filters: SalesFilters, grain: str) -> None:
    """A card a figure, with its course and its change."""
    now = sales_data.ask(sales_data.figures(filters)).iloc[0]
    periods = sales_data.ask(sales_data.periods(filters, grain))
    whole = periods[periods["state"] == ""]
    changes, chip, against = compare(filters, whole, grain)
    for row in CARDS:
        with st.container(horizontal=True):
            for name in row:
                draw_card(name, now[name], changes.get(name), chip, whole[name])
    charts = f", the small charts by {grain}" if len(whole) > 1 else ""
    tell_cltv(now, f"The changes are of {against}{charts}. " if changes else "")
    if len(names := sales_data.currencies()) > 1:
        st.caption(f"Amounts in {', '.join(map(frame.plain, names))} are added up as they stand.")


def tell_cltv(now: pd.Series, first: str) -> None:
    """The classic figure as a sum, and why it is the revenue."""
    lost = now["cltv_sum"] - now["total_spend"]
    same = "by algebra the same as the revenue"
    if abs(lost) >= 0.005:
        same = (
            f"by algebra the revenue, and the {sales_data.money(grid.money(lost))} that customers "
            "without a purchase within the filters brought back"
        )
    st.caption(
        f"{first}CLTV so far, added up over the customers as mean order value × number of orders, "
        f"is {sales_data.money(grid.money(now['cltv_sum']))}: {same}."
    )


def draw_card(name: str, value: float, change: float | None, chip: str, course: pd.Series) -> None:
    """One figure; the chip says what is compared."""
    column = SALES[name]
    points = course.dropna()
    delta = None
    if change is not None and pd.notna(change):
        # A true minus sign would not turn the arrow down.
        delta = f"{100 * change:+.1f} points" if name == "repeat_rate" else f"{change:+.1%}"
    exact = {"share": "", "count": f" Exactly: {value:,.0f}."}.get(
        column.unit, f" Exactly: {sales_data.money(grid.money(value))}."
    )
    st.metric(
        column.label,
        tell(value, column.unit),
        delta,
        delta_description=chip if delta else None,
        help=f"{column.meaning}{exact}",
        chart_data=list(points) if len(points) > 1 else None,
        border=True,
        height="stretch",
    )


def tell(value: float, unit: str) -> str:
    """A figure in short form."""
    if unit == "share":
        return grid.share(value)
    return sales_data.money(grid.short(value)) if unit == "money" else grid.short(value)


def compare(
    filters: SalesFilters, whole: pd.DataFrame, grain: str
) -> tuple[dict[str, float], str, str]:
    """The changes, and what they are changes of and against, for a chip and in a sentence.

    Of a chosen period: against the one before, the same days of both as in its course.  Of all
    time: the last whole period against the one before, in figures that such a period has as all
    time has them: a month's repeat rate and spend per customer are of that month's orders alone.
    """
    if pair := days_compared(filters):
        compared, before = (
            sales_data.ask(sales_data.figures(filters.over(*days))) for days in pair
        )
        if not (compared.empty or before.empty):
            is_all = pair[0] == (filters.since, filters.until)
            told = "these days" if is_all else tell_days(*pair[0])
            changes = compare_figures(compared.iloc[0], before.iloc[0])
            return changes, "on before", f"{told} against {tell_days(*pair[1])}"
    last = last_two(whole)
    if last is None:
        return {}, "", ""
    before, latest = last
    changes = compare_figures(latest, before)
    both = (latest.name, before.name)
    return (
        {name: change for name, change in changes.items() if name not in OF_ALL_ORDERS},
        " on ".join(chip_period(start, grain) for start in both),
        " against ".join(tell_period(start, grain) for start in both),
    )


def chip_period(start: pd.Timestamp, grain: str) -> str:
    """A period as short as it gets: 2024, Q3, Jul, or the week's Monday."""
    forms = {"year": f"{start:%Y}", "quarter": f"Q{start.quarter}", "month": f"{start:%b}"}
    return forms.get(grain, f"{start.day} {start:%b}")


def days_compared(filters: SalesFilters) -> tuple[Days, Days] | None:
    """The days of a chosen period that are compared, and those of the period before."""
    first = sales_data.everything().since
    return days_to_compare(
        session.chosen(sales_filtering.PERIOD), filters.since, filters.until, first
    )


def last_two(whole: pd.DataFrame) -> tuple[pd.Series, pd.Series] | None:
    """The last whole period and the one right before it, if both have sales."""
    compared = whole[whole["change"].notna()]
    if compared.empty:
        return None
    place = whole.index.get_loc(compared.index[-1])
    return whole.iloc[place - 1], whole.iloc[place]


def tell_days(since: datetime.date, until: datetime.date) -> str:
    """A span of days for people."""
    return span(since, until - datetime.timedelta(days=1))


def draw_insights(filters: SalesFilters, grain: str) -> None:
    """Three to six sentences; none when the data are too few."""
    trend = sales_data.ask(sales_data.periods(filters, grain))
    trend = trend.assign(told=[tell_period(start, grain) for start in trend.index])
    parts, changes = {}, {}
    places = sales_data.known_places()
    headings = (["category"] if "category" in sales_data.known_parts() else []) + places[:1]
    last = last_two(trend)
    for part in headings:
        if filters.values(part):
            continue  # what was chosen is no news
        label = sales_filtering.LABELS[part]
        table = sales_data.ask(sales_data.parts(filters, part))
        parts[label] = table.assign(told=[plain(name) for name in table.index])
        if last is not None:
            changes[label] = change_of_parts(filters, part, *last, trend)
    buyers = sales_data.ask(sales_data.customers(filters))
    insights = build_insights(
        sales_data.ask(sales_data.figures(filters)).iloc[0],
        buyers.pareto,
        trend,
        grain,
        parts,
        changes,
        buyers.by_segment.rename(plain),
        [plain(name) for name in segments_at_risk(segmenting.applied().segmenter.scheme)],
    )
    if not insights:
        return
    st.subheader("What stands out", anchor=False)
    for insight in insights:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if insight.shown_at == SEGMENTS:
                st.markdown(insight.text, width="content")
                st.page_link(
                    "pages/segments.py", label="Show the segments", icon=":material/donut_small:"
                )
            else:
                st.markdown(f"{insight.text} [Show](#{insight.shown_at})")


def change_of_parts(
    filters: SalesFilters, part: str, before: pd.Series, latest: pd.Series, trend: pd.DataFrame
) -> pd.Series:
    """How much more each part brought in the last whole period than in the one before."""
    place = next(iter(sales_data.known_places()), PLACES[0])
    ends = [*trend.index[1:], pd.Timestamp(filters.until)]
    until = dict(zip(trend.index, ends, strict=True))
    spans = [(row.name.date(), until[row.name].date()) for row in (latest, before)]
    questions = [sales_data.categories(filters.over(*span), place) for span in spans]
    sales_data.ask_together(questions)
    by = CATEGORY if part == CATEGORY else "part"
    now, then = (
        sales_data.ask(question).groupby(by)["total_spend"].sum().round(4).rename(plain)
        for question in questions
    )
    return now.sub(then, fill_value=0)


def plain(part: str) -> str:
    """A part's name in a sentence, which Markdown leaves alone."""
    return frame.plain(sales_filtering.told(part))
