"""Segments from clusters: each customer goes to the nearest centre of a fitted clustering."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from segmentation.clusterings import FITTED, clustering_problems
from segmentation.errors import InvalidRecipe
from segmentation.recipe import Recipe
from segmentation.segments.cells import Cells, Distribution
from segmentation.segments.portraits import describe_clusters
from segmentation.segments.rfm import RfmScorer
from segmentation.segments.rules import Scheme, Segment
from segmentation.segments.scaling import LOG, STANDARD, UNCLIPPED, MeasureScaler, exact_sum
from segmentation.segments.sweeps import assign_points

if TYPE_CHECKING:
    import pandas as pd

CLUSTERS = "clusters"


@dataclass(frozen=True)
class ClusterChoices:
    """What customers are clustered by; see `MeasureScaler` for the meaning of each."""

    measures: tuple[str, ...] = ("recency_days", "n_orders", "total_spend")
    transform: str = LOG
    scaling: str = STANDARD
    clip: float = UNCLIPPED

    def scaler(self) -> MeasureScaler:
        """The scaler that makes points by these choices, not yet fitted."""
        return MeasureScaler(self.measures, self.transform, self.scaling, self.clip)


@dataclass(frozen=True)
class Clustering:
    """Fitted clusters: how points are made, the centres, and a segment for each.

    Parameters
    ----------
    choices : ClusterChoices
        What customers are clustered by.
    fills, limits, means, scales : tuple of float
        What a `MeasureScaler` learnt, one a measure.
    centres : tuple of tuples of float
        A coordinate a measure for each cluster, those of the highest mean spend first.
    segments : tuple of Segment
        Name, colour, meaning and action of each cluster.
    """

    choices: ClusterChoices
    fills: tuple[float, ...]
    limits: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    centres: tuple[tuple[float, ...], ...]
    segments: tuple[Segment, ...]

    @property
    def scheme(self) -> Scheme:
        """The clusters as a scheme of segments without a grid."""
        return Scheme(CLUSTERS, CLUSTERS, self.segments, ())

    def scaler(self) -> MeasureScaler:
        """The scaler as it was fitted."""
        scaler = self.choices.scaler()
        scaler.fills_, scaler.limits_ = list(self.fills), list(self.limits)
        scaler.means_, scaler.scales_ = list(self.means), list(self.scales)
        return scaler

    def with_scheme(self, scheme: Scheme) -> "Clustering":
        """The clustering with other names, colours or texts."""
        return replace(self, segments=scheme.segments)


def build_clustering(
    customers: "pd.DataFrame",
    choices: ClusterChoices,
    scaler: MeasureScaler,
    centres: NDArray[np.float64],
) -> Clustering:
    """Clusters in order and with names, from the customers they were found among.

    Parameters
    ----------
    customers : DataFrame
        With the measures.
    choices : ClusterChoices
        What they are clustered by.
    scaler : MeasureScaler
        Fitted on these customers.
    centres : ndarray of shape (n_clusters, n_measures)
        As `sweep_clusters` gives them.
    """
    points = scaler.transform(customers)
    codes, _ = assign_points(points, centres)
    spend = customers["total_spend"].to_numpy(float)
    means = []
    for code in range(len(centres)):
        own = spend[codes == code]
        means.append(round(exact_sum(own) / len(own), 6) if len(own) else -np.inf)
    order = sorted(range(len(centres)), key=lambda code: (-means[code], tuple(centres[code])))
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    centres = centres[order]
    segments = describe_clusters(
        customers, place[codes], measure_distances(points, centres), choices.measures
    )
    return Clustering(
        choices,
        tuple(scaler.fills_),
        tuple(scaler.limits_),
        tuple(scaler.means_),
        tuple(scaler.scales_),
        tuple(tuple(map(float, centre)) for centre in centres),
        segments,
    )


def measure_distances(
    points: NDArray[np.float64], centres: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far centres are from the average point, in standard deviations, measure by measure."""
    n = len(points)
    means = np.array([exact_sum(column) / n for column in points.T])
    spread = np.array(
        [
            np.sqrt(exact_sum((column - mean) ** 2) / n)
            for column, mean in zip(points.T, means, strict=True)
        ]
    )
    return np.round((centres - means) / np.where(spread > 1e-9, spread, 1), 6)


