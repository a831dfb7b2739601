"""The recipe as a file: every choice, so that next month's data give the same segments."""

import streamlit as st

from pages.parts import segmenting, session
from segmentation.outputs.files import file_name
from segmentation.recipe import write_recipe
from segmentation.segments.segmenter import with_cut_points


def offer() -> None:
    """A button that saves the choices as applied, with the cut points in use."""
    recipe = with_cut_points(session.applied(), segmenting.applied().segmenter)
    st.download_button(
        "Download the recipe",
        lambda: write_recipe(recipe),
        file_name=file_name(session.require_data().name, "recipe", ext="toml"),
        mime="application/toml",
        on_click="ignore",
        icon=":material/menu_book:",
        key="download_recipe",
        help="Columns, policies, cut points and scheme; no customer data. Give it to Load data "
        "together with next month's file.",
    )
