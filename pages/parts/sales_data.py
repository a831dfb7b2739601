"""The sales as the Sales page asks for them, remembered for each filter on the visitor's data."""

from collections.abc import Callable, Hashable, Iterable
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from pages.parts import cached, frame, segmenting, session
from segmentation.marts.currencies import build_currencies
from segmentation.marts.sales import Sales
from segmentation.marts.sales_answers import (
    build_buyers,
    build_figures,
    build_periods,
    work_together,
)
from segmentation.marts.sales_filters import PARTS, PLACES, SalesFilters, key_of
from segmentation.sources.mapping import told_currency

ANSWERS_AT_MOST = 200


def remembered(key: Hashable, work: Callable[[], Any]) -> Any:
    """What `work` gives, worked out once for the day, the policies and `key`; small tables only."""
    answers = _answers()
    if key not in answers:
        with st.spinner("Adding up the sales…"):
            answers[key] = work()
    return answers[key]


def _answers() -> dict[Hashable, Any]:
    answers = cached.remembered(("sales", *cached.here()), dict, "Adding up the sales…")
    while len(answers) > ANSWERS_AT_MOST:
        answers.pop(next(iter(answers)))
    return answers


def segmented() -> pd.DataFrame:
    """The same as a table for SQL."""
    key, of = ("segmented", segmenting.choices()), segmenting.segments()
    return remembered(
        key, lambda: pd.DataFrame({"customer_id": of.index.astype(str), "segment": of.astype(str)})
    )


def sales() -> Sales:
    """What answers questions on the sales."""
    return Sales(session.require_data().rows.database, *cached.here(), segmented())


class Question(NamedTuple):
    """What to work out, and what it is remembered under."""

    key: Hashable
    work: Callable[[Sales], Any]


def _about(what: str, filters: SalesFilters, work: Callable[..., Any], *more: Any) -> Question:
    """What `work` makes of the sales, the filters and `more`."""
    # By segment, the answer also depends on the segments as applied.
    by = (segmenting.choices(),) if filters.values("segment") else ()
    return Question(key_of(filters, what, *more, *by), lambda of: work(of, filters, *more))


def ask(question: Question) -> Any:
    """One answer."""
    return remembered(question.key, lambda: question.work(sales()))


def ask_together(questions: Iterable[Question]) -> None:
    """Have answers worked out that are asked for next, several at a time."""
    answers, of = _answers(), sales()
    works = {key: partial(work, of) for key, work in questions if key not in answers}
    if works:
        with st.spinner("Adding up the sales…"):
            answers |= work_together(works)


def figures(filters: SalesFilters) -> Question:
    """The figures over all days: one row, or none without sales."""
    return _about("figures", filters, build_figures)


def periods(filters: SalesFilters, grain: str) -> Question:
    """The figures by period, and its trend."""
    return _about("periods", filters, build_periods, grain)


def parts(filters: SalesFilters, part: str) -> Question:
    """The sales by one attribute."""
    return _about("parts", filters, Sales.by_part, part)


def categories(filters: SalesFilters, place: str) -> Question:
    """The revenue by category and a place."""
    return _about("categories", filters, Sales.by_category, place)


def strongest(filters: SalesFilters, place: str) -> Question:
    """The strongest categories of each part of a place."""
    return _about("strongest", filters, Sales.strongest_categories, place)


def products(filters: SalesFilters) -> Question:
    """The sales by product."""
    return _about("products", filters, Sales.by_product)


def customers(filters: SalesFilters) -> Question:
    """The customers within the filters, in small tables; by segment as well."""
    return Question(
        key_of(filters, "customers", segmenting.choices()), lambda of: build_buyers(of, filters)
    )


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
    columns = rows.recipe.columns
    if "currency" not in columns and not told_currency(columns, columns, rows.forms):
        return []
    found = remembered(("currencies",), lambda: build_currencies(rows.database, day, policies))
    return list(found["currency"])


def money(told: str) -> str:
    """An amount with its currency, where all amounts are in one."""
    names = currencies()
    return f"{told}\N{NO-BREAK SPACE}{frame.plain(names[0])}" if len(names) == 1 else told


def revenue() -> str:
    """What an axis of money is called."""
    names = currencies()
    return f"Revenue ({names[0]})" if len(names) == 1 else "Revenue"
