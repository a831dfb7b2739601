import pytest
import sqlglot

from segmentation.engine.folding import fold
from segmentation.engine.inlining import (
    group_by_less,
    passes_rows_on,
    put_certain,
    put_values,
    read_through,
)
from segmentation.engine.serverqueries import bind, split_rows, without_grouping
from segmentation.sources import serversql  # noqa: F401  registers the dialect


def parsed(query):
    return sqlglot.parse_one(query, read="duckdb")


def folded(condition, select="a"):
    return fold(parsed(f"select {select} from t where {condition}")).sql("duckdb")


FATE = (
    "case when b is null then 'none' when a < 0 or n < 0 then 'back' when a = 0 then 'free' "
    "else 'kept' end"
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a = 1 and 'x' = 'x'", "a = 1"),
        ("a = 1 and 'x' = 'y'", "FALSE"),
        ("a = 1 or 'x' = 'y'", "a = 1"),
        ("a = 1 and b > null", "FALSE"),
        ("a = 1 or b like null", "a = 1"),
        ("coalesce(null, a) = 1", "a = 1"),
        ("case when null is null then a end = 1", "a = 1"),
        ("case when 'x' = 'y' then a else b end = 1", "b = 1"),
        ("not (a = 1 or b = 2) and (a = 3 or b = 4)", "NOT (a = 1 OR b = 2) AND (a = 3 OR b = 4)"),
        (f"({FATE}) = 'none'", "b IS NULL"),
        (f"({FATE}) = 'lost'", "FALSE"),
        (f"({FATE}) = 'back'", "NOT b IS NULL AND (a < 0 OR n < 0)"),
        (
            f"({FATE}) = 'kept'",
            "NOT b IS NULL AND NOT (a < 0) IS TRUE AND NOT (n < 0) IS TRUE AND NOT (a = 0) IS TRUE",
        ),
        (
            "case when a is null then 'none' when a < 0 then 'back' when a = 0 then 'free' "
            "else 'kept' end = 'free'",
            "a >= 0 AND a = 0",
        ),
        (
            "case when a is null then 'none' when a < 0 then 'back' when a = 0 then 'free' "
            "else 'kept' end = 'kept'",
            "a > 0",
        ),
    ],
)
def test_condition_is_put_more_simply(condition, expected):
    assert folded(condition) == f"SELECT a FROM t WHERE {expected}"


@pytest.mark.parametrize("value", ["{} = 'kept'", "case when b then {} = 'kept' end"])
def test_choice_is_left_alone_where_null_is_not_false(value):
    choice = "case when a < 0 then 'back' else 'kept' end"
    query = f"select {value.format(choice)} as b from t"
    assert fold(parsed(query)).sql("duckdb") == parsed(query).sql("duckdb")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"case when ({FATE}) = 'none' then a end from t", "CASE WHEN b IS NULL THEN a END FROM t"),
        # Without groups there may be no row: a sum is null then, a count is not.
        ("sum(1) from t group by a", "COUNT(*) FROM t GROUP BY a"),
        ("sum(1) from t", "SUM(1) FROM t"),
        ("valid_moment(d) from t where to_days(d) > 3", "d FROM t WHERE TO_DAYS(d) > 3"),
        (
            "valid_moment(d) from t where not to_days(d) is null",
            "d FROM t WHERE NOT TO_DAYS(d) IS NULL",
        ),
        (
            "valid_moment(d) from t where to_days(d) is null",
            "VALID_MOMENT(d) FROM t WHERE TO_DAYS(d) IS NULL",
        ),
    ],
)
def test_value_is_put_more_simply_where_it_stays_the_same(query, expected):
    assert fold(parsed(f"select {query}")).sql("duckdb") == f"SELECT {expected}"


# All values, and null, on DuckDB: what is folded keeps the same rows.
@pytest.mark.parametrize("fate", ["none", "back", "free", "kept", "lost"])
@pytest.mark.parametrize(
    "wrap", ["{} = '{}'", "({} = '{}' or a = 1)", "b is not null and {} = '{}'"]
)
def test_what_is_folded_keeps_the_same_rows(fate, wrap):
    import duckdb

    values = "(select unnest([null, -1, 0, 1]) as {0})"
    table = ", ".join(values.format(name) for name in "abn")
    query = parsed(f"select a, b, n from {table} where {wrap.format(f'({FATE})', fate)}")
    rows = [duckdb.sql(each.sql("duckdb")).fetchall() for each in (query, fold(query))]
    assert sorted(rows[0], key=repr) == sorted(rows[1], key=repr)


