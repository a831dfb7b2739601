import pytest

from segmentation.errors import UnsafeQuery
from segmentation.sources import serversql  # noqa: F401  registers the dialect
from segmentation.sources.selects import write_select

TABLES = [("shop", "sales"), ("shop", "orders"), ("other", "Big Table")]


def written(text):
    return write_select(text, "shop", TABLES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select a from sales;", "SELECT `a` FROM `shop`.`sales` AS `sales`"),
        ("select x.a from SALES x", "SELECT `x`.`a` FROM `shop`.`sales` AS `x`"),
        ("select 1 -- why\n", "SELECT 1"),
        (
            "select * from other.`big table`",
            "SELECT * FROM `other`.`Big Table` AS `Big Table`",
        ),
        (
            "with orders as (select * from orders) select * from orders",
            "WITH `orders` AS (SELECT * FROM `shop`.`orders` AS `orders`) SELECT * FROM `orders`",
        ),
        (
            "with recursive n as (select 1 as i union all select i + 1 from n) select i from n",
            "WITH RECURSIVE `n` AS (SELECT 1 AS `i` UNION ALL SELECT `i` + 1 FROM `n`) "
            "SELECT `i` FROM `n`",
        ),
        (
            "select a from sales where b in (select b from orders) and c regexp 'x'",
            "SELECT `a` FROM `shop`.`sales` AS `sales` WHERE `b` IN (SELECT `b` FROM "
            "`shop`.`orders` AS `orders`) AND `c` REGEXP 'x'",
        ),
        ("(select 1) union (select 2)", "(SELECT 1) UNION (SELECT 2)"),
        (r"select 'a\'; drop table sales; --'", "SELECT 'a''; drop table sales; --'"),
        (r"select '\\', '%', ':x'", r"SELECT '\\', '%', ':x'"),
    ],
)
def test_query_that_reads_is_written_anew(text, expected):
    assert written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "select",
        "select 1; select 2",
        "select 1; drop table sales",
        "insert into sales values (1)",
        "update sales set a = 1",
        "delete from sales",
        "drop table sales",
        "create table x as select 1",
        "set @a = 1",
        "call p()",
        "show tables",
        "explain select 1",
        "do sleep(5)",
        "load data infile 'x' into table sales",
        "select a into outfile '/tmp/x' from sales",
        "select a into @b from sales",
        "select a from sales for update",
        "select a from sales lock in share mode",
        "select @a := 1",
        "select sleep(5)",
        "select SLEEP (5) from sales",
        "select benchmark(1000000, md5('x'))",
        "select get_lock('x', 5)",
        "select load_file('/etc/passwd')",
        "select 1 from sales where sleep(1) = 0",
        "select (select sleep(5))",
        "with a as (select sleep(5) as b) select b from a",
        "select /*!50000 sleep(5) */ 1",
        "select /*M!100000 sleep(5) */ 1",
        "select 1 /*! into outfile '/tmp/x' */",
        "select a from missing",
        "select a from mysql.user",
        "select a from information_schema.tables",
        "select a from sales where b = ?",
        "select a from sales where b = :b",
        "select 'open",
        "select " + "(" * 3000 + "1" + ")" * 3000,
    ],
)
def test_query_that_may_do_more_is_refused(text):
    with pytest.raises(UnsafeQuery) as caught:
        written(text)
    assert caught.value.hint.endswith(".")


# What was written is a query that reads by the same rules, and stays as it is.
@pytest.mark.parametrize(
    "text", ["select * from sales a join orders b using (x)", r"select 'a\\', 'b''c', `d``e`"]
)
def test_writing_again_changes_nothing(text):
    assert written(written(text)) == written(text)
