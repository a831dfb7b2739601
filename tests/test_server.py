import datetime
from dataclasses import replace

import pytest

from segmentation.engine.server import load_server_rows
from segmentation.errors import AmbiguousCells, InvalidChoice, MissingColumn
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.quality import build_left_out, build_overview, count_fates
from segmentation.recipe import Policies, Recipe
from segmentation.sources.servertables import N_SAMPLES

AS_OF = datetime.date(2024, 4, 1)
NET = Policies()
COLUMNS = {"customer_id": "who", "ordered_at": "at", "amount": "paid"}


@pytest.fixture(scope="module")
def database(mariadb):
    mariadb.sql("create database types character set utf8mb4 collate utf8mb4_general_ci")
    yield "types"
    mariadb.sql("drop database types")


# Makes a table, or what else the statements say, and loads what `read` gives of the server.
@pytest.fixture
def rows(mariadb, server, database):
    made = []

    def rows(definition, values=(), columns=COLUMNS, name="types_of", **choices):
        made.append(name)
        mariadb.sql(f"set sql_mode = ''; create table `{name}` ({definition})", "tests")
        for row in values:
            mariadb.sql(f"set sql_mode = ''; insert into `{name}` values ({row})", "tests")
        recipe = Recipe(columns=columns, **{"amount_per": "row", **choices})
        return load_server_rows(server, server.read_table(name), recipe)

    yield rows
    for name in made:
        mariadb.sql(f"drop table `{name}`", "tests")


def spend(loaded, as_of=AS_OF):
    return build_customers(loaded.database, as_of, NET)["total_spend"].to_dict()


PLAIN = "at date, paid decimal(10, 2)"


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("bigint unsigned", ["18446744073709551615", "7"], {"18446744073709551615": 1, "7": 2}),
        ("bigint", ["-9223372036854775808", "0"], {"-9223372036854775808": 1, "0": 2}),
        ("int(5) zerofill", ["17", "17"], {"00017": 3}),
        ("decimal(20, 0)", ["12345678901234567890", "1"], {"12345678901234567890": 1, "1": 2}),
        ("decimal(8, 2)", ["17850.00", "1.50"], {"17850": 1, "1.50": 2}),
        ("double", ["17850", "1.5"], {"17850": 1, "1.5": 2}),
        ("binary(2)", ["x'00ff'", "x'00fe'"], {"00ff": 1, "00fe": 2}),
        ("char(5)", ["'a'", "'A'"], {"a": 1, "A": 2}),
        ("varchar(9)", ["'b '", "'b'"], {"b": 3}),
        ("varchar(9)", ["' b'", "'b'"], {"b": 3}),
        ("varchar(9)", ["'17850.0'", "'17850'"], {"17850": 3}),
        ("varchar(9) collate utf8mb4_bin", ["' b'", "'b '"], {"b": 3}),
        ("varchar(9) collate utf8mb4_bin", ["'a'", "'A'"], {"a": 1, "A": 2}),
        ("varchar(9) collate utf8mb4_nopad_bin", ["'b '", "'b'"], {"b": 3}),
        ("varchar(9) character set latin1", ["'é'", "'e'"], {"é": 1, "e": 2}),
        ("varchar(9)", ["'Ελένη'", "'Ελενη'"], {"Ελένη": 1, "Ελενη": 2}),
        ("varchar(9)", ["'🎁'", "'🎈'"], {"🎁": 1, "🎈": 2}),
        ("text", ["'straße'", "'strasse'"], {"straße": 1, "strasse": 2}),
        ("enum('x', 'X ')", ["'x'", "'x'"], {"x": 3}),
        ("date", ["'2024-01-05'", "'2024-01-06'"], {"2024-01-05": 1, "2024-01-06": 2}),
    ],
)
def test_ids_of_every_type_compare_exactly_after_trimming(rows, kind, values, expected):
    given = [f"{value}, '2024-01-05', {n}" for n, value in enumerate(values, start=1)]
    assert spend(rows(f"who {kind}, {PLAIN}", given)) == expected


