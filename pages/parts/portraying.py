"""Each cluster as a card, in a picture and beside the others; its name can be edited."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import cached, frame, segmenting, session
from segmentation.errors import SegmentationError
from segmentation.outputs.cluster_charts import chart_cluster_points, chart_cluster_profile
from segmentation.segments.clusters import Clustering, with_clustering
from segmentation.segments.editing import rename_segment
from segmentation.segments.pictures import find_separating, profile_clusters, sample_customers
from segmentation.segments.portraits import note_clusters
from segmentation.tables import CLUSTER_MEASURES

FORMS = {"share": "{:.1%}", "money": "{:,.2f}", "days": "{:,.4g}", "count": "{:,.4g}"}
A_ROW = 3
# Where little is good.
TURNED = ("recency_days", "share_of_returns")


def draw(clustering: Clustering) -> None:
    """Warnings, cards, names, picture and profile of the clusters being tried."""
    grouping = segmenting.group(session.draft())
    draw_notes(clustering, grouping)
    st.subheader("The clusters", anchor=False)
    profile = grouping.profile()
    profile["told"] = told_by_cluster(grouping)
    for start in range(0, len(profile), A_ROW):
        for place, name in zip(
            st.columns(A_ROW), profile.index[start : start + A_ROW], strict=False
        ):
            with place:
                draw_card(clustering, name, profile.loc[name])
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("The picture", anchor=False)
        draw_picture(clustering, grouping)
    with right:
        st.subheader("What sets them apart", anchor=False)
        draw_profile(grouping)


def draw_notes(clustering: Clustering, grouping: segmenting.Grouping) -> None:
    """What makes the clusters useless, if anything does."""
    customers = cached.customers()
    key = ("notes", str(session.draft().clusters), *cached.here())

    def work() -> list[str]:
        points = clustering.scaler().transform(customers)
        sizes = np.bincount(grouping.codes, minlength=len(clustering.centres))
        return note_clusters(sizes, points, clustering.choices.measures)

    for note in cached.remembered(key, work, "Checking the clusters…"):
        st.warning(note, icon=":material/warning:")


def profiled(grouping: segmenting.Grouping) -> pd.DataFrame:
    """Each cluster's middle customer and its distance from the average, measure by measure."""
    clustering = grouping.segmenter.clustering
    key = ("cluster profile", str(clustering), *cached.here())
    customers = cached.customers()
    profile = cached.remembered(
        key, lambda: profile_clusters(customers, grouping.codes, clustering), "Finding the medians…"
    )
    told = [
        FORMS[CLUSTER_MEASURES[measure].unit].format(median) if median == median else "nobody"
        for measure, median in zip(profile["measure"], profile["median"], strict=True)
    ]
    labels = [CLUSTER_MEASURES[measure].label for measure in profile["measure"]]
    better = profile["distance"].where(~profile["measure"].isin(TURNED), -profile["distance"])
    return profile.assign(told=told, measure=labels, better=better)


def told_by_cluster(grouping: segmenting.Grouping) -> pd.Series:
    """The middle customer of each cluster as one line."""
    profile = profiled(grouping)
    lines = profile["measure"] + " " + profile["told"]
    return lines.groupby(profile["segment"]).agg(" · ".join)


def draw_card(clustering: Clustering, name: str, row: pd.Series) -> None:
    """One cluster: its name to edit, its size and revenue, and what sets it apart."""
    segment = next(item for item in clustering.segments if item.name == name)
    with st.container(border=True, height="stretch"):
        key = f"segments_cluster_name_{name}"
        session.put(key, name)
        st.text_input("Name", key=key, on_change=rename, args=(clustering, name, key))
        st.markdown(
            f"**{row['n_customers']:,}** customers, {row['share_of_customers']:.1%} · "
            f"**{row['share_of_spend']:.1%}** of revenue"
        )
        st.markdown(frame.plain(segment.meaning))
        st.caption(f"Middle customer: {row['told']}.")
        st.caption(f"*{frame.plain(segment.action)}*")


def rename(clustering: Clustering, old: str, key: str) -> None:
    """Try another name; one that is empty or taken stays as it was, with a word."""
    new = session.chosen(key)
    if new == old:
        return
    try:
        scheme = rename_segment(clustering.scheme, old, new)
    except SegmentationError as error:
        st.toast(f"{frame.plain(str(error))} {frame.plain(error.hint)}", icon=":material/error:")
        return
    session.try_out(with_clustering(session.draft(), clustering.with_scheme(scheme)))


def draw_picture(clustering: Clustering, grouping: segmenting.Grouping) -> None:
    """A sample of the customers by the two measures that tell the clusters apart best."""
    customers = cached.customers()
    sample = sample_customers(customers)
    codes = grouping.segmenter.code_customers(sample)
    measures = list(clustering.choices.measures)
    points, centres = clustering.scaler().transform(sample), np.array(clustering.centres)
    shown = [measures[place] for place in find_separating(points, codes, centres)]
    shown += [measure for measure in ("total_spend", "recency_days") if measure not in shown]
    labels = {measure: CLUSTER_MEASURES[measure].label for measure in shown[:2]}
    table = sample[list(labels)].reset_index()
    table["segment"] = [grouping.names[code] for code in codes]
    colours = {segment.name: segment.colour for segment in clustering.segments}
    is_log = clustering.choices.transform == "log"
    st.altair_chart(chart_cluster_points(table, colours, labels, is_log), width="stretch")
    some = f"A sample of {len(sample):,} of {len(customers):,} customers"
    every = f"All {len(customers):,} customers"
    st.caption(
        f"{some if len(sample) < len(customers) else every}, by the two measures that tell the "
        f"clusters apart best{'; both axes in logarithms' if is_log else ''}."
    )


def draw_profile(grouping: segmenting.Grouping) -> None:
    """Each cluster's middle customer beside the average one."""
    st.altair_chart(chart_cluster_profile(profiled(grouping)), width="stretch")
    st.caption(
        "The numbers are the middle customer's; the colour is how far the cluster's centre is from "
        "the average customer, in standard deviations: green is better for you (more orders and "
        "spend, longer with you, but fewer days since the last order and fewer returns), brown is "
        "worse. Of age it is higher and lower."
    )
