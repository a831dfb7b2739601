"""The CPU that the first page takes, against importing every library of the app."""

from pathlib import Path

from benchmarks.processes import measure

EVERYTHING = (
    "import streamlit, pandas, altair, sklearn.cluster, scipy.optimize, sqlalchemy, pymysql, "
    "duckdb, sqlglot, fastexcel, pyarrow.parquet, charset_normalizer"
)
# What the server process imports when a visitor opens the first page, and nothing of AppTest.
FIRST_PAGE = """
import sys
sys.path.insert(0, ".")
import streamlit
from streamlit.runtime.scriptrunner import exec_code
from pages.parts import frame, loaded, loading, matching, reading, session
"""


def measure_first_page(folder: Path, n_runs: int) -> None:
    """Both in fresh processes, less the bare interpreter."""
    bare = measure(["-c", "pass"], n_runs).cpu_seconds
    everything = measure(["-c", EVERYTHING], n_runs).cpu_seconds - bare
    page = measure(["-c", FIRST_PAGE], n_runs).cpu_seconds - bare
    print(
        f"First page: {page:.2f} CPU s, all libraries {everything:.2f} CPU s: "
        f"{page / everything:.2f} of it",
        flush=True,
    )
