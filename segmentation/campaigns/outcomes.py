"""What a campaign brought: orders and revenue of both arms, and how sure that is."""

import datetime
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from segmentation.campaigns.arms import CONTROL
from segmentation.campaigns.power import CONFIDENCE, smallest_lift
from segmentation.engine.database import Database
from segmentation.errors import InvalidChoice
from segmentation.labels import day
from segmentation.recipe import Policies

if TYPE_CHECKING:
    import pandas as pd

ALL = "All"
# Means of fewer customers are not near enough to normal for a verdict, nor are those of an arm that
# few order in. Of simulated campaigns without an effect, one in 11 seems to have one from 20 on,
# but one in three where a small control group may hold two.
FEWEST_CUSTOMERS, FEWEST_ORDERED = 50, 20


def build_period(
    database: Database, start: datetime.date, end: datetime.date, policies: Policies
) -> "pd.DataFrame":
    """Each customer's orders and net spend from one day to before another.

    Parameters
    ----------
    database : Database
        Where the rows are.
    start, end : date
        The first day that counts, and the first that no longer does.
    policies : Policies
        What counts as a purchase.

    Returns
    -------
    DataFrame indexed by customer_id
        n_orders and total_spend, in the data's currency: what the customers table says at the
        end less what it says at the start.

    Raises
    ------
    InvalidChoice
        The end is not after the start.
    """
    if end <= start:
        raise InvalidChoice(
            f"There is no day from {day(start)} to before {day(end)}.", "Choose a later last day."
        )
    before, after = (
        database.table("customers", **policies.parameters(day)).set_index("customer_id")
        for day in (start, end)
    )
    columns = ["n_orders", "total_spend"]
    since = after[columns].sub(before[columns].reindex(after.index).fillna(0))
    since["total_spend"] = since["total_spend"].round(4)
    return since


def compare_outcomes(
    segment: "pd.Series", arm: "pd.Series", period: "pd.DataFrame"
) -> "pd.DataFrame":
    """Conversion, revenue per customer and lift of target over control, by segment and in all.

    Parameters
    ----------
    segment, arm : Series of shape (n_members,), indexed by customer_id
        As they were when the campaign went out.
    period : DataFrame indexed by customer_id
        As `build_period` gives it; members that it lacks bought nothing.

    Returns
    -------
    DataFrame indexed by segment, "All" last
        The columns of `tables.OUTCOMES`; shares 0 to 1, money in the data's currency, intervals
        at 95 %, those of the segments all together (Bonferroni), missing where an arm is too
        small.

    References
    ----------
    Dunn, O. J. (1961). Multiple comparisons among means. JASA 56. Newcombe, R. G. (1998). Interval
    estimation for the difference between independent proportions. Statistics in Medicine 17,
    method 10. Welch, B. L. (1947), Biometrika 34.
    """
    import pandas as pd

    of_members = period.reindex(segment.index).fillna(0)
    ordered = (of_members["n_orders"] > 0).to_numpy()
    revenue = of_members["total_spend"].to_numpy(float)
    held = (arm == CONTROL).to_numpy()
    groups = segment.groupby(segment, observed=True).indices
    # Of twenty segments without an effect one would seem to have one.
    each = 1 - (1 - CONFIDENCE) / max(len(groups), 1)
    rows = {
        name: _compare(ordered[places], revenue[places], held[places], each)
        for name, places in groups.items()
    }
    rows[ALL] = _compare(ordered, revenue, held, CONFIDENCE)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("segment")


def _compare(
    ordered: np.ndarray, revenue: np.ndarray, held: np.ndarray, confidence: float
) -> dict[str, object]:
    n, m = int((~held).sum()), int(held.sum())
    hits, base_hits = int(ordered[~held].sum()), int(ordered[held].sum())
    rate, base = hits / n if n else np.nan, base_hits / m if m else np.nan
    low, high = newcombe_interval(hits, n, base_hits, m, confidence)
    means, gain, gain_low, gain_high = _welch(revenue[~held], revenue[held], confidence)
    detectable = smallest_lift(base, n, m) if m else np.nan
    told = [_effect(low, high, "More ordered because of it.", "Fewer ordered because of it.")]
    # By the share of both arms, so that a campaign that all orders come from has its verdict.
    enough = (hits + base_hits) * min(n, m) >= FEWEST_ORDERED * (n + m)
    if min(n, m) >= FEWEST_CUSTOMERS and enough:
        told.append(_effect(gain_low, gain_high, "It brought revenue.", "It cost revenue."))
    return {
        "n_target": n,
        "n_control": m,
        "rate_target": rate,
        "rate_control": base,
        "lift": rate - base,
        "lift_low": low,
        "lift_high": high,
        "mean_target": means[0],
        "mean_control": means[1],
        "gain": gain,
        "gain_low": gain_low,
        "gain_high": gain_high,
        "detectable": detectable,
        "verdict": " ".join(filter(None, told)) or _no_effect(base if n else np.nan, detectable),
    }


def newcombe_interval(
    hits: int, n: int, base_hits: int, m: int, confidence: float = CONFIDENCE
) -> tuple[float, float]:
    """Interval of hits / n − base_hits / m; nan where an arm is empty.

    References
    ----------
    Newcombe (1998), method 10: Wilson's score limits of both shares put together.

    Examples
    --------
    >>> [round(end, 4) for end in newcombe_interval(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if not n or not m:
        return np.nan, np.nan
    rate, base = hits / n, base_hits / m
    (low, high), (base_low, base_high) = _wilson(rate, n, confidence), _wilson(base, m, confidence)
    return (
        rate - base - sqrt((rate - low) ** 2 + (base_high - base) ** 2),
        rate - base + sqrt((high - rate) ** 2 + (base - base_low) ** 2),
    )


def _wilson(rate: float, n: int, confidence: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = rate + z * z / (2 * n)
    half = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def _welch(
    target: np.ndarray, control: np.ndarray, confidence: float
) -> tuple[tuple[float, float], float, float, float]:
    """Both means, their difference, and the ends of its interval."""
    means = (
        float(target.mean()) if len(target) else np.nan,
        float(control.mean()) if len(control) else np.nan,
    )
    gain = means[0] - means[1]
    if min(len(target), len(control)) < 2:
        return means, gain, np.nan, np.nan
    parts = target.var(ddof=1) / len(target), control.var(ddof=1) / len(control)
    if sum(parts) == 0:
        return means, gain, np.nan, np.nan
    from scipy.special import stdtrit

    freedom = sum(parts) ** 2 / (
        parts[0] ** 2 / (len(target) - 1) + parts[1] ** 2 / (len(control) - 1)
    )
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * sqrt(sum(parts))
    return means, gain, gain - half, gain + half


def _effect(low: float, high: float, more: str, less: str) -> str:
    """What an interval that leaves out zero says."""
    return more if low > 0 else less if high < 0 else ""


def _no_effect(base: float, detectable: float) -> str:
    if np.isnan(base):
        return "One arm is empty: nothing to compare."
    if np.isnan(detectable):
        return "Not shown: arms of this size could show nothing."
    return (
        f"Not shown: where {base:.1%} of the control group order, arms of this size show a lift "
        f"of {100 * detectable:.1f} points or more."
    )
