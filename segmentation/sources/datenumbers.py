"""Dates that are written as a number: a spreadsheet's days, seconds since 1970, 20240105."""

import re
from dataclasses import dataclass

from segmentation.sources.cells import Shape
from segmentation.sources.readings import literal


@dataclass(frozen=True)
class NumberedDates:
    """Dates that are written as a number.

    Parameters
    ----------
    label : str
        What a reader is told.
    shape : str
        Pattern of the shapes that may be such dates.
    pattern : str
        Pattern of the cells that are.
    sql : str
        DuckDB expression over ``cell``.
    """

    label: str
    shape: str
    pattern: str
    sql: str

    def guarded_sql(self) -> str:
        """`sql`, null for cells that do not have the pattern."""
        return (
            f"case when regexp_full_match(trim(cell), {literal(self.pattern)}) then {self.sql} end"
        )


_YEAR_MONTH, _DAY, _VALUE = (
    "(19|20)[0-9]{2}(0[1-9]|1[0-2])",
    "(0[1-9]|[12][0-9]|3[01])",
    "try_cast(replace(cell, ',', '.') as double)",
)
NUMBERED = {
    "serial": NumberedDates(
        "Excel day numbers",
        r"9{5}([.,]9+)?",
        # From 1927 to 2119. Rounded to milliseconds: noon is half a day, but 8 o'clock a third.
        r"[1-7][0-9]{4}([.,][0-9]+)?",
        "timestamp '1899-12-30' + "
        f"to_microseconds(cast(round({_VALUE} * 86400000) as bigint) * 1000)",
    ),
    "day": NumberedDates(
        "year, month and day in one number",
        r"9{8}(\.9+)?",
        rf"{_YEAR_MONTH}{_DAY}(\.0+)?",
        "try_strptime(left(trim(cell), 8), '%Y%m%d')",
    ),
    "month": NumberedDates(
        "year and month in one number",
        r"9{6}(\.9+)?",
        rf"{_YEAR_MONTH}(\.0+)?",
        "try_strptime(left(trim(cell), 6), '%Y%m')",
    ),
    "minute": NumberedDates(
        "year to minute in one number",
        r"9{12}(\.9+)?",
        rf"{_YEAR_MONTH}{_DAY}[0-9]{{4}}(\.0+)?",
        "try_strptime(left(trim(cell), 12), '%Y%m%d%H%M')",
    ),
    "second": NumberedDates(
        "year to second in one number",
        r"9{14}(\.9+)?",
        rf"{_YEAR_MONTH}{_DAY}[0-9]{{6}}(\.0+)?",
        "try_strptime(left(trim(cell), 14), '%Y%m%d%H%M%S')",
    ),
    # From 1989 to 2065.
    "unix": NumberedDates(
        "seconds since 1970, on the UTC clock",
        r"9{9,10}([.,]9+)?",
        r"([6-9][0-9]{8}|[12][0-9]{9})([.,][0-9]+)?",
        f"make_timestamp(cast(round({_VALUE} * 1000) as bigint) * 1000)",
    ),
    "unix_ms": NumberedDates(
        "milliseconds since 1970, on the UTC clock",
        r"9{12,13}(\.9+)?",
        r"([6-9][0-9]{11}|[12][0-9]{12})(\.[0-9]+)?",
        f"make_timestamp(cast(round({_VALUE}) as bigint) * 1000)",
    ),
}


def read_numbered(shape: Shape) -> str | None:
    """The key in `NUMBERED` of what a shape may be: of several, what its cells are."""
    text, cells = shape.text.strip(" "), (shape.low.strip(" "), shape.high.strip(" "))
    fits = [name for name, form in NUMBERED.items() if re.fullmatch(form.shape, text)]
    sure = (name for name in fits if any(re.fullmatch(NUMBERED[name].pattern, c) for c in cells))
    return next(sure, fits[0] if fits else None)
