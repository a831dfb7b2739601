"""What a campaign brought: the orders since then, target against control, by segment."""

import datetime
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.parts import (
    cached,
    campaigning,
    downloads,
    figures,
    given_files,
    grid,
    loading,
    segmenting,
    session,
)
from segmentation.campaigns.outcomes import ALL, build_period, compare_outcomes
from segmentation.campaigns.sent import Sent, load_sent
from segmentation.engine.database import Database
from segmentation.engine.loading import LoadedRows, load_rows
from segmentation.marts.quality import Overview, build_overview
from segmentation.recipe import Policies, Recipe
from segmentation.sources.columns import guess_columns
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace
from segmentation.tables import OUTCOMES

LOADED, UPLOADED = "The loaded data", "A file with the orders since"
# What the orders since then have to say; whatever else the data have is not asked for.
NEEDED = ("customer_id", "ordered_at", "amount", "quantity", "unit_price", "order_id")
STATUS = "status"


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
        orders = draw_orders()
        days = draw_days(orders, sent.as_of) if orders and sent else None
    if sent is None or orders is None or days is None:
        return
    period = cached.remembered(
        ("campaign period", orders.name, days, orders.policies),
        lambda: build_period(orders.database, *days, orders.policies),
        "Adding up the orders since…",
    )
    draw_outcomes(sent.members, period)


def draw_sent() -> Sent | None:
    """The list that went out; None until one is given."""
    sent = given_files.draw(
        "campaign_sent",
        "The list that went out",
        ["csv"],
        "Plain CSV, both arms.",
        load_sent,
    )
    if sent:
        return sent.content
    if not st.checkbox(
        "Take the audience as it is put together now",
        key="campaign_sent_now",
        persist_state="session",
        help="Its segments may know the orders since: then compare the arms, not the segments.",
    ):
        st.caption("What the campaign brought is shown here once the list is there.")
        return None
    found = campaigning.members()
    return None if found.empty else Sent(found[["segment", "arm"]], session.as_of())


class Orders(NamedTuple):
    """Where the orders since are, what to call them by, what counts, and what they cover."""

    name: str
    database: Database
    policies: Policies
    overview: Overview


def draw_orders() -> Orders | None:
    """The orders since; None until they are given."""
    source = st.radio(
        "Where are the orders?",
        [LOADED, UPLOADED],
        key="campaign_orders_in",
        horizontal=True,
        persist_state="session",
    )
    if source == UPLOADED:
        return draw_upload()
    data = session.require_data()
    return Orders("", data.rows.database, session.policies(), data.overview)


def draw_days(
    orders: Orders, as_of: datetime.date | None
) -> tuple[datetime.date, datetime.date] | None:
    """The first day that counts, and the first after the last; from the list's day on."""
    first, last = orders.overview.first_on, orders.overview.last_on
    start = as_of or last - datetime.timedelta(days=30)
    if start > last:
        st.info(
            f"The list is as of {grid.day(start)}, and the last order "
            + (
                f"in the file is of {grid.day(last)}: give a file with the orders since."
                if orders.name
                else f"that is loaded is of {grid.day(last)}: choose **{UPLOADED}** above, or load "
                "the orders since."
            )
        )
        return None
    chosen = st.date_input(
        "From the day it went out to the last day that counts",
        (max(start, first), last),
        min_value=first,
        max_value=last,
        format="YYYY-MM-DD",
        key=f"campaign_days_{first}_{last}_{start}",
        persist_state="session",
    )
    if len(chosen) < 2:
        st.caption("Choose the second day as well.")
        return None
    return chosen[0], chosen[1] + datetime.timedelta(days=1)


def draw_upload() -> Orders | None:
    """A file with the orders since."""
    given = given_files.draw(
        "campaign_orders",
        "The orders since",
        [ending for ending in loading.TYPES if ending != "toml"],
        "With columns for customer, date and amount; other columns do not matter.",
        load_orders,
    )
    if given is None:
        return None
    database, own = given.content.database, given.content.recipe.policies or Policies()
    # The file may have statuses of its own that mean that an order does not count.
    policies = replace(session.policies(), recognised=own.recognised)
    overview = cached.remembered(
        ("campaign orders", given.file_id, policies),
        lambda: build_overview(database, policies),
        "Looking at the dates…",
    )
    return Orders(given.file_id, database, policies, overview)


