"""What a reader is told of a column, and how numbers and days are written for people."""

import datetime
from collections.abc import Sequence
from typing import NamedTuple


class Column(NamedTuple):
    """What a reader is told of one column.

    Parameters
    ----------
    label : str
        Its heading, in sentence case.
    meaning : str
        One sentence.
    unit : str, default=""
        ``"days"``, ``"date"``, ``"time"``, ``"share"`` (0 to 1), ``"money"`` (the data's currency),
        ``"count"``, ``"estimate"`` (a count that is worked out, told as a whole number),
        ``"score"``, ``"ratio"``, ``"number"`` or nothing for text.
    source : str, default=""
        Author and year, where the field has one.
    """

    label: str
    meaning: str
    unit: str = ""
    source: str = ""


class Field(NamedTuple):
    """A column of the reader's data that the app can use."""

    label: str
    meaning: str
    group: str
    unit: str = ""


def short(number: float) -> str:
    """A number in short form; with a true minus sign.

    >>> [short(n) for n in (950.5, 12500, -1.25e6, 3e9, float("nan"))]
    ['950.5', '12,500', '−1.25 M', '3 bn', '–']
    """
    if number != number:
        return "–"
    if number < 0:
        return f"−{short(-number)}"
    for size, unit in ((1e9, " bn"), (1e6, " M")):
        if abs(number) >= size:
            return f"{number / size:,.2f}".rstrip("0").rstrip(".") + unit
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.4g}"


def money(number: float) -> str:
    """An amount to the cent; with a true minus sign.

    >>> money(-9747747.934)
    '−9,747,747.93'
    """
    return "–" if number != number else f"{number:,.2f}".replace("-", "−")


def share(number: float) -> str:
    """A share of 0 to 1 as a percentage.

    >>> share(0.8201)
    '82.0%'
    """
    return "–" if number != number else f"{number:.1%}".replace("-", "−")


def day(date: datetime.date) -> str:
    """A day, with the month in words.

    >>> day(datetime.date(2011, 12, 9))
    '9 Dec 2011'
    """
    return f"{date.day} {date:%b %Y}"


def span(first: datetime.date, last: datetime.date) -> str:
    """A span of days, both ends included."""
    return f"{day(first)} to {day(last)}"


def listed(things: Sequence[object], limit: int | None = None) -> str:
    """Things as people list them; beyond a limit, how many more there are.

    >>> listed(["At risk", "Can't lose them"])
    "At risk and Can't lose them"
    >>> listed([2, 5, 9, 11], limit=2)
    '2, 5 and 2 more'
    """
    texts = [str(thing) for thing in things]
    if limit is not None and len(texts) > limit:
        return f"{', '.join(texts[:limit])} and {len(texts) - limit:,} more"
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))
