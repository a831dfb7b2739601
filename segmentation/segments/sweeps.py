"""KMeans for every number of clusters at once: centres, and how good each number is.

scikit-learn clusters the cells of a coarse grid from many starts, and then the best results on a
fine grid; no customer is looked at twice.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from segmentation.clusterings import N_CLUSTERS
from segmentation.errors import InvalidChoice
from segmentation.segments.crowds import Crowd, choose, count_points

if TYPE_CHECKING:
    import pandas as pd

Result = TypeVar("Result")

# Measured on 1 M made-up customers, Online Retail and CDNOW; see docs/benchmarks.md.
COARSE, FINE = 9_000, 40_000
N_GROUPS, N_STARTS = 4, 4
# Up to so many customers scikit-learn is also asked the plain way, and believed where the other
# way is not better by a ten-thousandth: a notebook with its seed gets these very clusters.
PLAIN, SEED, MARGIN = 5_000, 42, 1e-4


class Sweep(NamedTuple):
    """Centres for each number of clusters.

    Parameters
    ----------
    centres : dict of int to ndarray of shape (n_clusters, n_measures)
        In the coordinates of the points.
    inertia : dict of int to float
        Squared distances of all points to their centre, added up.
    crowds : list of Crowd
        The points, counted on ever coarser grids.
    """

    centres: dict[int, NDArray[np.float64]]
    inertia: dict[int, float]
    crowds: list[Crowd]


def sweep_clusters(
    points: NDArray[np.float64], n_clusters: Sequence[int] = N_CLUSTERS, ids: "pd.Index" = None
) -> Sweep:
    """The best centres found for each number of clusters.

    Parameters
    ----------
    points : ndarray of shape (n_customers, n_measures)
        As `MeasureScaler.transform` gives them.
    n_clusters : sequence of int, default=2 to 10
        Those above the number of different points are left out.
    ids : Index of shape (n_customers,), optional
        The customers: up to 5,000 of them are taken in this order by the plain KMeans.

    Raises
    ------
    InvalidChoice
        There are fewer than two different points.

    References
    ----------
    MacQueen, J. (1967). Some methods for classification and analysis of multivariate observations.
    Arthur, D. & Vassilvitskii, S. (2007). k-means++: the advantages of careful seeding.
    """
    crowds, within = count_points(points)
    n_places = len(crowds[0].counts)
    if n_places < 2:
        raise InvalidChoice(
            "All customers are alike in these measures, so there is nothing to group.",
            "Choose other measures.",
        )
    plain = None
    if len(points) <= PLAIN:
        plain = points if ids is None or ids.is_monotonic_increasing else points[np.argsort(ids)]
    possible = [k for k in n_clusters if k <= n_places]
    centres = side_by_side(lambda k: _fit(crowds, plain, k), possible)
    inertia = {k: within + _inertia(crowds[0], centres[k]) for k in possible}
    return Sweep(centres, inertia, crowds)


def side_by_side(work: Callable[[int], Result], n_clusters: Sequence[int]) -> dict[int, Result]:
    """What `work` gives for each number of clusters, worked out on all cores.

    Each is worked out on one thread, where sums come in one order: the clusters are the same on
    every machine.
    """
    import sklearn.cluster  # noqa: F401, or each thread would import it
    from threadpoolctl import threadpool_limits

    def on_one_thread(k: int) -> Result:
        with threadpool_limits(1):
            return work(k)

    # The long ones first; numbers of threads are set for each thread by itself.
    longest_first = sorted(n_clusters, reverse=True)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        done = dict(zip(longest_first, threads.map(on_one_thread, longest_first), strict=True))
    return {k: done[k] for k in n_clusters}


def _fit(crowds: list[Crowd], plain: NDArray[np.float64] | None, k: int) -> NDArray[np.float64]:
    from sklearn.cluster import KMeans

    fine = choose(crowds, FINE)
    coarse = choose(crowds, COARSE)
    if len(coarse.counts) < 20 * k:
        coarse = fine
    tried = []
    for seed in range(N_GROUPS):
        start = KMeans(k, n_init=N_STARTS, random_state=seed)
        start.fit(coarse.places, sample_weight=coarse.counts)
        polish = KMeans(k, init=start.cluster_centers_, n_init=1, tol=1e-7, max_iter=300)
        polish.fit(fine.places, sample_weight=fine.counts)
        tried.append((polish.inertia_, polish.cluster_centers_))
    inertia, centres = min(tried, key=lambda result: result[0])
    if plain is not None:
        notebook = KMeans(k, n_init=10, random_state=SEED).fit(plain)
        if notebook.inertia_ <= inertia * (1 + MARGIN):
            centres = notebook.cluster_centers_
    # Rounded: the last digits depend on the processor.
    return np.round(centres, 9)


def assign_points(
    points: NDArray[np.float64], centres: NDArray[np.float64]
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """The nearest centre of each point, and the squared distance to it.

    Parameters
    ----------
    points : ndarray of shape (n, n_measures)
    centres : ndarray of shape (n_clusters, n_measures)

    Returns
    -------
    codes, squared : ndarray of shape (n,)
        Place of the centre, the first of those equally near; its squared distance.
    """
    codes, nearest = np.zeros(len(points), np.int8), np.full(len(points), np.inf)
    for code, centre in enumerate(centres):
        # Measure by measure, not as a product of matrices: equal points get equal distances.
        squared = np.zeros(len(points))
        for place, coordinate in enumerate(centre):
            squared += (points[:, place] - coordinate) ** 2
        closer = squared < nearest
        codes[closer] = code
        np.minimum(nearest, squared, out=nearest)
    return codes, nearest


def _inertia(crowd: Crowd, centres: NDArray[np.float64]) -> float:
    _, squared = assign_points(crowd.places, centres)
    return float((crowd.counts * squared).sum())
