"""The recipe that came with the data: which it is, and what of it is in use."""

import streamlit as st

from pages.parts import frame, grid, session
from segmentation.labels import listed
from segmentation.recipe import LIMITS, Policies, Recipe

GIVEN = "load_recipe_given"
SCHEMES = {"classic": "classic", "value": "value-aware"}
CUT = {"cut_points": "given values", "percentiles": "given percentiles"}
MEASURED = {"recency_days": "recency", "n_orders": "frequency", "total_spend": "monetary value"}
RETURNS = {"net": "returns reduce spend", "ignore": "returns are left out"}
DUPLICATES = {"keep": "every row counts", "drop": "exact copies are dropped"}


def tell() -> None:
    """Which recipe came with the data, and what of it is in use; or that it waits for data."""
    if not (given := session.chosen(GIVEN)):
        return
    name, recipe = given
    name, told = f"**{frame.plain(name)}**", frame.plain(describe(recipe))
    data = session.data()
    if session.chosen(session.RECIPE):
        st.info(
            f"{name} is kept for the file you load next: {told}.",
            icon=":material/menu_book:",
        )
    elif data and not session.has_unloaded_files() and session.applied() == data.rows.recipe:
        there = {column.name for column in data.rows.raw.columns}
        absent = [theirs for theirs in recipe.columns.values() if theirs not in there]
        lost = f" Not in these data: {frame.plain(', '.join(absent))}." if absent else ""
        st.success(f"{name} is applied: {told}.{lost}", icon=":material/menu_book:")


def describe(recipe: Recipe) -> str:
    """What a recipe chooses, in a few words each."""
    if recipe.clusters:
        parts = [f"{len(recipe.clusters['segments'])} clusters"]
    else:
        scheme = SCHEMES.get(recipe.scheme, recipe.scheme) + ", edited" * bool(recipe.grid)
        parts = [f"scheme {scheme} with {recipe.n_levels} score levels"]
        cuts = [
            f"{', '.join(MEASURED[measure] for measure in limits)} cut at {CUT[kind]}"
            for kind in LIMITS
            if (limits := getattr(recipe, kind))
        ]
        parts += cuts or ["even percentiles"]
    policies = recipe.policies or Policies()
    parts += [RETURNS[policies.returns], DUPLICATES[policies.duplicates]]
    if policies.cancelled_prefix:
        parts.append(f"orders that begin with {policies.cancelled_prefix} are cancelled")
    if policies.left_out:
        parts.append(f"orders with status {listed(policies.left_out)} do not count")
    elif policies.undone is not None:
        parts.append("orders count whatever their status")
    if recipe.as_of:
        parts.append(f"as of {grid.day(recipe.as_of)}")
    parts.append(f"{len(recipe.columns)} columns" if recipe.columns else "columns as recognised")
    if recipe.value:
        parts.append("terms of lifetime value")
    if recipe.audiences:
        parts.append(f"audiences {', '.join(recipe.audiences)}")
    return "; ".join(parts)
