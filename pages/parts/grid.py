"""How tables look in a grid, and numbers in a sentence: labels and formats, all from `tables`."""

from collections.abc import Mapping

import streamlit as st

from segmentation.tables import Column

FORMATS = {
    "share": "percent",
    "money": "%,.2f",
    "count": "localized",
    "days": "localized",
    "score": "%d",
    "ratio": "%.2f ×",
    "number": "%,.2f",
}


def column_config(columns: Mapping[str, Column]) -> dict[str, object]:
    """Streamlit's column settings for the columns of a table."""
    return {name: _configured(column) for name, column in columns.items()}


def _configured(column: Column) -> object:
    if column.unit == "time":
        return st.column_config.DatetimeColumn(
            column.label, help=column.meaning, format="YYYY-MM-DD HH:mm"
        )
    if column.unit == "date":
        return st.column_config.DateColumn(column.label, help=column.meaning, format="YYYY-MM-DD")
    if column.unit in FORMATS:
        return st.column_config.NumberColumn(
            column.label, help=column.meaning, format=FORMATS[column.unit]
        )
    return st.column_config.TextColumn(column.label, help=column.meaning)


def height(n_rows: int, most: int = 10) -> int:
    """Height in pixels of a table that shows up to `most` rows and then scrolls."""
    return 36 * (min(n_rows, most) + 1) + 2


def short(number: float) -> str:
    """A number in short form: 950, 12,500, 1.25 M."""
    for size, unit in ((1e9, " bn"), (1e6, " M")):
        if abs(number) >= size:
            return f"{number / size:,.2f}{unit}"
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:,.4g}"


def exact(number: float) -> str:
    """An amount of money to the cent, or further where the data go further."""
    text = f"{number:,.4f}"
    return text[:-2] if text.endswith("00") else text.rstrip("0")
