"""One slider move at a million customers: scores, segments and the table of segments."""

import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from segmentation.recipe import Recipe
from segmentation.segments.cells import count_cells, count_customers
from segmentation.segments.profiles import profile_segments
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter

N_CUSTOMERS = 1_000_000
NAMES = {
    "[1-2][1-2]": "Hibernating",
    "[1-2][3-4]": "At risk",
    "[1-2]5": "Can't lose them",
    "3[1-2]": "About to sleep",
    "33": "Need attention",
    "[3-4][4-5]": "Loyal customers",
    "41": "Promising",
    "51": "New customers",
    "[4-5][2-3]": "Potential loyalists",
    "5[4-5]": "Champions",
}


def make_customers(n: int) -> pd.DataFrame:
    """Customers as `build_customers` gives them, made up."""
    rng = np.random.default_rng(1)
    orders = 1 + rng.geometric(0.35, n)
    return pd.DataFrame(
        {
            "recency_days": 1 + (rng.random(n) ** 2 * 731).astype(int),
            "n_orders": orders,
            "total_spend": np.round(orders * rng.gamma(2, 30, n) + 1, 2),
        }
    )


def move_by_recipe(customers: pd.DataFrame, share: float) -> pd.DataFrame:
    """The move as notebooks do it: qcut for the scores, apply for the segments."""
    table = customers.copy()
    shares = [0, share, 0.4, 0.6, 0.8, 1]
    ranks = {name: table[name].rank(method="first") for name in customers}
    table["R"] = pd.qcut(ranks["recency_days"], shares, labels=[5, 4, 3, 2, 1])
    table["F"] = pd.qcut(ranks["n_orders"], 5, labels=[1, 2, 3, 4, 5])
    table["M"] = pd.qcut(ranks["total_spend"], 5, labels=[1, 2, 3, 4, 5])
    table["segment"] = table.apply(lambda row: f"{row['R']}{row['F']}", axis=1)
    table["segment"] = table["segment"].replace(NAMES, regex=True)
    return table.groupby("segment").agg(
        n=("n_orders", "size"), spend=("total_spend", "sum"), recency=("recency_days", "median")
    )


def measure_slider(folder: Path, n_runs: int) -> None:
    """Both schemes against the recipe; then how the move grows with the customers."""
    customers = make_customers(N_CUSTOMERS)
    distributions = count_measures(customers)
    theirs = timed(lambda: move_by_recipe(customers, 0.3), min(n_runs, 3))
    for scheme, count in (("classic", count_cells), ("value", count_customers)):
        cells = count(customers)
        seconds = timed(lambda c=cells, s=scheme: move(c, distributions, s), 20 * n_runs)  # type: ignore[misc]
        print(
            f"Slider, {N_CUSTOMERS:,} customers, {scheme}: ours {seconds * 1e3:.2f} ms, "
            f"qcut + apply {theirs:.1f} s: {theirs / seconds:,.0f} × faster",
            flush=True,
        )
    for n in (10_000, 100_000, N_CUSTOMERS):
        some = customers.head(n)
        cells, measures = count_cells(some), count_measures(some)
        seconds = timed(lambda c=cells, m=measures: move(c, m, "classic"), 20 * n_runs)  # type: ignore[misc]
        print(f"Slider, {n:>9,} customers, classic: {seconds * 1e3:.2f} ms", flush=True)


def move(cells, distributions, scheme: str) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """The move as the app does it."""
    recipe = Recipe(scheme=scheme, percentiles={"recency_days": [30, 40, 60, 80]})
    segmenter = build_segmenter(recipe).fit(distributions)
    return profile_segments(cells, segmenter.code_cells(cells), segmenter.scheme.names)


def timed(work, n_runs: int) -> float:  # type: ignore[no-untyped-def]
    """Median seconds of a call."""
    seconds = []
    for _ in range(n_runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return median(seconds)
