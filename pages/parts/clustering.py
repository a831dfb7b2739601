"""The clusters: what customers are grouped by, into how many groups, and with what effect."""

import numpy as np
import streamlit as st

from pages.parts import cached, effect, grid, portraying, session
from segmentation.clusterings import CLIPS
from segmentation.outputs.cluster_charts import chart_sweep
from segmentation.segments.agreement import judge_sweep
from segmentation.segments.clusters import (
    ClusterChoices,
    Clustering,
    build_clustering,
    read_clustering,
    with_clustering,
)
from segmentation.segments.portraits import note_alike, note_judged, suggest_clusters
from segmentation.segments.scaling import MeasureScaler
from segmentation.segments.sweeps import Sweep, sweep_clusters
from segmentation.tables import CLUSTER_MEASURES, SWEEP

TRANSFORMS = {"log": "Logarithms", "none": "As they are"}
SCALINGS = {"standard": "One spread", "none": "As they are"}
QUALITIES = ("inertia", "silhouette", "stability")


def draw() -> None:
    """Choices, how many groups, the groups, and the effect."""
    choices, wanted = chosen()
    draw_choices(choices)
    scaler, sweep, judged = swept(choices)
    suggested, reason = suggest_clusters(judged)
    k = min(wanted or suggested, max(sweep.centres))
    draw_limits(choices, scaler)
    draw_sweep(judged, k, reason)
    found = settle(choices, k, scaler, sweep)
    for note in [*note_alike(sweep.crowds[0].counts), *note_judged(judged.loc[k])]:
        st.warning(note, icon=":material/warning:")
    portraying.draw(found)
    effect.draw()


def chosen() -> tuple[ClusterChoices, int | None]:
    """What is being tried: just chosen, or that of the clusters being tried."""
    pending = session.chosen(session.CLUSTER_CHOICES)
    if pending is not None:
        return pending
    clustering = read_clustering(session.draft().clusters)
    return clustering.choices, len(clustering.centres)


def choose(choices: ClusterChoices, k: int | None) -> None:
    """Try other choices; None is the number of groups that is suggested."""
    session.put(session.CLUSTER_CHOICES, (choices, k))


def swept(choices: ClusterChoices) -> tuple[MeasureScaler, Sweep, "object"]:
    """Centres for every number of groups, and how good each is."""
    customers = cached.customers_with(choices.measures)

    def work() -> tuple[MeasureScaler, Sweep]:
        scaler = choices.scaler().fit(customers)
        return scaler, sweep_clusters(scaler.transform(customers), ids=customers.index)

    key = (choices, *cached.here())
    scaler, sweep = cached.remembered(("sweep", *key), work, "Looking for 2 to 10 groups…")
    judged = cached.remembered(
        ("judged", *key), lambda: judge_sweep(sweep), "Checking how far apart and stable they are…"
    )
    return scaler, sweep, judged


def settle(choices: ClusterChoices, k: int, scaler: MeasureScaler, sweep: Sweep) -> Clustering:
    """The clusters being tried: those kept where they fit the choices, else found anew."""
    session.forget(session.CLUSTER_CHOICES)
    draft = session.draft()
    for clusters in (draft.clusters, session.applied().clusters):
        if clusters:
            kept = read_clustering(clusters)
            if kept.choices == choices and len(kept.centres) == k:
                session.try_out(with_clustering(draft, kept))
                return offer_anew(kept, choices, scaler, sweep)
    return find_anew(choices, k, scaler, sweep)


def find_anew(choices: ClusterChoices, k: int, scaler: MeasureScaler, sweep: Sweep) -> Clustering:
    """Try the clusters of these very customers."""
    customers = cached.customers_with(choices.measures)
    found = build_clustering(customers, choices, scaler, sweep.centres[k])
    session.try_out(with_clustering(session.draft(), found))
    return found


def offer_anew(
    kept: Clustering, choices: ClusterChoices, scaler: MeasureScaler, sweep: Sweep
) -> Clustering:
    """Clusters found among other customers stay as they are until asked."""
    k = len(kept.centres)
    same = tuple(scaler.means_) == kept.means and np.array_equal(
        np.sort(np.array(kept.centres), axis=0), np.sort(sweep.centres[k], axis=0)
    )
    if same:
        return kept
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            "These clusters were found among other customers, such as last month's, and are kept: "
            "each customer goes to the nearest of them."
        )
        if st.button("Find them anew", key="segments_find_anew"):
            return find_anew(choices, k, scaler, sweep)
    return kept


