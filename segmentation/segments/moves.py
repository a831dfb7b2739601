"""Who changes segment between two ways of grouping, or two days."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.marts.money import PARTS
from segmentation.segments.cells import Cells

if TYPE_CHECKING:
    import pandas as pd


def count_moves(
    cells: Cells,
    before: NDArray[np.integer],
    after: NDArray[np.integer],
    names_before: Sequence[str],
    names_after: Sequence[str],
) -> "pd.DataFrame":
    """Customers and their spend by segment before and after, those that stay included.

    Parameters
    ----------
    cells : Cells
        The customers, one by one or counted.
    before, after : ndarray of shape (n_cells,)
        Place of each cell's segment in the names.
    names_before, names_after : sequence of str
        The segments.

    Returns
    -------
    DataFrame of shape (n_pairs, 4)
        before, after, n_customers and total_spend (in the data's currency) of each pair of
        segments that occurs, most customers first.
    """
    import pandas as pd

    n_after = len(names_after)
    pair = before.astype(np.int64) * n_after + after
    size = len(names_before) * n_after
    n_customers = np.bincount(pair, cells.n_customers, size).astype(np.int64)
    spend = np.bincount(pair, cells.spend, size) / PARTS
    found = np.flatnonzero(n_customers)
    found = found[np.argsort(-n_customers[found], kind="stable")]
    return pd.DataFrame(
        {
            "before": [names_before[place] for place in (found // n_after).tolist()],
            "after": [names_after[place] for place in (found % n_after).tolist()],
            "n_customers": n_customers[found],
            "total_spend": spend[found],
        }
    )
