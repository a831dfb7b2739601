"""The Segments page's overview: shares, the map of scores, the table, the downloads."""

import pandas as pd
import streamlit as st

from pages.parts import (
    campaign_link,
    downloads,
    figures,
    frame,
    grid,
    portraying,
    recipes,
    reporting,
    segmenting,
    session,
    workbooks,
)
from segmentation.outputs.charts import chart_score_map, chart_segment_shares
from segmentation.recipe import MEASURES
from segmentation.tables import SEGMENTS

# The median spend made the table wider than the page; it stands in the files.
SHOWN = [name for name in SEGMENTS if name != "median_total_spend"]


def draw() -> None:
    """Everything about all segments."""
    grouping = segmenting.applied()
    profile = segmenting.table(grouping)
    draw_headlines(profile)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Share of customers and of revenue", anchor=False)
        st.altair_chart(chart_segment_shares(profile), width="stretch")
    with right:
        draw_map(grouping)
    st.subheader("The segments", anchor=False)
    st.dataframe(
        grid.rounded(profile.reset_index(), SEGMENTS),
        hide_index=True,
        width="stretch",
        height="content",
        column_order=SHOWN,
        column_config=grid.column_config(SEGMENTS),
        alt="The segments with their size, revenue and middle customer",
    )
    draw_downloads(profile)


def draw_map(grouping: segmenting.Grouping) -> None:
    """The scheme's grid; what sets them apart where the segments are clusters."""
    cells = grouping.map()
    if cells is None:
        st.subheader("What sets them apart", anchor=False)
        portraying.draw_profile(grouping)
        return
    st.subheader("The map of scores", anchor=False)
    colours = grouping.segmenter.scheme.colours
    column = "Mean of F and M" if grouping.segmenter.needs_spend else "Frequency score"
    st.altair_chart(chart_score_map(cells, colours, column), width="stretch")
    measures = MEASURES[:1] if grouping.segmenter.needs_spend else MEASURES[:2]
    for measure in measures:
        for note in segmenting.ties(session.applied(), grouping, measure):
            st.caption(f":material/info: {note}")


def draw_headlines(profile: pd.DataFrame) -> None:
    """All customers, all revenue, and the segment that brings most."""
    best = profile["total_spend"].idxmax()
    # Where nothing was spent in all, there are no shares.
    top = profile.loc[best].fillna(0.0)
    with st.container(horizontal=True):
        figures.draw("Customers", f"{profile['n_customers'].sum():,}")
        figures.draw("Revenue", grid.short(profile["total_spend"].sum()))
        figures.draw(
            "Brings most revenue",
            frame.plain(best),
            f"{grid.share(top['share_of_spend'])} from {grid.share(top['share_of_customers'])} "
            "of customers",
        )
    grouped_by = "clusters" if session.applied().clusters else "cut points and scheme"
    st.caption(f"As of {grid.day(session.as_of())}; {grouped_by} as applied.")


def draw_downloads(profile: pd.DataFrame) -> None:
    """Lists of all customers or of chosen segments, the table, and the recipe."""
    st.subheader("Take the lists away", anchor=False)
    wanted = st.multiselect(
        "Segments in the list",
        list(profile.index),
        key="segments_download",
        placeholder="All segments",
        persist_state="session",
    )
    with st.container(horizontal=True):
        downloads.offer(
            "Download the customers",
            "-".join(["customers", *wanted]),
            segmenting.members_maker(wanted or None),
            "A row a customer: measures, scores, segment and every attribute.",
        )
        campaign_link.offer_segments("segments", wanted)
        downloads.offer(
            "Download the table of segments",
            "segments",
            lambda: profile,
        )
        recipes.offer()
        reporting.offer("segments")
        workbooks.offer()
