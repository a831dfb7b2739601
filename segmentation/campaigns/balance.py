"""Whether the arms of a campaign are alike in what is known of the customers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from segmentation.campaigns.arms import CONTROL

if TYPE_CHECKING:
    import pandas as pd

ALIKE = 0.1


def compare_arms(members: "pd.DataFrame", traits: Mapping[str, str]) -> "pd.DataFrame":
    """The mean of each trait in both arms, and how far apart they are.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        The audience, with the column ``arm``.
    traits : mapping of str to str
        Label of each column to compare; those that the members lack are passed over.

    Returns
    -------
    DataFrame indexed by trait
        The columns of `tables.ARMS`; the difference in standard deviations, missing where an
        arm is empty, 0 where everyone is the same.

    References
    ----------
    Austin, P. C. (2009). Balance diagnostics for comparing the distribution of baseline
    covariates. Statistics in Medicine 28: standardised differences, alike below 0.1.
    """
    import pandas as pd

    held = (members["arm"] == CONTROL).to_numpy()
    found = {}
    for name, label in traits.items():
        if name in members:
            values = members[name].to_numpy(float)
            found[label] = _compare(values[~held], values[held])
    return pd.DataFrame.from_dict(
        found, orient="index", columns=["target", "control", "difference"]
    ).rename_axis("trait")


def _compare(target: np.ndarray, control: np.ndarray) -> tuple[float, float, float]:
    target, control = target[~np.isnan(target)], control[~np.isnan(control)]
    if not len(target) or not len(control):
        return (
            target.mean() if len(target) else np.nan,
            control.mean() if len(control) else np.nan,
            np.nan,
        )
    means = target.mean(), control.mean()
    spread = np.sqrt((target.var() + control.var()) / 2)
    return (*means, (means[0] - means[1]) / spread if spread > 0 else 0.0)
