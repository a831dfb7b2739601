"""How far apart clusters are, how well they come out again, and how two groupings agree."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.crowds import Crowd, choose
from segmentation.segments.sweeps import Sweep, assign_points, side_by_side

if TYPE_CHECKING:
    import pandas as pd

N_RESAMPLES, N_STARTS = 6, 4
MOST_RESAMPLED, MOST_COMPARED = 2_700, 4_500


def judge_sweep(sweep: Sweep) -> "pd.DataFrame":
    """How good each number of clusters is.

    Parameters
    ----------
    sweep : Sweep
        As `sweep_clusters` gives it.

    Returns
    -------
    DataFrame indexed by n_clusters
        The columns of `tables.SWEEP`: inertia, silhouette (−1 to 1), stability (the mean adjusted
        Rand index over resamples; 1 is the same), share_of_smallest (0 to 1).
    """
    import pandas as pd

    finest = sweep.crowds[0]
    counts = {
        k: np.bincount(assign_points(finest.places, centres)[0], finest.counts, k)
        for k, centres in sweep.centres.items()
    }
    return pd.DataFrame(
        {
            "inertia": sweep.inertia,
            "silhouette": measure_silhouettes(sweep),
            "stability": measure_stability(sweep),
            "share_of_smallest": {k: n.min() / n.sum() for k, n in counts.items()},
        }
    ).rename_axis("n_clusters")


def measure_silhouettes(sweep: Sweep) -> dict[int, float]:
    """Mean silhouette of the customers for each number of clusters.

    It is exact for up to 4,500 different points, and else of the cells of a grid.

    References
    ----------
    Rousseeuw, P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. J. Computational and Applied Mathematics 20, 53–65.
    """
    from scipy.spatial.distance import cdist

    crowd = choose(sweep.crowds, MOST_COMPARED)
    distances = cdist(crowd.places, crowd.places)
    return {
        k: _silhouette(distances, assign_points(crowd.places, centres)[0], crowd.counts, k)
        for k, centres in sweep.centres.items()
    }


def _silhouette(
    distances: NDArray[np.float64],
    codes: NDArray[np.int8],
    counts: NDArray[np.float64],
    k: int,
) -> float:
    members = np.zeros((len(codes), k))
    members[np.arange(len(codes)), codes] = counts
    sizes = members.sum(axis=0)
    sums = distances @ members
    own = np.arange(len(codes)), codes
    # The customer itself is none of the others; a cluster of one has a silhouette of 0.
    inside = sums[own] / np.maximum(sizes[codes] - 1, 1)
    means = sums / np.maximum(sizes, 1)
    means[:, sizes == 0] = np.inf
    means[own] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    alone = (sizes[codes] == 1) | (larger == 0) | ~np.isfinite(outside)
    score = np.where(alone, 0, (outside - inside) / np.where(alone, 1, larger))
    return round(float((score * counts).sum() / counts.sum()), 6)


def measure_stability(sweep: Sweep) -> dict[int, float]:
    """Agreement with clusters made from as many customers drawn with replacement, on average.

    References
    ----------
    Hubert, L. & Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193–218.
    """
    crowd = choose(sweep.crowds, MOST_RESAMPLED)
    if len(crowd.counts) < 20:
        crowd = choose(sweep.crowds, 10 * MOST_RESAMPLED)
    return side_by_side(lambda k: _stability(crowd, sweep.centres[k], k), list(sweep.centres))


def _stability(crowd: Crowd, centres: NDArray[np.float64], k: int) -> float:
    from sklearn.cluster import KMeans

    codes, _ = assign_points(crowd.places, centres)
    n, agreed = int(crowd.counts.sum()), []
    for seed in range(N_RESAMPLES):
        drawn = np.random.default_rng(seed).multinomial(n, crowd.counts / n).astype(float)
        there = drawn > 0
        if there.sum() < k:
            continue
        again = KMeans(k, n_init=N_STARTS, random_state=seed)
        again.fit(crowd.places[there], sample_weight=drawn[there])
        other, _ = assign_points(crowd.places, again.cluster_centers_)
        agreed.append(adjusted_rand(count_pairs(codes, other, crowd.counts)))
    return round(float(np.mean(agreed)), 6) if agreed else 0.0


def count_pairs(
    codes: NDArray[np.integer], others: NDArray[np.integer], counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Customers by their place in one grouping (rows) and in another (columns)."""
    rows, columns = int(codes.max()) + 1, int(others.max()) + 1
    place = codes.astype(np.int64) * columns + others
    return np.bincount(place, counts, rows * columns).astype(float).reshape(rows, columns)


def adjusted_rand(table: NDArray[np.float64]) -> float:
    """Agreement of two groupings beyond chance: 1 where they are the same, 0 by chance.

    Parameters
    ----------
    table : ndarray of shape (n_groups, n_other_groups)
        Customers by their group in each, as `count_pairs` gives them.

    References
    ----------
    Hubert, L. & Arabie, P. (1985). Comparing partitions. Journal of Classification 2, 193–218.
    """
    n = table.sum()
    together = _pairs(table)
    rows, columns = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    expected = rows * columns / max(n * (n - 1) / 2, 1)
    most = (rows + columns) / 2
    return float((together - expected) / (most - expected)) if most != expected else 1.0


def _pairs(counts: NDArray[np.float64]) -> float:
    return float((counts * (counts - 1) / 2).sum())
