import datetime
import random
from contextlib import ExitStack

import pytest
from conftest import ENGINES

from segmentation.engine import sqlfiles
from segmentation.marts.sales_filters import SalesFilters
from segmentation.recipe import Policies

# The same rows on every engine: whatever a server's text is made simpler by must not show.
HEADER = "customer_id,ordered_at,order_id,amount,quantity,city,customer_age"
FILTERS = SalesFilters(datetime.date(2024, 1, 10), datetime.date(2024, 3, 20))
# What counts, and what of it is asked for: by category and all of it, or in two cities.
CHOICES = [
    (Policies("net", "keep", ""), FILTERS.parameters("category") | {"part": "category"}),
    (
        Policies("ignore", "drop", "C"),
        FILTERS.only("city", "x", "y").parameters() | {"part": "city"},
    ),
]
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


# The choices in the outer loop: tables that many others are made from are stored for the last few.
@pytest.mark.parametrize("table", sqlfiles.files())
@pytest.mark.parametrize("as_of", ENDS)
@pytest.mark.parametrize(("policies", "asked"), CHOICES, ids=["all", "cities"])
def test_every_table_is_the_same_on_every_engine(loaded, table, as_of, policies, asked):
    assert len(ENGINES) == 3
    given = policies.parameters(as_of) | asked | {"grain": "month", "customer": "a"}
    for seed, databases in loaded.items():
        made = {name: told(database.table(table, **given)) for name, database in databases.items()}
        for name in made:
            assert made[name] == made["duckdb"], (seed, name)


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


def make_orders(seed):
    chance = random.Random(seed)
    given = "customer_id,ordered_at,order_id,amount,quantity,unit_price,product,category"
    rows = [f"{given},country,city,customer_age"]
    for order in range(60):
        number = "" if order % 9 == 8 else f"o{order}"
        total = chance.choice(["10.01", "33", "0", "", "-7.5", f"{chance.randrange(9999) / 100}"])
        repeats, first = chance.random() < 0.5, True
        country, city = chance.choice(["DE", "fr", ""]), chance.choice(["Ä", "a", ""])
        for _ in range(chance.randrange(1, 6)):
            who = f"{chance.choice('abc')},2024-01-{order % 28 + 1:02d}" if first else ","
            price = chance.choice(["7", "7", "2.5", "0", ""])
            line = f"{chance.choice(['1', '2', '3', '-1', ''])},{price}"
            paid = total if first or repeats else ""
            what = f"{chance.choice('pqr')},{chance.choice('xy')}"
            where = f"{chance.choice([country, ''])},{chance.choice([city, ''])}"
            age = chance.choice(["", "34"]) if first else ""
            row = f"{who},{number},{paid},{line},{what},{where},{age}"
            rows += [row] * chance.choice([1, 1, 2])
            first = False
    return "\n".join([*rows, ""]).encode()


@pytest.mark.parametrize("duplicates", ["keep", "drop"])
def test_totals_of_orders_are_spread_the_same_on_every_engine(request, duplicates):
    given = Policies("net", duplicates, "").parameters(ENDS[2])
    given |= FILTERS.parameters("category") | {"grain": "month", "customer": "a"}
    with ExitStack() as opened:
        databases = {
            name: load(request, opened, make_orders(3), amount_per="order")
            for name, load in ENGINES.items()
        }
        for table in ("row_fates", "customers", "product_sums", "sales_sums"):
            made = {name: told(each.table(table, **given)) for name, each in databases.items()}
            for name in made:
                assert made[name] == made["duckdb"], (table, name)


# As Shopify writes orders: what holds for all lines stands on the first.
LINES = b"""Name,Email,Created at,Total,Lineitem quantity,Lineitem name,Lineitem price,\
Billing Country
#1,ann,2024-01-05,30,2,pen,10,DE
#1,,,,1,ink,5,
#2,Ann,2024-01-06,5,1,pen,5,
#2,,,,3,ink,5,at
"""


LINES_COLUMNS = {
    "order_id": "Name",
    "customer_id": "Email",
    "ordered_at": "Created at",
    "quantity": "Lineitem quantity",
    "unit_price": "Lineitem price",
    "product": "Lineitem name",
    "country": "Billing Country",
}


def test_lines_of_an_export_have_what_is_said_of_their_order_on_every_engine(request):
    given = Policies().parameters(None) | FILTERS.parameters("category")
    with ExitStack() as opened:
        databases = [
            load(request, opened, LINES, columns=LINES_COLUMNS) for load in ENGINES.values()
        ]
        for table in ("row_fates", "customers", "product_sums", "sales_sums"):
            made = [told(database.table(table, **given)) for database in databases]
            assert made[0] == made[1] == made[2], table
        sales = databases[0].table("sales_sums", **given)
        assert dict(zip(sales["country"], sales["amount"], strict=True)) == {"DE": 25, "at": 20}
