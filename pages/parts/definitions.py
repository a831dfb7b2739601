"""The texts of the Method page, from the tables, schemes and choices that the app works by."""

import pandas as pd
import streamlit as st

from pages.parts import downloads, frame, recipe_given, recipes, segmenting, session
from segmentation import risk_tables, tables, value_tables
from segmentation.segments.rules import SCHEMES

CUSTOMERS = tables.CUSTOMERS | tables.SCORES | tables.RHYTHM
SEGMENTS = tables.SEGMENTS | {"concentration": tables.PLACES["concentration"]}
SALES = tables.SALES
UNITS = {
    "money": "currency of the data",
    "count": "a count",
    "estimate": "a count, worked out",
    "days": "days",
    "share": "0 to 100%",
    "score": "1 to the number of levels",
    "ratio": "times",
    "number": "a number",
    "date": "day",
    "": "text",
}
RULES = """
- **Score.** Cut points split the customers by each measure; the scores run from 1 to the number of
  levels, high is good. By default the cut points are the even percentiles (20, 40, 60, 80% for
  five levels) of all customers, interpolated linearly (Hyndman & Fan 1996, definition 7).
- **Ties.** A score depends on the value alone: equal customers always have equal scores, whatever
  the order of the rows. A value equal to a cut point takes the better score for recency, and the
  lower one for orders and spend. Where many customers share a value a score can stay empty; the
  cut points page says so. Recipes that break ties by rank give equal customers different scores:
  counts made with them differ from ours for that reason.
- **As-of day.** The first day that does not count; by default the day after the last purchase, so
  that days since the last order are 1 or more. Days are calendar days.
- **Totals of orders.** Where the amount is the order's total, it is spread over the order's lines
  by quantity × unit price, to the last digit; without these it counts on one of them. Customers and
  orders are the same either way, categories and products are not.
- **Returns.** Net: taken off the spend on the day they happen. They are never a purchase, so they
  touch neither recency nor the number of orders. Ignore: left out.
- **Order status.** Where it plainly says cancelled, voided, failed, declined, expired or refunded,
  the order does not count, nor does what was paid back of it; refunded in part, it does. Check data
  has all that the data say, and changes which count.
- **Median.** The middle customer; the mean of the two in the middle where their number is even.
"""
CLUSTERING = """
- **Measures.** In logarithms, log(1 + value): values below zero count as zero, and days are counted
  from 0 on the day before the as-of day. Scaled to one spread, each measure has mean 0 and standard
  deviation 1. Clipped, values above the percentile count as the percentile's. A customer without a
  value counts as the middle customer.
- **Clusters.** KMeans (MacQueen 1967) from k-means++ starts (Arthur & Vassilvitskii 2007): each
  customer belongs to the nearest of k centres, so placed that the squared distances, the inertia,
  are least. They stand in the order of their mean spend. The same data give the same clusters in
  any order of the rows.
- **Silhouette.** For each customer (b − a) / max(a, b), where a is the mean distance to the own
  cluster and b to the nearest other one; then the mean (Rousseeuw 1987). 0.25 or less is no
  substantial structure (Kaufman & Rousseeuw 1990).
- **Stability and agreement.** The adjusted Rand index of two groupings (Hubert & Arabie 1985): of
  these clusters with those made from as many customers drawn with replacement, on average over six
  draws; or of clusters and rules.
- **Suggestion.** Of three groups or more with a stability of 0.75 or more and no group below 1% of
  the customers: the most groups whose silhouette is within 0.02 of the best.
- **Words.** A measure is named where the cluster's centre is 0.4 standard deviations or more from
  the average customer; from 1.25 on in the stronger word. Spend is compared by the middle customer
  of the cluster and of all.
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
- **Interval.** 90%, normal: the parameters' uncertainty (delta method) and the scatter of single
  customers' orders and amounts.
- **Not reliable.** Fewer than 50 repeat buyers, under 60 days of data, nobody who seems to leave
  (a ≈ 0), no clear best fit, or spend without a mean (q ≤ 1): a reason stands in place of numbers.
- **Tried on the past.** Fitted on the time before the last horizon (at most half of the history),
  held against what happened since, and against everyone buying like the average customer.
- **Simple.** Mean order × orders per year × expected years × margin.
"""
CAMPAIGN = """
- **Audience.** Whoever meets every condition of any group. An empty value meets no condition, but a
  negated one.
- **Expected value, risk.** As on Lifetime value and At risk, by the terms chosen there. At risk is
  a P(active) of 50% or less or, by rhythm, a silence of twice the usual gap or more; the page
  At risk can ask for other limits, and *Plan a campaign* takes them over.
- **Arms.** Held out are the customers whose hash (SHA-256 of the draw's number and the id) is below
  the share asked for; where that is more than one customer off the share of a segment, those next
  to the limit change. So a customer stays in their arm from month to month, but for these few.
- **What it can show.** The smallest rise of the share who order that a two-sided test at 5% shows
  four times in five (Fleiss, Levin & Paik 2003).
- **Files.** E-mails, phones and names are written as each tool compares them; hashes are SHA-256 of
  that text in UTF-8, and an empty cell stays empty. Phones are E.164 by Google's libphonenumber.
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
  first, which is the mean gap, here and on Customers; with fewer than three purchase days the
  median of the segment, or else of all, and none on Customers.
- **Three months ago.** The same day of the month; segments of then by the cut points of now.
- **Came back.** Of the customers whom the same choices flag as of that day, by what was known then,
  those with another purchase day since. 90% interval of the share by Wilson (1927).
"""


def draw_columns(columns: dict[str, tables.Column]) -> None:
    """Each column's meaning, unit and source."""
    for name, column in columns.items():
        source = f" *{column.source}.*" if column.source else ""
        st.markdown(
            f"**{column.label}** `{name}` · {UNITS[column.unit]}  \n{column.meaning}{source}"
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


def draw_clusters() -> None:
    """How clusters are made, judged and named."""
    st.markdown(CLUSTERING)
    draw_columns(tables.CLUSTER_MEASURES)
    draw_columns(tables.SWEEP)


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


def draw_campaign() -> None:
    """How audiences, arms and files are made, and what is said of the outcome."""
    st.markdown(CAMPAIGN)
    draw_columns(tables.OUTCOMES)


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
    recipe = session.applied().change(policies=session.policies(), as_of=session.as_of())
    orders = "number" if data.overview.has_order_ids else "day with a purchase"
    told = frame.plain(recipe_given.describe(recipe))
    st.markdown(f"In use: {told}. Orders are counted by {orders}.")
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