@pytest.mark.parametrize("blank", ["null", "''", "'   '"])
@pytest.mark.parametrize("collation", ["utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_nopad_bin"])
def test_rows_without_an_id_have_no_customer(rows, blank, collation):
    given = [f"{blank}, '2024-01-05', 1", "'a', '2024-01-05', 2"]
    loaded = rows(f"who varchar(9) collate {collation}, {PLAIN}", given)
    assert count_fates(loaded.database, NET, AS_OF)["n_rows"].to_dict() == {
        "kept": 1,
        "no customer": 1,
    }
    assert build_overview(loaded.database, NET).n_purchase_rows == 1


@pytest.mark.parametrize(
    "collation",
    [
        "utf8mb4_bin",
        "utf8mb4_nopad_bin",
        "utf8mb4_general_ci",
        "utf8mb4_unicode_520_ci",
        "latin1_swedish_ci",
        "utf8mb3_bin",
    ],
)
@pytest.mark.parametrize("first", ["b", "7"], ids=["letters", "digits"])
def test_what_stands_for_no_value_is_no_customer_and_no_order(rows, collation, first):
    kind = f"varchar(9) character set {collation.split('_')[0]} collate {collation}"
    none = ["NULL", " nan", "None ", "\\\\N", "#N/A", "(null)"]
    ids = [first, f"{first}0", *none, "NAN", "nano", "N"]
    given = [f"'{each}', '2024-01-{day:02d}', 1, 'b1'" for day, each in enumerate(ids, 1)]
    given += [f"'x', '2024-01-{day:02d}', 1, '{each}'" for day, each in enumerate(ids, 1)]
    definition = f"who {kind}, {PLAIN}, o {kind}"
    loaded = rows(definition, given, {**COLUMNS, "order_id": "o"})
    fates = count_fates(loaded.database, NET, AS_OF)["n_rows"].to_dict()
    assert fates == {"kept": len(ids) - 6 + len(ids), "no customer": 6}
    orders = build_customers(loaded.database, AS_OF, NET)["n_orders"].to_dict()
    # Each of the six is a day of its own.
    assert orders == {**dict.fromkeys([first, f"{first}0", "NAN", "nano", "N"], 1), "x": len(ids)}


def test_days_without_an_order_number_are_counted_where_it_says_null(rows):
    given = [f"'a', '2024-01-0{day}', 1, '{o}'" for day, o in [(1, "NULL"), (1, "nan"), (2, "x")]]
    loaded = rows(f"who varchar(9), {PLAIN}, o varchar(9)", given, {**COLUMNS, "order_id": "o"})
    assert build_customers(loaded.database, AS_OF, NET)["n_orders"].to_dict() == {"a": 2}


@pytest.mark.parametrize(
    ("bought", "returned"), [("b", " b"), ("17", "17.0"), ("17.0", "17"), ("b", "b ")]
)
def test_returns_under_an_untidy_id_are_the_customers(rows, bought, returned):
    given = [f"'{bought}', '2024-01-05', 100", f"'{returned}', '2024-01-06', -30"]
    loaded = rows(f"who varchar(9) collate utf8mb4_bin, {PLAIN}", given)
    assert list(spend(loaded).values()) == [70]


