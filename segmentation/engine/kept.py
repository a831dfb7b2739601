"""Tables that are stored once worked out, so that the next question reads what is smaller."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from segmentation.engine import coded, sqlfiles
from segmentation.engine.coded import Codes
from segmentation.errors import QueryFailed
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

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
BATCH = 65_536
_PLACE = "place_of_{}_here"
Key = tuple[tuple[str, object], ...]
Ask = Callable[[str, Mapping[str, object]], tuple["pa.RecordBatchReader", str]]


class KeptTables:
    """A DuckDB that works the tables of sql/ out, and stores those that many others read.

    Parameters
    ----------
    workspace : Workspace
        Holds the connection.
    rows : mapping of str to Query
        The table mapped_rows, where the rows are in the workspace.
    ask : callable, optional
        Where they are elsewhere: gives one of the tables `ASKED`, and the statement that reads it
        under the name ``arriving``.
    """

    def __init__(
        self, workspace: Workspace, rows: Mapping[str, exp.Query], ask: Ask | None = None
    ) -> None:
        self.workspace = workspace
        self.rows = dict(rows)
        self.ask = ask
        self.kept: dict[str, dict[Key, str]] = {name: {} for name in STORED}
        self.codes: dict[Key, Codes] = {}
        self.brought: dict[tuple[int, str], tuple[pd.DataFrame, str]] = {}
        self.numbers = count(1)
        # Whoever holds one only asks for those of tables before it, so no two wait for each other.
        self.locks = {name: RLock() for name in (*STORED, SEGMENTED)}
        workspace.connection.execute(f"attach if not exists ':memory:' as {PASSING}")

    def table(self, name: str, parameters: Mapping[str, object]) -> "pd.DataFrame":
        """One table of sql/; parameters as of `Database.table`."""
        statement, used = self.write(name, parameters)
        if is_of_sales(name):
            statement = coded.decode(statement, _columns(name), self.find_codes(parameters))
        found = self.execute(name, statement, used).df()
        named = found.select_dtypes("category").columns
        return found.astype(dict.fromkeys(named, "str"))

    def stream(
        self, name: str, order_by: str, limit: int | None, parameters: Mapping[str, object]
    ) -> "Iterator[pa.RecordBatch]":
        """One table of sql/ in an order, batch by batch; parameters as of `Database.stream`."""
        statement, used = self.write(name, parameters)
        statement += f" order by {order_by}" + (f" limit {int(limit)}" if limit is not None else "")
        if is_of_sales(name):
            # Only those within the limit need their ids; joined to them they are in no order.
            statement = coded.decode(statement, _columns(name), self.find_codes(parameters))
            statement += f" order by {order_by}"
        try:
            cursor = self.workspace.connection.cursor()
            yield from cursor.sql(statement, params=used).to_arrow_reader(BATCH)
        except duckdb.Error as error:
            raise failed(name) from error

    def write(self, name: str, parameters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
        """The statement that makes a table of sql/ from those stored, and its parameters."""
        given: dict[str, str] = {}
        for stored in reversed(STORED):
            if stored in _order(name, frozenset(given))[:-1]:
                given[stored] = self.store(stored, name, parameters)
        if looks_at_segments(name, parameters):
            given[SEGMENTED] = self.bring(parameters)
        statement = _write(name, tuple(self.rows.items()), tuple(given))
        for table, copy in given.items():
            statement = statement.replace(_PLACE.format(table), copy)
        wanted = needed(name, parameters)
        if is_of_sales(name):
            statement, listed = coded.put_lists(statement, wanted, self.find_codes(parameters))
            wanted |= listed
        return statement, {key: value for key, value in wanted.items() if f"${key}" in statement}

    def store(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of the stored table for these parameters, which is made where there is none."""
        if table == EITHER:
            return self.store(BY_LINE[parameters["by_line"]], needed_by, parameters)
        kept = self.kept[table]
        with self.locks[table]:
            key = self.key(table, parameters)
            if key not in kept:
                kept[key] = self.make(table, needed_by, parameters)
            # The latest last: what another thread may still be reading is not the oldest.
            kept[key] = kept.pop(key)
            if len(kept) > STORED[table][1]:
                self.execute(table, f"drop table {kept.pop(next(iter(kept)))}", {})
            return kept[key]

    def key(self, table: str, parameters: Mapping[str, object]) -> Key:
        """What a stored table depends on."""
        key = tuple(sorted(needed(table, parameters).items()))
        if looks_at_segments(table, parameters):
            key = (*key, (SEGMENTED, self.bring(parameters)))
        return key

    def make(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of a new stored table."""
        sort, _ = STORED[table]
        order = f" order by {sort}" if sort else ""
        stored = self.new_name(table)
        if table not in ASKED:
            statement, used = self.write(table, parameters)
            if is_of_sales(table):
                statement = coded.keep_narrow(
                    statement, _columns(table), self.find_codes(parameters)
                )
            self.execute(needed_by, f"create or replace table {stored} as {statement}{order}", used)
            return stored
        plain = f"plain_{next(self.numbers)}"
        with self.workspace.connection.cursor() as cursor:

            def execute(text: str) -> duckdb.DuckDBPyConnection:
                return self.execute(needed_by, text, {}, cursor)

            statement, used = self.group(table, parameters, cursor)
            self.execute(needed_by, f"create temp table {plain} as {statement}", used, cursor)
            if table == SUMS:
                key = self.key(SUMS, parameters)
                self.codes[key] = coded.make_codes(execute, plain, next(self.numbers))
            statement = coded.encode(plain, _columns(table), self.find_codes(parameters))
            execute(f"create or replace table {stored} as {statement}{order}")
            execute(f"drop table {plain}")
        return stored

    def group(
        self, table: str, parameters: Mapping[str, object], cursor: duckdb.DuckDBPyConnection
    ) -> tuple[str, dict[str, object]]:
        """The statement that gives a table of `ASKED` in plain text, and its parameters."""
        if not self.ask:
            return self.write(table, parameters)
        arriving, statement = self.ask(table, parameters)
        cursor.register("arriving", arriving)
        return statement, {}

    def find_codes(self, parameters: Mapping[str, object]) -> Codes:
        """The numbers of the texts of the sales for these parameters."""
        key = self.key(SUMS, parameters)
        with self.locks[SUMS]:
            if key not in self.codes:
                self.store(SUMS, SUMS, parameters)
            # As for stored tables; made again, they are the same numbers.
            self.codes[key] = self.codes.pop(key)
            if len(self.codes) > STORED["orders"][1]:
                oldest = self.codes.pop(next(iter(self.codes)))
                for gone in (oldest.customers, oldest.orders):
                    self.execute(SUMS, f"drop table {gone}", {})
            return self.codes[key]

    def bring(self, parameters: Mapping[str, object]) -> str:
        """Name of the stored copy of the segments given; known by their identity."""
        table: Any = parameters[SEGMENTED]
        with self.locks[SEGMENTED]:
            codes = self.find_codes(parameters)
            key = (id(table), codes.customers)
            if key not in self.brought:
                stored = self.new_name(SEGMENTED)
                cursor = self.workspace.connection.cursor()
                cursor.register("brought", table)
                statement = coded.encode("brought", list(table), codes)
                self.execute(
                    SEGMENTED, f"create or replace table {stored} as {statement}", {}, cursor
                )
                cursor.unregister("brought")
                # The table is held on to, so that no other can have its identity.
                self.brought[key] = (table, stored)
                if len(self.brought) > STORED["orders"][1]:
                    _, oldest = self.brought.pop(next(iter(self.brought)))
                    self.execute(SEGMENTED, f"drop table {oldest}", {})
            return self.brought[key][1]

    def new_name(self, table: str) -> str:
        """A name that no stored table of these rows has had."""
        place = f"{PASSING}." if table in IN_PASSING else ""
        return f"{place}{table}_{next(self.numbers)}"

    def execute(
        self,
        name: str,
        statement: str,
        parameters: Mapping[str, object],
        cursor: duckdb.DuckDBPyConnection | None = None,
    ) -> duckdb.DuckDBPyConnection:
        """Run a statement on a cursor of its own or a given one; `name` is the table it is for."""
        try:
            cursor = cursor or self.workspace.connection.cursor()
            return cursor.execute(statement, dict(parameters))
        except duckdb.Error as error:
            raise failed(name) from error


def needed(name: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of one table; one that is missing is an error, not a null."""
    given = {REASON: None, **parameters}
    return {key: given[key] for key in sqlfiles.parameters(name)}


def failed(name: str) -> QueryFailed:
    """What to tell where DuckDB does not work a table out."""
    return QueryFailed(
        f"The table “{name.replace('_', ' ')}” could not be worked out.",
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
    return bool(is_filtered) or SEGMENTED in _reads(name)


# Writing a statement takes longer than to work out a filtered panel from stored tables.
@lru_cache(256)
def _write(name: str, rows: tuple[tuple[str, exp.Query], ...], stored: tuple[str, ...]) -> str:
    """The statement with a name in the place of each stored table's."""
    given: dict[str, exp.Query] = {
        table: exp.select("*").from_(exp.to_table(_PLACE.format(table))) for table in stored
    }
    if "mapped_rows" in _texts(name, frozenset(stored)):
        given |= dict(rows)
    return sqlfiles.write(name, DUCKDB, given)


@lru_cache(1024)
def _order(name: str, given: frozenset[str]) -> tuple[str, ...]:
    return tuple(sqlfiles.order(name, given))


@lru_cache(256)
def _reads(name: str) -> frozenset[str]:
    return frozenset(sqlfiles.reads(sqlfiles.parse(name)))


@lru_cache(256)
def _texts(name: str, given: frozenset[str] = frozenset()) -> frozenset[str]:
    """Names of all tables that one is made from, but for those below what is given."""
    return frozenset().union(*map(_reads, _order(name, given)))


def _columns(table: str) -> list[str]:
    return sqlfiles.parse(table).named_selects
