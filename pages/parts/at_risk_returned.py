"""How many of those flagged came back on their own, measured on the past."""

import pandas as pd
import streamlit as st

from pages.parts import at_risk_tables, downloads, grid, predicting, session
from segmentation.outputs.risk_charts import chart_returned
from segmentation.risk_tables import RETURNED
from segmentation.value.at_risk import count_returned
from segmentation.value.watch_list import Wanted, find_flagged


def measured(table: pd.DataFrame | str, chosen: Wanted) -> pd.DataFrame | str:
    """Those whom the same choices flagged three months ago and who came back, by segment."""
    if isinstance(table, str):
        return table
    flagged = pd.Series(find_flagged(table, chosen), index=table.index)
    return count_returned(flagged, table["days_before"], table["days_after"], table["segment"])


def rate(found: pd.DataFrame | str) -> tuple[str, str]:
    """The share who came back, and of how many."""
    if isinstance(found, str):
        return "not known", "see below"
    n_flagged, n_returned = (int(found[name].sum()) for name in ("n_flagged", "n_returned"))
    if not n_flagged:
        return "not known", "nobody was flagged then"
    return grid.share(n_returned / n_flagged), f"of {n_flagged:,} three months ago"


def days() -> int:
    """Days since the earlier day."""
    return (session.as_of() - at_risk_tables.earlier()).days


def draw(found: pd.DataFrame | str) -> None:
    """Of customers flagged like this three months ago, how many bought again, by segment."""
    st.subheader("How many come back on their own", anchor=False)
    if isinstance(found, str):
        st.caption(f"Cannot be measured on these data: {found}.")
        return
    if found.empty:
        st.caption(
            f"The same choices flagged nobody as of {grid.day(at_risk_tables.earlier())}: nothing "
            "to measure."
        )
        return
    st.markdown(
        f"Of the {found['n_flagged'].sum():,} customers flagged like this on "
        f"{grid.day(at_risk_tables.earlier())}, **{rate(found)[0]} bought again** within "
        f"the {days()} days since, by whatever moved them then. What you do now has to beat that."
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        colours = predicting.scheme().colours
        st.altair_chart(chart_returned(found, colours), width="stretch")
    with right:
        st.dataframe(
            grid.rounded(found.reset_index(), RETURNED),
            hide_index=True,
            width="stretch",
            height="content",
            column_config=grid.column_config(RETURNED),
            column_order=list(RETURNED),
            alt="How many of those flagged came back, by segment",
        )
    downloads.offer("Download this table", "came-back", lambda: found)
