"""Money of later months counts less: periods, and what their money is worth today."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

YEAR, MONTH = 365.25, 365.25 / 12


def discount_periods(days: float, rate: float) -> tuple[Floats, Floats]:
    """Equal periods of about a month, and what money in the middle of each is worth today.

    Parameters
    ----------
    days : float
        Up to when.
    rate : float
        Discount per year: money after a year counts 1 / (1 + rate).

    Returns
    -------
    edges : ndarray of shape (n_periods + 1,)
        From 0 to `days`.
    factors : ndarray of shape (n_periods,)
        Above 0, at most 1.
    """
    edges = np.linspace(0, days, max(int(np.ceil(days / MONTH)), 1) + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    return edges, (1 + rate) ** (-middle / YEAR)


def weigh_edges(factors: ArrayLike) -> Floats:
    """Weights of the orders up to each edge, so that their sum is that of discounted periods.

    Parameters
    ----------
    factors : array-like of shape (n_periods,)
        What a period's money is worth today.

    Returns
    -------
    ndarray of shape (n_periods + 1,)
    """
    worth = np.asarray(factors, float)
    return np.append(0.0, worth) - np.append(worth, 0.0)
