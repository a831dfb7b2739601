"""What a campaign brought: the orders since then, target against control, by segment."""

import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import cached, campaigning, downloads, grid, loading, session
from segmentation.campaigns.outcomes import ALL, build_period, compare_outcomes
from segmentation.campaigns.sent import load_sent
from segmentation.engine.loading import LoadedRows, load_rows
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace
from segmentation.tables import OUTCOMES

LOADED, UPLOADED = "The loaded data", "A file with the orders since"


def draw() -> None:
    """Who was in which arm, where the orders are, and what came of it."""
    st.markdown(
        "Give the plain CSV that you kept when the campaign went out, with both arms, and the "
        "orders since then: load new data, or give a file with them here."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        sent = draw_sent()
    with right:
        database, days = draw_orders()
    if sent is None or database is None or days is None:
        return
    policies = session.policies()
    period = cached.remembered(
        ("campaign period", id(database), days, policies),
        lambda: build_period(database, *days, policies),
        "Adding up the orders since…",
    )
    draw_outcomes(sent, period)


def draw_sent() -> pd.DataFrame | None:
    """The list that went out; None until one is given."""
    given = st.file_uploader(
        "The list that went out", type=["csv"], key="campaign_sent", help="Plain CSV, both arms."
    )
    if given is not None:
        return load_sent(given.getvalue(), given.name)
    st.caption(
        "Without a file: the audience and arms as they are put together now. Its segments already "
        "know the orders since, so compare the arms, not the segments."
    )
    found = campaigning.members()
    return None if found.empty else found[["segment", "arm"]]


def draw_orders() -> tuple[Any, tuple[datetime.date, datetime.date] | None]:
    """The database with the orders, and the days that count; None until they are given."""
    source = st.radio(
        "Where are the orders?",
        [LOADED, UPLOADED],
        key="campaign_orders_in",
        horizontal=True,
        persist_state="session",
    )
    if source == UPLOADED:
        return draw_upload()
    overview = session.require_data().overview
    month_ago = max(overview.first_on, overview.last_on - datetime.timedelta(days=30))
    chosen = st.date_input(
        "From the day it went out to the last day that counts",
        (month_ago, overview.last_on),
        min_value=overview.first_on,
        max_value=overview.last_on,
        format="YYYY-MM-DD",
        key="campaign_days",
        persist_state="session",
    )
    if len(chosen) < 2:
        st.caption("Choose the second day as well.")
        return None, None
    return session.require_data().rows.database, (
        chosen[0],
        chosen[1] + datetime.timedelta(days=1),
    )


def draw_upload() -> tuple[Any, tuple[datetime.date, datetime.date] | None]:
    """A file with the orders since; it has the same columns as the data."""
    given = st.file_uploader(
        "The orders since",
        type=[ending for ending in loading.TYPES if ending != "toml"],
        key="campaign_orders",
        help="With the same columns as your data; every order in it counts.",
    )
    if given is None:
        return None, None
    loaded = cached.remembered(
        ("campaign orders", given.file_id),
        lambda: load_orders(given.name, given.getvalue()),
        "Reading the orders…",
    )
    return loaded.database, (datetime.date(1, 1, 1), datetime.date(9999, 1, 1))


def load_orders(name: str, content: bytes) -> LoadedRows:
    """The rows of a file, read as the data were."""
    workspace = Workspace()
    path = workspace.new_path(f".{name.rpartition('.')[2].lower()}")
    path.write_bytes(content)
    recipe = session.require_data().rows.recipe.change(as_of=None)
    read = partial(read_files, workspace, [path], [name])
    return load_rows(workspace, read(), recipe, partial(read, rewrite=True))


def draw_outcomes(sent: pd.DataFrame, period: pd.DataFrame) -> None:
    """The figures of all customers, the table by segment, and it as a file."""
    found = compare_outcomes(sent["segment"], sent["arm"], period)
    row = found.loc[ALL]
    if not row["n_control"] or not row["n_target"]:
        st.info("One of the arms is empty: without a control group nothing can be compared.")
    known = sent.index.isin(period.index).sum()
    with st.container(horizontal=True):
        for label, rate, n in (
            ("Ordered, target", row["rate_target"], row["n_target"]),
            ("Ordered, control", row["rate_control"], row["n_control"]),
        ):
            campaigning.draw_figure(label, share(rate), f"of {n:,} customers")
        campaigning.draw_figure("Lift", points(row["lift"]), span(row, "lift", points))
        campaigning.draw_figure("Gain each", money(row["gain"]), span(row, "gain", money))
    st.markdown(f"**{row['verdict']}** Intervals hold with 95 % confidence.")
    if not known:
        st.warning("No customer of the list is in the orders: are these the same customers?")
    st.subheader("By segment", anchor=False)
    st.dataframe(
        found.reset_index(),
        hide_index=True,
        width="stretch",
        height="content",
        column_order=["segment", "verdict", *(name for name in found if name != "verdict")],
        column_config=grid.column_config(OUTCOMES),
        alt="What the campaign brought by segment",
    )
    downloads.offer("Download the outcome", "campaign outcome", lambda: found)


def span(row: "pd.Series[Any]", name: str, told: Any) -> str | None:
    """The interval of a figure."""
    if pd.isna(row[f"{name}_low"]):
        return None
    return f"{told(row[f'{name}_low'])} to {told(row[f'{name}_high'])}"


def share(value: float) -> str:
    """A share in per cent."""
    return "–" if pd.isna(value) else f"{value:.1%}"


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return "–" if pd.isna(value) else f"{100 * value:+.1f} points"


def money(value: float) -> str:
    """A difference in money."""
    return "–" if pd.isna(value) else f"{value:+,.2f}"
