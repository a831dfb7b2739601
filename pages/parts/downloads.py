"""Files that are made on the click, in full, named after the data and what they hold."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.parts import session
from segmentation.outputs.files import file_name, write_csv


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
