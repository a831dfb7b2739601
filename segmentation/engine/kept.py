"""Tables that are stored once worked out, so that the next question reads what is smaller."""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.errors import QueryFailed
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

DUCKDB, REASON, SEGMENTED = "duckdb", "reason", "segmented"
# Tables that are stored, each made from those before it: what to sort them by, so that a filter by
# day reads a part of them only, and for how many choices they are kept.
STORED = {
    "orders": ("", 4),
    "sales_sums": ("", 1),
    "order_sums": ("", 1),
    "split_orders": ("", 1),
    "odd_customers": ("", 1),
    "product_sums": ("ordered_on", 2),
    "sales_lines": ("ordered_on", 2),
    "sales_orders": ("ordered_on", 2),
    "chosen_sales": ("", 8),
}
# Sales that a filter has let through are stored only where one of these makes them few.
NARROWED_BY = ("categories", "countries", "regions", "cities", "age_groups", "segments")
# Those that a server works out, and the types of their columns that are no text.
ASKED = ("sales_sums", "product_sums")
TYPES = {
    "ordered_on": "date",
    "is_purchase": "bigint",
    "quantity": "double",
    "amount": "decimal(18, 4)",
}
_PLACE = "place_of_{}_here"
Key = tuple[tuple[str, object], ...]
Ask = Callable[[str, Mapping[str, object]], Iterator["pa.RecordBatch"]]


class KeptTables:
    """A DuckDB that works the tables of sql/ out, and stores those that many others read.

    Parameters
    ----------
    workspace : Workspace
        Holds the connection.
    rows : mapping of str to Query
        The table mapped_rows, where the rows are in the workspace.
    ask : callable, optional
        Where they are elsewhere: gives the tables `ASKED`, which are stored as they come.
    """

    def __init__(
        self, workspace: Workspace, rows: Mapping[str, exp.Query], ask: Ask | None = None
    ) -> None:
        self.workspace = workspace
        self.rows = dict(rows)
        self.ask = ask
        self.kept: dict[str, dict[Key, str]] = {name: {} for name in STORED}
        self.brought: dict[int, tuple[pd.DataFrame, str]] = {}
        self.n_stored = 0
        self.lock = RLock()

    def table(self, name: str, parameters: Mapping[str, object]) -> "pd.DataFrame":
        """One table of sql/; parameters as of `Database.table`."""
        statement = self.write(name, parameters)
        return self.execute(name, statement, _used(statement, name, parameters)).df()

    def write(self, name: str, parameters: Mapping[str, object]) -> str:
        """The statement that makes a table of sql/ from those that are stored."""
        given: dict[str, str] = {}
        for stored in reversed(STORED):
            if stored in _order(name, frozenset(given))[:-1] and _is_worth(stored, parameters):
                given[stored] = self.store(stored, name, parameters)
        segmented = parameters.get(SEGMENTED)
        if segmented is not None and SEGMENTED in _texts(name):
            given[SEGMENTED] = self.bring(segmented)
        statement = _write(name, tuple(self.rows.items()), tuple(given))
        for table, copy in given.items():
            statement = statement.replace(_PLACE.format(table), copy)
        return statement

    def store(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of the stored table for these parameters, which is made where there is none."""
        kept = self.kept[table]
        with self.lock:
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
        segmented = parameters.get(SEGMENTED)
        if segmented is not None and SEGMENTED in _texts(table):
            key = (*key, (SEGMENTED, self.bring(segmented)))
        return key

    def make(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of a new stored table."""
        sort, _ = STORED[table]
        order = f" order by {sort}" if sort else ""
        stored = self.new_name(table)
        if self.ask and table in ASKED:
            with self.workspace.connection.cursor() as cursor:
                cursor.register("arriving", _reader(table, self.ask(table, parameters)))
                typed = ", ".join(
                    f"cast({c} as {TYPES.get(c, 'varchar')}) as {c}" for c in _columns(table)
                )
                self.execute(
                    needed_by,
                    f"create or replace table {stored} as select {typed} from arriving{order}",
                    {},
                    cursor,
                )
            return stored
        statement = self.write(table, parameters)
        used = _used(statement, table, parameters)
        self.execute(needed_by, f"create or replace table {stored} as {statement}{order}", used)
        return stored

    def bring(self, table: "pd.DataFrame") -> str:
        """Name of the stored copy of a table from above the line; known by its identity."""
        with self.lock:
            if id(table) not in self.brought:
                stored = self.new_name(SEGMENTED)
                cursor = self.workspace.connection.cursor()
                cursor.register("brought", table)
                cursor.execute(f"create or replace table {stored} as select * from brought")
                cursor.unregister("brought")
                # The table is held on to, so that no other can have its identity.
                self.brought[id(table)] = (table, stored)
                if len(self.brought) > STORED["orders"][1]:
                    _, oldest = self.brought.pop(next(iter(self.brought)))
                    self.execute(SEGMENTED, f"drop table {oldest}", {})
            return self.brought[id(table)][1]

    def new_name(self, table: str) -> str:
        """A name that no stored table of these rows has had."""
        self.n_stored += 1
        return f"{table}_{self.n_stored}"

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


def _is_worth(stored: str, parameters: Mapping[str, object]) -> bool:
    return stored != "chosen_sales" or any(parameters[name] for name in NARROWED_BY)


def _used(statement: str, name: str, parameters: Mapping[str, object]) -> dict[str, object]:
    wanted = needed(name, parameters)
    return {key: value for key, value in wanted.items() if f"${key}" in statement}


# Writing a statement takes longer than to work out a filtered panel from stored tables.
@lru_cache(256)
def _write(name: str, rows: tuple[tuple[str, exp.Query], ...], stored: tuple[str, ...]) -> str:
    """The statement with a name in the place of each stored table's."""
    given = {table: exp.select("*").from_(exp.to_table(_PLACE.format(table))) for table in stored}
    return sqlfiles.write(name, DUCKDB, {**dict(rows), **given})


@lru_cache(1024)
def _order(name: str, given: frozenset[str]) -> tuple[str, ...]:
    return tuple(sqlfiles.order(name, given))


@lru_cache(256)
def _texts(name: str) -> frozenset[str]:
    """Names of all tables that one is made from."""
    return frozenset().union(
        *(sqlfiles.reads(sqlfiles.parse(each)) for each in _order(name, frozenset()))
    )


def _columns(table: str) -> list[str]:
    return sqlfiles.parse(table).named_selects


def _reader(table: str, batches: "Iterator[pa.RecordBatch]") -> "pa.RecordBatchReader":
    """The batches of a table as one; also where there is none."""
    import pyarrow as pa

    first = next(batches, None)
    if first is None:
        return (
            pa.schema([(name, pa.string()) for name in _columns(table)]).empty_table().to_reader()
        )

    def every() -> "Iterator[pa.RecordBatch]":
        yield first
        yield from batches

    return pa.RecordBatchReader.from_batches(first.schema, every())
