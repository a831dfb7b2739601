"""Clusters to what is drawn of them: a sample of customers, and what each cluster is like."""

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.agreement import adjusted_rand, count_pairs
from segmentation.segments.clusters import Clustering, measure_distances
from segmentation.segments.sweeps import assign_points

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 2_000


def find_separating(
    points: NDArray[np.float64], codes: NDArray[np.integer], centres: NDArray[np.float64]
) -> list[int]:
    """Places of the two measures that alone put most customers into their cluster.

    Parameters
    ----------
    points : ndarray of shape (n, n_measures)
        As `MeasureScaler.transform` gives them.
    codes : ndarray of shape (n,)
        Each customer's cluster.
    centres : ndarray of shape (n_clusters, n_measures)

    Returns
    -------
    list of int
        Two places; one where there is only one measure.
    """
    n = points.shape[1]
    pairs = [list(pair) for pair in combinations(range(n), min(n, 2))]
    right = [
        int((assign_points(points[:, pair], centres[:, pair])[0] == codes).sum()) for pair in pairs
    ]
    return pairs[int(np.argmax(right))]


def sample_customers(customers: "pd.DataFrame", n: int = MOST_POINTS) -> "pd.DataFrame":
    """At most `n` customers, the same ones in every run and for any order of the rows."""
    ordered = customers.sort_index()
    if len(ordered) <= n:
        return ordered
    chosen = np.random.default_rng(0).choice(len(ordered), n, replace=False)
    return ordered.iloc[np.sort(chosen)]


def profile_clusters(
    customers: "pd.DataFrame", codes: NDArray[np.integer], clustering: Clustering
) -> "pd.DataFrame":
    """What each cluster is like in each measure.

    Parameters
    ----------
    customers : DataFrame
        With the measures.
    codes : ndarray of shape (n_customers,)
        Each customer's cluster.
    clustering : Clustering
        Fitted.

    Returns
    -------
    DataFrame of shape (n_clusters × n_measures, 4)
        segment, measure, median (in the measure's unit; missing where nobody is there) and
        distance (of the centre from the average customer, in standard deviations).
    """
    import pandas as pd

    measures = clustering.choices.measures
    points = clustering.scaler().transform(customers)
    distances = measure_distances(points, np.array(clustering.centres))
    medians = customers[list(measures)].groupby(codes).median()
    medians = medians.reindex(range(len(clustering.segments)))
    return pd.DataFrame(
        [
            (segment.name, measure, medians[measure][code], distances[code, place])
            for code, segment in enumerate(clustering.segments)
            for place, measure in enumerate(measures)
        ],
        columns=["segment", "measure", "median", "distance"],
    )


def compare_groupings(
    codes: NDArray[np.integer],
    others: NDArray[np.integer],
    names: Sequence[str],
    other_names: Sequence[str],
) -> tuple["pd.DataFrame", float]:
    """Customers by their cluster and by their segment of the rules.

    Parameters
    ----------
    codes, others : ndarray of shape (n_customers,)
        Places in the names.
    names, other_names : sequence of str
        The clusters; the segments.

    Returns
    -------
    table : DataFrame indexed by cluster, a column for each segment that has customers
        Numbers of customers.
    agreement : float
        The adjusted Rand index: 1 is the same grouping, 0 is chance.
    """
    import pandas as pd

    counts = count_pairs(codes, others, np.ones(len(codes)))
    table = pd.DataFrame(
        counts.astype(np.int64), list(names[: len(counts)]), list(other_names[: counts.shape[1]])
    ).rename_axis("cluster")
    return table.loc[:, table.sum() > 0], round(adjusted_rand(counts), 4)
