"""The texts of the Method page, from the tables, schemes and choices that the app works by."""

import pandas as pd
import streamlit as st

from pages.parts import downloads, recipes, segmenting, session
from segmentation import tables
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
CAMPAIGN = """
- **Audience.** Whoever meets every condition of any group. An empty value meets no condition, but a
  negated one.
- **Arms.** Held out are the customers whose hash (SHA-256 of the draw's number and the id) is below
  the share asked for; where that is more than one customer off the share of a segment, those next
  to the limit change. So a customer stays in their arm from month to month, but for these few.
- **What it can show.** The smallest rise of the share who order that a two-sided test at 5 % shows
  four times in five (Fleiss, Levin & Paik 2003).
- **Files.** E-mails, phones and names are written as each tool compares them; hashes are SHA-256 of
  that text in UTF-8, and an empty cell stays empty. Phones are E.164 by Google's libphonenumber.
"""
AXES = {
    "frequency": "recency × frequency",
    "value": "recency × FM, the mean of F and M rounded half up",
}


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
