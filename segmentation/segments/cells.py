"""Customers counted on the grid of recency days × orders, so that a slider answers at once.

A score depends on the value alone, so a table of the distinct (recency days, orders) pairs
carries everything that a recency × frequency scheme needs, exactly: it has at most a few
ten thousand rows however many customers there are.  Spend is kept in ten-thousandths of the
currency, as whole numbers, whose sums do not depend on their order.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.marts.money import count_parts

if TYPE_CHECKING:
    import pandas as pd


Parts = NDArray[np.int64] | NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """How often each value of a measure occurs.

    Parameters
    ----------
    values : ndarray of shape (n_values,)
        The distinct values, rising.
    up_to : ndarray of shape (n_values,)
        Customers with that value or a smaller one.
    """

    values: NDArray[np.float64]
    up_to: NDArray[np.int64]

    @property
    def n_customers(self) -> int:
        """All customers."""
        return int(self.up_to[-1])

    def percentile(self, percentiles: ArrayLike) -> NDArray[np.float64]:
        """Values below which the given percentages of the customers lie.

        Parameters
        ----------
        percentiles : array-like of shape (n,)
            0 to 100.

        Returns
        -------
        ndarray of shape (n,)
            Interpolated linearly between neighbouring customers.

        References
        ----------
        Hyndman & Fan (1996), Sample Quantiles in Statistical Packages, definition 7 (NumPy's,
        pandas' and Excel's PERCENTILE.INC).
        """
        place = np.asarray(percentiles, float) / 100 * (self.n_customers - 1)
        below = np.floor(place)
        low = self.values[np.searchsorted(self.up_to, below, side="right")]
        above = np.minimum(below + 1, self.n_customers - 1)
        high = self.values[np.searchsorted(self.up_to, above, side="right")]
        # Rounded: interpolating leaves noise in the last digits that could pass a value by.
        return np.round(low + (high - low) * (place - below), 6)

    def count_between(self, cut_points: ArrayLike) -> NDArray[np.int64]:
        """Customers in each of the ranges that the cut points make; a cut point ends its range."""
        ends = np.searchsorted(self.values, np.asarray(cut_points, float), side="right")
        up_to = np.concatenate([[0], self.up_to])[ends]
        return np.diff(up_to, prepend=0, append=self.n_customers)


def count_values(values: NDArray[np.float64] | NDArray[np.int64]) -> Distribution:
    """How often each value occurs among the customers."""
    distinct, counts = np.unique(values, return_counts=True)
    return Distribution(distinct.astype(float), np.cumsum(counts))


@dataclass(frozen=True)
class Cells:
    """Customers, counted by equal values of what a scheme looks at.

    Parameters
    ----------
    recency_days, n_orders : ndarray of shape (n_cells,)
        What the customers of a cell have in common.
    total_spend : ndarray of shape (n_cells,) or None
        Likewise, in ten-thousandths of the currency, where every customer is a cell; else None.
    n_customers : ndarray of shape (n_cells,)
        How many they are.
    spend : ndarray of shape (n_cells,)
        What they spent together, in ten-thousandths of the currency.
    customers : DataFrame or None
        The customers themselves, where every one is a cell.
    """

    recency_days: NDArray[np.int64]
    n_orders: NDArray[np.int64]
    total_spend: Parts | None
    n_customers: NDArray[np.int64]
    spend: Parts
    customers: "pd.DataFrame | None" = None

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Customers, spend and orders of each cell, of shape (3, n_cells): exact below 2**53."""
        orders = self.n_orders * self.n_customers
        return np.array([self.n_customers, self.spend, orders], float)

    @cached_property
    def recency_index(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The distinct recency days, and each cell's place among them."""
        return np.unique(self.recency_days, return_inverse=True)

    @cached_property
    def orders_index(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The distinct numbers of orders, and each cell's place among them."""
        return np.unique(self.n_orders, return_inverse=True)


def count_customers(customers: "pd.DataFrame") -> Cells:
    """Cell for each customer, for schemes that look at spend as well, and for clusters.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    """
    parts = count_parts(customers["total_spend"])
    # What is too much for whole numbers of 64 bits is right to 15 digits.
    spend: Parts = np.asarray(parts, float if parts.dtype == object else np.int64)
    return Cells(
        customers["recency_days"].to_numpy(np.int64),
        customers["n_orders"].to_numpy(np.int64),
        spend,
        np.ones(len(customers), np.int64),
        spend,
        customers,
    )


def count_cells(customers: "pd.DataFrame") -> Cells:
    """Cells of the recency days × orders grid that hold a customer.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    """
    single = count_customers(customers)
    days, day_of = single.recency_index
    orders, order_of = single.orders_index
    cell, inverse, counts = np.unique(
        day_of * len(orders) + order_of, return_inverse=True, return_counts=True
    )
    spend: Any = np.zeros(len(cell), single.spend.dtype)
    np.add.at(spend, inverse, single.spend)
    return Cells(days[cell // len(orders)], orders[cell % len(orders)], None, counts, spend)
