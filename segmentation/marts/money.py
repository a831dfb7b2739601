"""Amounts as whole numbers of a small part, whose sums do not depend on their order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

PARTS = 10_000
# Half of what 64 bits hold: a sum of doubles is not exact.
_MOST = 2.0**62


def count_parts(amounts: ArrayLike) -> NDArray[np.int64] | NDArray[np.object_]:
    """Amounts in ten-thousandths of the currency, which can be added up in any order.

    Parameters
    ----------
    amounts : array-like of shape (n,)
        In the data's currency; none is missing.

    Returns
    -------
    ndarray of shape (n,)
        64 bits wide; Python's integers where any sum of them could be too large for that.

    Examples
    --------
    >>> count_parts([0.1, 0.2]).sum()
    np.int64(3000)
    >>> count_parts([9e14, 9e14]).sum()
    18000000000000000000
    """
    parts = np.rint(np.asarray(amounts, float) * PARTS)
    if np.abs(parts).sum() < _MOST:
        return parts.astype(np.int64)
    return np.array([int(part) for part in parts], object)
