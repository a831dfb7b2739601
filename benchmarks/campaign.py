"""A million customers to campaign files, with time and memory."""

import resource
import time
from pathlib import Path

import numpy as np
import pandas as pd

from segmentation.campaigns.arms import draw_arms
from segmentation.outputs.audiences import FORMATS
from segmentation.outputs.campaign_files import write_audience
from segmentation.outputs.preflight import check_audience

N_MEMBERS = 1_000_000
SEGMENTS = ["Champions", "At risk", "New customers"]


def build_members(n: int) -> pd.DataFrame:
    """Made-up members with addresses of which one in seventeen cannot be used."""
    place = np.arange(n)
    return pd.DataFrame(
        {
            "n_orders": place % 9 + 1,
            "total_spend": place % 1000 * 1.25,
            "recency_days": place % 300 + 1,
            "segment": pd.Categorical.from_codes(place % 3, SEGMENTS),
            "country": np.array(["Germany", "United Kingdom"])[place % 2],
            "city": "Köln",
            "customer_name": [f"Anna{i % 977} de Smith{i % 1013}" for i in range(n)],
            "email": [f"anna.smith{i}@example.com" if i % 17 else "anna@" for i in range(n)],
            "phone": [
                f"0171 {2_000_000 + i}" if i % 2 == 0 else f"07911 {100_000 + i % 900_000}"
                for i in range(n)
            ],
        },
        index=pd.Index([f"C-{i}" for i in range(n)], name="customer_id"),
    )


def measure_campaign(folder: Path, n_runs: int) -> None:
    """Each format once: draw the arms, pre-flight and write; memory above that of the members."""
    members = build_members(N_MEMBERS)
    start = time.process_time()
    members["arm"] = draw_arms(members["segment"], 0.1)
    print(f"Arms of {N_MEMBERS:,} customers: {time.process_time() - start:.1f} s of CPU")
    before = peak()
    print(f"Members in memory, the peak so far: {before:,.0f} MB")
    for name, layout in FORMATS.items():
        start, wall = time.process_time(), time.perf_counter()
        found = check_audience(members, layout, "DE", False)
        checked = time.process_time()
        with (folder / f"audience_{name}").open("wb") as out:
            write_audience(members, layout, "DE", found, out)
            n_bytes = out.tell()
        print(
            f"{layout.label}: pre-flight {checked - start:.1f} s, file "
            f"{time.process_time() - checked:.1f} s of CPU, {time.perf_counter() - wall:.1f} s in "
            f"all, {n_bytes / 1e6:,.0f} MB, {found.n_usable:,} customers, peak {peak():,.0f} MB",
            flush=True,
        )


def peak() -> float:
    """Megabytes that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
