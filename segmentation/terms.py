"""The choices that lifetime value depends on: part of a recipe, saved with it."""

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

MODELS = ("BG/NBD", "MBG/NBD")
MONTHS = (3, 6, 12, 24)
LONGEST = datetime.timedelta(days=3660)


@dataclass(frozen=True)
class Terms:
    """What lifetime value is worked out with.

    Parameters
    ----------
    margin : float, default=1.0
        Share of the spend that is profit, 0 to 1.
    discount : float, default=0.1
        Rate per year by which later money counts less, 0 or more.
    months : int, default=12
        How far to look ahead from the as-of day, in calendar months, 1 to 120.
    until : date or None
        The last day to look ahead to, ten years on at most; None: by the months.
    model : {"BG/NBD", "MBG/NBD"}, default="BG/NBD"
        Of purchases.
    years : float, default=3.0
        How long a customer stays, for the simple figure.
    order_value : float or None
        Mean order for the simple figure, in the data's currency; None: as measured.
    orders_per_year : float or None
        Orders of a customer per year for the simple figure; None: as measured.
    """

    margin: float = 1.0
    discount: float = 0.1
    months: int = 12
    until: datetime.date | None = None
    model: str = "BG/NBD"
    years: float = 3.0
    order_value: float | None = None
    orders_per_year: float | None = None

    def measured(self) -> "Terms":
        """The terms without factors of the reader's own."""
        return replace(self, order_value=None, orders_per_year=None, years=Terms.years)

    def end(self, as_of: datetime.date) -> datetime.date:
        """The first day after the horizon, counted from the as-of day."""
        if self.until is not None:
            until = min(max(self.until, as_of), latest_day(as_of))
            return until + datetime.timedelta(days=until < datetime.date.max)
        months = as_of.year * 12 + as_of.month - 1 + self.months
        year, month = divmod(months, 12)
        if year >= datetime.MAXYEAR:
            return datetime.date.max
        first_after = datetime.date(year + (month == 11), (month + 1) % 12 + 1, 1)
        last = (first_after - datetime.timedelta(days=1)).day
        return datetime.date(year, month + 1, min(as_of.day, last))


def latest_day(as_of: datetime.date) -> datetime.date:
    """The last day that may be looked ahead to: ten years on."""
    return as_of + min(LONGEST, datetime.date.max - as_of)


RANGES = {
    "margin": (0, 1),
    "discount": (0, 10),
    "months": (1, 120),
    "years": (0, 100),
    "order_value": (0, math.inf),
    "orders_per_year": (0, 1000),
}


def read_terms(given: Mapping[str, Any]) -> Terms:
    """The terms that a recipe gives; the others have their defaults."""
    return Terms(**given)


def term_problems(given: Mapping[str, Any]) -> list[str]:
    """Sentences on what is wrong with the terms of a recipe; empty where all is well."""
    names = {field.name for field in fields(Terms)}
    found = [f"“{name}” is no choice of value" for name in given if name not in names]
    for name, (low, high) in RANGES.items():
        number = given.get(name, low)
        if isinstance(number, bool) or not isinstance(number, int | float):
            found.append(f"{name} of value is no number")
        elif not (low <= number <= high and math.isfinite(number)):
            found.append(f"{name} of value is {number}, not {low:g} to {high:g}")
    if not isinstance(given.get("months", 1), int):
        found.append("months of value is no whole number")
    if type(given.get("until", datetime.date.min)) is not datetime.date:
        found.append("until of value is no day")
    if given.get("model", MODELS[0]) not in MODELS:
        found.append(f"model of value is “{given['model']}”, not {' or '.join(MODELS)}")
    return found