@pytest.mark.parametrize(
    ("kind", "values", "last"),
    [
        ("date", ["'2024-01-05'", "'0000-00-00'"], "2024-01-05"),
        ("datetime", ["'2024-01-05 23:59:59'", "'2024-00-10'"], "2024-01-05"),
        ("datetime(6)", ["'2024-01-05 23:59:59.999999'", "'2024-05-00'"], "2024-01-05"),
        ("timestamp null", ["'2024-01-05 23:59:59'", "'0000-00-00'"], "2024-01-05"),
        ("date not null", ["'2024-01-05'", "'0000-00-00'"], "2024-01-05"),
        ("varchar(20)", ["'2024-01-05 23:59'", "'0000-00-00'"], "2024-01-05"),
        ("varchar(20)", ["'13.01.2024'", "'soon'"], "2024-01-13"),
        ("int", ["20240105", "0"], "2024-01-05"),
        ("bigint", ["1704449472", "0"], "2024-01-05"),
        ("year", ["'2024'", "'0000'"], None),
    ],
)
def test_dates_of_every_type_and_what_is_no_date(rows, kind, values, last):
    given = [f"'a', {value}, 1" for value in values]
    loaded = rows(f"who varchar(9), at {kind}, paid int", given)
    fates = count_fates(loaded.database, NET, AS_OF)["n_rows"].to_dict()
    if last is None:
        assert fates == {"no date": 2}
        return
    assert fates == {"kept": 1, "no date": 1}
    assert str(build_overview(loaded.database, NET).last_on) == last
    left_out = build_left_out(loaded.database, NET, AS_OF)
    unreadable = left_out["unreadable"].iloc[0]
    assert unreadable.startswith(values[1].strip("'"))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("decimal(20, 8)", "1.23456789", 1.2346),
        ("decimal(5, 1)", "2.5", 2.5),
        ("double", "0.1", 0.1),
        ("float", "0.5", 0.5),
        ("bigint unsigned", "7", 7.0),
        ("bit(4)", "b'101'", 5.0),
        ("varchar(20)", "'1.234,50 €'", 1234.5),
        ("varchar(20) collate utf8mb4_bin", "'7.25'", 7.25),
    ],
)
def test_amounts_of_every_type(rows, kind, value, expected):
    loaded = rows(f"who int, at date, paid {kind}", [f"1, '2024-01-05', {value}"])
    assert spend(loaded) == {"1": expected}


def test_decimals_add_up_exactly(rows):
    given = ["1, '2024-01-05', 0.1", "1, '2024-01-05', 0.2", "1, '2024-01-06', 99999999.97"]
    assert spend(rows(f"who int, {PLAIN}", given)) == {"1": 100000000.27}


def test_names_with_blanks_quotes_and_reserved_words(rows):
    columns = {"customer_id": "select", "ordered_at": "order by", "amount": "a`b\"c'd"}
    definition = "`select` int, `order by` date, `a``b\"c'd` int, `%s :x` int"
    loaded = rows(definition, ["1, '2024-01-05', 5, 0"], columns, name="from 'x' \"y\" größe")
    assert spend(loaded) == {"1": 5}
    assert loaded.database.files == ["from 'x' \"y\" größe"]


def test_attributes_are_texts_whatever_their_type(rows):
    columns = {**COLUMNS, "region": "r", "city": "c", "customer_age": "age"}
    loaded = rows(
        f"who int, {PLAIN}, r int, c varchar(9) character set latin1, age tinyint unsigned",
        ["1, '2024-01-05', 5, 9, ' Köln ', 44", "1, '2024-01-05', 5, 10, null, 44"],
        columns,
    )
    [row] = build_attributes(loaded.database, AS_OF, NET).to_dict("records")
    assert row == {"region": "9", "city": "Köln", "age_group": "35–44", "customer_age": 44}


def test_one_column_is_the_customer_and_their_email(rows):
    columns = {**COLUMNS, "email": "who"}
    loaded = rows(f"who varchar(20), {PLAIN}", ["'a@x.de ', '2024-01-05', 5"], columns)
    assert build_attributes(loaded.database, AS_OF, NET)["email"].to_dict() == {"a@x.de": "a@x.de"}


