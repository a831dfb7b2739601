"""What a reader is told of a column."""

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
        ``"count"``, ``"score"``, ``"ratio"``, ``"number"`` or nothing for text.
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
