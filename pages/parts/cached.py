"""The slow steps, remembered on the visitor's own data; each is keyed by all it depends on.

Not `st.cache_data`: it hashes a big frame from a sample of its rows, and unpickles a copy of it
on every use.  What is remembered here goes when the data do.
"""

import datetime
from collections.abc import Callable, Collection, Hashable
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import grid, session
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.findings import Finding, build_findings, tell_fates
from segmentation.marts.measures import ADDED, add_measures, build_measures
from segmentation.marts.quality import (
    Overview,
    build_left_out,
    build_overview,
    build_statuses,
    count_fates,
    count_returns,
)
from segmentation.recipe import DUPLICATES, Policies, Recipe
from segmentation.segments.cells import Cells, Distribution, count_cells, count_customers
from segmentation.segments.clusters import clusters_by
from segmentation.segments.rfm import count_measures


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


def customers() -> pd.DataFrame:
    """One row a customer, with all that clusters look at; shared, so never to be changed."""
    return customers_with({*clusters_by(session.applied()), *clusters_by(session.draft())})


def customers_with(measures: Collection[str]) -> pd.DataFrame:
    """The same with chosen measures that cost a query of their own."""
    database = session.require_data().rows.database
    day, policies = here()
    plain = remembered(
        ("customers", day, policies),
        lambda: build_customers(database, day, policies),
        "Grouping the rows by customer…",
    )
    added = tuple(measure for measure in ADDED if measure in measures)
    if not added:
        return plain
    return remembered(
        ("customers", added, day, policies),
        lambda: add_measures(plain, database, day, policies, added),
        "Looking up each customer's measures…",
    )


def customers_on(day: datetime.date) -> pd.DataFrame:
    """One row a customer as of another day, with all that the applied segments look at."""
    database, policies = session.require_data().rows.database, session.policies()
    measures = tuple(clusters_by(session.applied()))

    def work() -> pd.DataFrame:
        table = build_customers(database, day, policies)
        return add_measures(table, database, day, policies, measures)

    return remembered(
        ("customers", measures, day, policies), work, f"Grouping the rows as of {grid.day(day)}…"
    )


def added_measures() -> list[str]:
    """The measures beside those of every customer that the data have and that differ."""
    database = session.require_data().rows.database
    day, policies = here()

    def work() -> list[str]:
        measures = build_measures(database, day, policies)
        return [name for name in measures if measures[name].nunique() > 1]

    return remembered(("measures", day, policies), work, "Looking for more measures…")


def overview() -> Overview:
    """What the purchases cover that count by these policies before this day."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("overview", day, policies),
        lambda: build_overview(database, policies, day),
        "Looking at the dates…",
    )


def customers_of(
    data: session.LoadedData, recipe: Recipe, day: datetime.date, policies: Policies
) -> pd.DataFrame:
    """One row a customer, with all that a recipe's segments look at; outside a script run too."""
    database, measures = data.rows.database, clusters_by(recipe)
    plain = data.remember(
        ("customers", day, policies), lambda: build_customers(database, day, policies)
    )
    return add_measures(plain, database, day, policies, measures)


def attributes() -> pd.DataFrame:
    """Each customer's latest attributes; shared, so never to be changed."""
    data, (day, policies) = session.require_data(), here()
    with st.spinner("Looking up each customer's attributes…"):
        return attributes_of(data, day, policies)


def attributes_of(data: session.LoadedData, day: datetime.date, policies: Policies) -> pd.DataFrame:
    """The same outside a script run, where downloads are made."""
    return data.remember(
        ("attributes", day, policies),
        lambda: build_attributes(data.rows.database, day, policies),
    )


def places() -> list[str]:
    """The attributes that say where customers are and how old, as far as the data have them."""
    return [name for name in ("region", "country", "city", "age_group") if name in attributes()]


def cells(by_customer: bool) -> Cells:
    """The customers, counted on the recency × orders grid or one by one."""
    table = customers()
    return remembered(
        ("cells", by_customer, tuple(table), *here()),
        lambda: (count_customers if by_customer else count_cells)(table),
        "Counting the customers…",
    )


def distributions() -> dict[str, Distribution]:
    """How often each value of the three measures occurs."""
    table = customers()
    return remembered(
        ("distributions", *here()), lambda: count_measures(table), "Sorting the customers…"
    )


def fates(**others: Any) -> pd.DataFrame:
    """Rows and money by fate, by the policies in use but for others by name."""
    database = session.require_data().rows.database
    key = fates_key(**others)
    _, day, policies = key
    return remembered(key, lambda: count_fates(database, policies, day), "Adding up the rows…")


def fates_key(**others: Any) -> tuple[str, datetime.date, Policies]:
    """What fates are remembered by."""
    day, policies = here()
    return "fates", day, replace(policies, **others)


def has_fates(duplicates: str) -> bool:
    """Whether fates by a policy for duplicates are known, or soon would be.

    A server has to compare all rows with each other first, and is not asked to in passing.
    """
    data = session.require_data()
    return data.is_copied or fates_key(duplicates=duplicates) in data.memory


def policy_effects() -> pd.DataFrame:
    """What each policy would make of the rows, as far as that is known."""
    known = [each for each in DUPLICATES if has_fates(each)]
    return pd.concat(count_returns(fates(duplicates=each), each) for each in known)


def statuses() -> pd.DataFrame:
    """What the orders' status says, with the rows and the money of each."""
    database = session.require_data().rows.database
    day, policies = here()
    policies = replace(policies, undone=())  # whichever count, it is the same
    return remembered(
        ("statuses", day, policies),
        lambda: build_statuses(database, policies, day),
        "Adding up the rows by order status…",
    )


def left_out(fate: str, limit: int) -> pd.DataFrame:
    """The first rows that do not count for one reason."""
    database = session.require_data().rows.database
    day, policies = here()
    return remembered(
        ("left out", fate, limit, day, policies),
        lambda: build_left_out(database, policies, day, fate, limit),
        "Collecting the rows left out…",
    )


def findings() -> list[Finding]:
    """What dates, currencies, orders and ties mean for the analysis."""
    database, table = session.require_data().rows.database, customers()
    (day, policies), covered = here(), overview()
    found = remembered(
        ("findings", day, policies),
        lambda: build_findings(database, table, covered, policies, day),
        "Looking at dates and currencies…",
    )
    return [*found, *tell_fates(fates(), policies)]