def test_total_of_an_order_counts_once_and_its_lines_have_its_customer(rows):
    given = [
        "1, 'o1', 'a', '2024-01-05', 30, 1, 5",
        "2, 'o1', null, null, 30, 2, 12",
        "3, 'o2', 'a', '2024-01-06', 7, 1, 7",
        "4, null, 'b', '2024-01-07', 3, 1, 3",
    ]
    columns = {**COLUMNS, "order_id": "o", "quantity": "n", "unit_price": "price"}
    definition = f"id int primary key, o varchar(9), who varchar(9), {PLAIN}, n int, price int"
    loaded = rows(definition, given, columns, amount_per="order")
    assert spend(loaded) == {"a": 37, "b": 3}
    assert count_fates(loaded.database, NET, AS_OF)["n_rows"].to_dict() == {"kept": 4}
    assert build_customers(loaded.database, AS_OF, NET).loc["a", "n_orders"] == 2


def test_what_an_order_says_of_its_place_once_holds_for_its_lines_to_the_letter(rows):
    given = [
        "1, 'o1', 'a', 'b', 'EUR', '2024-01-05', 30",
        "2, 'o1', null, 'B', null, null, null",
        "3, 'o1', null, ' ', null, null, null",
    ]
    columns = {**COLUMNS, "order_id": "o", "country": "land", "currency": "money"}
    texts = "o varchar(9), who varchar(9), land varchar(9), money varchar(9)"
    loaded = rows(f"id int primary key, {texts}, {PLAIN}", given, columns, amount_per="order")
    left_out = build_left_out(loaded.database, NET, datetime.date(2024, 1, 1))
    assert left_out["country"].tolist() == ["b", "B", "B"]
    assert left_out["currency"].tolist() == ["EUR"] * 3


def test_quantity_times_price_is_the_amount(rows):
    columns = {"customer_id": "who", "ordered_at": "at", "quantity": "n", "unit_price": "price"}
    definition = "who int, at date, n double, price decimal(9, 3)"
    loaded = rows(definition, ["1, '2024-01-05', 3, 1.125", "1, '2024-01-05', -1, 1"], columns)
    assert spend(loaded) == {"1": 2.375}


@pytest.mark.parametrize(("key", "lines"), [("id int primary key", [7, 9]), ("id int", None)])
def test_rows_left_out_are_named_by_the_tables_key(rows, key, lines):
    given = ["7, 1, null, 5", "8, 1, '2024-01-05', 5", "9, null, '2024-01-05', 5"]
    left_out = build_left_out(rows(f"{key}, who int, {PLAIN}", given).database, NET, AS_OF)
    assert set(left_out["fate"]) == {"no date", "no customer"}
    if lines:
        assert left_out["line"].tolist() == lines
    else:
        assert left_out["line"].isna().all()


def test_copies_are_equal_in_all_cells_but_the_key(rows):
    given = [
        "1, 'a', '2024-01-05', 5",
        "2, 'a', '2024-01-05', 5",
        "3, 'A', '2024-01-05', 5",
        "4, 'a ', '2024-01-05', 5",
        "5, 'a', '2024-01-05', 5",
    ]
    loaded = rows(f"id int primary key, who varchar(9), {PLAIN}", given)
    dropped = Policies(duplicates="drop")
    left_out = build_left_out(loaded.database, dropped, AS_OF)
    assert left_out[["fate", "line"]].values.tolist() == [
        ["exact duplicate", 2],
        ["exact duplicate", 5],
    ]
    assert build_customers(loaded.database, AS_OF, dropped)["total_spend"].to_dict() == {
        "A": 5,
        "a": 10,
    }


@pytest.mark.parametrize(
    ("ids", "prefix"),
    [
        (["'1'", "'2'", "'3'", "'C4'"], "C"),
        (["'1'", "'C2'", "'C3'", "'C4'"], ""),
        (["'1'", "'2'", "'3'", "'CX'"], ""),
        (["'A1'", "'A2'", "'A3'", "'C4'"], ""),
    ],
)
def test_order_numbers_that_mark_cancellations_are_recognised(rows, ids, prefix):
    given = [f"'a', '2024-01-05', 5, {order}" for order in ids]
    loaded = rows(f"who varchar(9), {PLAIN}, o varchar(9)", given, {**COLUMNS, "order_id": "o"})
    assert loaded.recipe.policies == Policies(cancelled_prefix=prefix)


