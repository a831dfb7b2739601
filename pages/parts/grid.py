"""How tables look in a grid, and numbers in a sentence: labels and formats, all from `tables`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

# For the pages: one way to write each, as in the report.
from segmentation.labels import day as day
from segmentation.labels import money as money
from segmentation.labels import share as share
from segmentation.labels import short as short
from segmentation.tables import Column

if TYPE_CHECKING:
    import pandas as pd

FORMATS = {
    "money": "%,.2f",
    "count": "localized",
    "estimate": "%,.0f",
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
            column.label, help=column.meaning, format="D MMM YYYY, HH:mm"
        )
    if column.unit == "date":
        return st.column_config.DateColumn(column.label, help=column.meaning, format="D MMM YYYY")
    if column.unit == "share":
        # The step is what makes it one decimal.
        return st.column_config.NumberColumn(
            column.label, help=column.meaning, format="percent", step=0.001
        )
    if column.unit in FORMATS:
        return st.column_config.NumberColumn(
            column.label, help=column.meaning, format=FORMATS[column.unit]
        )
    return st.column_config.TextColumn(column.label, help=column.meaning)


def height(n_rows: int, most: int = 10) -> int:
    """Height in pixels of a table that shows up to `most` rows and then scrolls."""
    return 36 * (min(n_rows, most) + 1) + 2


def rounded(table: "pd.DataFrame", columns: Mapping[str, Column]) -> "pd.DataFrame":
    """A table to show: its shares as cards tell them, since a grid cuts off and never rounds."""
    shares = [name for name in table if name in columns and columns[name].unit == "share"]
    return table.assign(**{name: table[name].astype(float).round(3) for name in shares})
