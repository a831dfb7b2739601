"""The slow steps, remembered on the visitor's own data; each is keyed by all it depends on.

Not `st.cache_data`: it hashes a big frame from a sample of its rows, and unpickles a copy of it
on every use.  What is remembered here goes when the data do.
"""

import datetime
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.parts import session
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.quality import build_left_out, count_fates, count_policies
from segmentation.recipe import Policies
from segmentation.segments.cells import Cells, Distribution, count_cells, count_customers
from segmentation.segments.rfm import count_measures

if TYPE_CHECKING:
    import pandas as pd


def remembered(key: Hashable, work: Callable[[], Any], says: str) -> Any:
    """What `work` gives, worked out once for this data and `key`; `says` shows meanwhile."""
    data = session.require_data()
    if key in data.memory:
        return data.remember(key, work)
    with st.spinner(says):
        return data.remember(key, work)


def latest(name: str, key: Hashable, work: Callable[[], Any], says: str) -> Any:
    """What `work` gives, kept for the last `key` only: for tables as long as the customers."""
    memory = session.require_data().memory
    if name not in memory or memory[name][0] != key:
        memory.pop(name, None)
        with st.spinner(says):
            memory[name] = key, work()
    return memory[name][1]


def here() -> tuple[datetime.date, Policies]:
    """The day and the policies that all of it depends on."""
    return session.as_of(), session.policies()


def customers() -> "pd.DataFrame":
    """One row a customer; shared, so never to be changed."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("customers", day, policies),
        lambda: build_customers(database, day, policies),
        "Grouping the rows by customer…",
    )


def attributes() -> "pd.DataFrame":
    """Each customer's latest attributes; shared, so never to be changed."""
    data, (day, policies) = session.require_data(), here()
    with st.spinner("Looking up each customer's attributes…"):
        return attributes_of(data, day, policies)


def attributes_of(
    data: session.LoadedData, day: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """The same outside a script run, where downloads are made."""
    return data.remember(
        ("attributes", day, policies),
        lambda: build_attributes(data.rows.database, day, policies),
    )


def cells(by_customer: bool) -> Cells:
    """The customers, counted on the recency × orders grid or one by one."""
    table = customers()
    return remembered(
        ("cells", by_customer, *here()),
        lambda: (count_customers if by_customer else count_cells)(table),
        "Counting the customers…",
    )


def distributions() -> dict[str, Distribution]:
    """How often each value of the three measures occurs."""
    table = customers()
    return remembered(
        ("distributions", *here()), lambda: count_measures(table), "Sorting the customers…"
    )


def fates() -> "pd.DataFrame":
    """Rows and money by fate."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("fates", day, policies),
        lambda: count_fates(database, policies, day),
        "Adding up the rows…",
    )


def policy_effects() -> "pd.DataFrame":
    """What each policy would make of the rows."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("policies", day, policies),
        lambda: count_policies(database, policies, day),
        "Trying the policies…",
    )


def left_out(fate: str, limit: int) -> "pd.DataFrame":
    """The first rows that do not count for one reason."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("left out", fate, limit, day, policies),
        lambda: build_left_out(database, policies, day, fate, limit),
        "Collecting the rows left out…",
    )