def test_rows_are_read_through_to_where_they_come_from():
    inner = parsed("select x + 1 as a, y as b from t where y > 0")
    outer = parsed("select a * 2 as c, sum(b) as b from s where a < 3 group by a")
    assert read_through(outer, {"s": inner}).sql("duckdb") == (
        "SELECT (x + 1) * 2 AS c, SUM(y) AS b FROM t WHERE (x + 1) < 3 AND y > 0 GROUP BY (x + 1)"
    )


def test_columns_that_are_null_in_every_row_are_not_grouped_by():
    rows = parsed("select a, cast(null as text) as b from t")
    query = parsed("select a, b, sum(c) as c from orders group by a, b")
    assert group_by_less(query, rows).sql("duckdb") == (
        "SELECT a, CAST(NULL AS TEXT) AS b, SUM(c) AS c FROM orders GROUP BY a"
    )


def test_age_group_is_grouped_by_where_there_are_ages_to_derive_it_from():
    rows = parsed("select a, customer_age, cast(null as text) as age_group from t")
    query = parsed("select age_group, sum(a) as a from judged_rows group by age_group")
    assert group_by_less(query, rows) == query


@pytest.mark.parametrize(
    "query",
    [
        "select b, sum(a) as a from orders group by b",
        "select b, a, sum(c) as c from others group by b, a",
        "select b, a, sum(c) as c from orders join others using (a) group by b, a",
    ],
    ids=["nothing else to group by", "other rows", "joined rows"],
)
def test_columns_that_are_null_in_every_row_stay_where_it_is_not_sure(query):
    rows = parsed("select a, cast(null as text) as b from t")
    assert group_by_less(parsed(query), rows) == parsed(query)


@pytest.mark.parametrize(
    ("query", "passes"),
    [
        ("select a from t", True),
        ("select a from t where b", True),
        ("select * from t", False),
        ("select distinct a from t", False),
        ("select max(a) as a from t", False),
        ("select a from t group by a", False),
        ("select a from t join s using (a)", False),
        ("select row_number() over () as a from t", False),
        ("select a from t limit 1", False),
    ],
)
def test_only_what_passes_rows_on_is_read_through(query, passes):
    assert passes_rows_on(parsed(query)) == passes


def test_parameters_that_are_known_are_worked_in():
    query = parsed("select a from t where a < :day and :policy = 'net' and b = :other")
    assert put_values(query, {"day": None, "policy": "it's"}).sql("duckdb") == (
        "SELECT a FROM t WHERE a < NULL AND 'it''s' = 'net' AND b = $other"
    )


def test_columns_without_nulls_are_not_asked_about():
    query = put_certain(
        parsed("select a from t as raw where raw.a is null or raw.b is null"), ["a"]
    )
    assert fold(query).sql("duckdb") == "SELECT a FROM t AS raw WHERE raw.b IS NULL"


def test_groups_become_rows():
    query = parsed("select a, count(*) as n, sum(b) as b, max(c) as c from t group by a")
    assert without_grouping(query).sql("duckdb") == "SELECT a, 1 AS n, b AS b, c AS c FROM t"
    with pytest.raises(ValueError, match="does not add up"):
        without_grouping(parsed("select count(distinct a) as n from t"))


def test_parts_hold_every_customer_once():
    rows = parsed("select x as customer_id from t where y")
    assert [part.sql("duckdb") for part in split_rows(rows, "m'")] == [
        "SELECT x AS customer_id FROM t WHERE y AND x < 'm'''",
        "SELECT x AS customer_id FROM t WHERE y AND x >= 'm'''",
    ]
    assert split_rows(rows, None) == [rows]


def test_values_are_sent_apart_from_the_text():
    statement = r"select ':day', `:day`, 'it''s :day', '\':day', a % 2 from t where b < :day"
    text, used = bind(statement, {"day": 1, "more": 2})
    assert used == {"day": 1}
    assert text.endswith("a %% 2 from t where b < %(day)s")
    assert text.count("%(day)s") == 1
    assert bind("select a % 2 from t", {"day": 1}) == ("select a % 2 from t", {})
