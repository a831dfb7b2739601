"""An audience as a value: which customers, how many are held out; saved by name in a recipe."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from segmentation.errors import InvalidRecipe

MOST_HELD_OUT = 50


@dataclass(frozen=True)
class Condition:
    """One question about a customer.

    Parameters
    ----------
    column : str
        Of the customers, such as ``"segment"`` or ``"total_spend"``.
    among : tuple of str, default=()
        The values wanted, for a column of texts.
    low, high : float or None, default=None
        The range wanted, both ends included, for a column of numbers.
    top : int or None, default=None
        Only so many customers, those with the highest values of the column.
    negated : bool, default=False
        Whether the others are wanted instead.
    """

    column: str
    among: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    top: int | None = None
    negated: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it asks for nothing yet; then everyone meets it."""
        return not self.among and self.low is None and self.high is None and self.top is None


@dataclass(frozen=True)
class Audience:
    """Which customers a campaign is for.

    Parameters
    ----------
    groups : tuple of tuple of Condition, default=()
        A customer is in the audience who meets every condition of any group; without a group
        everyone is.  As a condition can be negated, any combination of and, or and not can be
        written so.
    held_out : float, default=10.0
        Percentage of each segment that is held out as control group, 0 to 50.
    seed : int, default=1
        Another one draws another control group.
    country : str, default="US"
        Code of the country of phone numbers without a country code.

    References
    ----------
    Post (1921), Introduction to a General Theory of Elementary Propositions: every expression
    has a disjunctive normal form.
    """

    groups: tuple[tuple[Condition, ...], ...] = ()
    held_out: float = 10.0
    seed: int = 1
    country: str = "US"

    @classmethod
    def read(cls, described: Mapping[str, Any]) -> Self:
        """The audience that `describe` described.

        Raises
        ------
        InvalidRecipe
            Something is unknown or outside what is possible.
        """
        if problems := audience_problems(described):
            raise InvalidRecipe(
                f"The audience cannot be used: {'; '.join(problems)}.",
                "Correct it, or put the audience together again on the Campaign page.",
            )
        groups = tuple(
            tuple(
                Condition(**{**condition, "among": tuple(condition.get("among", ()))})
                for condition in group
            )
            for group in described.get("groups", ())
        )
        return cls(**{**described, "groups": groups})

    def describe(self) -> dict[str, Any]:
        """The audience as plain values for a recipe; what is left at its default is left out."""
        groups = [
            [
                {
                    key: list(value) if isinstance(value, tuple) else value
                    for key, value in asdict(condition).items()
                    if value is not None and value != () and value is not False
                }
                for condition in group
            ]
            for group in self.groups
        ]
        return {
            "groups": groups,
            "held_out": float(self.held_out),
            "seed": self.seed,
            "country": self.country,
        }


def audience_problems(described: object) -> list[str]:
    """Sentences on what is wrong with an audience as plain values; empty where all is well."""
    if not isinstance(described, Mapping):
        return ["it is no table"]
    found = [f"“{key}” is no part of it" for key in described if key not in _PARTS]
    found += [
        f"“{key}” has a value of the wrong kind"
        for key, kinds in _PARTS.items()
        if key in described and not _is(described[key], kinds)
    ]
    if found:
        return found
    if not 0 <= described.get("held_out", 0) <= MOST_HELD_OUT:
        found.append(f"{described['held_out']}% held out is not within 0 to {MOST_HELD_OUT}")
    for group in described.get("groups", ()):
        if not isinstance(group, Sequence) or isinstance(group, str):
            found.append("a group is no list of conditions")
            continue
        found += [problem for condition in group for problem in _condition_problems(condition)]
    return found


_NUMBER = (int, float)
_PARTS: dict[str, tuple[type, ...]] = {
    "groups": (list, tuple),
    "held_out": _NUMBER,
    "seed": (int,),
    "country": (str,),
}
_CONDITION: dict[str, tuple[type, ...]] = {
    "column": (str,),
    "among": (list, tuple),
    "low": _NUMBER,
    "high": _NUMBER,
    "top": (int,),
    "negated": (bool,),
}


def _condition_problems(condition: object) -> list[str]:
    if not isinstance(condition, Mapping):
        return ["a condition is no table"]
    found = [f"“{key}” is no part of a condition" for key in condition if key not in _CONDITION]
    if not condition.get("column"):
        found.append("a condition names no column")
    found += [
        f"{key} of a condition has a value of the wrong kind"
        for key, kinds in _CONDITION.items()
        if key in condition and not _is(condition[key], kinds)
    ]
    if not found and not all(isinstance(value, str) for value in condition.get("among") or ()):
        found.append("a condition has values that are no text")
    if not found and condition.get("top", 1) < 1:
        found.append("a condition wants the top 0 customers or fewer")
    return found


def _is(value: object, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool) and bool not in kinds:
        return False
    return isinstance(value, kinds) and not (isinstance(value, float) and not math.isfinite(value))
