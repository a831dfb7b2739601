"""The likelihood of BG/NBD and MBG/NBD over counted histories, and its slope."""

import numpy as np
from numpy.typing import NDArray

from segmentation.value.histories import Histories
from segmentation.value.maximum import Score

Floats = NDArray[np.float64]


def build_score(histories: Histories, extra: int) -> Score:
    """Function from the parameters' logarithms to the mean log-likelihood and its gradient.

    What depends on one of x, t_x and T alone is worked out once for each of its values; only
    the chance of having left needs every cell.  Sums over cells are no `@`: BLAS would start
    threads for them, which costs more than it gains and takes the cores from other visitors.

    Parameters
    ----------
    histories : Histories
        Of the customers.
    extra : {0, 1}
        Chances to leave before the first repeat purchase: 0 for BG/NBD, 1 for MBG/NBD.

    References
    ----------
    Fader, Hardie & Lee (2005), equation 6; Batislam, Denizel & Filiztekin (2007), equation 5.
    """
    from scipy.special import gammaln, psi

    x = histories.x.values
    n, n_of_x = histories.counts, np.bincount(histories.x.of, histories.counts, len(x))
    n_of_age = np.bincount(histories.T.of, n, len(histories.T.values))
    x_of_age = np.bincount(histories.T.of, n * x[histories.x.of], len(histories.T.values))
    total, chances = n.sum(), x + extra
    can = (chances > 0)[histories.x.of]
    x_of, last_of = histories.x.of[can], histories.t_x.of[can]
    age_of, n_can = histories.T.of[can], n[can]

    def score(logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        age, last = alpha + histories.T.values, alpha + histories.t_x.values
        log_age = np.log(age)
        shape, left = r + x, np.log(a) - np.log(np.maximum(b + chances - 1, 1e-300))
        since = log_age[age_of] - np.log(last)[last_of]
        odds = left[x_of] + shape[x_of] * since
        small = np.exp(-np.abs(odds))
        likely = n_can * np.where(odds > 0, 1, small) / (1 + small)
        gone = np.bincount(x_of, likely, len(x))
        height = (
            n_of_x @ (gammaln(shape) - gammaln(r) + gammaln(b + chances) - gammaln(a + b + chances))
            + total * (r * np.log(alpha) + gammaln(a + b) - gammaln(b))
            - (r * n_of_age + x_of_age) @ log_age
            + (n_can * (np.maximum(odds, 0) + np.log1p(small))).sum()
        )
        both = psi(a + b) - n_of_x @ psi(a + b + chances) / total
        dropped = gone / np.maximum(b + chances - 1, 1e-300)
        slope = [
            n_of_x @ psi(shape)
            + total * (np.log(alpha) - psi(r))
            - n_of_age @ log_age
            + (likely * since).sum(),
            total * r / alpha
            - (r * n_of_age + x_of_age) @ (1 / age)
            + (likely * shape[x_of] * ((1 / age)[age_of] - (1 / last)[last_of])).sum(),
            total * both + gone.sum() / a,
            total * (both - psi(b)) + n_of_x @ psi(b + chances) - dropped.sum(),
        ]
        return float(height / total), np.array(slope) * [r, alpha, a, b] / total

    return score
