"""Customers to points: measures in logarithms, clipped, and brought to one spread."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from segmentation.errors import InvalidChoice
from segmentation.tables import CLUSTER_MEASURES

if TYPE_CHECKING:
    import pandas as pd

LOG, STANDARD, UNCLIPPED = "log", "standard", 100.0


def exact_sum(values: NDArray[np.float64]) -> float:
    """A sum that does not depend on the order of the values.

    They are rounded to 2⁻²⁸ of the largest first: whole numbers of that unit add up exactly for
    as many as 2²⁵ values (33 million).
    """
    unit = grain(values)
    return float(np.rint(values / unit).sum() * unit)


def grain(values: NDArray[np.float64]) -> float:
    """The unit to which values are rounded so that their sums are exact; a power of two."""
    largest = float(np.abs(values).max(initial=0))
    return float(2.0 ** (np.ceil(np.log2(largest)) - 28)) if largest > 0 else 1.0


class MeasureScaler:
    """Makes a point of each customer, with a coordinate for each measure.

    Parameters
    ----------
    measures : sequence of str
        Names from `tables.CLUSTER_MEASURES`.
    transform : {"log", "none"}, default="log"
        log(1 + value), where values below zero count as zero, and days are counted from 0 on the
        day before the as-of day; or the values as they are.
    scaling : {"standard", "none"}, default="standard"
        Whether each coordinate gets mean 0 and standard deviation 1.
    clip : float, default=100
        Percentile of the customers above which values count as that percentile's; 100: none.

    Attributes
    ----------
    fills_ : list of float
        The median of each measure, for customers without a value.
    limits_ : list of float
        The largest value of each measure that is told apart; infinite where nothing is clipped.
    means_, scales_ : list of float
        Of each coordinate, after the transform.
    """

    def __init__(
        self,
        measures: Sequence[str],
        transform: str = LOG,
        scaling: str = STANDARD,
        clip: float = UNCLIPPED,
    ) -> None:
        self.measures = measures
        self.transform_ = transform
        self.scaling = scaling
        self.clip = clip

    def fit(self, customers: "pd.DataFrame") -> Self:
        """Learn fills, limits, means and scales.

        Parameters
        ----------
        customers : DataFrame
            With the measures.

        Raises
        ------
        InvalidChoice
            A measure is not there, or no customer has a value of it.
        """
        self.fills_, self.limits_, self.means_, self.scales_ = [], [], [], []
        for measure in self.measures:
            values = _values(customers, measure)
            known = values[~np.isnan(values)]
            if not len(known):
                raise _missing(measure)
            self.fills_.append(float(np.median(known)))
            clipped = self.clip < UNCLIPPED
            self.limits_.append(float(np.percentile(known, self.clip)) if clipped else np.inf)
            column = self._shaped(len(self.fills_) - 1, values)
            mean, scale = 0.0, 1.0
            if self.scaling == STANDARD:
                mean = exact_sum(column) / len(column)
                scale = float(np.sqrt(exact_sum((column - mean) ** 2) / len(column)))
            self.means_.append(mean)
            # A constant measure is 0 for everybody; noise in its last digits is no spread.
            self.scales_.append(scale if scale > 1e-9 * max(1.0, abs(mean)) else 1.0)
        return self

    def transform(self, customers: "pd.DataFrame") -> NDArray[np.float64]:
        """The customers' points.

        Returns
        -------
        ndarray of shape (n_customers, n_measures), column by column in memory

        Raises
        ------
        InvalidChoice
            A measure is not there.
        """
        points = np.empty((len(customers), len(self.measures)), order="F")
        for place, measure in enumerate(self.measures):
            column = self._shaped(place, _values(customers, measure))
            points[:, place] = (column - self.means_[place]) / self.scales_[place]
        return points

    def _shaped(self, place: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """A measure's values filled, clipped and transformed."""
        if np.isnan(values).any():
            values = np.where(np.isnan(values), self.fills_[place], values)
        values = np.minimum(values, self.limits_[place])
        if self.transform_ != LOG:
            return values
        days = self.measures[place].endswith("_days")
        return np.log1p(np.maximum(values - 1 if days else values, 0))


def _values(customers: "pd.DataFrame", measure: str) -> NDArray[np.float64]:
    if measure not in customers:
        raise _missing(measure)
    # A copy in one piece: a stride could take another path through log1p's last digit.
    return np.ascontiguousarray(customers[measure].to_numpy(float, na_value=np.nan))


def _missing(measure: str) -> InvalidChoice:
    return InvalidChoice(
        f"The customers have no {CLUSTER_MEASURES[measure].label.lower()}.",
        "Choose other measures for the clusters, or RFM rules.",
    )
