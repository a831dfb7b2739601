"""BG/NBD and Gamma-Gamma against pymc-marketing's MAP fit, in an environment of its own.

`make bench-peers` runs this; it needs nothing of the app but segmentation/value.
"""

import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.value import fit_our_spend, fit_ours, simulate_customers
from segmentation.value.btyd import BgNbd
from segmentation.value.gamma_gamma import GammaGamma
from segmentation.value.histories import count_histories

N_CUSTOMERS = 20_000


def fit_their_orders(shop: pd.DataFrame) -> Any:
    """MAP with flat priors: the likelihood's maximum."""
    from pymc_marketing.clv import BetaGeoModel
    from pymc_marketing.prior import Prior

    data = shop.rename(columns={"x": "frequency", "t_x": "recency"}).rename_axis("customer_id")
    flat = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    model = BetaGeoModel(data=data.reset_index(), model_config=flat)
    model.fit(method="map", progressbar=False)
    return model


def fit_their_spend(shop: pd.DataFrame) -> Any:
    """The same of the spend."""
    from pymc_marketing.clv import GammaGammaModel
    from pymc_marketing.prior import Prior

    again = shop[shop["x"] > 0].rename(columns={"x": "frequency", "mean_spend": "monetary_value"})
    flat = {name: Prior("HalfFlat") for name in ("p", "q", "v")}
    data = again.rename_axis("customer_id").reset_index()
    model = GammaGammaModel(data=data, model_config=flat)
    model.fit(method="map", progressbar=False)
    return model


def once(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one run, and what it gave."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def point(model: Any, *names: str) -> np.ndarray:
    """Parameters of a MAP fit."""
    summary = model.fit_result if hasattr(model, "fit_result") else model.idata.posterior
    return np.array([float(np.asarray(summary[name]).ravel()[0]) for name in names])


def main() -> None:
    """Both models, one line each."""
    warnings.simplefilter("ignore")
    n = int(sys.argv[1]) if len(sys.argv) > 1 else N_CUSTOMERS
    shop = simulate_customers(n)
    fit_ours(shop.head(1000), "BG/NBD")
    ours, model = once(lambda: fit_ours(shop, "BG/NBD"))
    theirs, peer = once(lambda: fit_their_orders(shop))
    histories = count_histories(shop["x"], shop["t_x"], shop["T"])
    there = BgNbd().vary(point(peer, "r", "alpha", "a", "b")).score(histories)
    tell("BG/NBD", n, ours, theirs, model.log_likelihood_ - there)
    ours, spend = once(lambda: fit_our_spend(shop))
    theirs, peer = once(lambda: fit_their_spend(shop))
    there = GammaGamma().vary(point(peer, "p", "q", "v")).score(shop["x"], shop["mean_spend"])
    tell("Gamma-Gamma", n, ours, theirs, spend.log_likelihood_ - there)


def tell(name: str, n: int, ours: float, theirs: float, gain: float) -> None:
    """One line: both times, their ratio, and how much higher our log-likelihood is."""
    print(
        f"{name}, {n:,} customers: ours {ours:.2f} s; pymc-marketing {theirs:.1f} s: "
        f"{theirs / ours:.0f} × faster; log-likelihood {gain:+.2g}",
        flush=True,
    )


if __name__ == "__main__":
    main()
