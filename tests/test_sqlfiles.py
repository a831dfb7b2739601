import re

import pytest
from sqlglot import ErrorLevel, exp, parse_one

from segmentation.engine import sqlfiles

# Each gave the same answer on DuckDB and on MariaDB; add one only after running it on both.
PORTABLE = {
    exp.And,
    exp.Or,
    exp.Case,
    exp.If,
    exp.Lag,
    exp.Cast,
    exp.Coalesce,
    exp.Concat,
    exp.Count,
    exp.DateDiff,
    exp.Extract,
    exp.Lower,
    exp.Max,
    exp.Min,
    exp.StrPosition,
    exp.Sum,
}
PORTABLE_JOINS = {"INNER", "LEFT"}
PORTABLE_TYPES = {"DATE", "DOUBLE", "BIGINT", "TEXT"}
FACTS = {"grain", "parameters", "source"}
SHOP = exp.select("*").from_("shop")


def text(table):
    return sqlfiles.files()[table].read_text("utf-8")


def header(table):
    comments = [line[3:] for line in text(table).splitlines() if line.startswith("-- ")]
    return comments[0], dict(line.split(": ", 1) for line in comments[1:])


every_table = pytest.mark.parametrize("table", sqlfiles.files())


def test_every_file_of_the_folder_is_found():
    rooms = ("staging", "marts")
    found = [path for room in rooms for path in (sqlfiles.FOLDER / room).rglob("*")]
    assert sorted(sqlfiles.files().values()) == sorted(found)


@every_table
def test_header_says_what_the_table_is(table):
    sentence, facts = header(table)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert set(facts) <= FACTS
    assert facts["grain"]


@every_table
def test_header_declares_the_parameters_that_the_table_needs(table):
    declared = header(table)[1]["parameters"]
    needed = sqlfiles.parameters(table)
    assert declared == (", ".join(sorted(needed)) or "none")


@every_table
def test_reads_only_other_files_and_the_readers_rows(table):
    assert sqlfiles.reads(sqlfiles.parse(table)) <= {
        *sqlfiles.files(),
        *sqlfiles.BROUGHT,
        "mapped_rows",
    }


@every_table
def test_uses_only_what_runs_alike_everywhere(table):
    query = sqlfiles.parse(table)
    assert {type(node) for node in query.find_all(exp.Func)} <= PORTABLE
    assert {join.side or join.kind for join in query.find_all(exp.Join)} <= PORTABLE_JOINS
    assert {cast.to.sql() for cast in query.find_all(exp.Cast)} <= PORTABLE_TYPES
    assert not list(query.find_all(exp.Qualify, exp.Filter, exp.Subquery))
    # The only window is that of the row before: engines agree on it.
    assert all(isinstance(window.this, exp.Lag) for window in query.find_all(exp.Window))


@every_table
def test_names_the_columns_it_makes_and_leaves_their_order_to_the_caller(table):
    query = sqlfiles.parse(table)
    assert not query.is_star
    assert all(query.named_selects)
    assert query.args.get("order") is None
    assert query.args.get("limit") is None


@every_table
def test_amounts_come_out_as_doubles(table):
    if sqlfiles.files()[table].parent.name == "staging":
        return  # read by other files only, where decimals add up exactly
    for column in sqlfiles.parse(table).selects:
        if column.alias_or_name in ("amount", "total_spend"):
            assert column.find(exp.Cast).to.sql() == "DOUBLE"


@every_table
def test_is_written_in_lower_case_and_short(table):
    lines = text(table).splitlines()
    assert len(lines) <= 80
    assert max(len(line) for line in lines if not line.startswith("-- parameters: ")) <= 100
    code = "\n".join(line.partition("--")[0] for line in lines)
    code = re.sub(r"'[^']*'", "''", code)
    assert code == code.lower()
    assert "\t" not in code
    assert not re.search(r",\s*from\b", code)


@every_table
def test_has_no_parameter_in_a_string(table):
    literals = [node.name for node in sqlfiles.parse(table).find_all(exp.Literal)]
    assert not [literal for literal in literals if ":" in literal]


@every_table
def test_is_written_out_for_a_server(table):
    statement = sqlfiles.write(table, "mysql", {"mapped_rows": SHOP})
    query = parse_one(statement, read="mysql", error_level=ErrorLevel.RAISE)
    assert sqlfiles.reads(query) == {"shop"}
    named = {placeholder.name for placeholder in query.find_all(exp.Placeholder)}
    assert named == sqlfiles.parameters(table)
    for name in sqlfiles.order(table):
        sqlfiles.parse(name).sql("mysql", unsupported_level=ErrorLevel.RAISE)


def test_files_stand_in_front_of_those_that_read_them():
    assert sqlfiles.order("customers") == [
        "judged_rows",
        "orders",
        "purchases",
        "returned",
        "customers",
    ]
    assert sqlfiles.order("orders") == ["judged_rows", "orders"]
    assert sqlfiles.order("judged_rows") == ["judged_rows"]


def test_parameters_are_those_of_the_files_below_too():
    assert sqlfiles.parameters("judged_rows") == {"as_of", "cancelled", "duplicates", "undone"}
    assert sqlfiles.parameters("currencies") == sqlfiles.parameters("judged_rows")
    assert sqlfiles.parameters("customers") == sqlfiles.parameters("judged_rows") | {"returns"}


def test_tables_of_the_query_itself_are_none_that_it_reads():
    query = parse_one("with a as (select 1 from b) select * from a join c using (x)")
    assert sqlfiles.reads(query) == {"b", "c"}


def test_given_table_takes_the_place_of_a_file_and_of_what_only_that_reads():
    kept = parse_one("select * from kept_rows")
    statement = sqlfiles.write("customers", "duckdb", {"orders": kept})
    assert "kept_rows" in statement
    assert "judged_rows" not in statement
    assert sqlfiles.order("customers", {"orders"}) == ["purchases", "returned", "customers"]


def test_writing_out_leaves_the_parsed_files_alone():
    before = sqlfiles.parse("customers").sql()
    sqlfiles.write("customers", "mysql", {"mapped_rows": SHOP})
    assert sqlfiles.parse("customers").sql() == before
