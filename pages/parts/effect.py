"""What a change being tried would do: who moves from where to where, with how much money."""

import pandas as pd
import streamlit as st

from pages.parts import figures, grid, segmenting, session
from segmentation.tables import MOVES


def draw_reminder() -> None:
    """One line where a change is being tried but not applied."""
    if session.draft() != session.applied():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info("A change is being tried; this view shows the segments as applied.")
            draw_buttons("reminder")


def draw() -> None:
    """The effect of the change being tried, and what to do with it."""
    st.subheader("Effect of the change", anchor=False)
    tried = segmenting.tried()
    moves = tried.moves
    moved = moves[moves["before"] != moves["after"]]
    if session.draft() == session.applied():
        st.caption("Nothing is changed: these are the segments as applied.")
    elif moved.empty:
        st.caption("No customer moves to another segment.")
    elif set(tried.names).isdisjoint(tried.after.names):
        st.caption("All segments are new: the tables show which of them customers go to.")
    else:
        n, spend = moved["n_customers"].sum(), moved["total_spend"].sum()
        with st.container(horizontal=True):
            figures.draw(
                "Customers that move",
                f"{n:,}",
                f"{grid.share(n / moves['n_customers'].sum())} of all",
            )
            figures.draw(
                "Their revenue",
                grid.short(spend),
                f"{grid.share(spend / moves['total_spend'].sum())} of all",
            )
    draw_buttons("effect")
    if not moved.empty:
        draw_before_after(tried)
        st.dataframe(
            moved,
            hide_index=True,
            width="stretch",
            height=grid.height(len(moved)),
            column_config=grid.column_config(MOVES),
            alt="Moves between segments",
        )


def draw_before_after(tried: segmenting.Tried) -> None:
    """Each segment's customers and share of revenue, as applied and as tried."""
    old, new = tried.before.profile().set_axis(tried.names), tried.after.profile()
    names = list(dict.fromkeys([*old.index, *new.index]))
    table = (
        pd.DataFrame(
            {
                "now": old["n_customers"],
                "then": new["n_customers"],
                "share_now": old["share_of_spend"],
                "share_then": new["share_of_spend"],
            }
        )
        .reindex(names)
        .fillna(0)
        .round(3)
    )
    shown = table[(table["now"] > 0) | (table["then"] > 0)]
    st.dataframe(
        shown.rename_axis("segment").reset_index(),
        hide_index=True,
        width="stretch",
        height=grid.height(len(shown), 12),
        column_config={
            "segment": st.column_config.TextColumn("Segment"),
            "now": st.column_config.NumberColumn("Customers now", format="localized"),
            "then": st.column_config.NumberColumn("With the change", format="localized"),
            "share_now": st.column_config.NumberColumn("Revenue now", format="percent", step=0.001),
            "share_then": st.column_config.NumberColumn(
                "With the change ", format="percent", step=0.001
            ),
        },
        alt="The segments before and after the change",
    )


def draw_buttons(where: str) -> None:
    """Apply, drop the change, undo the last one, back to the start."""
    changed = session.draft() != session.applied()
    with st.container(horizontal=True):
        if st.button(
            "Apply",
            type="primary",
            disabled=not changed,
            icon=":material/check:",
            key=f"segments_apply_{where}",
        ):
            session.apply_draft()
            st.rerun()
        if st.button("Drop the change", disabled=not changed, key=f"segments_drop_{where}"):
            session.try_out(session.applied())
            st.rerun()
        if st.button(
            "Undo",
            disabled=not session.can_undo(),
            icon=":material/undo:",
            key=f"segments_undo_{where}",
            help="Bring back what was applied before.",
        ):
            session.undo()
            st.rerun()
        if st.button(
            "Reset",
            key=f"segments_reset_{where}",
            icon=":material/restart_alt:",
            help="Try the app's own scheme with five levels and even percentiles.",
        ):
            session.forget(session.CLUSTERS_KEPT)
            session.try_out(
                session.draft().change(
                    n_levels=5,
                    cut_points={},
                    percentiles={},
                    scheme="classic",
                    grid={},
                    clusters={},
                )
            )
            st.rerun()
