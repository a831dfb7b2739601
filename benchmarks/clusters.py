"""All numbers of clusters from 2 to 10 at a million customers, against scikit-learn's KMeans."""

import time
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.cluster import KMeans

from benchmarks.slider import make_customers
from segmentation.segments.agreement import judge_sweep
from segmentation.segments.clusters import ClusterChoices
from segmentation.segments.sweeps import assign_points, sweep_clusters

N_CUSTOMERS, N_MORE = 1_000_000, 10_000_000


def measure_clusters(folder: Path, n_runs: int) -> None:
    """The sweep and what it loses in inertia; ten million customers against one."""
    customers = make_customers(N_CUSTOMERS)
    runs = [sweep(customers) for _ in range(n_runs)]
    seconds, cpu = (median(run[place] for run in runs) for place in (0, 1))
    points, found = runs[0][2:]
    start, start_cpu = time.perf_counter(), time.process_time()
    plain = np.ascontiguousarray(points)
    theirs = {k: KMeans(k, n_init=10, random_state=0).fit(plain).inertia_ for k in found.centres}
    their_seconds, their_cpu = time.perf_counter() - start, time.process_time() - start_cpu
    ours = {k: assign_points(points, centres)[1].sum() for k, centres in found.centres.items()}
    worst = max(ours[k] / theirs[k] - 1 for k in theirs)
    print(
        f"Clusters, {N_CUSTOMERS:,} customers, k = 2 to 10: ours {seconds:.2f} s ({cpu:.2f} s of "
        f"CPU), KMeans n_init 10 {their_seconds:.1f} s ({their_cpu:.1f} s): "
        f"{their_seconds / seconds:.0f} × faster ({their_cpu / cpu:.0f} × in CPU); worst inertia "
        f"{worst:+.3%}",
        flush=True,
    )
    start, start_cpu = time.perf_counter(), time.process_time()
    judge_sweep(found)
    print(
        f"Clusters, silhouette and stability of all: {time.perf_counter() - start:.2f} s "
        f"({time.process_time() - start_cpu:.2f} s of CPU)",
        flush=True,
    )
    del points, plain, runs
    customers = make_customers(N_MORE)
    more = [sweep(customers)[:2] for _ in range(min(n_runs, 3))]
    more_seconds, more_cpu = (median(run[place] for run in more) for place in (0, 1))
    print(
        f"Clusters, {N_MORE:,} customers: {more_seconds:.2f} s ({more_cpu:.2f} s of CPU), "
        f"{more_seconds / seconds:.1f} × the time of a tenth ({more_cpu / cpu:.1f} × in CPU)",
        flush=True,
    )


def sweep(customers):  # type: ignore[no-untyped-def]
    """Wall and CPU seconds from customers to centres, then the points and the sweep."""
    start, start_cpu = time.perf_counter(), time.process_time()
    points = ClusterChoices().scaler().fit(customers).transform(customers)
    found = sweep_clusters(points, ids=customers.index)
    return time.perf_counter() - start, time.process_time() - start_cpu, points, found
