import re
from collections import defaultdict
from decimal import Decimal

import pyarrow.compute as pc
import pytest
import sqlglot
from sqlglot import ErrorLevel, exp

from segmentation.__main__ import main
from segmentation.commands.databases import PASSWORD
from segmentation.engine.filling import COLUMNS, SCHEMA, VIEWS, column_lengths
from segmentation.engine.sqlfiles import FOLDER
from segmentation.sources.sample import build_sample_shop
from segmentation.tables import FIELDS

FILES = sorted((FOLDER / "mysql").glob("*.sql"))
QUESTIONS = [path for path in FILES if path not in (SCHEMA, VIEWS)]
MADE = {"customer_sales", "normal_sales", "clean_sales", "set_apart"}
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
every_question = pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)


def text(path):
    return path.read_text("utf-8")


def parsed(path):
    return sqlglot.parse(text(path), read="mysql", error_level=ErrorLevel.RAISE)


@every_file
def test_header_says_what_the_file_makes_and_in_which_dialect(path):
    sentence, grain, dialect = text(path).splitlines()[:3]
    assert re.fullmatch(r"-- [A-Z].*\.", sentence)
    assert re.fullmatch(r"-- grain: \w+", grain)
    assert dialect == "-- dialect: mysql"


@every_file
def test_is_short_and_parses(path):
    assert len(text(path).splitlines()) <= 80
    assert max(map(len, text(path).splitlines())) <= 100
    assert all(parsed(path))


@every_file
def test_reads_only_what_these_files_make(path):
    for statement in parsed(path):
        assert {table.name for table in statement.find_all(exp.Table)} <= MADE


@every_question
def test_question_reads_the_clean_rows_and_puts_them_in_an_order(path):
    (query,) = parsed(path)
    assert {table.name for table in query.find_all(exp.Table)} == {"clean_sales"}
    assert query.args["order"]


def test_table_has_a_column_for_all_that_the_sample_shop_has():
    assert set(build_sample_shop().column_names) <= set(COLUMNS)
    assert set(COLUMNS.values()) == set(FIELDS) - {"n_orders", "first_ordered_at"}


def test_columns_of_the_schema_are_those_that_are_sent():
    (table,) = parsed(SCHEMA)
    made = [column.name for column in table.find_all(exp.ColumnDef)]
    assert made == ["Sale_ID", *COLUMNS]
    assert column_lengths()["Customer_ID"] == 191


def sales():
    for row in build_sample_shop().to_pylist():
        if row["Customer_ID"] and row["Order_Date"]:
            yield row


def totals(by):
    found = defaultdict(Decimal)
    for row in sales():
        found[by(row)] += row["Sales"] or 0
    return found


def largest_first(found):
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


@pytest.fixture(scope="module")
def shop_on_server(mariadb):
    mariadb.sql("create database questions character set utf8mb4")
    mariadb.sql("create user asker@'%' identified by 'pw'; grant all on questions.* to asker@'%'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PASSWORD, "pw")
        url = f"mysql://asker@127.0.0.1:{mariadb.port}/questions"
        assert main(["load-mysql", "--database", url]) == 0
    yield lambda statement: mariadb.sql(statement, "questions")
    mariadb.sql("drop database questions; drop user asker@'%'")


@pytest.fixture
def empty_shop(mariadb):
    mariadb.sql("create database empty_shop character set utf8mb4")
    for path in (SCHEMA, VIEWS):
        mariadb.sql(text(path), "empty_shop")
    yield lambda statement: mariadb.sql(statement, "empty_shop")
    mariadb.sql("drop database empty_shop")


@pytest.fixture(scope="module")
def ask(shop_on_server):
    return lambda name: shop_on_server(text(FOLDER / "mysql" / f"{name}.sql"))


@pytest.mark.parametrize(
    ("name", "column"), [("sales_by_region", "Customer_Region"), ("sales_by_category", "Category")]
)
def test_total_sales_by_place_and_kind(ask, name, column):
    found = [(row[column], row["Total_Sales"]) for row in ask(name)]
    assert found == largest_first(totals(lambda row: row[column]))


def test_top_customers(ask):
    found = [(row["Customer_ID"], row["Total_Sales"]) for row in ask("top_customers")]
    assert found == largest_first(totals(lambda row: row["Customer_ID"]))[:10]


def test_monthly_trend(ask):
    found = [(row["Month"], row["Total_Sales"]) for row in ask("monthly_sales")]
    assert found == sorted(totals(lambda row: f"{row['Order_Date']:%Y-%m}").items())


def test_rows_without_customer_or_date_are_set_apart_and_none_is_lost(shop_on_server):
    rows = shop_on_server("select Set_Apart, count(*) as n from set_apart group by Set_Apart")
    shop = build_sample_shop()
    n_guests = shop["Customer_ID"].null_count
    guests = pc.is_null(shop["Customer_ID"])
    n_undated = pc.sum(pc.and_(pc.is_null(shop["Order_Date"]), pc.invert(guests))).as_py()
    assert {row["Set_Apart"]: row["n"] for row in rows} == {
        "no customer": n_guests,
        "no date": n_undated,
    }
    clean = shop_on_server("select count(*) as n from clean_sales")[0]["n"]
    assert clean + n_guests + n_undated == len(shop)


def test_clean_rows_are_trimmed_typed_and_have_an_age_group(empty_shop):
    empty_shop(
        "set session sql_mode = ''; insert into customer_sales "
        "(Customer_ID, Order_Date, Quantity, Unit_Price, Sales, Customer_Age, Age_Group, "
        "Email, Category) values "
        "(' a ', '2024-01-02', 2, 3.5, null, 34, ' ', ' Ann@Example.com ', ''), "
        "('a', '2024-01-02', null, null, 5, 250, 'old', null, ' Tea'), "
        "('A', '0000-00-00', null, null, 5, 17, null, null, null), "
        "('  ', '2024-01-02', null, null, 5, null, null, null, null)"
    )
    rows = empty_shop("select * from normal_sales order by Sale_ID")
    names = ["Customer_ID", "Sales", "Age_Group", "Email", "Category", "Set_Apart"]
    assert [[row[name] for name in names] for row in rows] == [
        ["a", 7, "25–34", "ann@example.com", None, None],
        ["a", 5, "old", None, "Tea", None],
        ["A", 5, "Under 18", None, None, "no date"],
        [None, 5, None, None, None, "no customer"],
    ]
    assert rows[1]["Customer_Age"] is None
    assert empty_shop("select count(distinct Customer_ID) as n from normal_sales")[0]["n"] == 2


@pytest.mark.parametrize(
    ("name", "column"), [("sales_by_region", "Customer_Region"), ("sales_by_category", "Category")]
)
def test_names_that_differ_in_case_or_accent_are_asked_for_apart(empty_shop, name, column):
    names = ["A", "a", "Ä"]
    rows = ", ".join(f"('c', '2024-01-02', 5, '{each}', '{each}')" for each in names)
    given = "Customer_ID, Order_Date, Sales, Category, Customer_Region"
    empty_shop(f"insert into customer_sales ({given}) values {rows}")
    found = empty_shop(text(FOLDER / "mysql" / f"{name}.sql"))
    assert sorted(row[column] for row in found) == names