class ClusterSegmenter:
    """Puts customers into the clusters of a fitted clustering; scores them beside.

    Parameters
    ----------
    clustering : Clustering
        Fitted.
    scorer : RfmScorer
        For the scores that lists show beside; not yet fitted.

    Attributes
    ----------
    cut_points_ : dict of str to ndarray of shape (n_levels - 1,)
        The limits of the scores.
    """

    needs_spend = True

    def __init__(self, clustering: Clustering, scorer: RfmScorer) -> None:
        self.clustering = clustering
        self.scorer = scorer
        self.scheme = clustering.scheme

    def fit(self, distributions: Mapping[str, Distribution]) -> Self:
        """Learn the cut points of the scores; the clusters are fitted already."""
        self.cut_points_ = self.scorer.fit(distributions).cut_points_
        return self

    def code_customers(self, customers: "pd.DataFrame") -> NDArray[np.int8]:
        """Place in `scheme.segments` of each customer's cluster.

        Raises
        ------
        InvalidChoice
            The customers lack a measure; `marts.measures.add_measures` adds them.
        """
        points = self.clustering.scaler().transform(customers)
        return assign_points(points, np.array(self.clustering.centres))[0]

    def code_cells(self, cells: Cells) -> NDArray[np.int8]:
        """Likewise, for cells of one customer each, as `count_customers` gives them."""
        assert cells.customers is not None, "clusters need each customer"
        return self.code_customers(cells.customers)

    def predict(self, customers: "pd.DataFrame") -> "pd.Series":
        """Name of each customer's cluster, indexed like `customers`, a categorical in order."""
        import pandas as pd

        codes = self.code_customers(customers)
        names = pd.Categorical.from_codes(codes, list(self.scheme.names))
        return pd.Series(names, index=customers.index, name="segment")


def describe_clustering(clustering: Clustering) -> dict[str, Any]:
    """A clustering as plain values for a recipe."""
    described = asdict(clustering)
    choices = described.pop("choices")
    plain = {**choices, **described}
    plain["segments"] = [asdict(segment) for segment in clustering.segments]
    plain["centres"] = [list(centre) for centre in clustering.centres]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def read_clustering(described: Mapping[str, Any]) -> Clustering:
    """The clustering that `describe_clustering` described.

    Raises
    ------
    InvalidRecipe
        A part is missing or of the wrong kind.
    """
    problems = clustering_problems(described)
    if not described or problems:
        raise InvalidRecipe(
            f"The recipe's clusters cannot be used: {'; '.join(problems) or 'there are none'}.",
            "Save the recipe again from the Segments page.",
        )
    choices = ClusterChoices(
        tuple(described["measures"]),
        described["transform"],
        described["scaling"],
        float(described["clip"]),
    )
    fills, limits, means, scales = (tuple(map(float, described[key])) for key in FITTED)
    return Clustering(
        choices,
        fills,
        limits,
        means,
        scales,
        tuple(tuple(map(float, centre)) for centre in described["centres"]),
        tuple(Segment(**segment) for segment in described["segments"]),
    )


def with_clustering(recipe: Recipe, clustering: Clustering | None) -> Recipe:
    """The recipe with clusters in place of the scheme, or with the scheme again."""
    return replace(recipe, clusters=describe_clustering(clustering) if clustering else {})


def clusters_by(recipe: Recipe) -> tuple[str, ...]:
    """The measures that a recipe's clusters look at; none where it has none."""
    return tuple(recipe.clusters.get("measures", ()))