def load_orders(content: bytes, name: str) -> LoadedRows:
    """The rows of a file, read as the data were; by their names, where columns are others."""
    workspace = Workspace()
    path = workspace.new_path(f".{name.rpartition('.')[2].lower()}")
    path.write_bytes(content)
    read = partial(read_files, workspace, [path], [name])
    raw, recipe = read(), session.require_data().rows.recipe.change(as_of=None)
    there = {column.name for column in raw.columns}
    wanted = (*NEEDED, STATUS) if recipe.columns.get(STATUS) in there else NEEDED
    columns = {ours: theirs for ours, theirs in recipe.columns.items() if ours in wanted}
    if not set(columns.values()) <= there:
        recipe, wanted = Recipe(policies=recipe.policies), (*NEEDED, STATUS)
        columns = {ours: theirs for ours, theirs in guess_columns(raw).items() if ours in wanted}
    forms = {ours: form for ours, form in recipe.forms.items() if ours in columns}
    recipe = recipe.change(columns=columns, forms=forms)
    return load_rows(workspace, raw, recipe, partial(read, rewrite=True))


def draw_outcomes(sent: pd.DataFrame, period: pd.DataFrame) -> None:
    """The figures of all customers, the table by segment, and it as a file."""
    found = in_order(compare_outcomes(sent["segment"], sent["arm"], period))
    row = found.loc[ALL]
    if not row["n_control"] or not row["n_target"]:
        st.info("One of the arms is empty: without a control group nothing can be compared.")
    known = sent.index.isin(period.index).sum()
    with st.container(horizontal=True):
        for label, rate, n in (
            ("Ordered, target", row["rate_target"], row["n_target"]),
            ("Ordered, control", row["rate_control"], row["n_control"]),
        ):
            figures.draw(label, grid.share(rate), f"of {n:,} customers")
        figures.draw("Lift", points(row["lift"]), span(row, "lift", points))
        figures.draw("Gain each", money(row["gain"]), span(row, "gain", money))
    st.markdown(
        f"**{row['verdict']}** Intervals hold with 95% confidence, those of the "
        "segments all together."
    )
    if not known:
        st.warning("No customer of the list is in the orders: are these the same customers?")
    st.subheader("By segment", anchor=False)
    st.dataframe(
        grid.rounded(found.reset_index(), OUTCOMES),
        hide_index=True,
        width="stretch",
        height="content",
        column_order=["segment", "verdict", *(name for name in found if name != "verdict")],
        column_config={
            **grid.column_config(OUTCOMES),
            # Its first words say it; the figures are what should be in view.
            "verdict": st.column_config.TextColumn(
                OUTCOMES["verdict"].label, help=OUTCOMES["verdict"].meaning, width=200
            ),
        },
        placeholder="–",
        alt="What the campaign brought by segment",
    )
    downloads.offer("Download the outcome", "campaign outcome", lambda: found)


def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """The outcome with the segments as on every page, those that are none any more after them."""
    names = dict.fromkeys([*segmenting.applied().names, *found.index.drop(ALL), ALL])
    return found.loc[[name for name in names if name in found.index]]


def span(row: "pd.Series[Any]", name: str, told: Any) -> str | None:
    """The interval of a figure."""
    if pd.isna(row[f"{name}_low"]):
        return None
    return f"{told(row[f'{name}_low'])} to {told(row[f'{name}_high'])}"


def points(value: float) -> str:
    """A difference of shares in percentage points."""
    return "–" if pd.isna(value) else f"{100 * value:+.1f} points".replace("-", "−")


def money(value: float) -> str:
    """A difference in money."""
    return "–" if pd.isna(value) else f"{value:+,.2f}".replace("-", "−")
