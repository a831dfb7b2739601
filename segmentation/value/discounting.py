"""Money of later months counts less: periods, factors, and the orders to come at their worth."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.value.btyd import BgNbd
from segmentation.value.histories import Histories

Floats = NDArray[np.float64]

YEAR, MONTH = 365.25, 365.25 / 12


def discount_periods(
    days: float, rate: float, length: float = MONTH, year: float = YEAR
) -> tuple[Floats, Floats]:
    """Equal periods of about a month, and what money in the middle of each is worth today.

    Parameters
    ----------
    days : float
        Up to when.
    rate : float
        Discount per year: money after a year counts 1 / (1 + rate).
    length : float
        About how long a period is, in days.
    year : float
        Days of a year.

    Returns
    -------
    edges : ndarray of shape (n_periods + 1,)
        From 0 to `days`.
    factors : ndarray of shape (n_periods,)
        Above 0, at most 1.
    """
    edges = np.linspace(0, days, max(int(np.ceil(days / length)), 1) + 1)
    middle = (edges[1:] + edges[:-1]) / 2
    return edges, (1 + rate) ** (-middle / year)


def discount_value(
    model: BgNbd, histories: Histories, order_value: ArrayLike, edges: ArrayLike, factors: ArrayLike
) -> Floats:
    """Discounted value of the orders to come, by customer.

    Parameters
    ----------
    model : BgNbd
        Fitted.
    histories : Histories
        In its unit of time.
    order_value : array-like of shape (n_customers,)
        Expected money for an order.
    edges : array-like of shape (n_periods + 1,)
        From 0 on, in that unit.
    factors : array-like of shape (n_periods,)
        What a period's money is worth today.
    """
    now = model.predict_if_active(histories, edges, [weigh_edges(factors)])[0]
    return model.predict_active(histories) * now * np.asarray(order_value, float)


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
