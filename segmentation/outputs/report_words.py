"""How the report writes names and periods, and where it puts the lines of a chart."""

import math
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

LONGEST_NAME, N_STEPS = 34, 4
PERIODS = {"month": "%b %y", "year": "%Y"}


def begin(text: str) -> str:
    """A text as the beginning of a sentence; the rest stays as it is.

    >>> begin("week from 8 Jul 2024")
    'Week from 8 Jul 2024'
    """
    return text[:1].upper() + text[1:]


def clip(name: object, width: int = LONGEST_NAME) -> str:
    """A name, cut off where it would not fit; wide letters count twice.

    >>> clip("A name that goes on and on for ever", 12)
    'A name that…'
    """
    text = " ".join(str(name).split())
    used = 0
    for place, letter in enumerate(text):
        used += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if used > width:
            return text[: place - 1].rstrip() + "…"
    return text


def mark_axis(lowest: float, highest: float) -> list[float]:
    """Round numbers around the values of a chart, zero among them; the ends enclose the values.

    >>> mark_axis(0, 870)
    [0.0, 250.0, 500.0, 750.0, 1000.0]
    >>> mark_axis(-20, 87)
    [-50.0, 0.0, 50.0, 100.0]
    """
    lowest, highest = min(lowest, 0.0), max(highest, 0.0)
    if lowest == highest:
        return [0.0, 1.0]
    rough = (highest - lowest) / N_STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    step = size * next(unit for unit in (1, 2, 2.5, 5, 10) if unit * size >= rough)
    first, last = math.floor(lowest / step), math.ceil(highest / step)
    return [place * step for place in range(first, last + 1)]


def period_name(start: "pd.Timestamp", grain: str) -> str:
    """What a period is called under its column."""
    if grain == "quarter":
        return f"Q{start.quarter} {start:%y}"
    return f"{start.day} {start:%b}" if grain == "week" else f"{start:{PERIODS[grain]}}"
