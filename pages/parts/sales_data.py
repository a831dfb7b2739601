"""The sales as the Sales page asks for them, remembered for each filter on the visitor's data."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.parts import cached, segmenting, session
from segmentation.marts.currencies import build_currencies
from segmentation.marts.sales import Sales
from segmentation.marts.sales_figures import derive_figures, profile_pareto
from segmentation.marts.sales_filters import PARTS, PLACES, SalesFilters, key_of
from segmentation.marts.sales_trend import build_trend

ANSWERS_AT_MOST, MOST_CUSTOMERS = 200, 500


def remembered(key: Hashable, work: Callable[[], Any]) -> Any:
    """What `work` gives, worked out once for the day, the policies and `key`; small tables only."""
    answers = cached.remembered(("sales", *cached.here()), dict, "Adding up the sales…")
    if key not in answers:
        with st.spinner("Adding up the sales…"):
            answers[key] = work()
        while len(answers) > ANSWERS_AT_MOST:
            answers.pop(next(iter(answers)))
    return answers[key]


def segmented() -> pd.DataFrame:
    """The same as a table for SQL."""
    key, of = ("segmented", segmenting.choices()), segmenting.segments()
    return remembered(
        key, lambda: pd.DataFrame({"customer_id": of.index.astype(str), "segment": of.astype(str)})
    )


def sales() -> Sales:
    """What answers questions on the sales."""
    return Sales(session.require_data().rows.database, *cached.here(), segmented())


def ask(what: str, filters: SalesFilters, work: Callable[[Sales], Any], *more: Hashable) -> Any:
    """One answer for these filters; by segment, also for the segments as applied."""
    if filters.values("segment"):
        more = (*more, segmenting.choices())
    return remembered(key_of(filters, what, *more), lambda: work(sales()))


def figures(filters: SalesFilters) -> pd.DataFrame:
    """The figures over all days: one row, or none without sales."""
    return ask("figures", filters, lambda of: derive_figures(of.totals(filters)))


def periods(filters: SalesFilters, grain: str) -> pd.DataFrame:
    """The figures by period, and its trend."""

    def build(of: Sales) -> pd.DataFrame:
        trend = build_trend(of.by_day(filters), filters.since, filters.until, grain)
        by_period = derive_figures(of.by_period(filters, grain))
        return trend.join(by_period.drop(columns=["total_spend", "n_orders", "mean_order_value"]))

    return ask("periods", filters, build, grain)


def parts(filters: SalesFilters, part: str, with_categories: bool = False) -> pd.DataFrame:
    """The sales by one attribute; places with their strongest categories where asked for."""

    def build(of: Sales) -> pd.DataFrame:
        table = of.by_part(filters, part)
        if with_categories:
            table["strongest"] = of.strongest_categories(filters, part).reindex(table.index)
        return table

    return ask("parts", filters, build, part, with_categories)


def products(filters: SalesFilters) -> pd.DataFrame:
    """The sales by product."""
    return ask("products", filters, lambda of: of.by_product(filters))


class Buyers(NamedTuple):
    """Who brings most, what share how many bring, and what each segment brings."""

    top: pd.DataFrame
    pareto: pd.DataFrame
    by_segment: pd.DataFrame


def customers(filters: SalesFilters) -> Buyers:
    """The customers within the filters, in small tables."""

    def build(of: Sales) -> Buyers:
        top = of.by_customer(filters, MOST_CUSTOMERS)
        top = top[top["n_orders"] > 0]
        whole = figures(filters)["total_spend"].sum()
        share = top["total_spend"] / whole if whole else 0.0
        pareto = profile_pareto(of.spends(filters))
        return Buyers(top.assign(share_of_spend=share), pareto, of.by_segment(filters))

    return ask("customers", filters, build, segmenting.choices())


def everything() -> SalesFilters:
    """All sales before the as-of day."""
    return SalesFilters(cached.overview().sales_from, session.as_of())


def known_parts() -> list[str]:
    """The attributes that the data have, of those that sales are looked at by."""
    columns = set(session.require_data().rows.recipe.columns)
    if "customer_age" in columns:
        columns.add("age_group")
    return [part for part in PARTS if part in columns]


def known_places() -> list[str]:
    """Likewise of country, region and city, each within the one before it."""
    return [part for part in known_parts() if part in PLACES]


def currencies() -> list[str]:
    """What the amounts are in, where a column or the amounts themselves say it."""
    rows, (day, policies) = session.require_data().rows, cached.here()
    if "currency" not in rows.recipe.columns and not any(f.currency for f in rows.forms.values()):
        return []
    found = remembered(("currencies",), lambda: build_currencies(rows.database, day, policies))
    return list(found["currency"])


def money(told: str) -> str:
    """An amount with its currency, where all amounts are in one."""
    names = currencies()
    return f"{told}\N{NO-BREAK SPACE}{names[0]}" if len(names) == 1 else told


def revenue() -> str:
    """What an axis of money is called."""
    names = currencies()
    return f"Revenue ({names[0]})" if len(names) == 1 else "Revenue"
