"""Which stored tables a table of sql/ is made from, and on which parameters it depends."""

from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.errors import QueryFailed
from segmentation.sources.workspace import check_room

DUCKDB, REASON, SEGMENTED, PASSING = "duckdb", "reason", "segmented", "passing"
# One of several by a parameter: of a union, DuckDB would not know how few different values it has.
EITHER = "sales_entries"
BY_LINE: dict[object, str] = {0: "sales_orders", 1: "sales_lines", 2: "category_orders"}
# Those that are counted one by one stand apart.
APART = "is_odd, is_moved"
# Tables that are stored, each made from those before it: what to sort them by, so that a filter
# reads a part of them only, and for how many choices they are kept.
STORED = {
    "orders": ("", 4),
    "sales_sums": ("", 1),
    "order_sums": ("", 1),
    "split_orders": ("", 1),
    "odd_customers": ("", 1),
    "product_sums": ("ordered_on", 2),
    "sales_lines": (f"{APART}, category, ordered_on", 2),
    "sales_orders": (f"{APART}, ordered_on", 2),
    "category_orders": ("", 2),
    "period_days": ("", 8),
    EITHER: ("", 0),
    "customer_sales": ("", 8),
}
# Those read once or soon out of date are not pressed together on disk, which takes longer.
IN_PASSING = {"sales_sums", "order_sums", "split_orders", "odd_customers"}
IN_PASSING |= {"category_orders", "customer_sales"}
# Those that a server works out, and in which texts become numbers.
SUMS = "sales_sums"
ASKED = (SUMS, "product_sums")
# What stands in a statement until a stored table takes its place.
PLACE = "place_of_{}_here"


def needed(name: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of one table; one that is missing is an error, not a null."""
    given = {REASON: None, **parameters}
    return {key: given[key] for key in sqlfiles.parameters(name)}


def told(name: str) -> str:
    """What to call a table of sql/ in a sentence."""
    return f"The table “{name.replace('_', ' ')}”"


def failed(name: str, error: Exception | None = None) -> QueryFailed:
    """What to tell where DuckDB does not work a table out; raises NoRoom where that is why."""
    if error:
        check_room(error)
    return QueryFailed(
        f"{told(name)} could not be worked out.",
        "Load the data again; if it happens again, tell the owner of this installation.",
    )


@lru_cache(256)
def is_of_sales(name: str) -> bool:
    """Whether a table of sql/ is made from stored sales, in which texts are numbers."""
    return bool({*ASKED} & {*sqlfiles.order(name)[:-1]})


def looks_at_segments(name: str, parameters: Mapping[str, object]) -> bool:
    """Whether a table needs the segments given: those below it only do to filter by them."""
    if parameters.get(SEGMENTED) is None:
        return False
    is_filtered = parameters["segments"] and SEGMENTED in _texts(name)
    return bool(is_filtered) or SEGMENTED in sqlfiles.reads_of(name)


# Writing a statement takes longer than to work out a filtered panel from stored tables.
@lru_cache(256)
def write_places(
    name: str, rows: tuple[tuple[str, exp.Query], ...], stored: tuple[str, ...]
) -> str:
    """The statement with a name in the place of each stored table's."""
    given: dict[str, exp.Query] = {
        table: exp.select("*").from_(exp.to_table(PLACE.format(table))) for table in stored
    }
    return sqlfiles.write(name, DUCKDB, {**given, **dict(rows)})


@lru_cache(1024)
def order_of(name: str, given: frozenset[str]) -> tuple[str, ...]:
    """Names of the files a table is made from but for those given, each after those it reads."""
    return tuple(sqlfiles.order(name, given))


@lru_cache(256)
def _texts(name: str) -> frozenset[str]:
    """Names of all tables that one is made from."""
    return frozenset().union(*map(sqlfiles.reads_of, order_of(name, frozenset())))


def columns_of(table: str) -> list[str]:
    """The columns of a table of sql/, in their order."""
    return sqlfiles.parse(table).named_selects
