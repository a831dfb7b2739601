"""The segments as applied and as tried: segmenters, cells and codes for the other parts."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pages.parts import cached, session
from segmentation.outputs.lists import build_customer_list
from segmentation.recipe import Recipe
from segmentation.segments.cells import Cells
from segmentation.segments.moves import count_moves
from segmentation.segments.profiles import median_spend, note_ties, profile_scores, profile_segments
from segmentation.segments.segmenter import RuleSegmenter, Segmenter, build_segmenter


class Grouping(NamedTuple):
    """A fitted segmenter with the cells it was used on and their segments."""

    segmenter: Segmenter
    cells: Cells
    codes: NDArray[np.int8]

    @property
    def names(self) -> tuple[str, ...]:
        """The scheme's segments, from best to lost."""
        return self.segmenter.scheme.names

    def profile(self) -> pd.DataFrame:
        """One row per segment, those without customers included."""
        return profile_segments(self.cells, self.codes, self.names)

    def map(self) -> pd.DataFrame | None:
        """One row per pair of scores; none where the segments are clusters."""
        if not isinstance(self.segmenter, RuleSegmenter):
            return None
        scores = self.segmenter.score_cells(self.cells)
        return profile_scores(self.cells, *scores, self.segmenter.scheme.grid)


def group(recipe: Recipe, by_customer: bool = False) -> Grouping:
    """The customers grouped as a recipe says, on as few cells as it allows."""
    segmenter = build_segmenter(recipe).fit(cached.distributions())
    cells = cached.cells(by_customer or segmenter.needs_spend)
    if not recipe.clusters:
        return Grouping(segmenter, cells, segmenter.code_cells(cells))
    key = ("clusters", str(recipe.clusters), *cached.here())
    codes = cached.remembered(key, lambda: segmenter.code_cells(cells), "Assigning the customers…")
    return Grouping(segmenter, cells, codes)


def ties(recipe: Recipe, grouping: Grouping, measure: str) -> list[str]:
    """What there is to say about a measure's scores that nobody has."""
    chosen = recipe.cut_points.get(measure) or recipe.percentiles.get(measure) or ()
    cuts = grouping.segmenter.cut_points_[measure]
    return note_ties(measure, cached.distributions()[measure], cuts, chosen)


def applied() -> Grouping:
    """The grouping that every page uses."""
    return group(session.applied())


def choices() -> str:
    """The choices that segments hang on, as part of a key."""
    return str(session.applied().change(value={}, audiences={}))


def segments() -> pd.Series:
    """Each customer's segment; shared, so never to be changed."""
    return cached.remembered(
        ("segments", choices(), *cached.here()),
        lambda: applied().segmenter.predict(cached.customers()),
        "Finding the segments…",
    )


class Tried(NamedTuple):
    """The grouping as applied, as tried, and who goes from where to where.

    `names` are the applied segments' by the names being tried.
    """

    before: Grouping
    after: Grouping
    names: Sequence[str]
    moves: pd.DataFrame


def tried() -> Tried:
    """What the change being tried does."""
    recipes = session.applied(), session.draft()
    by_customer = any(build_segmenter(recipe).needs_spend for recipe in recipes)
    before, after = (group(recipe, by_customer) for recipe in recipes)
    old, new = (recipe.change(grid={}, cut_points={}, percentiles={}) for recipe in recipes)
    is_one_scheme = old == new and not old.clusters
    names: Sequence[str] = before.names
    if is_one_scheme or np.array_equal(before.codes, after.codes):
        names = _renamed(before.names, after.names)
    moved = count_moves(before.cells, before.codes, after.codes, names, after.names)
    return Tried(before, after, names, moved)


def _renamed(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Segments as applied by the names being tried: who is only called otherwise does not move."""
    if len(before) != len(after):
        return list(before)
    return [
        new if old not in after and new not in before else old
        for old, new in zip(before, after, strict=True)
    ]


def table(grouping: Grouping) -> pd.DataFrame:
    """The columns of `tables.SEGMENTS` for the segments that have customers."""
    customers = cached.customers()
    whole = group(session.applied(), by_customer=True)
    profile = grouping.profile()
    key = ("median spend", choices(), *cached.here())
    profile["median_total_spend"] = cached.remembered(
        key, lambda: median_spend(customers, whole.codes, whole.names), "Finding the medians…"
    )
    return profile[profile["n_customers"] > 0]


def members_maker(segments: Sequence[str] | None = None) -> Callable[[], pd.DataFrame]:
    """A function that makes the list of some segments' customers, or of all.

    It holds all it needs: a download is made outside a script run, without the visitor's session.
    """
    data, (day, policies) = session.require_data(), cached.here()
    customers, segmenter = cached.customers(), applied().segmenter
    return lambda: build_customer_list(
        customers, segmenter, cached.attributes_of(data, day, policies), segments
    )
