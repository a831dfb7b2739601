"""Finding one of a million customers by a part of their id, name or e-mail."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.slider import N_CUSTOMERS, timed
from segmentation.marts.directory import build_directory

FIRST = ("Anna", "Ben", "Clara", "Émile", "Farid", "Hüseyin", "José", "Łukasz", "María", "Søren")
LAST = ("García", "Müller", "Rosca", "Smith", "Ferrand", "Kowalska", "Novák", "Bauer", "Berger")
# Found late, found early, found nowhere, two words of which one is nowhere, found everywhere.
TYPED = ("0999999", "muller", "xamplx", "anna zzzz", "an")
SHOWN = 9


def measure_finding(folder: Path, n_runs: int) -> None:
    """Each text against pandas' str.contains over the three columns."""
    rng = np.random.default_rng(1)
    ids = pd.Index([f"C{number:07d}" for number in range(N_CUSTOMERS)], name="customer_id")
    first, last = rng.choice(FIRST, N_CUSTOMERS), rng.choice(LAST, N_CUSTOMERS)
    names = pd.Series(first, ids) + " " + pd.Series(last, ids) + ids.str[-3:]
    emails = names.str.lower().str.replace(" ", ".") + "@example.com"
    attributes = pd.DataFrame({"customer_name": names, "email": emails})
    customers = pd.DataFrame({"total_spend": rng.random(N_CUSTOMERS)}, index=ids)
    print(f"Search made ready in {timed(lambda: build_directory(customers, attributes), 1):.1f} s")
    directory = build_directory(customers, attributes)
    for typed in TYPED:
        ours = timed(lambda t=typed: directory.find(t, SHOWN), 4 * n_runs)  # type: ignore[misc]
        theirs = timed(lambda t=typed: contain(customers, attributes, t), n_runs)  # type: ignore[misc]
        print(
            f"Finding “{typed}” among {N_CUSTOMERS:,}: ours {ours * 1e3:.0f} ms, "
            f"str.contains {theirs * 1e3:,.0f} ms: {theirs / ours:,.0f} × faster",
            flush=True,
        )


def contain(customers: pd.DataFrame, attributes: pd.DataFrame, typed: str) -> pd.DataFrame:
    """The search as one would write it first; accents as they stand."""
    hit = customers.index.str.contains(typed, case=False, regex=False)
    for name in attributes:
        hit |= attributes[name].str.contains(typed, case=False, regex=False).to_numpy()
    return customers[hit].nlargest(SHOWN, "total_spend")
