"""One number as a card, as on every page."""

import streamlit as st


def draw(
    label: str,
    value: str,
    says: str | None = None,
    meaning: str | None = None,
    width: int | None = None,
) -> None:
    """A number with a word below it, as high and wide as the cards beside it allow."""
    st.metric(
        label,
        value,
        says,
        help=meaning,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        width=width or "stretch",
    )
