"""The scheme: choose one, or edit its grid; nothing is used elsewhere before it is applied."""

import pandas as pd
import streamlit as st

from pages.parts import effect, session
from segmentation.errors import SegmentationError
from segmentation.segments import editing, rules
from segmentation.segments.segmenter import build_rules, with_scheme

SCHEMES = {
    "classic": "Classic: recency × frequency",
    "value": "Value-aware: recency × mean of frequency and spend",
}


@st.fragment
def draw() -> None:
    """Choose, edit, and see the effect."""
    draft = session.draft()
    scheme = build_rules(draft).scheme
    session.put("segments_scheme", scheme.name)
    st.radio(
        "Scheme",
        list(SCHEMES),
        format_func=SCHEMES.__getitem__,
        key="segments_scheme",
        horizontal=True,
        on_change=choose_scheme,
    )
    draw_grid(scheme)
    draw_segment_editor(scheme)
    effect.draw()


def choose_scheme() -> None:
    """Try a scheme as it comes."""
    session.try_out(session.draft().change(scheme=session.chosen("segments_scheme"), grid={}))


def draw_grid(scheme: rules.Scheme) -> None:
    """The grid of names; a cell is reassigned by choosing another name in it."""
    column = "FM" if scheme.axis == rules.VALUE else "F"
    levels = range(1, scheme.n_levels + 1)
    grid = pd.DataFrame(
        scheme.grid,
        index=[f"R {score}" for score in reversed(levels)],
        columns=[f"{column} {score}" for score in levels],
    )
    edited = st.data_editor(
        grid,
        key=f"segments_grid_{hash(scheme)}",
        width="stretch",
        height="content",
        column_config={
            name: st.column_config.SelectboxColumn(name, options=list(scheme.names), required=True)
            for name in grid.columns
        },
        alt="The grid of segments",
    )
    if not edited.equals(grid):
        rows = tuple(tuple(row) for row in edited.to_numpy().tolist())
        try_scheme(rules.Scheme(scheme.name, scheme.axis, scheme.segments, rows))
        st.rerun()
    st.caption(
        f"R {scheme.n_levels} bought lately, R 1 long ago. Choose another name in a cell to "
        "reassign it."
    )


def try_scheme(scheme: rules.Scheme) -> None:
    """Try an edited scheme."""
    session.try_out(with_scheme(session.draft(), scheme))


def draw_segment_editor(scheme: rules.Scheme) -> None:
    """Rename or recolour a segment, or add one."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Edit a segment", scheme.names, key="segments_edited", width=260)
        segment = next(item for item in scheme.segments if item.name == name)
        new = st.text_input("Its name", segment.name, key=f"segments_name_{name}", width=260)
        colour = st.color_picker("Colour", segment.colour, key=f"segments_colour_{name}")
        save = st.button("Save it", key="segments_save")
        add = st.button(
            "Add as another", key="segments_add", help="Give it cells in the grid afterwards."
        )
    if save or add:
        try:
            try_scheme(edit(scheme, segment, new, colour, add))
        except SegmentationError as error:
            st.error(f"{error} {error.hint}")
        else:
            st.rerun()


def edit(
    scheme: rules.Scheme, segment: rules.Segment, new: str, colour: str, add: bool
) -> rules.Scheme:
    """The scheme with one segment changed, or one more."""
    if add:
        # The colour of the segment it is made beside would not tell the two apart.
        return editing.add_segment(scheme, new, colour if colour != segment.colour else None)
    scheme = editing.recolour_segment(scheme, segment.name, colour)
    return editing.rename_segment(scheme, segment.name, new) if new != segment.name else scheme
