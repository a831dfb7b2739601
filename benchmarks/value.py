"""Purchase and spend models for a million customers, against lifetimes 0.11.3 in the same run."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from segmentation.value.btyd import MODELS
from segmentation.value.gamma_gamma import GammaGamma
from segmentation.value.histories import count_histories

N_CUSTOMERS, HORIZON = 1_000_000, 365
LIFETIMES = {"BG/NBD": "BetaGeoFitter", "MBG/NBD": "ModifiedBetaGeoFitter"}


def simulate_customers(n: int, seed: int = 0) -> pd.DataFrame:
    """A made-up shop's x, t_x, T in whole days and mean_spend, by the models' own story."""
    rng = np.random.default_rng(seed)
    age = rng.integers(1, 730, n).astype(float)
    rate, leaves = rng.gamma(0.8, 1 / 60, n), rng.beta(0.6, 2.5, n)
    x, last, at = np.zeros(n), np.zeros(n), np.zeros(n)
    active = np.ones(n, bool)
    while active.any():
        at = at + rng.exponential(1 / np.maximum(rate, 1e-9))
        active &= at <= age
        x += active
        last = np.where(active, at, last)
        active &= rng.random(n) >= leaves
    scale = rng.gamma(3.7, 1 / 20, n)
    spend = np.where(x > 0, rng.gamma(5 * np.maximum(x, 1), 1 / scale) / np.maximum(x, 1), 0)
    last = np.minimum(np.ceil(last), age)
    return pd.DataFrame({"x": x, "t_x": last, "T": age, "mean_spend": spend})


def fit_ours(shop: pd.DataFrame, name: str) -> Any:
    """Count, fit and predict orders."""
    histories = count_histories(shop["x"], shop["t_x"], shop["T"])
    model = MODELS[name]().fit(histories)
    model.predict(histories, HORIZON)
    return model


def fit_theirs(shop: pd.DataFrame, name: str) -> Any:
    """The same with lifetimes."""
    import lifetimes

    model = getattr(lifetimes, LIFETIMES[name])()
    model.fit(shop["x"], shop["t_x"], shop["T"])
    model.predict(HORIZON, shop["x"], shop["t_x"], shop["T"])
    return model


def fit_our_spend(shop: pd.DataFrame) -> Any:
    """Fit and predict amounts."""
    model = GammaGamma().fit(shop["x"], shop["mean_spend"])
    model.predict(shop["x"], shop["mean_spend"])
    return model


def fit_their_spend(shop: pd.DataFrame) -> Any:
    """The same with lifetimes."""
    import lifetimes

    again = shop[shop["x"] > 0]
    model = lifetimes.GammaGammaFitter()
    model.fit(again["x"], again["mean_spend"])
    model.conditional_expected_average_profit(shop["x"], shop["mean_spend"])
    return model


def timed(work: Callable[[], Any], n_runs: int) -> tuple[float, Any]:
    """Median seconds over the runs, and what the last one gave."""
    seconds = []
    for _ in range(n_runs):
        start = time.perf_counter()
        made = work()
        seconds.append(time.perf_counter() - start)
    return median(seconds), made


def measure_value(folder: Path, n_runs: int) -> None:
    """Fit and prediction of each model, ours and theirs on the same customers."""
    shop = simulate_customers(N_CUSTOMERS)
    fit_ours(shop.head(1000), "BG/NBD")
    histories = count_histories(shop["x"], shop["t_x"], shop["T"])
    with warnings.catch_warnings():
        # It is of 2020 and warns of what pandas and SciPy have dropped since.
        warnings.simplefilter("ignore")
        ours_in_all = theirs_in_all = 0.0
        for name in MODELS:
            ours, model = timed(lambda name=name: fit_ours(shop, name), n_runs)
            theirs, peer = timed(lambda name=name: fit_theirs(shop, name), min(n_runs, 3))
            there = MODELS[name]().vary(peer.params_[["r", "alpha", "a", "b"]].to_numpy())
            gain = model.log_likelihood_ - there.score(histories)
            tell(name, ours, theirs, f"log-likelihood {model.log_likelihood_:,.3f}, {gain:+.2g}")
            if name == "BG/NBD":
                ours_in_all, theirs_in_all = ours, theirs
        ours, model = timed(lambda: fit_our_spend(shop), n_runs)
        theirs, peer = timed(lambda: fit_their_spend(shop), min(n_runs, 3))
        tell("Gamma-Gamma", ours, theirs, f"log-likelihood {model.log_likelihood_:,.3f}")
    tell("BG/NBD with Gamma-Gamma", ours_in_all + ours, theirs_in_all + theirs, "in all")


def tell(name: str, ours: float, theirs: float, rest: str) -> None:
    """One line: both times and their ratio."""
    print(
        f"{name}, {N_CUSTOMERS:,} customers: ours {ours:.2f} s; lifetimes {theirs:.2f} s: "
        f"{theirs / ours:.1f} × faster; {rest}",
        flush=True,
    )
