"""One customer's orders as Altair charts."""

import datetime

import altair as alt
import pandas as pd

from segmentation.outputs.charts import LESS_COLOUR, REVENUE_COLOUR, money_axis, name_axis

# A chart of more marks is drawn as an image and cannot be read by its parts.
MOST_MARKS = 1_000
# More bars than these would stand in front of each other.
MOST_WIDE = 90
KINDS = {"kept": "Order", "return": "Return"}


def chart_customer_orders(orders: pd.DataFrame, as_of: datetime.date) -> alt.LayerChart:
    """Each order as a bar on its day, returns below zero; by month where there are very many.

    Parameters
    ----------
    orders : DataFrame
        As `marts.activity.build_customer_orders` gives it.
    as_of : date
        The first day that does not count; marked.
    """
    shown = _few(orders).assign(kind=lambda table: table["fate"].map(KINDS))
    bars = (
        alt.Chart(shown)
        .mark_bar(size=5 if len(shown) <= MOST_WIDE else 2, cornerRadiusEnd=1, minBandSize=2)
        .encode(
            x=alt.X("ordered_on:T", title=None, axis=_time_axis()),
            y=alt.Y("amount:Q", title="Amount", axis=money_axis()),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=list(KINDS.values()), range=[REVENUE_COLOUR, LESS_COLOUR]),
                legend=alt.Legend(orient="top", title=None) if _has_returns(shown) else None,
            ),
            tooltip=[
                alt.Tooltip("told:N", title="Order"),
                alt.Tooltip("kind:N", title="Kind"),
                alt.Tooltip("ordered_on:T", title="Day", format="%-d %b %Y"),
                alt.Tooltip("amount:Q", title="Amount", format=",.2f"),
                alt.Tooltip("n_rows:Q", title="Rows", format=","),
            ],
        )
    )
    return (bars + _as_of_rule(as_of)).properties(height=240)


def chart_spend_so_far(orders: pd.DataFrame, as_of: datetime.date) -> alt.LayerChart:
    """What the customer had spent by each day, returns taken off.

    Parameters
    ----------
    orders : DataFrame
        As `marts.activity.build_customer_orders` gives it.
    as_of : date
        The first day that does not count; the line ends there.
    """
    by_day = _few(orders).groupby("ordered_on")["amount"].sum().cumsum()
    by_day.loc[pd.Timestamp(as_of)] = by_day.iloc[-1]
    so_far = by_day.round(4).rename_axis("day").rename("spend").reset_index()
    base = alt.Chart(so_far).encode(
        x=alt.X("day:T", title=None, axis=_time_axis()),
        y=alt.Y("spend:Q", title="Spend so far", axis=money_axis()),
        tooltip=[
            alt.Tooltip("day:T", title="Day", format="%-d %b %Y"),
            alt.Tooltip("spend:Q", title="Spend so far", format=",.2f"),
        ],
    )
    area = base.mark_area(interpolate="step-after", color=REVENUE_COLOUR, opacity=0.18)
    line = base.mark_line(interpolate="step-after", color=REVENUE_COLOUR, strokeWidth=2)
    return (area + line).properties(height=240)


def chart_customer_categories(parts: pd.DataFrame, title: str) -> alt.Chart:
    """What the customer spent on each category or product.

    Parameters
    ----------
    parts : DataFrame
        As `marts.activity.count_categories` gives it, its index named after `title`'s column.
    title : str
        What the parts are, such as "Category".
    """
    name = str(parts.index.name)
    shown = parts.reset_index()
    return (
        alt.Chart(shown)
        .mark_bar(cornerRadiusEnd=2, color=REVENUE_COLOUR)
        .encode(
            y=alt.Y(
                f"{name}:N",
                sort=list(shown[name]),
                title=None,
                axis=name_axis(),
            ),
            x=alt.X("total_spend:Q", title="Spend", axis=money_axis()),
            tooltip=[
                alt.Tooltip(f"{name}:N", title=title),
                alt.Tooltip("total_spend:Q", title="Spend", format=",.2f"),
                alt.Tooltip("share_of_spend:Q", title="Share", format=".1%"),
                alt.Tooltip("last_ordered_on:T", title="Last bought", format="%-d %b %Y"),
            ],
        )
        .properties(height=34 * len(shown) + 70)
    )


def _few(orders: pd.DataFrame) -> pd.DataFrame:
    """The orders, or their months where there are more than a chart can show one by one."""
    told = orders["order_id"].fillna("without a number")
    if len(orders) <= MOST_MARKS:
        return orders.assign(told=told)
    month = orders["ordered_on"].dt.to_period("M").dt.to_timestamp()
    by_month = orders.assign(ordered_on=month).groupby(["ordered_on", "fate"], as_index=False)
    summed = by_month.agg(amount=("amount", "sum"), n_rows=("n_rows", "sum"), n=("n_rows", "size"))
    return summed.assign(told=[f"{n:,} in the month" for n in summed["n"]])


def _has_returns(shown: pd.DataFrame) -> bool:
    return bool((shown["fate"] == "return").any())


def _as_of_rule(as_of: datetime.date) -> alt.Chart:
    day = pd.DataFrame({"day": [pd.Timestamp(as_of)], "told": ["As of"]})
    return (
        alt.Chart(day)
        .mark_rule(strokeDash=[4, 3], color="#7c8b8e")
        .encode(x="day:T", tooltip=[alt.Tooltip("day:T", title="As of", format="%-d %b %Y")])
    )


def _time_axis() -> alt.Axis:
    return alt.Axis(tickCount=6, grid=False, labelFlush=True)
