"""All measurements, or those named: python -m benchmarks [NAME…] [--runs 5]."""

import argparse
import tempfile
from pathlib import Path

from benchmarks import campaign, clusters, database, finding, first_page, sales, slider
from benchmarks.at_risk import measure_at_risk
from benchmarks.limits import measure_limits
from benchmarks.processes import measure, tell
from benchmarks.shops import write_shop
from benchmarks.value import measure_value

NOTEBOOK = str(Path(__file__).with_name("notebook.py"))
BARE = str(Path(__file__).with_name("bare.py"))
OURS = ["-m", "segmentation"]


def measure_csv(folder: Path, n_runs: int) -> None:
    """CSV to segments, the whole process, duplicates dropped as the notebook does."""
    for n_rows, n_customers in ((1_000_000, 50_000), (10_000_000, 500_000)):
        shop = str(write_shop(folder, n_rows, n_customers))
        options = ["--out", str(folder / "out"), "--returns", "ignore", "--duplicates", "drop"]
        ours = measure([*OURS, shop, *options], n_runs)
        theirs = measure([NOTEBOOK, shop, str(folder / "rfm.csv")], n_runs)
        tell(f"CSV, {n_rows:,} rows", ours, theirs, "pandas notebook")
        kept = measure([*OURS, shop, *options[:-1], "keep"], n_runs)
        tell(f"CSV, {n_rows:,} rows, duplicates kept", kept, theirs, "pandas notebook")
        bare = measure([BARE, shop, str(folder / "rfm.csv")], n_runs)
        tell(f"CSV, {n_rows:,} rows", ours, bare, "one DuckDB statement for the list alone")


def measure_xlsx(folder: Path, n_runs: int) -> None:
    """A workbook laid out like UCI's Online Retail to segments; --workbook names it."""
    if chosen.workbook is None:
        print("XLSX: skipped; --workbook names a workbook laid out like UCI's Online Retail")
        return
    workbook = str(chosen.workbook)
    ours = measure([*OURS, workbook, "--out", str(folder / "out")], n_runs)
    theirs = measure([NOTEBOOK, workbook, str(folder / "rfm.csv")], min(n_runs, 3))
    tell("XLSX", ours, theirs, "pandas + openpyxl")


def measure_sales(folder: Path, n_runs: int) -> None:
    """A changed filter on the Sales page, at a million rows and at ten."""
    sales.measure_sales(folder, n_runs, ((1_000_000, 50_000), (10_000_000, 500_000)))


MEASUREMENTS = {
    "csv": measure_csv,
    "xlsx": measure_xlsx,
    "slider": slider.measure_slider,
    "sales": measure_sales,
    "finding": finding.measure_finding,
    "clusters": clusters.measure_clusters,
    "first": first_page.measure_first_page,
    "limits": measure_limits,
    "value": measure_value,
    "at-risk": measure_at_risk,
    "campaign": campaign.measure_campaign,
    "database": database.measure_database,
}

parser = argparse.ArgumentParser(prog="python -m benchmarks")
parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--workbook", type=Path, metavar="online_retail.xlsx")
chosen = parser.parse_args()
if unknown := set(chosen.names) - MEASUREMENTS.keys():
    parser.error(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}.")
with tempfile.TemporaryDirectory(prefix="segmentation-bench-") as temporary:
    for name in chosen.names or MEASUREMENTS:
        MEASUREMENTS[name](Path(temporary), chosen.runs)
