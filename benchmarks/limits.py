"""Fifty million rows within 1.5 GB, and the same segments at every memory limit."""

import hashlib
from pathlib import Path

from benchmarks.processes import measure
from benchmarks.shops import write_shop

N_ROWS, N_CUSTOMERS = 50_000_000, 500_000


def measure_limits(folder: Path, n_runs: int) -> None:
    """One run for each limit of DuckDB's memory: time, peak memory, and the segments' hash."""
    shop = write_shop(folder, N_ROWS, N_CUSTOMERS)
    hashes = set()
    for megabytes in (1000, 600):
        out = folder / f"out_{megabytes}"
        cost = measure(
            ["-m", "segmentation", str(shop), "--out", str(out)],
            1,
            SEGMENTATION_MEMORY_MEGABYTES=str(megabytes),
        )
        found = hashlib.sha256((out / "customers.csv").read_bytes()).hexdigest()
        hashes.add(found)
        print(
            f"CSV, {N_ROWS:,} rows, DuckDB limited to {megabytes:,} MB: {cost.seconds:.0f} s, "
            f"{cost.megabytes:,.0f} MB at peak, customers.csv {found[:12]}",
            flush=True,
        )
    print("The same segments at every limit" if len(hashes) == 1 else "DIFFERENT segments")
