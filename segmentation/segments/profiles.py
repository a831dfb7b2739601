"""Customers and their segments to what is said about each segment and each score."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.labels import listed, share
from segmentation.marts.money import PARTS
from segmentation.recipe import LETTERS, MEASURES
from segmentation.segments.cells import Cells, Distribution

if TYPE_CHECKING:
    import pandas as pd

# How each measure is spoken of where customers share a value of it.
NOTED = dict(zip(MEASURES, ("days since the last order", "number of orders", "spend"), strict=True))


def profile_segments(
    cells: Cells, codes: NDArray[np.integer], names: Sequence[str]
) -> "pd.DataFrame":
    """How large each segment is and what it is like, in the order of `names`.

    Parameters
    ----------
    cells : Cells
        The customers, one by one or counted.
    codes : ndarray of shape (n_cells,)
        Place in `names` of each cell's segment.
    names : sequence of str
        The segments.

    Returns
    -------
    DataFrame of shape (n_segments, 7), indexed by segment
        The columns of `tables.SEGMENTS` but for the median spend; shares 0 to 1, days whole,
        money in the data's currency.  A segment without customers has zeros and no medians.
    """
    import pandas as pd

    n_segments = len(names)
    codes = codes.astype(np.intp)
    n_customers, spend, orders = (
        np.bincount(codes, weights, n_segments) for weights in cells.weights
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "n_customers": n_customers.astype(np.int64),
                "share_of_customers": n_customers / n_customers.sum(),
                "total_spend": spend / PARTS,
                "share_of_spend": spend / spend.sum(),
                "mean_order_value": np.round(spend / orders / PARTS, 4),
                "median_recency_days": _medians(codes, *cells.recency_index, cells, n_segments),
                "median_n_orders": _medians(codes, *cells.orders_index, cells, n_segments),
            },
            index=pd.Index(names, name="segment"),
        )


def _medians(
    codes: NDArray[np.integer],
    values: NDArray[np.int64],
    place: NDArray[np.int64],
    cells: Cells,
    n_segments: int,
) -> NDArray[np.float64]:
    """Median of a measure in each segment, counting every customer of a cell."""
    n = len(values)
    counts = np.bincount(codes * n + place, cells.weights[0], n_segments * n)
    up_to = np.cumsum(counts.reshape(n_segments, n), axis=1)
    total = up_to[:, -1:]
    low = values[np.minimum((up_to <= np.floor((total - 1) / 2)).sum(axis=1), n - 1)]
    high = values[np.minimum((up_to <= np.floor(total / 2)).sum(axis=1), n - 1)]
    return np.where(total[:, 0] > 0, (low + high) / 2, np.nan)


def median_spend(
    customers: "pd.DataFrame", codes: NDArray[np.integer], names: Sequence[str]
) -> "pd.Series":
    """Spend of each segment's middle customer, indexed by segment, in the data's currency.

    It needs every customer, so it is worked out when a change is applied, not while it is tried.
    """
    medians = customers["total_spend"].groupby(codes).median()
    return medians.reindex(range(len(names))).set_axis(list(names)).rename_axis("segment")


def count_scores(measure: str, distribution: Distribution, cut_points: ArrayLike) -> "pd.DataFrame":
    """Which values have which score, and how many customers.

    Parameters
    ----------
    measure : {"recency_days", "n_orders", "total_spend"}
        Decides the direction.
    distribution : Distribution
        Of the measure.
    cut_points : array-like of shape (n_levels - 1,)
        Rising, in the measure's unit.

    Returns
    -------
    DataFrame of shape (n_levels, 4), indexed by score, the best first
        lowest and highest value that occurs with the score (missing where none does),
        n_customers, share_of_customers (0 to 1).
    """
    import pandas as pd

    cuts = np.asarray(cut_points, float)
    ends = np.searchsorted(distribution.values, cuts, side="right")
    starts = np.concatenate([[0], ends])
    ends = np.concatenate([ends, [len(distribution.values)]])
    counts = distribution.count_between(cuts)
    ranges = pd.DataFrame(
        {
            "lowest": [
                distribution.values[s] if s < e else np.nan
                for s, e in zip(starts, ends, strict=True)
            ],
            "highest": [
                distribution.values[e - 1] if s < e else np.nan
                for s, e in zip(starts, ends, strict=True)
            ],
            "n_customers": counts,
            "share_of_customers": counts / distribution.n_customers,
        },
        index=pd.RangeIndex(1, len(cuts) + 2, name="score"),
    )
    if measure == "recency_days":
        ranges.index = ranges.index[::-1]
        return ranges
    return ranges[::-1]


def profile_places(
    segment: "pd.Series", attribute: "pd.Series", names: Sequence[str]
) -> "pd.DataFrame":
    """Where a segment's customers are more common than the average customer.

    Parameters
    ----------
    segment : Series of shape (n_customers,)
        Each customer's segment, indexed by customer_id.
    attribute : Series of shape (n_customers_with_any,)
        Each customer's country, region, city or age group; customers without one are passed
        over.
    names : sequence of str
        The segments, in order.

    Returns
    -------
    DataFrame indexed by segment and place
        n_customers, share_of_segment and share_of_customers (0 to 1, of those whose attribute
        is known), concentration (their ratio).

    References
    ----------
    Haig, R. M. (1926). Toward an Understanding of the Metropolis: the location quotient.
    """
    import pandas as pd

    known = attribute.dropna()
    segment = segment.reindex(known.index)
    counts = pd.crosstab(known.rename("place"), segment.rename("segment"))
    counts = counts.reindex(columns=list(names), fill_value=0)
    long = counts.T.stack().rename("n_customers").to_frame()
    long["share_of_segment"] = (counts / counts.sum()).T.stack()
    share = counts.sum(axis=1) / counts.to_numpy().sum()
    long["share_of_customers"] = share.reindex(long.index.get_level_values("place")).to_numpy()
    long["concentration"] = long["share_of_segment"] / long["share_of_customers"]
    return long


def note_ties(
    measure: str,
    distribution: Distribution,
    cut_points: ArrayLike,
    chosen: Sequence[float] = (),
) -> list[str]:
    """Sentences on scores that no customer has, and whether ties are the reason.

    Parameters
    ----------
    measure : str
        One of `MEASURES`.
    distribution : Distribution
        The customers' values, in the measure's unit.
    cut_points : array-like of shape (n_levels - 1,)
        In the measure's unit, rising.
    chosen : sequence of float of shape (n_levels - 1,), optional
        The values or percentiles that somebody chose for them: what was chosen alike is no tie.

    Examples
    --------
    >>> from segmentation.segments.cells import count_values
    >>> ten = count_values(np.array([1, 1, 1, 1, 1, 2, 3, 4, 5, 9]))
    >>> note_ties("n_orders", ten, [1, 1, 2.4, 4.2])
    ['50.0% of customers have the same number of orders (1), so F has no score 2.']
    >>> note_ties("n_orders", ten, [1, 2.4, 10, 20])
    ['No customer lies between the cut points of F 4 and 5.']
    """
    cuts = list(np.asarray(cut_points, dtype=float))
    scores = count_scores(measure, distribution, cuts)
    letter, thing = LETTERS[measure], NOTED[measure]
    tied: dict[float, list[int]] = {}
    alike, apart = [], []
    for score in sorted(scores.index[scores["n_customers"] == 0]):
        place = len(cuts) + 1 - score if measure == "recency_days" else score - 1
        if not 0 < place < len(cuts) or cuts[place - 1] < cuts[place]:
            apart.append(score)
        elif chosen and chosen[place - 1] == chosen[place]:
            alike.append(score)
        else:
            tied.setdefault(cuts[place], []).append(score)
    counts = dict(zip(distribution.values, np.diff(distribution.up_to, prepend=0), strict=True))
    reasons = [
        f"{share(counts.get(value, 0) / distribution.n_customers)} of customers have the same "
        f"{thing} ({round(value, 2):,.12g})"
        for value in tied
    ]
    notes = [
        f"{reason}, so {letter} has no score{'s' * (len(empty) > 1)} {listed(empty)}."
        for reason, empty in zip(
            [*reasons, "Cut points are set alike"], [*tied.values(), alike], strict=True
        )
        if empty
    ]
    if apart:
        notes.append(f"No customer lies between the cut points of {letter} {listed(apart)}.")
    return notes


def profile_scores(
    cells: Cells,
    recency_score: NDArray[np.integer],
    column_score: NDArray[np.integer],
    grid: Sequence[Sequence[str]],
) -> "pd.DataFrame":
    """How many customers, and how much revenue, each pair of scores has.

    Parameters
    ----------
    cells : Cells
        The customers, one by one or counted.
    recency_score, column_score : ndarray of shape (n_cells,)
        1 to n_levels each; the second is F or FM.
    grid : sequence of sequences of str
        A scheme's: rows R = n down to 1, columns 1 to n.

    Returns
    -------
    DataFrame of shape (n_levels², 6)
        recency_score, column_score, segment, n_customers, share_of_customers (0 to 1) and
        total_spend (in the data's currency), row by row of the grid.
    """
    import pandas as pd

    n = len(grid)
    place = (n - recency_score.astype(np.int64)) * n + column_score - 1
    counts = np.bincount(place, cells.n_customers, n * n).astype(np.int64)
    return pd.DataFrame(
        {
            "recency_score": np.repeat(np.arange(n, 0, -1), n),
            "column_score": np.tile(np.arange(1, n + 1), n),
            "segment": [name for row in grid for name in row],
            "n_customers": counts,
            "share_of_customers": counts / counts.sum(),
            "total_spend": np.bincount(place, cells.spend, n * n) / PARTS,
        }
    )
