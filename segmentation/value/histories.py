"""Customers' purchase histories, counted by equal (x, t_x, T): all that the purchase models see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.errors import InvalidChoice

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """The distinct values of one measure, and each cell's place among them."""

    values: Floats
    of: NDArray[np.int64]

    def each(self) -> Floats:
        """The value of each cell."""
        return self.values[self.of]


@dataclass(frozen=True)
class Histories:
    """How many customers share each history.

    Parameters
    ----------
    x, t_x, T : Axis
        Repeat purchases, age at the last one and age now, of each cell; ages in one unit of time.
    counts : ndarray of shape (n_cells,)
        Customers in the cell.
    of : ndarray of shape (n_customers,)
        The cell of each customer.
    """

    x: Axis
    t_x: Axis
    T: Axis
    counts: Floats
    of: NDArray[np.int64]

    @property
    def n_customers(self) -> int:
        """All customers."""
        return len(self.of)

    @property
    def n_repeaters(self) -> int:
        """Customers who bought again."""
        return int(self.counts[self.x.each() > 0].sum())

    def thin(self, step: int) -> "Histories":
        """Every `step`-th cell, for a first guess at the parameters."""
        x, t_x, age = (Axis(axis.values, axis.of[::step]) for axis in (self.x, self.t_x, self.T))
        counts = self.counts[::step]
        return Histories(x, t_x, age, counts, np.repeat(np.arange(len(counts)), counts.astype(int)))

    def stretch(self, factor: float) -> "Histories":
        """The same histories with time in another unit."""
        t_x, age = (Axis(axis.values * factor, axis.of) for axis in (self.t_x, self.T))
        return Histories(self.x, t_x, age, self.counts, self.of)


def count_histories(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Histories:
    """Customers counted by equal histories.

    Parameters
    ----------
    x : array-like of shape (n_customers,)
        Repeat purchases: purchases after the first one, those of one day counted once.
    t_x : array-like of shape (n_customers,)
        Age at the last purchase: time from the first to the last; 0 where x is 0.
    T : array-like of shape (n_customers,)
        Age: time from the first purchase to the end of what was observed, in the unit of `t_x`.

    Raises
    ------
    InvalidChoice
        A value is negative or missing, a last purchase lies after the end, or x and t_x disagree.
    """
    import pandas as pd

    given = [np.asarray(values, float) for values in (x, t_x, T)]
    repeats, last, age = given
    _check(repeats, last, age)
    codes, values = zip(*(pd.factorize(values, sort=True) for values in given), strict=True)
    n_last, n_age = len(values[1]), len(values[2])
    key = (codes[0].astype(np.int64) * n_last + codes[1]) * n_age + codes[2]
    of, cells = pd.factorize(key, sort=True)
    counts = np.bincount(of, minlength=len(cells)).astype(float)
    places = cells // (n_last * n_age), cells // n_age % n_last, cells % n_age
    x_axis, last_axis, age_axis = (Axis(*pair) for pair in zip(values, places, strict=True))
    return Histories(x_axis, last_axis, age_axis, counts, of)


def _check(x: Floats, t_x: Floats, T: Floats) -> None:
    if not len(x):
        raise InvalidChoice("There is no customer to learn from.", "Choose a later as-of day.")
    possible = (x >= 0) & (t_x >= 0) & (t_x <= T) & np.isfinite(x + T) & ((x > 0) | (t_x == 0))
    if not possible.all():
        raise InvalidChoice(
            f"{(~possible).sum():,} customers have an impossible purchase history.",
            "Check the dates of the orders.",
        )
