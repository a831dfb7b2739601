"""Clusters in words: names, what sets each apart, what to do, and when they are useless."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from segmentation.labels import share
from segmentation.segments.rules import COLOURS, Segment
from segmentation.tables import CLUSTER_MEASURES

if TYPE_CHECKING:
    import pandas as pd

# Very low, low, high, very high; in the order in which they stand in a name.
WORDS = {
    "n_orders": ("fewest orders", "few orders", "frequent", "very frequent"),
    "total_spend": ("lowest spend", "low spend", "high spend", "top spend"),
    "mean_order_value": ("tiny orders", "small orders", "large orders", "very large orders"),
    "recency_days": ("just bought", "recent", "lapsed", "long lapsed"),
    "tenure_days": ("just joined", "new", "long-standing", "very long-standing"),
    "share_of_returns": ("hardly any returns", "few returns", "returns", "many returns"),
    "customer_age": ("youngest", "younger", "older", "oldest"),
}
PHRASES = {
    "n_orders": ("order seldom", "order often"),
    "recency_days": ("bought lately", "have not bought for long"),
    "mean_order_value": ("place small orders", "place large orders"),
    "tenure_days": ("joined lately", "have been customers for long"),
    "share_of_returns": ("send little back", "send much back"),
    "customer_age": ("are younger than most", "are older than most"),
}
# By how lately they bought, and whether they spend more than the average.
ACTIONS = {
    ("mixed", True): "Thank those who bought lately, and write personally to those who have gone "
    "quiet: the cluster has both.",
    ("mixed", False): "Show best sellers to those who bought lately, and send one reminder to "
    "those who have gone quiet: the cluster has both.",
    ("lately", True): "Give early access and ask for reviews and referrals; no discounts, they buy "
    "anyway.",
    (
        "lately",
        False,
    ): "Welcome them, show best sellers, and nudge to the next order within 30 days.",
    ("gone", True): "Write personally, ask what went wrong, and make a win-back offer with a "
    "deadline.",
    ("gone", False): "Try one cheap win-back mail at a season's start; then stop, and spend no ads "
    "on them.",
}
TELLING, STRONG, SLIGHT, IN_A_NAME = 0.4, 1.25, 0.1, 3
MUCH, SOON, LATE = 1.2, 0.5, 1.25
NEARLY_ALL, MANY_ALIKE, NO_GAP, UNSTABLE = 0.9, 0.5, 0.25, 0.6
NEAR_THE_BEST, STABLE, TOO_SMALL = 0.02, 0.75, 0.01


def describe_clusters(
    customers: "pd.DataFrame",
    codes: NDArray[np.integer],
    distinct: NDArray[np.float64],
    measures: Sequence[str],
) -> tuple[Segment, ...]:
    """Name, colour, meaning and recommended action of each cluster.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    codes : ndarray of shape (n_customers,)
        Each customer's cluster.
    distinct : ndarray of shape (n_clusters, n_measures)
        How far each cluster's centre is from the average customer, in standard deviations.
    measures : sequence of str
        Names from `tables.CLUSTER_MEASURES`.
    """
    n = len(distinct)
    names = name_clusters(distinct, measures)
    places = np.round(np.linspace(0, 9, n)).astype(int)
    ratios = _spend_ratios(customers, codes, n)
    recency = customers["recency_days"]
    medians = recency.groupby(codes).median().reindex(range(n), fill_value=float("inf"))
    usual = recency.median()
    when = [
        "lately" if m <= SOON * usual else "gone" if m > LATE * usual else "mixed" for m in medians
    ]
    return tuple(
        Segment(
            names[code],
            COLOURS[places[code]],
            _meaning(distinct[code], measures, ratios[code]),
            ACTIONS[when[code], bool(ratios[code] >= MUCH)],
        )
        for code in range(n)
    )


def name_clusters(distinct: NDArray[np.float64], measures: Sequence[str]) -> list[str]:
    """A different name for each cluster, such as "Frequent, high spend, recent".

    Parameters
    ----------
    distinct : ndarray of shape (n_clusters, n_measures)
        As for `describe_clusters`.
    measures : sequence of str
        Names from `tables.CLUSTER_MEASURES`.

    Examples
    --------
    >>> name_clusters(np.array([[1.0, -0.5], [-0.1, 0.2]]), ["n_orders", "recency_days"])
    ['Frequent, recent', 'Average']
    """
    names = [_name(row, measures, TELLING, IN_A_NAME) for row in distinct]
    for code, row in enumerate(distinct):
        if names.count(names[code]) > 1 or names[code] in names[:code]:
            longer = _name(row, measures, SLIGHT, len(measures))
            if longer not in names:
                names[code] = longer
    return [
        name if name not in names[:code] else f"{name} ({1 + names[:code].count(name)})"
        for code, name in enumerate(names)
    ]


def _name(row: NDArray[np.float64], measures: Sequence[str], least: float, most: int) -> str:
    told = sorted(range(len(measures)), key=lambda place: -abs(row[place]))[:most]
    words = {
        measures[place]: WORDS[measures[place]][
            (0 if row[place] <= -STRONG else 1)
            if row[place] < 0
            else (3 if row[place] >= STRONG else 2)
        ]
        for place in told
        if abs(row[place]) >= least
    }
    text = ", ".join(words[measure] for measure in WORDS if measure in words) or "average"
    return text[0].upper() + text[1:]


def _spend_ratios(
    customers: "pd.DataFrame", codes: NDArray[np.integer], n: int
) -> NDArray[np.float64]:
    """Median spend of each cluster over that of all customers; 1 where most spend nothing."""
    middle = customers["total_spend"].median()
    medians = customers["total_spend"].groupby(codes).median().reindex(range(n)).fillna(0)
    return np.round(medians.to_numpy() / middle, 6) if middle > 0 else np.ones(n)


def _meaning(row: NDArray[np.float64], measures: Sequence[str], ratio: float) -> str:
    told = [
        PHRASES[measure][int(distance > 0)]
        for measure, distance in zip(measures, row, strict=True)
        if measure in PHRASES and abs(distance) >= TELLING
    ]
    times = f"{ratio:,.2g} ×" if ratio < 10 else f"{ratio:,.0f} ×"
    if 0.9 <= ratio <= 1.1:
        times = "about"
    text = ", ".join([*told, f"spend {times} as much as the middle customer"])
    return f"{text[0].upper()}{text[1:]}."


def suggest_clusters(judged: "pd.DataFrame") -> tuple[int, str]:
    """How many clusters to take, and why.

    Parameters
    ----------
    judged : DataFrame indexed by n_clusters
        As `agreement.judge_sweep` gives it.
    """
    good = judged[
        (judged["stability"] >= STABLE)
        & (judged["share_of_smallest"] >= TOO_SMALL)
        & (judged.index >= min(3, judged.index.max()))
    ]
    if good.empty:
        k = int(judged["stability"].round(2).idxmax())
        reason = (
            f"No number of groups comes out well again when customers are resampled; {k} does "
            f"best (stability {judged.loc[k, 'stability']:.2f})."
        )
        return k, reason
    best = good["silhouette"].max()
    k = int(good.index[good["silhouette"] >= best - NEAR_THE_BEST].max())
    row = good.loc[k]
    reason = (
        f"{k} groups come out again when customers are resampled (stability "
        f"{row['stability']:.2f}), and of three groups or more that do, "
        + ("none are" if row["silhouette"] == best else "hardly any are")
        + f" further apart (silhouette {row['silhouette']:.2f})."
    )
    if k != 2 and 2 in judged.index and judged.loc[2, "silhouette"] > row["silhouette"]:
        reason += (
            f" Two groups are further apart ({judged.loc[2, 'silhouette']:.2f}) but say little "
            "more than good and poor."
        )
    return k, reason


def note_clusters(
    sizes: NDArray[np.integer],
    points: NDArray[np.float64],
    names: Sequence[str],
) -> list[str]:
    """Sentences on what makes clusters useless, seen from their sizes and the points.

    Parameters
    ----------
    sizes : ndarray of shape (n_clusters,)
        Customers in each.
    points : ndarray of shape (n_customers, n_measures)
        As `MeasureScaler.transform` gives them, for the measures below.
    names : sequence of str
        The measures.
    """
    found = [
        f"{CLUSTER_MEASURES[name].label} is the same for all customers and sets nobody apart."
        for name, column in zip(names, points.T, strict=True)
        if column.max() - column.min() < 1e-9
    ]
    largest = sizes.max() / sizes.sum()
    if largest >= NEARLY_ALL:
        found.append(
            f"One cluster holds {share(largest)} of the customers: the others are outliers rather "
            "than groups. Take logarithms, or clip at a lower percentile."
        )
    small = int((sizes < TOO_SMALL * sizes.sum()).sum())
    if small and largest < NEARLY_ALL:
        found.append(
            f"{small} of the clusters hold{'s' if small == 1 else ''} less than 1% of the "
            "customers each."
        )
    if (sizes == 0).any():
        found.append("A cluster of the recipe has no customers in these data.")
    return found


def note_alike(counts: NDArray[np.float64]) -> list[str]:
    """A sentence where many customers are one and the same point, or there are few points.

    Parameters
    ----------
    counts : ndarray of shape (n_places,)
        Customers at each different point.
    """
    found = []
    if len(counts) < 10:
        found.append(
            f"The customers differ in {len(counts)} ways only, so there can be no more than "
            f"{len(counts)} groups."
        )
    alike = counts.max() / counts.sum()
    if alike >= MANY_ALIKE and len(counts) > 1:
        found.append(
            f"{share(alike)} of the customers are exactly alike in these measures and always "
            "share a cluster."
        )
    return found


def note_judged(judged: "pd.Series") -> list[str]:
    """Sentences on clusters that are not apart, or do not come out again.

    Parameters
    ----------
    judged : Series
        A row of `agreement.judge_sweep`.

    References
    ----------
    Kaufman, L. & Rousseeuw, P. J. (1990). Finding Groups in Data: a silhouette of 0.25 or less is
    no substantial structure.
    """
    found = []
    if judged["silhouette"] <= NO_GAP:
        found.append(
            f"There is hardly a gap between these clusters (silhouette "
            f"{judged['silhouette']:.2f}): they cut a cloud into parts."
        )
    if judged["stability"] < UNSTABLE:
        found.append(
            f"These clusters come out otherwise when customers are resampled (stability "
            f"{judged['stability']:.2f}): do not build on their borders."
        )
    return found
