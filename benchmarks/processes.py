"""Runs whole processes and says how long they took and how much memory they held at most."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """Medians over the runs: wall seconds, CPU seconds and megabytes (1,000,000 bytes) at peak."""

    seconds: float
    cpu_seconds: float
    megabytes: float


def measure(arguments: Sequence[str], n_runs: int, **environment: str) -> Cost:
    """What a Python process with these arguments costs."""
    costs = [run(arguments, environment) for _ in range(n_runs)]
    return Cost(*(median(values) for values in zip(*costs, strict=True)))


def run(arguments: Sequence[str], environment: dict[str, str]) -> Cost:
    """One run; a process that fails ends the benchmark."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    seconds = time.perf_counter() - start
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def tell(work: str, ours: Cost, theirs: Cost, peer: str) -> None:
    """One line: both costs and the ratios."""
    print(
        f"{work}: ours {ours.seconds:.2f} s, {ours.megabytes:,.0f} MB; {peer} "
        f"{theirs.seconds:.2f} s, {theirs.megabytes:,.0f} MB: "
        f"{theirs.seconds / ours.seconds:.1f} × faster, "
        f"{ours.megabytes / theirs.megabytes:.2f} of the memory",
        flush=True,
    )
