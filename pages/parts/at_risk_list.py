"""The customers at risk: how many, how much money, the map to pick from, and the list."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from pages.parts import (
    at_risk_controls,
    at_risk_measure,
    at_risk_returned,
    at_risk_tables,
    campaign_link,
    downloads,
    figures,
    grid,
    predicting,
)
from segmentation.campaigns.selection import build_conditions
from segmentation.outputs.risk_charts import PICKED, chart_risk_map
from segmentation.risk_tables import AT_RISK
from segmentation.value.watch_list import (
    RISKS,
    Wanted,
    complete_rows,
    find_flagged,
    spread,
)

MARKS, SHOWN_CUSTOMERS = 2000, 500
DIGITS = {
    "at_stake": 2,
    "value_so_far": 2,
    "p_active": 6,
    "overdue_ratio": 2,
    "usual_gap_days": 1,
    "overdue_days": 0,
}
COLUMNS = (
    *("customer_id", "segment", "segment_before", "at_stake", "risk", "value_so_far"),
    *("last_ordered_on", "usual_gap_days", "overdue_days", "favourite_category", "offer"),
    *("last_category", "gap_of"),
)


def draw() -> None:
    """Controls, figures, map, list and how many came back; only this part is run again."""
    kind, _ = at_risk_measure.measure()
    draw_narrowed(
        kind,
        at_risk_tables.watch_list(kind),
        at_risk_tables.segments_earlier(),
        at_risk_tables.watch_list_earlier(kind),
    )


@st.fragment
def draw_narrowed(
    kind: str,
    table: pd.DataFrame,
    segment_before: pd.Series | None,
    table_before: pd.DataFrame | str,
) -> None:
    """All that depends on the controls."""
    # The figures stand above the controls, so that a narrow screen shows them while one is moved.
    above = st.container()
    wanted = at_risk_controls.draw(table, kind)
    shown = find_flagged(table, wanted)
    chosen = replace(wanted, picked=at_risk_controls.picked(wanted, RISKS[kind]))
    flagged = find_flagged(table, chosen) if chosen.picked else shown
    returned = at_risk_returned.measured(table_before, chosen)
    with above:
        draw_figures(table, flagged, returned)
    if not shown.any():
        st.info("Nobody is at risk by these choices; let less risk count, or widen the others.")
        return
    draw_map(table, shown, flagged, wanted)
    draw_list(table, flagged, segment_before, chosen)
    at_risk_returned.draw(returned)


def offer_campaign(wanted: Wanted) -> None:
    """A way to Campaign with the customers on the list; without a margin none has a value."""
    if wanted.margin:
        conditions = build_conditions(wanted, at_risk_tables.place_name())
        campaign_link.offer("at_risk", conditions, "Opens Campaign with these customers.")


def draw_figures(table: pd.DataFrame, flagged: np.ndarray, returned: pd.DataFrame | str) -> None:
    """Count, value so far and money at stake of those on the list."""
    count, value, stake = measured(table, flagged)
    n_all, value_all, stake_all = measured(table, np.ones(len(table), bool))
    rate, told = at_risk_returned.rate(returned)
    with st.container(horizontal=True):
        for label, figure, note in (
            ("Customers", f"{count:,}", share(count, n_all)),
            ("Value so far", grid.short(value), share(value, value_all)),
            ("Money at stake", grid.short(stake), f"{share(stake, stake_all)} at stake"),
            ("Came back on their own", rate, told),
        ):
            figures.draw(label, figure, note)


def measured(table: pd.DataFrame, flagged: np.ndarray) -> tuple[int, float, float]:
    """Customers, their value so far and their money at stake."""
    value, stake = (table[name].to_numpy() for name in ("value_so_far", "at_stake"))
    return int(flagged.sum()), float(value[flagged].sum()), float(stake[flagged].sum())


def share(part: float, whole: float) -> str:
    """A share of what all customers have of it."""
    return f"{grid.share(part / whole)} of {grid.short(whole)}" if whole > 0 else "–"


def draw_map(table: pd.DataFrame, shown: np.ndarray, flagged: np.ndarray, wanted: Wanted) -> None:
    """Risk against value of those flagged, to pick from by brushing."""
    st.subheader("Map", anchor=False)
    marks = table.iloc[spread(shown, MARKS)]
    n_shown = int(shown.sum())
    sample = (
        f"The map shows {len(marks):,} of {n_shown:,}, evenly from most to least at stake; a pick "
        "takes all of them within it."
        if n_shown > len(marks)
        else f"The map shows all {n_shown:,}."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        if flagged is shown:
            st.caption(f"{sample} Draw a rectangle to pick: figures, list and download follow it.")
        else:
            st.markdown(
                f"**Picked: {int(flagged.sum()):,} of {n_shown:,}.** Figures, list and download "
                "are of these."
            )
            st.button(
                "Clear the pick",
                icon=":material/close:",
                key="at_risk_clear",
                on_click=at_risk_controls.clear,
            )
    st.altair_chart(
        chart_risk_map(
            marks,
            RISKS[wanted.measure],
            predicting.scheme().colours,
            at_risk_controls.drawn_with(wanted),
        ),
        width="stretch",
        on_select=at_risk_controls.drop_pick,
        selection_mode=PICKED,
        key=at_risk_controls.map_key(wanted),
    )


def draw_list(
    table: pd.DataFrame, flagged: np.ndarray, segment_before: pd.Series | None, wanted: Wanted
) -> None:
    """Those flagged by money at stake, and all of them as a file or an audience."""
    st.subheader("Customers at risk", anchor=False)
    make = list_maker(table, flagged, segment_before, wanted.measure)
    rows, n_flagged = make(SHOWN_CUSTOMERS), int(flagged.sum())
    if rows.empty:
        st.caption("Nobody lies within the pick.")
        return
    gap = AT_RISK["usual_gap_days"]
    st.dataframe(
        grid.rounded(rows.reset_index(), AT_RISK),
        hide_index=True,
        width="stretch",
        column_config={
            **grid.column_config(AT_RISK),
            "usual_gap_days": st.column_config.NumberColumn(
                gap.label, help=gap.meaning, format=f"%,.{DIGITS['usual_gap_days']}f"
            ),
        },
        alt="Customers at risk by money at stake",
    )
    notes = []
    if n_flagged > len(rows):
        notes.append(f"The {len(rows)} with most at stake of {n_flagged:,}; the download has all.")
    if segment_before is None:
        notes.append(
            f"Segments of three months ago ({grid.day(at_risk_tables.earlier())}) cannot be told "
            "from these data."
        )
    if "favourite_category" not in rows:
        notes.append("The data have no categories.")
    if notes:
        st.caption(" ".join(notes))
    with st.container(horizontal=True):
        downloads.offer(f"Download all {n_flagged:,}", "at-risk", make)
        offer_campaign(wanted)


def list_maker(
    table: pd.DataFrame, flagged: np.ndarray, segment_before: pd.Series | None, kind: str
) -> Callable[..., pd.DataFrame]:
    """A function that makes the list, or its first rows; it holds all it needs."""
    actions = predicting.scheme().actions
    named = [RISKS[kind] if name == "risk" else name for name in COLUMNS[1:]]

    def make(limit: int | None = None) -> pd.DataFrame:
        rows = table.iloc[np.flatnonzero(flagged)[:limit]]
        made = complete_rows(rows, segment_before, actions).round(DIGITS)
        return made[[name for name in named if name in made and made[name].notna().any()]]

    return make
