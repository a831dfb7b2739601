import datetime
import random
from contextlib import ExitStack
from itertools import product

import pytest
from conftest import ENGINES

from segmentation.engine import sqlfiles
from segmentation.recipe import Policies

# The same rows on every engine: whatever a server's text is made simpler by must not show.
HEADER = "customer_id,ordered_at,order_id,amount,quantity,city,customer_age"
POLICIES = [Policies("net", "keep", ""), Policies("ignore", "drop", "C")]
ENDS = [None, datetime.date(2024, 2, 10), datetime.date(2024, 4, 1)]


def make_rows(seed):
    chance = random.Random(seed)
    rows = []
    for _ in range(60):
        customer = chance.choice(["a", "A", "b", "b ", " c", "17", "17.0", "", "d", "e"])
        day = datetime.date(2024, 1, 1) + datetime.timedelta(chance.randrange(90))
        at = chance.choice([f"{day} 10:00:00"] * 9 + [""])
        order = chance.choice([str(chance.randrange(12)), f"C{chance.randrange(9)}", "", "5.0"])
        amount = chance.choice([f"{chance.randrange(-500, 3000) / 100:.2f}"] * 8 + ["", "0"])
        quantity = chance.choice(["1", "2", "-1", ""])
        row = f"{customer},{at},{order},{amount},{quantity},{chance.choice('xyz')},"
        rows += [row + chance.choice(["", "17", "44"])] * chance.choice([1, 1, 1, 2])
    return "\n".join([HEADER, *rows, ""]).encode()


@pytest.fixture(scope="module")
def loaded(request):
    with ExitStack() as opened:
        yield {
            seed: {name: load(request, opened, make_rows(seed)) for name, load in ENGINES.items()}
            for seed in range(2)
        }


def told(table):
    moments = table.select_dtypes("datetime").columns
    plain = table.assign(**{name: table[name].astype("string") for name in moments})
    rows = [
        tuple(f"{cell:.6f}" if isinstance(cell, float) else str(cell) for cell in row)
        for row in plain.astype(object).where(plain.notna(), None).to_numpy().tolist()
    ]
    return sorted(tuple(cell.removesuffix(".000000") for cell in row) for row in rows)


# Of a server too, what is made from the sales is worked out in the visit's DuckDB: tests of the
# sales hold that against plain pandas, on each engine.
SALES = {"sales_sums", "product_sums"}
TABLES = [
    table
    for table in sqlfiles.files()
    if not SALES & {*sqlfiles.order(table)} and "customer" not in sqlfiles.parameters(table)
]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_the_same_on_every_engine(loaded, table):
    assert len(ENGINES) == 3
    for seed, databases in loaded.items():
        for policies, as_of in product(POLICIES, ENDS):
            made = {
                name: told(database.table(table, **policies.parameters(as_of)))
                for name, database in databases.items()
            }
            for name in made:
                assert made[name] == made["duckdb"], (seed, name, policies, as_of)


def test_rows_of_one_fate_come_in_the_same_order_from_every_engine(loaded):
    for databases in loaded.values():
        for reason in (None, "return", "no customer"):
            given = {**Policies(returns="ignore").parameters(ENDS[2]), "reason": reason}
            streamed = {
                name: [
                    tuple(row[key] for key in ("fate", "line", "customer_id", "amount"))
                    for batch in database.stream("left_out_rows", "file_index, line", 20, **given)
                    for row in batch.to_pylist()
                ]
                for name, database in databases.items()
            }
            assert streamed["mariadb"] == streamed["duckdb"]
            assert streamed["mariadb, typed"] == streamed["duckdb"]
