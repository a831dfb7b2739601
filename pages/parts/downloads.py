"""Files that are made on the click, in full, named after the data and what they hold."""

import datetime
import io
from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.parts import session
from segmentation.marts.quality import left_out_columns, stream_left_out
from segmentation.outputs.files import file_name, write_batches, write_csv
from segmentation.recipe import Policies


def offer(
    label: str, what: str, build: Callable[[], pd.DataFrame], says: str | None = None
) -> None:
    """A button that makes a CSV of the table that `build` gives, indexed by its first column."""
    st.download_button(
        label,
        lambda: write_csv(build()),
        file_name=file_name(session.require_data().name, what),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help=says,
        key=f"download_{what}",
    )


def offer_left_out(label: str, fate: str | None) -> None:
    """A button that makes a CSV of the rows left out for one reason, or for any."""
    data, policies, day = session.require_data(), session.policies(), session.as_of()
    st.download_button(
        label,
        lambda: write_left_out(data, policies, day, fate),
        file_name=file_name(data.name, "left out", fate or ""),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=f"download_left_out_{fate}",
    )


def write_left_out(
    data: session.LoadedData, policies: Policies, day: datetime.date, fate: str | None
) -> bytes:
    """The rows left out, all columns that the data have."""
    out = io.BytesIO()
    rows = stream_left_out(data.rows.database, policies, day, fate)
    write_batches(rows, left_out_columns(data.rows.recipe.columns), out, bom=True)
    return out.getvalue()
