"""Which of our columns a column's name says it is."""

import re
import unicodedata
from collections.abc import Callable, Collection
from functools import cache

from segmentation.sources.aliases import ALIASES
from segmentation.sources.customeraliases import CUSTOMER_ALIASES
from segmentation.sources.longnames import (
    BARE_NAMES,
    HALF_NAMES,
    NOT_BY_CELLS,
    PART_ALIASES,
    STRANGERS,
)

Rank = Callable[[str], float | None]

# What a column is of, as in "Order Lines/Quantity" and "Deal - Value".
_RELATION = re.compile(r"(?i)^(?:sales? )?(?:order|deal|invoice)s?(?: \w+)?(?:/| - )(?=.)")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i", "œ": "oe"})


def by_whole_name(aliases: str) -> Rank:
    """The place of a name among some aliases, 0 the surest; None where it is none of them."""
    places = _places(aliases)

    def rank(name: str) -> float | None:
        place = places.get(_key(name))
        if place is None:
            inner = _RELATION.sub("", re.sub(r"[(\[].*?[)\]]", "", name))
            place = places.get(_key(inner))
            return None if place is None else place + 0.5
        return place

    return rank


def by_part_of_name(ours: str) -> Rank:
    """The place of the first of `PART_ALIASES` in a name; None where it says something else."""

    def rank(name: str) -> float | None:
        words = words_of(_RELATION.sub("", re.sub(r"^\w+\.(?=\w+$)", "", name)))
        if any(word in STRANGERS.get(ours, "").split() for word in words.split()):
            return None
        for place, alias in enumerate(PART_ALIASES[ours].split(",")):
            if f" {words_of(alias)} " in f" {words} ":
                return place
        return None

    return rank


def says(name: str, ours: str) -> bool:
    """Whether a column's name says that it is one of ours."""
    ranks = [by_whole_name(found[ours]) for found in (ALIASES, CUSTOMER_ALIASES) if ours in found]
    ranks += [by_part_of_name(ours)] if ours in PART_ALIASES else []
    return any(rank(name) is not None for rank in ranks)


def says_other(name: str, ours: str) -> bool:
    """Whether a column's name says that it is another's, where its cells might be ours."""
    strangers = {*NOT_BY_CELLS[ours].split()}
    # A day of shipping may stand for the order's where there is no other, and is told of.
    strangers |= set() if ours == "ordered_at" else {*STRANGERS[ours].split()}
    others = (aliases for other, aliases in ALIASES.items() if other != ours)
    return any(word in strangers for word in words_of(name).split()) or any(
        _key(name) in _places(aliases) for aliases in others
    )


def is_half_a_name(name: str, others: Collection[str]) -> bool:
    """Whether a column has a first or a last name alone, such as "Name" beside "Vorname"."""
    halves = _places(HALF_NAMES)
    is_bare = _key(name) in _places(BARE_NAMES)
    return _key(name) in halves or (is_bare and any(_key(other) in halves for other in others))


def words_of(name: str) -> str:
    """A name's words in small letters without accents: "CustomerID" is "customer id"."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = unicodedata.normalize("NFKD", parted.casefold().translate(_LETTERS))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


@cache
def _places(aliases: str) -> dict[str, int]:
    keys = (_key(alias) for alias in aliases.split(","))
    places: dict[str, int] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, place)
    return places


def _key(name: str) -> str:
    return words_of(name).replace(" ", "")
