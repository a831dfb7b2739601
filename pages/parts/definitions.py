"""The texts of the Method page, from the tables, schemes and choices that the app works by."""

import pandas as pd
import streamlit as st

from pages.parts import downloads, recipes, segmenting, session
from segmentation import risk_tables, tables, value_tables
from segmentation.segments.rules import SCHEMES

CUSTOMERS = tables.CUSTOMERS | tables.SCORES
SEGMENTS = tables.SEGMENTS | {"concentration": tables.PLACES["concentration"]}
UNITS = {
    "money": "currency of the data",
    "count": "a count",
    "days": "whole days",
    "share": "0 to 100 %",
    "score": "1 to the number of levels",
    "ratio": "times",
    "number": "a number",
    "date": "day",
    "": "text",
}
RULES = """
- **Score.** Cut points split the customers by each measure; the scores run from 1 to the number of
  levels, high is good. By default the cut points are the even percentiles (20, 40, 60, 80 % for
  five levels) of all customers, interpolated linearly (Hyndman & Fan 1996, definition 7).
- **Ties.** A score depends on the value alone: equal customers always have equal scores, whatever
  the order of the rows. A value equal to a cut point takes the better score for recency, and the
  lower one for orders and spend. Where many customers share a value a score can stay empty; the
  cut points page says so. Recipes that break ties by rank give equal customers different scores:
  counts made with them differ from ours for that reason.
- **As-of day.** The first day that does not count; by default the day after the last purchase, so
  that days since the last order are 1 or more. Days are calendar days.
- **Returns.** Net: taken off the spend on the day they happen. They are never a purchase, so they
  touch neither recency nor the number of orders. Ignore: left out.
- **Median.** The middle customer; the mean of the two in the middle where their number is even.
"""
VALUE = (
    value_tables.PREDICTION
    | {name: value_tables.SEGMENT_VALUE[name] for name in ("active_customers", "low", "high")}
    | {name: value_tables.SIMPLE_VALUE[name] for name in ("orders_per_year",)}
)
VALUE_RULES = """
- **Two clocks.** Scores use days since the last order and the number of orders. The purchase models
  use x, t_x and T, counted from the first purchase; several purchases of a day are one. T ends with
  the day before the as-of day, the last one that was observed.
- **Purchases.** BG/NBD (Fader, Hardie & Lee 2005): customers buy at a rate of their own, and may
  leave for good after each repeat purchase. MBG/NBD (Batislam, Denizel & Filiztekin 2007): after
  the first one too. Fitted by maximum likelihood; expected orders are a mean over each customer's
  chance of leaving (Gauss-Jacobi quadrature), which equals the papers' formula and holds at a = 1.
- **Spend.** Gamma-Gamma (Fader & Hardie 2013) on the repeat purchases: a customer's next orders lie
  between their own mean and everyone's. It takes spend and frequency to be unrelated.
- **Predicted value.** Expected orders × expected order value × margin, month by month, each
  discounted by (1 + rate) to the power of the years to its middle.
- **Interval.** 90 %, normal: the parameters' uncertainty (delta method) and the scatter of single
  customers' orders and amounts.
- **Not reliable.** Fewer than 50 repeat buyers, under 60 days of data, nobody who seems to leave
  (a ≈ 0), no clear best fit, or spend without a mean (q ≤ 1): a reason stands in place of numbers.
- **Tried on the past.** Fitted on the time before the last horizon (at most half of the history),
  held against what happened since, and against everyone buying like the average customer.
- **Simple.** Mean order × orders per year × expected years × margin.
"""
AXES = {
    "frequency": "recency × frequency",
    "value": "recency × FM, the mean of F and M rounded half up",
}


