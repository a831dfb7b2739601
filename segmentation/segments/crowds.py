"""Points counted where they are equal or lie in one cell of a grid, for clustering many at once.

Sums within a cell are made of whole numbers of a small unit, and cells stand in the order of
their place, so nothing depends on the order of the points.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segmentation.segments.scaling import grain

BINS = 128
# Up to so many points they are counted where they are equal; measured: 20,000 points of CDNOW.
EXACT = 30_000
# Cells of up to so many a grid are counted in one pass over an array of all of them.
DENSE = 2**22


class Crowd(NamedTuple):
    """Places with the number of customers at each.

    Parameters
    ----------
    places : ndarray of shape (n_places, n_measures)
        The mean of the points that are counted there.
    counts : ndarray of shape (n_places,)
        How many they are.
    """

    places: NDArray[np.float64]
    counts: NDArray[np.float64]


class Level(NamedTuple):
    """Points summed up on a grid: the bin of each cell, its sums and its number of points."""

    bins: NDArray[np.int64]
    sums: NDArray[np.float64]
    counts: NDArray[np.float64]

    @property
    def crowd(self) -> Crowd:
        """The means of the cells."""
        return Crowd(self.sums / self.counts[:, None], self.counts)


def count_points(points: NDArray[np.float64]) -> tuple[list[Crowd], float]:
    """The points on ever coarser grids, and what the finest leaves out of squared distances.

    Parameters
    ----------
    points : ndarray of shape (n, n_measures)

    Returns
    -------
    crowds : list of Crowd
        The first has equal points only where there are no more than `EXACT`; then grids of 128
        bins a measure, 64, and so on down to one cell.
    within : float
        Squared distances of all points to the places of the first crowd, added up.
    """
    crowds, within = [], 0.0
    if len(points) <= EXACT:
        equal, n_equal = np.unique(points, axis=0, return_counts=True)
        crowds.append(Crowd(equal, n_equal.astype(float)))
    level = _count(points)
    if not crowds:
        squares = sum(_sum_squares(column) for column in points.T)
        places, counts = level.crowd
        within = max(squares - float((counts[:, None] * places**2).sum()), 0.0)
    while True:
        crowds.append(level.crowd)
        if len(level.counts) == 1:
            return crowds, within
        level = _halve(level)


def choose(crowds: list[Crowd], most: int) -> Crowd:
    """The finest crowd of at most so many places."""
    return next(crowd for crowd in crowds if len(crowd.counts) <= max(most, 1))


def _sum_squares(column: NDArray[np.float64]) -> float:
    squares = column**2
    unit = grain(squares)
    return float(np.rint(squares / unit).sum() * unit)


def _count(points: NDArray[np.float64]) -> Level:
    n_measures = points.shape[1]
    code = np.zeros(len(points), np.int64)
    for column in points.T:
        low, high = column.min(), column.max()
        width = (high - low) / BINS or 1.0
        code *= BINS
        code += np.minimum((column - low) / width, BINS - 1).astype(np.int64)
    if BINS**n_measures <= DENSE:
        counts = np.bincount(code, minlength=BINS**n_measures)
        cells = np.flatnonzero(counts)
        counts, place = counts[cells], code
    else:
        cells, place, counts = np.unique(code, return_inverse=True, return_counts=True)
    sums = np.empty((len(cells), n_measures))
    for at, column in enumerate(points.T):
        unit = grain(column)
        added = np.bincount(place, np.rint(column / unit)) * unit
        sums[:, at] = added[cells] if place is code else added
    bins = np.column_stack(np.unravel_index(cells, (BINS,) * n_measures)).astype(np.int64)
    return Level(bins, sums, counts.astype(float))


def _halve(level: Level) -> Level:
    """The same on a grid with half as many bins a measure."""
    halved = level.bins >> 1
    code = np.ravel_multi_index(tuple(halved.T), (BINS,) * halved.shape[1])
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    sums = np.column_stack([np.bincount(place, column) for column in level.sums.T])
    return Level(halved[first], sums.astype(float), np.bincount(place, level.counts).astype(float))
