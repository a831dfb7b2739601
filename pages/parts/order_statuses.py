"""What the orders' status says, and which of it means that an order does not count."""

from dataclasses import replace

import streamlit as st

from pages.parts import cached, frame, grid, ledger, session
from segmentation.marts.quality import count_returns
from segmentation.recipe import Policies
from segmentation.tables import STATUSES

KEY = "check_undone"


def draw() -> None:
    """The statuses that do not count, what others would change, and all that there are."""
    data = session.require_data()
    if "status" not in data.rows.recipe.columns:
        return
    statuses, now = cached.statuses(), session.policies()
    gone = {text.lower() for text in now.left_out}
    options: dict[str, str] = {}
    # The data may have it in capitals as well, and last month's recipe what they do not have.
    for text in filter(None, (*statuses["status"], *now.left_out)):
        options.setdefault(text.lower(), text)
    session.put(KEY, [text for lowered, text in options.items() if lowered in gone])
    st.multiselect(
        "Orders that do not count, by their status",
        list(options.values()),
        key=KEY,
        placeholder="Every order counts",
        on_change=choose,
        help="All rows of such orders are left out, what was paid back included.",
    )
    # A server compares all rows with each other once more where copies are dropped.
    if data.is_copied or now.duplicates == "keep":
        for label, other in alternatives(now).items():
            tell_change(label, now, other)
    counts = statuses["status"].str.lower().isin(gone).map({True: "Left out", False: "Counts"})
    st.dataframe(
        statuses.assign(counts=counts, status=statuses["status"].replace("", None)),
        hide_index=True,
        width="stretch",
        column_order=["status", "counts", *list(STATUSES)[1:]],
        column_config={
            **grid.column_config(STATUSES),
            "counts": st.column_config.TextColumn("Counts?"),
        },
        placeholder="–",
        alt="Rows and money by order status",
    )


def alternatives(now: Policies) -> dict[str, Policies]:
    """The policies that others might expect, by what to call them."""
    ways = {
        "Every order counts": (),
        f"Only {frame.plain(', '.join(now.recognised))} left out": None,
    }
    others = {label: replace(now, undone=undone) for label, undone in ways.items()}
    return {label: other for label, other in others.items() if {*other.left_out} != {*now.left_out}}


def tell_change(label: str, now: Policies, other: Policies) -> None:
    """What another choice would change, in one line."""
    current, changed = (
        count_returns(cached.fates(undone=each.undone), now.duplicates).loc[
            (now.returns, now.duplicates)
        ]
        for each in (now, other)
    )
    ledger.tell_change(label, current, changed)


def choose() -> None:
    """Use the statuses chosen; those that were recognised stay open for other data."""
    chosen = tuple(session.chosen(KEY))
    lowered, recognised = (
        {text.lower() for text in texts} for texts in (chosen, session.policies().recognised)
    )
    ledger.use_policy("undone", None if lowered == recognised else chosen)
