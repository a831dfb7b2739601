"""One move of a control on the At risk page for a million customers, against filters in pandas."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.value import timed
from segmentation.value.at_risk import MODEL, count_returned
from segmentation.value.watch_list import (
    Wanted,
    build_watch_list,
    complete_rows,
    find_flagged,
    spread,
)

N_CUSTOMERS = 1_000_000
WANTED = Wanted(MODEL, 0.5, 20.0, ("Segment 1", "Segment 2"), ("North", "East"), ("a",), (9, 300))


def simulate_list(seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """A list of made-up customers with their purchase days before and after, and segments."""
    rng, n = np.random.default_rng(seed), N_CUSTOMERS
    index = pd.Index([f"C{i:07d}" for i in range(n)], name="customer_id")
    silent = rng.integers(1, 400, n)
    known = silent + rng.integers(0, 500, n)
    day, days = np.datetime64("2025-07-01", "s"), rng.geometric(0.3, n)
    customers = pd.DataFrame(
        {
            "n_purchase_days": days,
            "first_ordered_on": day - known.astype("timedelta64[D]"),
            "last_ordered_on": day - silent.astype("timedelta64[D]"),
            "recency_days": silent,
            "tenure_days": known,
            "total_spend": rng.gamma(2, 50, n),
        },
        index=index,
    )
    names = [f"Segment {i}" for i in range(10)]
    segment = pd.Series(pd.Categorical.from_codes(rng.integers(0, 10, n), names), index=index)
    prediction = pd.DataFrame(
        {"p_active": rng.random(n), "value_if_active": rng.gamma(2, 40, n)}, index=index
    )
    place = pd.Series(rng.choice(["North", "East", "South", "West"], n), index=index)
    bought = pd.DataFrame({"last_category": rng.choice(list("abc"), n)}, index=index)
    table = build_watch_list(
        customers, segment, prediction, 1.0, place, bought.astype("category")
    ).assign(days_before=days, days_after=days + rng.integers(0, 2, n))
    return table, segment


def answer_ours(table: pd.DataFrame, segment: pd.Series) -> int:
    """Figures, marks of the map, first rows of the list, and who came back."""
    flagged = find_flagged(table, WANTED)
    for name in ("value_so_far", "at_stake"):
        table[name].to_numpy()[flagged].sum()
    table.iloc[spread(flagged, 2000)]
    complete_rows(table.iloc[np.flatnonzero(flagged)[:500]], segment, {})
    count_returned(
        pd.Series(flagged, index=table.index),
        table["days_before"],
        table["days_after"],
        table["segment"],
    )
    return int(flagged.sum())


def answer_in_pandas(table: pd.DataFrame) -> int:
    """The same as filters on text columns, a sort and a grouping."""
    chosen = table[
        (table["p_active"] <= WANTED.risk)
        & (table["value_so_far"] >= WANTED.least_value)
        & table["segment"].isin(WANTED.segments)
        & table["place"].isin(WANTED.places)
        & table["last_category"].isin(WANTED.categories)
        & table["recency_days"].between(9, 300)
    ].sort_values("at_stake", ascending=False)
    chosen[["value_so_far", "at_stake"]].sum()
    chosen.sample(min(2000, len(chosen)), random_state=0)
    (chosen["days_after"] > chosen["days_before"]).groupby(chosen["segment"]).mean()
    return len(chosen)


def measure_at_risk(folder: Path, n_runs: int) -> None:
    """One move, ours and in pandas, on the same customers."""
    table, segment = simulate_list()
    text = table.astype({"segment": str, "place": str, "last_category": str})
    ours, n_ours = timed(lambda: answer_ours(table, segment), n_runs)
    theirs, n_theirs = timed(lambda: answer_in_pandas(text), n_runs)
    assert n_ours == n_theirs
    print(
        f"At risk, one move, {N_CUSTOMERS:,} customers: ours {1000 * ours:.0f} ms; filters in "
        f"pandas {1000 * theirs:.0f} ms: {theirs / ours:.1f} × faster",
        flush=True,
    )