LATIN = "varchar(20) character set latin1"


@pytest.mark.parametrize("kind", ["varchar(20)", LATIN, "char(20) collate utf8mb4_bin"])
def test_statuses_of_orders_that_do_not_count_are_recognised(rows, kind):
    states = ["Annulé", "Annule", "Paye", "Paye"]
    given = [f"'a', '2024-01-0{n}', {n}, '{state}'" for n, state in enumerate(states, start=1)]
    loaded = rows(f"who varchar(9), {PLAIN}, s {kind}", given, {**COLUMNS, "status": "s"})
    assert loaded.recipe.policies.recognised == ("Annule", "Annulé")
    database = loaded.database
    for undone, expected in [(None, 7), ((), 10), (("ANNULÉ",), 9)]:
        policies = replace(loaded.recipe.policies, undone=undone)
        assert build_customers(database, AS_OF, policies)["total_spend"]["a"] == expected
        fates = count_fates(database, policies, AS_OF)
        assert fates["amount"]["kept"] == expected
        assert fates["amount"].sum() == 10


@pytest.mark.parametrize("collation", ["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_unicode_ci"])
def test_order_numbers_are_tidied_though_the_first_thousand_begin_with_letters(rows, collation):
    first = "), (".join(f"'a', '2024-01-05', 1, 'a{number}'" for number in range(N_SAMPLES))
    odd = ["17", "17.0", " 17", " 17.0 ", "b1", "B1", "", "  "]
    given = [first, *(f"'b', '2024-01-06', 1, '{order}'" for order in odd)]
    definition = f"who varchar(9), {PLAIN}, o varchar(9) collate {collation}"
    loaded = rows(definition, given, {**COLUMNS, "order_id": "o"})
    # Of b: 17, b1, B1, and a day without a number.
    customers = build_customers(loaded.database, AS_OF, NET)
    assert customers["n_orders"].to_dict() == {"a": N_SAMPLES, "b": 4}


def test_one_row_a_customer_is_used_as_given(rows):
    columns = {**COLUMNS, "n_orders": "n", "first_ordered_at": "first"}
    given = ["'a', '2024-03-30', 120, 7, '2022-04-01'", "'b', '2024-03-31', 15, 1, '0000-00-00'"]
    loaded = rows(f"who varchar(9), {PLAIN}, n int, first date", given, columns)
    overview = build_overview(loaded.database, NET)
    assert (overview.is_by_customer, str(overview.first_on)) == (True, "2024-03-30")
    customers = build_customers(loaded.database, AS_OF, NET)
    assert customers["n_orders"].to_dict() == {"a": 7, "b": 1}
    assert str(customers.loc["a", "first_ordered_on"].date()) == "2022-04-01"


def test_dates_that_can_be_read_in_two_ways_are_asked_about(rows):
    with pytest.raises(AmbiguousCells):
        rows("who int, at varchar(10), paid int", ["1, '05/01/2024', 5"])


def test_table_without_a_date_says_so(rows):
    with pytest.raises(MissingColumn):
        rows("who int, paid int", columns={})


def test_table_that_is_not_there_is_named_with_the_nearest(rows, server):
    rows(f"who int, {PLAIN}", ["1, '2024-01-05', 5"], name="sales_of_mine")
    with pytest.raises(InvalidChoice, match="Did you mean “sales_of_mine”"):
        server.read_table("sale_of_mine")


def test_day_after_the_last_purchase_asks_the_server_nothing_more(rows, mariadb):
    loaded = rows(f"who varchar(9), {PLAIN}", ["'a', '2024-01-05', 5", "'a', '2024-01-07', -2"])
    overview = build_overview(loaded.database, NET)
    before = mariadb.questions()
    assert spend(loaded, AS_OF) == {"a": 3}
    assert mariadb.questions() == before
    # On this day the return is still to come.
    assert spend(loaded, overview.day_after) == {"a": 5}
    assert mariadb.questions() > before
