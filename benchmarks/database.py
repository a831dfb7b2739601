"""Five million rows on a MariaDB of its own: ours, the bare statements, and pandas.read_sql."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.processes import Cost, measure, tell
from benchmarks.shops import write_shop
from segmentation.engine.sqlfiles import FOLDER
from segmentation.engine.statements import write_statement
from segmentation.recipe import Policies, Recipe
from tests.mariadb import PrivateServer, find, missing

N_ROWS, N_CUSTOMERS, TABLE = 5_000_000, 100_000, "customer_sales"
OURS, THEIRS = ["-m", "benchmarks.table_segments"], ["-m", "benchmarks.table_notebook"]
LOAD = """
    load data local infile '{path}' into table customer_sales character set utf8mb4
    fields terminated by ',' optionally enclosed by '"' ignore 1 lines
    (Order_ID, @code, Product, Quantity, Order_Date, Unit_Price, @customer, Country)
    set Customer_ID = nullif(@customer, ''), Sales = Quantity * Unit_Price
"""
# The shortest that gives the recency, frequency and spend of these rows, returns taken off.
BARE = """
    select
        Customer_ID,
        count(distinct case when Sales > 0 then Order_ID end),
        sum(Sales),
        min(case when Sales > 0 then Order_Date end),
        max(case when Sales > 0 then Order_Date end)
    from customer_sales
    where Customer_ID is not null
    group by Customer_ID
"""
# Shorter still, and wrong: it counts a return as an order, and its day as a last order.
WRONG = """
    select
        Customer_ID, count(distinct Order_ID), sum(Sales), min(Order_Date), max(Order_Date)
    from customer_sales
    where Customer_ID is not null
    group by Customer_ID
"""


def measure_database(folder: Path, n_runs: int) -> None:
    """With the index that README names, and without it."""
    if why := missing():
        print(f"Database: skipped; {why}")
        return
    with filled(folder) as server:
        url = f"mysql://root@127.0.0.1:{server.port}/bench"
        clock = folder / "seconds"
        ours, inside = compare(server, url, n_runs, "with the index", clock)
        theirs = measure([*THEIRS, url, TABLE, str(clock)], min(n_runs, 3))
        tell(f"Database, {N_ROWS:,} rows, whole process", ours, theirs, "pandas.read_sql")
        theirs_inside = float(clock.read_text())
        print(
            f"Database, {N_ROWS:,} rows, from the open connection on: ours {inside:.1f} s; "
            f"pandas.read_sql {theirs_inside:.1f} s: {theirs_inside / inside:.1f} × faster",
            flush=True,
        )
        server.sql(f"alter table {TABLE} drop index sales_by_customer", "bench")
        compare(server, url, 1, "without it", clock)


def compare(
    server: PrivateServer, url: str, n_runs: int, how: str, clock: Path
) -> tuple[Cost, float]:
    """Ours and the statements in the server's own client, in turn, so that noise is shared.

    Ours is what the whole process costs, and the seconds from the open connection on, with the
    libraries loaded, as in the running app.
    """
    statements = {
        "the app's statement": app_statement(url),
        "the shortest": BARE,
        "one that takes returns for orders": WRONG,
    }
    costs: list[Cost] = []
    insides: list[float] = []
    seconds: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(n_runs):
        costs.append(measure([*OURS, url, TABLE], 1))
        measure([*OURS, url, TABLE, str(clock)], 1)
        insides.append(float(clock.read_text()))
        for name, statement in statements.items():
            seconds[name].append(time_client(server, statement))
    ours, inside = Cost(*(median(values) for values in zip(*costs, strict=True))), median(insides)
    for name, bare in ((name, median(values)) for name, values in seconds.items()):
        print(
            f"Database, {N_ROWS:,} rows, {how}: in the client, {name} {bare:.1f} s; ours, whole "
            f"process {ours.seconds:.1f} s: {ours.seconds / bare:.2f} of it; from the open "
            f"connection on {inside:.1f} s: {inside / bare:.2f} of it",
            flush=True,
        )
    return ours, inside


@contextmanager
def filled(folder: Path) -> Iterator[PrivateServer]:
    """A server with the made-up shop in the table of sql/mysql/schema.sql."""
    shop = write_shop(folder, N_ROWS, N_CUSTOMERS)
    server = PrivateServer("--innodb-buffer-pool-size=1G")
    try:
        server.sql("create database bench character set utf8mb4")
        server.sql((FOLDER / "mysql" / "schema.sql").read_text("utf-8"), "bench")
        server.sql(LOAD.format(path=shop), "bench")
        server.sql(f"analyze table {TABLE}", "bench")
        yield server
    finally:
        server.stop()


def app_statement(url: str) -> str:
    """What Show the SQL gives for the customers."""
    from segmentation.engine.server import load_server_rows
    from segmentation.marts.quality import build_overview
    from segmentation.sources.servers import open_server, read_address

    address, password = read_address(url)
    server = open_server(address, password or "", 600)
    loaded = load_server_rows(server, server.read_table(TABLE), Recipe())
    policies = loaded.recipe.policies or Policies()
    day = build_overview(loaded.database, policies).day_after
    statement = write_statement(loaded.database, "customers", policies.parameters(day))
    server.close()
    return statement


def time_client(server: PrivateServer, statement: str) -> float:
    """Seconds of a statement in the server's own client, rows thrown away."""
    program = find("mariadb", "mysql")
    start = time.perf_counter()
    subprocess.run(
        [
            *[program, "--no-defaults", "--user=root", "--host=127.0.0.1"],
            *[f"--port={server.port}", "--database=bench", "--quick", f"--execute={statement}"],
        ],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start
