"""Who of an audience is held out: the same customers next month, the asked share of each segment.

The two wishes pull against each other.  A threshold on a hash of the customer's id keeps everyone
in their arm for ever, but the share it holds out of a segment is a draw of chance.  Taking exactly
the share with the lowest hashes is exact, but each customer who joins or leaves moves the limit a
little and may push a neighbour over it.  So the threshold decides wherever it comes within one
customer of the asked share of a segment, and only beyond that are those nearest to it moved.
"""

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.errors import InvalidChoice

if TYPE_CHECKING:
    import pandas as pd

TARGET, CONTROL = "target", "control"


def draw_arms(segment: "pd.Series", share_held_out: float, seed: int = 1) -> "pd.Series":
    """The arm of each member of an audience.

    Parameters
    ----------
    segment : Series of shape (n_members,), indexed by customer_id
        The strata.
    share_held_out : float
        0 to 0.5.
    seed : int, default=1
        Another one draws another control group.

    Returns
    -------
    Series of shape (n_members,), indexed like `segment`
        ``"target"`` or ``"control"``, a categorical.  In each stratum of n the number held out
        is within one of n × `share_held_out`.

    Raises
    ------
    InvalidChoice
        The share is not within 0 to 0.5.

    References
    ----------
    Kohavi, Tang & Xu (2020), Trustworthy Online Controlled Experiments, ch. 14: assignment by a
    hash of the unit.
    """
    import pandas as pd

    if not 0 <= share_held_out <= 0.5:
        raise InvalidChoice(
            f"A control group of {share_held_out:.0%} is not possible.", "Choose 0 to 50%."
        )
    draw = hash_ids(segment.index, seed)
    held = np.zeros(len(segment), bool)
    for rows in segment.groupby(segment.astype(object), dropna=False).indices.values():
        held[_held_out(rows, draw, share_held_out)] = True
    arms = pd.Categorical.from_codes(held.astype(np.int8), [TARGET, CONTROL])
    return pd.Series(arms, index=segment.index, name="arm")


def hash_ids(ids: Iterable[object], seed: int) -> NDArray[np.float64]:
    """A number from 0 to 1 for each id, even and without pattern; the same for ever.

    The first eight bytes of SHA-256 of the seed, a blank and the id.
    """
    start = hashlib.sha256(f"{seed} ".encode())
    words = bytearray()
    for each in ids:
        digest = start.copy()
        digest.update(str(each).encode())
        words += digest.digest()[:8]
    return np.frombuffer(bytes(words), ">u8").astype(float) / 2**64


def _held_out(
    rows: NDArray[np.int64], draw: NDArray[np.float64], share: float
) -> NDArray[np.int64]:
    """Those of a stratum who are held out."""
    asked = round(len(rows) * share, 9)
    below = int((draw[rows] < share).sum())
    n_held = min(max(below, int(np.ceil(asked - 1)), 0), int(np.floor(asked + 1)), len(rows))
    return rows[np.argsort(draw[rows], kind="stable")[:n_held]]


def count_strata(segment: "pd.Series", arms: "pd.Series") -> "pd.DataFrame":
    """Members of each arm by segment; the columns of `tables.STRATA`, indexed by segment."""
    import pandas as pd

    held = (arms == CONTROL).to_numpy()
    by_segment = pd.Series(held, index=segment.index).groupby(segment, observed=True)
    counts = by_segment.agg(["size", "sum"])
    counts.columns = ["n_customers", "n_control"]
    counts.insert(1, "n_target", counts["n_customers"] - counts["n_control"])
    counts["share_of_control"] = counts["n_control"] / counts["n_customers"]
    return counts.rename_axis("segment")
