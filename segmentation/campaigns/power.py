"""How small an effect a control group of some size can show, in plain words."""

from math import isnan, nan, sqrt
from statistics import NormalDist

CONFIDENCE, POWER = 0.95, 0.8


def smallest_lift(base: float, n_target: int, n_control: int) -> float:
    """The smallest rise in the share who order that is shown four times in five.

    Parameters
    ----------
    base : float
        The share of customers who order without the campaign, 0 to 1.
    n_target, n_control : int
        Customers in each arm.

    Returns
    -------
    float
        A difference of shares, 0 to 1; nan where no rise could be shown at all.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, ch. 4: two
    proportions, two-sided 5 %, power 80 %, without correction for continuity.

    Examples
    --------
    >>> round(smallest_lift(0.05, 4500, 500), 4)
    0.0341
    """
    if min(n_target, n_control) < 1 or not 0 <= base < 1:
        return nan
    low, high = 0.0, 1 - base
    if not _shows(base, high, n_target, n_control):
        return nan
    for _ in range(60):
        middle = (low + high) / 2
        if _shows(base, middle, n_target, n_control):
            high = middle
        else:
            low = middle
    return high


def _shows(base: float, lift: float, n_target: int, n_control: int) -> bool:
    sides = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), NormalDist().inv_cdf(POWER)
    with_it = base + lift
    mean = (n_target * with_it + n_control * base) / (n_target + n_control)
    under_null = sqrt(mean * (1 - mean) * (1 / n_target + 1 / n_control))
    as_it_is = sqrt(with_it * (1 - with_it) / n_target + base * (1 - base) / n_control)
    return lift >= sides[0] * under_null + sides[1] * as_it_is and lift > 0


def tell_power(base: float, n_target: int, n_control: int) -> str:
    """What the arms can show, as a sentence or two for people."""
    if n_control == 0:
        return "Nobody is held out, so nothing will tell what the campaign brought."
    lift = smallest_lift(base, n_target, n_control)
    arms = f"With {n_target:,} customers addressed and {n_control:,} held out,"
    if isnan(lift):
        return f"{arms} not even an order by everyone addressed could be told from chance."
    rise = f"a rise from {base:.1%} who order to {base + lift:.1%} or more"
    return (
        f"{arms} {rise} is shown four times in five. A smaller effect may be there and go unseen."
    )
