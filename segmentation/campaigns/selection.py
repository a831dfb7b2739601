"""The customers that an audience asks for, and an audience for a list of those at risk."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.audience import Audience, Condition
from segmentation.errors import InvalidChoice
from segmentation.value.at_risk import MODEL
from segmentation.value.watch_list import RISKS

if TYPE_CHECKING:
    import pandas as pd

    from segmentation.value.watch_list import Wanted


def select_customers(customers: "pd.DataFrame", audience: Audience) -> NDArray[np.bool_]:
    """Whether each customer is in an audience.

    Parameters
    ----------
    customers : DataFrame of shape (n_customers, n_columns), indexed by customer_id
        Measures, scores, segment, attributes, and what else is known of them.
    audience : Audience

    Returns
    -------
    ndarray of bool, shape (n_customers,)
        In the order of `customers`.

    Raises
    ------
    InvalidChoice
        A condition is about a column that these customers do not have, or that is of texts
        where numbers are needed.
    """
    if not any(audience.groups):
        return np.ones(len(customers), bool)
    wanted = np.zeros(len(customers), bool)
    for group in filter(None, audience.groups):
        meets = np.ones(len(customers), bool)
        for condition in group:
            meets &= meet_condition(customers, condition)
        wanted |= meets
    return wanted


def meet_condition(customers: "pd.DataFrame", condition: Condition) -> NDArray[np.bool_]:
    """Whether each customer meets one condition; an empty value meets none but a negated one.

    Customers with equal values at the edge of a top list are taken in the order of their ids, so
    that the list has the length that was asked for.

    Raises
    ------
    InvalidChoice
        As for `select_customers`.
    """
    if condition.column not in customers:
        raise InvalidChoice(
            f"The customers have no “{condition.column.replace('_', ' ')}”.",
            "Choose other conditions, or load data that have it.",
        )
    values = customers[condition.column]
    meets = np.ones(len(customers), bool)
    if condition.is_open:
        return meets
    if condition.among:
        meets &= values.isin(list(condition.among)).to_numpy()
    if condition.low is not None or condition.high is not None or condition.top is not None:
        if values.dtype.kind not in "iuf":
            raise InvalidChoice(
                f"The column “{condition.column}” has no numbers.", "Choose values of it instead."
            )
        numbers = values.to_numpy(float)
        with np.errstate(invalid="ignore"):
            meets &= numbers >= (-np.inf if condition.low is None else condition.low)
            meets &= numbers <= (np.inf if condition.high is None else condition.high)
        if condition.top is not None:
            meets &= _top(customers, numbers, condition.top)
    return ~meets if condition.negated else meets


def _top(customers: "pd.DataFrame", numbers: NDArray[np.float64], n: int) -> NDArray[np.bool_]:
    """The customers with the n highest numbers; of equal ones those whose ids come first."""
    top = np.zeros(len(numbers), bool)
    by_id = np.argsort(np.asarray(customers.index.astype(str), object), kind="stable")
    by_value = by_id[np.argsort(-numbers[by_id], kind="stable")]
    known = by_value[~np.isnan(numbers[by_value])]
    top[known[:n]] = True
    return top


def build_conditions(wanted: "Wanted", place: str | None) -> tuple[Condition, ...]:
    """The conditions that ask for the same customers as a list of those at risk.

    Parameters
    ----------
    wanted : Wanted
        Who is on the list, with a margin above 0.
    place : str or None
        The attribute that the list's places are of.
    """
    risk = RISKS[wanted.measure]
    is_low = wanted.measure == MODEL
    found = [Condition(risk, high=wanted.risk) if is_low else Condition(risk, low=wanted.risk)]
    if wanted.least_value is not None:
        found.append(Condition("total_spend", low=wanted.as_spend(wanted.least_value)))
    for column, names in (
        ("segment", wanted.segments),
        (place, wanted.places),
        ("last_category", wanted.categories),
    ):
        if column and names:
            found.append(Condition(column, among=names))
    if wanted.days is not None:
        found.append(Condition("recency_days", low=min(wanted.days), high=max(wanted.days)))
    if wanted.picked is not None:
        risks, values = wanted.picked
        for column, ends in ((risk, risks), ("total_spend", [*map(wanted.as_spend, values)])):
            found.append(Condition(column, low=min(ends), high=max(ends)))
    return tuple(_merged(found))


def _merged(conditions: "list[Condition]") -> "Iterator[Condition]":
    """Ranges of one column as the range that they have in common; others as they are."""
    for column in dict.fromkeys(condition.column for condition in conditions):
        same = [condition for condition in conditions if condition.column == column]
        lows = [condition.low for condition in same if condition.low is not None]
        highs = [condition.high for condition in same if condition.high is not None]
        yield replace(same[0], low=max(lows, default=None), high=min(highs, default=None))
