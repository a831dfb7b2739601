from itertools import count

import duckdb
import pytest
import sqlglot
from test_forms import DATES, MIXED, NUMBERS, OFFSETS
from test_forms import table as given_cells

from segmentation.sources.cells import over
from segmentation.sources.forms import study_forms
from segmentation.sources.readings import quoted
from segmentation.sources.servercells import ROWS, readable_rows, study_table, with_rows

NAMES = (f"cells_{number}" for number in count(1))
NO_DATES = [
    *("31.02.2024", "2024-02-30", "20240231", "2023-02-29", "2024-13-01", "00.01.2024"),
    *("0000-00-00", "2024-01-05 25:00", "2024-01-05 10:61", "infinity", "epoch", "now", "NaT"),
    *("2024-01-05 BC", "2024-01-05 10:11:12 Europe/Berlin", "24-1-5 10:11", "1.1.202", "2024"),
    *("12345678", "99999999", "5", "<b>", "2024-01-05 x", "2024-01-05\n2024-01-06"),
]
NO_NUMBERS = [
    *("nan", "NaN", "inf", "-inf", "infinity", "1_000", "0x1A", "1e999", "1 2", "x", "-", "€"),
]
COLLATIONS = ["utf8mb4_general_ci", "utf8mb4_bin"]


# How a column of these texts is written, and their values, as DuckDB and as the server says.
@pytest.fixture(params=COLLATIONS)
def study(mariadb, server, connection, request):
    def study(cells, ours="ordered_at", choice=None, name="c"):
        table = make_table(mariadb, cells, name, request.param)
        chosen = {ours: choice} if choice else {}
        raw = server.read_table(table)
        there = study_table(server.connections, raw, {ours: name}, chosen)[ours]
        query = f"select {over(there.sql, quoted(name))} as v from {ROWS} order by line"
        tree = with_rows(sqlglot.parse_one(query, read="duckdb"), {ROWS: readable_rows(raw)})
        answer = server.connections.run(tree.sql("serversql")).to_batch()
        return (there, answer.column(0).to_pylist()), study_here(
            connection, cells, ours, chosen, name
        )

    return study


def make_table(mariadb, cells, name, collation):
    table, column = next(NAMES), "`" + name.replace("`", "``") + "`"
    told = ("null" if cell is None else f"x'{cell.encode().hex()}'" for cell in cells)
    rows = ", ".join(f"({line}, {cell})" for line, cell in enumerate(told))
    mariadb.sql(
        f"create table {table} (line int primary key, {column} varchar(191) collate {collation}); "
        f"insert into {table} values {rows}",
        "tests",
    )
    return table


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield connection


def study_here(connection, cells, ours, chosen, name):
    raw = given_cells(cells, name=name)
    form = study_forms(connection, raw, {ours: name}, chosen)[ours]
    query = f"select {over(form.sql, quoted(name))} from ({raw.query})"
    return form, [value for (value,) in connection.execute(query).fetchall()]


def test_dates_are_read_as_from_a_file(study):
    for name, (cell, _) in DATES.items():
        there, here = study([cell, "", None, cell])
        assert there == here, name
        assert there[1][0] is not None, name


def test_months_that_are_named_are_read_as_from_a_file(study):
    for name, cells in MIXED.items():
        there, here = study(cells)
        assert there == here, name
        assert None not in there[1], name


def test_times_with_offsets_are_read_as_from_a_file(study):
    for name, (cells, _) in OFFSETS.items():
        there, here = study(cells)
        assert there == here, name
        assert None not in there[1], name


@pytest.mark.parametrize("choice", ["day_first", "month_first", None])
def test_open_dates_are_read_as_from_a_file(study, choice):
    for cell in ("05/01/2024", "1/5/24", "5 1 2024", "05-01-2024 10:11", "1/5/2024 12:05 AM"):
        there, here = study([cell, "06/02/2024"], choice=choice)
        assert there == here, cell


def test_what_is_no_date_is_none_on_a_server_either(study):
    for cell in NO_DATES:
        there, here = study([cell, "2024-01-05", "2024-01-06", "2024-01-07"])
        assert there == here, cell
        assert there[1][0] is None, cell


def test_numbers_are_read_as_from_a_file(study):
    for name, (cells, expected) in NUMBERS.items():
        there, here = study([*cells, "", None], ours="amount")
        assert there == here, name
        assert there[1] == [*expected, None, None], name


@pytest.mark.parametrize("choice", ["decimal_point", "decimal_comma"])
def test_open_numbers_are_read_as_from_a_file(study, choice):
    there, here = study(["1,234", "12,500"], "amount", choice)
    assert there == here


@pytest.mark.parametrize("others", [["1.5", "2.5"], ["1,5", "2,5"], ["€1.50", "€2.50"]])
def test_what_is_no_number_is_none_on_a_server_either(study, others):
    for cell in NO_NUMBERS:
        there, here = study([cell, *others], ours="amount")
        assert there == here, cell
        assert there[1][0] is None, cell


@pytest.mark.parametrize(
    "name", ['a"b', "a`b", "'; drop table x; --", "cell", "Größe", "select", "a b"]
)
@pytest.mark.parametrize(
    ("ours", "cell"), [("ordered_at", "5 janvier 2024"), ("amount", "1 234,5 €")]
)
def test_hostile_names_and_cells_do_no_harm_on_a_server(study, name, ours, cell):
    there, here = study([cell, "'; drop table x; --", 'cell"', "\\", "%s :x"], ours, name=name)
    assert there == here