def draw_choices(choices: ClusterChoices) -> None:
    """What customers are grouped by."""
    there = [
        measure
        for measure in CLUSTER_MEASURES
        if measure in cached.customers_with(()) or measure in cached.added_measures()
    ]
    session.put("segments_by", list(choices.measures))
    session.put("segments_transform", choices.transform)
    session.put("segments_scaling", session.chosen("segments_unscaled") or choices.scaling)
    session.put("segments_clip", choices.clip)
    st.pills(
        "Group customers by",
        there,
        selection_mode="multi",
        format_func=lambda measure: CLUSTER_MEASURES[measure].label,
        key="segments_by",
        on_change=take,
        args=(choices,),
    )
    with st.container(horizontal=True, gap="large"):
        st.segmented_control(
            "Measures",
            list(TRANSFORMS),
            format_func=TRANSFORMS.__getitem__,
            key="segments_transform",
            required=True,
            on_change=take,
            args=(choices,),
            help="Logarithms: from 1 to 10 orders is as far as from 10 to 100. They keep a few big "
            "customers from becoming groups of their own.",
        )
        st.segmented_control(
            "Scaled to",
            list(SCALINGS),
            format_func=SCALINGS.__getitem__,
            key="segments_scaling",
            required=True,
            on_change=take,
            args=(choices,),
            help="One spread: each measure counts alike.",
        )
        st.select_slider(
            "Clip at percentile",
            list(CLIPS),
            format_func=lambda clip: "none" if clip == 100 else f"{clip:g}%",
            key="segments_clip",
            on_change=take,
            args=(choices,),
            width=260,
            help="Values above this percentile of the customers count as the percentile's.",
        )
    if session.chosen("segments_unscaled"):
        draw_unscaled(choices)


def take(choices: ClusterChoices) -> None:
    """Try what the widgets say; unscaled measures wait for another click."""
    measures = tuple(m for m in CLUSTER_MEASURES if m in session.chosen("segments_by"))
    scaling = session.chosen("segments_scaling")
    session.forget("segments_unscaled")
    if scaling == "none" and choices.scaling != "none":
        session.put("segments_unscaled", "none")
        scaling = choices.scaling
    changed = ClusterChoices(
        measures or choices.measures,
        session.chosen("segments_transform"),
        scaling,
        session.chosen("segments_clip"),
    )
    if changed != choices:
        choose(changed, None)


def draw_unscaled(choices: ClusterChoices) -> None:
    """What unscaled measures mean, and the click that they need."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(
            "Unscaled, the measure with the largest numbers decides alone, mostly the spend: ten "
            "days count as much as ten units of currency.",
            icon=":material/warning:",
        )
        st.button(
            "Group by unscaled measures",
            key="segments_unscaled_sure",
            on_click=take_unscaled,
            args=(choices,),
        )


def take_unscaled(choices: ClusterChoices) -> None:
    """Try unscaled measures."""
    session.forget("segments_unscaled")
    unscaled = ClusterChoices(choices.measures, choices.transform, "none", choices.clip)
    choose(unscaled, None)


def draw_limits(choices: ClusterChoices, scaler: MeasureScaler) -> None:
    """The values at which measures are clipped, and how missing ones are filled."""
    customers = cached.customers_with(choices.measures)
    told = []
    for place, measure in enumerate(choices.measures):
        label = CLUSTER_MEASURES[measure].label
        if np.isfinite(scaler.limits_[place]):
            told.append(f"{label} above {grid.short(scaler.limits_[place])} counts as that.")
        n_missing = int(customers[measure].isna().sum())
        if n_missing:
            told.append(
                f"{label} is not known of {n_missing:,} customers, who count as the middle one's "
                f"{grid.short(scaler.fills_[place])}."
            )
    if told:
        st.caption(" ".join(told))


def draw_sweep(judged, k: int, reason: str) -> None:  # type: ignore[no-untyped-def]
    """How good each number of groups is, and the choice among them."""
    st.subheader("How many groups", anchor=False)
    st.markdown(f"**Suggested:** {reason}")
    for column, place in zip(QUALITIES, st.columns(3), strict=True):
        with place:
            st.altair_chart(chart_sweep(judged, column, SWEEP[column].label, k), width="stretch")
            st.caption(SWEEP[column].meaning)
    session.put("segments_n_clusters", k)
    st.segmented_control(
        "Groups",
        list(judged.index),
        key="segments_n_clusters",
        required=True,
        on_change=take_number,
    )


def take_number() -> None:
    """Try another number of groups."""
    choices, _ = chosen()
    choose(choices, session.chosen("segments_n_clusters"))