RISK = {
    name: column
    for name, column in risk_tables.AT_RISK.items()
    if name not in value_tables.PREDICTION and name not in tables.CUSTOMERS
} | {name: risk_tables.RETURNED[name] for name in ("share_returned", "low", "high")}
RISK_RULES = """
- **Measure.** P(active) where the models are reliable and, tried on the past, came at least as
  close to each customer's spend as a plain average; else the overdue ratio.
- **By P(active).** Money at stake = value over the horizon if active × (1 − P(active)). By BG/NBD
  one-time buyers have not left; by MBG/NBD they may have.
- **By rhythm.** Money at stake = spend per year × margin × (1 − usual gap ÷ days since the last
  order), 0 on time. Spend per year spreads the spend over the days known, and over a year, or all
  the time there is, at least.
- **Usual gap.** Days from the first to the last purchase divided by the purchase days after the
  first; with fewer than three purchase days the median of the segment, or else of all.
- **Three months ago.** The same day of the month; segments of then by the cut points of now.
- **Came back.** Of the customers whom the same choices flag as of that day, by what was known then,
  those with another purchase day since. 90 % interval of the share by Wilson (1927).
"""


def draw_columns(columns: dict[str, tables.Column]) -> None:
    """Each column's meaning, unit and source."""
    st.table(
        pd.DataFrame(
            {
                "Name": [f"**{column.label}**" for column in columns.values()],
                "In files": [f"`{name}`" for name in columns],
                "Meaning": [
                    f"{column.meaning} *{column.source}.*" if column.source else column.meaning
                    for column in columns.values()
                ],
                "Unit": [UNITS[column.unit] for column in columns.values()],
            }
        ).set_index("Name"),
        border="horizontal",
    )


def draw_scores() -> None:
    """The rules, and the cut points in use."""
    st.markdown(RULES)
    if session.data() is None:
        return
    cuts = segmenting.applied().segmenter.cut_points_
    st.dataframe(
        pd.DataFrame(cuts)
        .T.set_axis(
            [f"Cut point {place + 1}" for place in range(len(next(iter(cuts.values()))))], axis=1
        )
        .rename(index={name: tables.CUSTOMERS[name].label for name in cuts}),
        width="stretch",
        height="content",
        alt="Cut points in use",
    )


def draw_schemes() -> None:
    """Both schemes as grids, with what each segment means and what to do."""
    for scheme in SCHEMES.values():
        st.markdown(f"**{scheme.name.capitalize()}**: {AXES[scheme.axis]}.")
        levels = range(1, scheme.n_levels + 1)
        column = "F" if scheme.axis == "frequency" else "FM"
        st.dataframe(
            pd.DataFrame(
                scheme.grid,
                index=[f"R {score}" for score in reversed(levels)],
                columns=[f"{column} {score}" for score in levels],
            ),
            width="stretch",
            height="content",
            alt=f"The {scheme.name} scheme's grid",
        )
        with st.expander(f"The {scheme.name} segments: meaning and action"):
            for segment in scheme.segments:
                st.markdown(f"**{segment.name}.** {segment.meaning} *{segment.action}*")


def draw_value() -> None:
    """How value is worked out."""
    st.markdown(VALUE_RULES)
    draw_columns(value_tables.PURCHASES)
    draw_columns(VALUE)


def draw_risk() -> None:
    """How risk is worked out."""
    st.markdown(RISK_RULES)
    draw_columns(RISK)


def draw_fates() -> None:
    """What can become of a row."""
    for fate, meaning in tables.FATES.items():
        st.markdown(f"- **{fate}**: {meaning}")


def draw_choices() -> None:
    """The choices in use, and the recipe that holds them."""
    data = session.data()
    if data is None:
        st.caption("Load data to see the columns and choices in use.")
        return
    recipe, policies = session.applied(), session.policies()
    orders = "order numbers" if data.overview.has_order_ids else "days with a purchase"
    st.markdown(
        f"Returns: {policies.returns}. Duplicates: {policies.duplicates}. Orders are counted by "
        f"{orders}. As of {session.as_of()}. Levels: {recipe.n_levels}. Scheme: {recipe.scheme}"
        f"{', edited' if recipe.grid else ''}."
    )
    columns = pd.DataFrame(
        {
            "We need": [tables.FIELDS[ours].label for ours in recipe.columns],
            "Your column": list(recipe.columns.values()),
            "Read as": [
                data.rows.forms[ours].label if ours in data.rows.forms else "text"
                for ours in recipe.columns
            ],
        }
    )
    st.dataframe(columns, hide_index=True, width="stretch", height="content", alt="Columns in use")
    with st.container(horizontal=True):
        recipes.offer()
        downloads.offer("Download this table", "columns", lambda: columns.set_index("We need"))
