import datetime
from collections import Counter
from threading import Thread

import pytest

from segmentation.engine import kept, sqlfiles
from segmentation.errors import QueryFailed
from segmentation.marts.sales import Sales
from segmentation.marts.sales_filters import SalesFilters
from segmentation.recipe import Policies

FIRST, AS_OF = datetime.date(2024, 1, 1), datetime.date(2024, 3, 1)
DAYS = [AS_OF - datetime.timedelta(days=n) for n in range(6)]
EVERYTHING = SalesFilters(FIRST, AS_OF)


def rows_of(*customers):
    lines = [
        f"{name},2024-01-{day:02},{name}{day},{len(name) * day}.50,{'Tea' if day % 2 else 'Pots'}"
        for name in customers
        for day in range(1, 5)
    ]
    return "\n".join(["customer_id,ordered_at,order_id,amount,category", *lines]).encode()


@pytest.fixture
def database(load_files):
    return load_files(rows_of("ann", "bo", "cy"))


def sales_on(database, day=AS_OF):
    return Sales(database, day, Policies())


def spends(sales):
    return sales.by_customer(EVERYTHING)["total_spend"].to_dict()


def test_days_looked_at_in_turn_leave_no_more_tables_behind(database):
    def look_around():
        for day in DAYS:
            sales_on(database, day).by_part(EVERYTHING.only("category", "Tea"), "category")
        cursor = database.workspace.connection.cursor()
        tables = cursor.execute("select table_name from duckdb_tables()").fetchall()
        types = cursor.execute("select type_name from duckdb_types()").fetchall()
        return Counter(name.rstrip("0123456789") for (name,) in [*tables, *types])

    look_around()
    assert look_around() == look_around()


def test_customer_who_is_new_on_a_server_is_not_taken_for_another(load_files):
    before, after = (load_files(rows_of(*names)) for names in (["bo", "cy"], ["ann", "bo", "cy"]))
    there = [before]

    def ask(table, parameters):
        statement = sqlfiles.write(table, "duckdb", {"mapped_rows": there[0].rows()})
        needed = kept.needed(table, parameters)
        cursor = there[0].workspace.connection.cursor()
        return cursor.sql(statement, params=needed).to_arrow_reader(), "select * from arriving"

    before.kept = kept.KeptTables(before.workspace, {}, ask)
    first = spends(sales_on(before))
    assert first == spends(sales_on(load_files(rows_of("bo", "cy"))))
    there[0] = after
    for day in DAYS[1:4]:
        sales_on(before, day).totals(EVERYTHING)
    sales_on(before).totals(EVERYTHING)
    assert spends(sales_on(before)) == spends(sales_on(after))


@pytest.mark.parametrize("way", ["table", "stream"])
def test_table_that_made_way_before_it_was_read_is_made_again(database, monkeypatch, way):
    prepare, dropped = kept.KeptTables.prepare, []

    def prepare_late(self, *given):
        made = prepare(self, *given)
        if not dropped:
            dropped.append(self.kept["customer_sales"].popitem()[1])
            self.execute("", f"drop table {dropped[0]}", {})
        return made

    expected = spends(sales_on(database))
    monkeypatch.setattr(kept.KeptTables, "prepare", prepare_late)
    sales = sales_on(database)
    if way == "stream":
        assert spends(sales) == expected
    else:
        assert sales.spends(EVERYTHING)["total_spend"].sum() == sum(expected.values())
    assert dropped


def in_full(database, name, **parameters):
    # From the rows alone, without what is stored.
    cursor = database.workspace.connection.cursor()
    return cursor.execute(database.statement(name), kept.needed(name, parameters)).df()


@pytest.mark.parametrize("name", ["row_fates", "purchases", "repeat_purchases", "overview"])
def test_orders_of_all_time_serve_for_every_day(load_files, name):
    rows = (
        b"\nbo,2024-01-20,bo20,-1,Tea\nbo,2024-01-21,bo21,0,Tea\n,2024-01-22,x,5,Tea\ncy,,y,2,Tea"
    )
    header, *lines = (rows_of("ann", "bo") + rows).decode().splitlines()
    states = ["paid", "void", "paid", "Void", "void"]
    stated = [f"{line},{states[place % 5]}" for place, line in enumerate(lines)]
    database = load_files("\n".join([f"{header},status", *stated]).encode())
    for day in [None, *(FIRST + datetime.timedelta(days=n) for n in range(23))]:
        parameters = Policies(undone=("void",)).parameters(day)
        found, expected = database.table(name, **parameters), in_full(database, name, **parameters)
        assert sorted(map(str, found.values)) == sorted(map(str, expected.values)), day
    assert len(database.kept.kept["orders"]) == 1


def test_statement_that_never_finds_its_table_ends_with_a_sentence(database, monkeypatch):
    monkeypatch.setattr(
        kept.KeptTables, "prepare", lambda *given: ("select * from gone_with_the_wind", {})
    )
    with pytest.raises(QueryFailed, match="sales days"):
        sales_on(database).by_day(EVERYTHING)


def test_threads_that_look_at_different_days_get_their_own_answers(database):
    alone = {day: spends(sales_on(database, day)) for day in DAYS}
    found = []

    def look_around(days):
        found.extend((day, spends(sales_on(database, day))) for day in days)

    threads = [Thread(target=look_around, args=(days,)) for days in (DAYS, DAYS[::-1], DAYS[3:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 + 6 + 3
    assert all(told == alone[day] for day, told in found)
