"""Scores for recency, frequency and monetary value: equal values, equal scores."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.errors import InvalidChoice
from segmentation.recipe import LEVELS, MEASURES, cut_point_problems
from segmentation.segments.cells import Distribution, count_values

if TYPE_CHECKING:
    import pandas as pd

SCORES = dict(zip(MEASURES, ("recency_score", "frequency_score", "monetary_score"), strict=True))


def even_percentiles(n_levels: int) -> list[float]:
    """Percentages that cut customers into `n_levels` groups of one size: 20, 40, 60, 80 for 5."""
    return [round(100 * level / n_levels, 4) for level in range(1, n_levels)]


def score_values(measure: str, values: ArrayLike, cut_points: ArrayLike) -> NDArray[np.int8]:
    """Scores of values against cut points.

    A value equal to a cut point takes the better score for recency, where little is good, and
    the lower score for orders and spend.

    Parameters
    ----------
    measure : {"recency_days", "n_orders", "total_spend"}
        Decides the direction.
    values : array-like of shape (n,)
        In the measure's unit.
    cut_points : array-like of shape (n_levels - 1,)
        Rising, in the measure's unit.

    Returns
    -------
    ndarray of shape (n,)
        1 to n_levels; high is good.
    """
    cuts, values = np.asarray(cut_points, float), np.asarray(values)
    # A comparison per cut point: there are nine at most, and each is 20 × faster than a search.
    passed = np.zeros(values.shape, np.int8)
    for cut in cuts:
        passed += values > cut
    return len(cuts) + 1 - passed if measure == "recency_days" else passed + 1


class RfmScorer:
    """Scores customers 1 to `n_levels` on recency, frequency and monetary value; high is good.

    Parameters
    ----------
    n_levels : int, default=5
        How many scores there are, 2 to 10.
    cut_points : mapping of str to sequence of float, optional
        Limits that are given, in each measure's own unit.
    percentiles : mapping of str to sequence of float, optional
        Percentages of the customers given to `fit`, for measures without cut points; those
        named in neither are cut evenly.

    Attributes
    ----------
    cut_points_ : dict of str to ndarray of shape (n_levels - 1,)
        The limits between the scores, in each measure's own unit.

    References
    ----------
    Hughes, A. M. (1994). Strategic Database Marketing. Probus.
    """

    def __init__(
        self,
        n_levels: int = 5,
        cut_points: Mapping[str, Sequence[float]] | None = None,
        percentiles: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        self.n_levels = n_levels
        self.cut_points = cut_points
        self.percentiles = percentiles

    def fit(self, distributions: Mapping[str, Distribution]) -> Self:
        """Learn the cut points that are not given.

        Parameters
        ----------
        distributions : mapping of str to Distribution
            Of each of the three measures, as `count_measures` gives them.

        Raises
        ------
        InvalidChoice
            Too many or too few levels, or cut points that do not fit them.
        """
        if self.n_levels not in LEVELS:
            raise InvalidChoice(
                f"{self.n_levels} score levels are not possible.", "Choose 2 to 10 levels."
            )
        given, shares = self.cut_points or {}, self.percentiles or {}
        problems = [
            problem
            for limits in (given, shares)
            for measure, cuts in limits.items()
            for problem in cut_point_problems(measure, list(cuts), self.n_levels, limits is shares)
        ]
        if problems:
            raise InvalidChoice(
                f"The cut points cannot be used: {problems[0]}.",
                "Give rising numbers, one fewer than there are levels.",
            )
        evenly = even_percentiles(self.n_levels)
        self.cut_points_ = {
            measure: np.asarray(given[measure], float)
            if measure in given
            else distributions[measure].percentile(shares.get(measure, evenly))
            for measure in MEASURES
        }
        return self

    def transform(self, customers: "pd.DataFrame") -> "pd.DataFrame":
        """The three scores of each customer, by the cut points learnt.

        Returns
        -------
        DataFrame of shape (n_customers, 3), indexed like `customers`
            recency_score, frequency_score and monetary_score, 1 to n_levels.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                score: score_values(measure, customers[measure], self.cut_points_[measure])
                for measure, score in SCORES.items()
            },
            index=customers.index,
            dtype="int64",
        )


def count_measures(customers: "pd.DataFrame") -> dict[str, Distribution]:
    """The distribution of each of the three measures, for `RfmScorer.fit`."""
    return {measure: count_values(customers[measure].to_numpy()) for measure in MEASURES}
