"""Whether segments are made by rules or by clusters, and which view of them is shown."""

import streamlit as st

from pages.parts import cached, session
from segmentation.marts.measures import AGE
from segmentation.segments.clusters import ClusterChoices, clusters_by

METHODS = ["RFM rules", "Clusters"]
METHOD, VIEW, VIEW_KEPT = "segments_method", "segments_view", "segments_view_kept"


def is_by_clusters() -> bool:
    """Whether clusters are being tried, or about to be."""
    pending = session.chosen(session.CLUSTER_CHOICES)
    return pending is not None or bool(session.draft().clusters)


def draw() -> None:
    """The choice between rules and clusters."""
    session.put(METHOD, METHODS[is_by_clusters()])
    st.segmented_control(
        "Segments by",
        METHODS,
        key=METHOD,
        required=True,
        on_change=choose_method,
        help="Rules cut recency, frequency and spend into scores; clusters are groups that the "
        "data suggest. Nothing is used elsewhere before it is applied.",
    )


def choose_method() -> None:
    """Try the other way; clusters tried before come back as they were."""
    draft = session.draft()
    if session.chosen(METHOD) == METHODS[0]:
        session.put(session.CLUSTERS_KEPT, draft.clusters)
        session.forget(session.CLUSTER_CHOICES)
        session.try_out(draft.change(clusters={}))
        session.put(VIEW_KEPT, "Overview")
        return
    clusters = session.chosen(session.CLUSTERS_KEPT) or session.applied().clusters
    if clusters:
        session.try_out(draft.change(clusters=clusters))
    else:
        session.put(session.CLUSTER_CHOICES, (ClusterChoices(), None))
    session.put(VIEW_KEPT, "Choose clusters")


def draw_views(views: list[str]) -> str:
    """The choice of a view; one that there is not gives way to the first."""
    kept = session.chosen(VIEW_KEPT)
    session.put(VIEW, kept if kept in views else views[0])
    return st.segmented_control("View", views, key=VIEW, required=True, on_change=choose_view)


def choose_view() -> None:
    """Keep the view for the next visit."""
    session.put(VIEW_KEPT, session.chosen(VIEW))


def check_applied() -> None:
    """Where the data lack what the applied clusters look at, say so and offer the rules."""
    if AGE not in clusters_by(session.applied()) or AGE in cached.attributes():
        return
    st.warning("The clusters in use look at the customers' age, which these data do not have.")
    if st.button("Use RFM rules instead", type="primary", key="segments_use_rules"):
        session.forget(session.CLUSTER_CHOICES)
        session.settle(session.applied().change(clusters={}))
        st.rerun()
    st.stop()
