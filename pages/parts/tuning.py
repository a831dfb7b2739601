"""The cut points between the scores, moved as percentiles or typed in the measure's unit."""

import streamlit as st

from pages.parts import cached, effect, grid, segmenting, session
from segmentation.recipe import LETTERS, LEVELS, MEASURES
from segmentation.segments.profiles import count_scores
from segmentation.segments.rfm import even_percentiles
from segmentation.tables import SCORE_RANGES

LABELS = dict(zip(MEASURES, ("Recency", "Frequency", "Monetary value"), strict=True))
UNITS = dict(zip(MEASURES, ("days", "orders", "the data's currency"), strict=True))
STEPS = dict(zip(MEASURES, (1.0, 1.0, 10.0), strict=True))
MODES = ["As percentiles", "As values"]


@st.fragment
def draw() -> None:
    """Choose a measure, move its cut points, see scores and effect at once."""
    with st.container(horizontal=True, gap="large"):
        draw_levels()
        measure = st.segmented_control(
            "Measure",
            MEASURES,
            format_func=LABELS.__getitem__,
            key="segments_measure",
            default=MEASURES[0],
            required=True,
            persist_state="session",
        )
        mode = draw_mode(measure)
    cuts = segmenting.group(session.draft()).segmenter.cut_points_[measure]
    left, right = st.columns(2, gap="large")
    with left:
        if mode == MODES[0]:
            draw_sliders(measure, list(cuts))
        else:
            draw_numbers(measure, list(cuts))
    with right:
        draw_scores(measure, list(cuts))
    effect.draw()


def draw_levels() -> None:
    """How many scores there are."""
    session.put("segments_n_levels", session.draft().n_levels)
    st.select_slider(
        "Score levels",
        list(LEVELS),
        key="segments_n_levels",
        on_change=choose_levels,
        width=220,
        help="Another number of levels starts from even percentiles and the scheme's own grid.",
    )


def choose_levels() -> None:
    """Try another number of levels."""
    n_levels = session.chosen("segments_n_levels")
    session.try_out(
        session.draft().change(n_levels=n_levels, cut_points={}, percentiles={}, grid={})
    )


def draw_mode(measure: str) -> str:
    """Whether this measure's cut points are percentages of customers or values."""
    wanted = session.chosen("segments_mode_wanted") == MODES[1]
    session.put("segments_mode", MODES[wanted or measure in session.draft().cut_points])
    return st.segmented_control(
        "Cut points",
        MODES,
        key="segments_mode",
        required=True,
        on_change=choose_mode,
        args=(measure,),
    )


def choose_mode(measure: str) -> None:
    """Show values, which changes nothing until one is typed, or go back to percentiles."""
    draft, wanted = session.draft(), session.chosen("segments_mode")
    session.put("segments_mode_wanted", wanted)
    if wanted == MODES[0] and measure in draft.cut_points:
        cuts = {key: values for key, values in draft.cut_points.items() if key != measure}
        session.try_out(draft.change(cut_points=cuts))


def draw_sliders(measure: str, cuts: list[float]) -> None:
    """A slider per cut point: the percentage of customers below it."""
    draft = session.draft()
    percentiles = draft.percentiles.get(measure) or even_percentiles(draft.n_levels)
    for place, (share, cut) in enumerate(zip(percentiles, cuts, strict=True)):
        key = f"segments_{measure}_percentile_{place}"
        session.put(key, round(share))
        st.slider(
            f"{between(measure, place)}: {said(measure, cut)}",
            0,
            100,
            key=key,
            format="%d%%",
            on_change=choose_cut,
            args=(measure, "percentiles", place, key, list(percentiles)),
        )


def draw_numbers(measure: str, cuts: list[float]) -> None:
    """A number per cut point, in the measure's unit."""
    for place, cut in enumerate(cuts):
        key = f"segments_{measure}_value_{place}"
        session.put(key, float(cut))
        st.number_input(
            f"{between(measure, place)}, in {UNITS[measure]}",
            value=None,
            step=STEPS[measure],
            format="%.2f",
            key=key,
            on_change=choose_cut,
            args=(measure, "cut_points", place, key, cuts),
        )


def choose_cut(measure: str, kind: str, place: int, key: str, cuts: list[float]) -> None:
    """Try a cut point; its neighbours give way, so that the cut points still rise."""
    moved = session.chosen(key)
    if moved is None:
        return
    cuts = [
        float(min(cut, moved) if at < place else max(cut, moved)) for at, cut in enumerate(cuts)
    ]
    cuts[place] = float(moved)
    draft = session.draft()
    session.try_out(draft.change(**{kind: {**getattr(draft, kind), measure: cuts}}))


def between(measure: str, place: int) -> str:
    """Which scores a cut point lies between: “Between R 5 and R 4”."""
    n_levels = session.draft().n_levels
    better = n_levels - place if measure == "recency_days" else place + 1
    other = better - 1 if measure == "recency_days" else better + 1
    letter = LETTERS[measure]
    return f"Between {letter} {better} and {letter} {other}"


def said(measure: str, cut: float) -> str:
    """A cut point with its unit; money has that of the data."""
    if measure == "total_spend":
        return f"{cut:,.2f}"
    return f"{round(cut, 2):,.12g} {UNITS[measure][: -1 if cut == 1 else None]}"


def draw_scores(measure: str, cuts: list[float]) -> None:
    """Each score's range and customers, and a word on scores that ties leave empty."""
    distribution = cached.distributions()[measure]
    scores = count_scores(measure, distribution, cuts).reset_index()
    scores["range"] = [
        ranged(measure, low, high)
        for low, high in zip(scores["lowest"], scores["highest"], strict=True)
    ]
    letter = LETTERS[measure]
    scores["score"] = [f"{letter} {score}" for score in scores["score"]]
    st.dataframe(
        grid.rounded(scores[["score", "range", "n_customers", "share_of_customers"]], SCORE_RANGES),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            **grid.column_config(SCORE_RANGES),
            "score": st.column_config.TextColumn("Score"),
            "share_of_customers": st.column_config.ProgressColumn(
                "Share of customers", format="percent", min_value=0, max_value=1, step=0.001
            ),
        },
        alt=f"Scores of {LABELS[measure].lower()}",
    )
    grouping = segmenting.group(session.draft())
    for note in segmenting.ties(session.draft(), grouping, measure):
        st.caption(f":material/info: {note}")
    if measure == "total_spend" and not grouping.segmenter.needs_spend:
        st.caption(
            ":material/info: The scheme tried groups by recency and frequency: these scores are in "
            "the lists, but move nobody to another segment. The value-aware scheme uses them."
        )


def ranged(measure: str, low: float, high: float) -> str:
    """The values that occur with a score."""
    if low != low:
        return "nobody"
    if low == high:
        return said(measure, low)
    return f"{said(measure, low).split(' ')[0]} to {said(measure, high)}"
