"""Segments by rule: scores from cut points, and a segment from each pair of scores.

A recipe with clusters gets their segmenter instead; to everyone after it they are alike.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from segmentation.errors import InvalidRecipe
from segmentation.marts.money import PARTS
from segmentation.recipe import Recipe
from segmentation.segments.cells import Cells, Distribution, count_customers
from segmentation.segments.clusters import ClusterSegmenter, read_clustering
from segmentation.segments.rfm import RfmScorer, count_measures, score_values
from segmentation.segments.rules import (
    VALUE,
    Scheme,
    Segment,
    build_scheme,
    check_scheme,
    mean_score,
    name_cells,
)

if TYPE_CHECKING:
    import pandas as pd

RULE_SEGMENT = "rule_segment"


class RuleSegmenter:
    """Puts customers into the segments of a scheme, by the cut points of a scorer.

    Parameters
    ----------
    scheme : Scheme
        With as many levels as the scorer.
    scorer : RfmScorer
        Not yet fitted.

    Attributes
    ----------
    cut_points_ : dict of str to ndarray of shape (n_levels - 1,)
        The limits in use, in each measure's own unit.
    """

    def __init__(self, scheme: Scheme, scorer: RfmScorer) -> None:
        self.scheme = scheme
        self.scorer = scorer

    @property
    def needs_spend(self) -> bool:
        """Whether the scheme looks at spend, so that every customer is a cell."""
        return self.scheme.axis == VALUE

    def fit(self, distributions: Mapping[str, Distribution]) -> Self:
        """Learn the cut points that are not given; `rfm.count_measures` gives the distributions."""
        self.cut_points_ = self.scorer.fit(distributions).cut_points_
        return self

    def score_cells(self, cells: Cells) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Each cell's recency score, and its F or FM score, whichever the scheme looks at."""
        cuts = self.cut_points_
        days, day_of = cells.recency_index
        orders, order_of = cells.orders_index
        recency = score_values("recency_days", days, cuts["recency_days"])[day_of]
        frequency = score_values("n_orders", orders, cuts["n_orders"])[order_of]
        if not self.needs_spend or cells.total_spend is None:
            return recency, frequency
        limits = np.round(cuts["total_spend"] * PARTS, 2)
        monetary = score_values("total_spend", cells.total_spend, limits)
        return recency, mean_score(frequency, monetary)

    def code_cells(self, cells: Cells) -> NDArray[np.int8]:
        """Place in `scheme.segments` of each cell's segment."""
        recency, column = self.score_cells(cells)
        return name_cells(self.scheme)[recency, column]

    def predict(self, customers: "pd.DataFrame") -> "pd.Series":
        """Name of each customer's segment, indexed like `customers`, a categorical in order."""
        import pandas as pd

        codes = self.code_cells(count_customers(customers))
        names = pd.Categorical.from_codes(codes, list(self.scheme.names))
        return pd.Series(names, index=customers.index, name="segment")


Segmenter = RuleSegmenter | ClusterSegmenter


def build_segmenter(recipe: Recipe) -> Segmenter:
    """The segmenter that a recipe describes: by its clusters where it has any, else by rules.

    Raises
    ------
    InvalidChoice
        The recipe's scheme does not exist or does not fit its levels.
    InvalidRecipe
        The recipe's grid or clusters lack a part.
    """
    if recipe.clusters:
        scorer = RfmScorer(recipe.n_levels, recipe.cut_points, recipe.percentiles)
        return ClusterSegmenter(read_clustering(recipe.clusters), scorer)
    return build_rules(recipe)


def build_rules(recipe: Recipe) -> RuleSegmenter:
    """The segmenter of a recipe's rules, whether or not clusters take their place.

    Raises
    ------
    InvalidChoice
        The recipe's scheme does not exist or does not fit its levels.
    InvalidRecipe
        The recipe's grid lacks a part.
    """
    scheme = (
        read_scheme(recipe.grid) if recipe.grid else build_scheme(recipe.scheme, recipe.n_levels)
    )
    check_scheme(scheme, recipe.n_levels)
    return RuleSegmenter(scheme, RfmScorer(recipe.n_levels, recipe.cut_points, recipe.percentiles))


def predict_rules(recipe: Recipe, customers: "pd.DataFrame") -> "pd.Series | None":
    """The segment that the rules would give, where clusters take their place; None elsewhere.

    Returns
    -------
    Series indexed like `customers`, named rule_segment, or None
    """
    if not recipe.clusters:
        return None
    return (
        build_rules(recipe).fit(count_measures(customers)).predict(customers).rename(RULE_SEGMENT)
    )


def describe_scheme(scheme: Scheme) -> dict[str, Any]:
    """A scheme as plain values for a recipe."""
    return {
        "name": scheme.name,
        "axis": scheme.axis,
        "segments": [asdict(segment) for segment in scheme.segments],
        "rows": [list(row) for row in scheme.grid],
    }


def read_scheme(described: Mapping[str, Any]) -> Scheme:
    """The scheme that `describe_scheme` described.

    Raises
    ------
    InvalidRecipe
        A part is missing or of the wrong kind.
    """
    try:
        return Scheme(
            str(described["name"]),
            str(described["axis"]),
            tuple(Segment(**{k: str(v) for k, v in s.items()}) for s in described["segments"]),
            tuple(tuple(str(name) for name in row) for row in described["rows"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise InvalidRecipe(
            f"The recipe's grid of segments is not complete ({error}).",
            "Save the recipe again from the Segments page.",
        ) from error


def with_scheme(recipe: Recipe, scheme: Scheme) -> Recipe:
    """The recipe with a scheme; one that the app brings is named, an edited one is spelt out."""
    if scheme == build_scheme(scheme.name, recipe.n_levels):
        return replace(recipe, scheme=scheme.name, grid={})
    return replace(recipe, scheme=scheme.name, grid=describe_scheme(scheme))


def with_cut_points(recipe: Recipe, segmenter: Segmenter) -> Recipe:
    """The recipe with the cut points that a fitted segmenter uses, for next month's data."""
    cuts = {measure: [float(c) for c in cuts] for measure, cuts in segmenter.cut_points_.items()}
    return replace(recipe, cut_points=cuts, percentiles={})
