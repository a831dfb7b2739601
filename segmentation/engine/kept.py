"""Tables that are stored once worked out, so that the next question reads what is smaller."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from threading import RLock
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from segmentation.engine import coded
from segmentation.engine.coded import Codes
from segmentation.engine.placing import (
    ASKED,
    BY_LINE,
    EITHER,
    IN_PASSING,
    PASSING,
    PLACE,
    SEGMENTED,
    STORED,
    SUMS,
    columns_of,
    failed,
    is_of_sales,
    looks_at_segments,
    needed,
    order_of,
    write_places,
)
from segmentation.errors import QueryFailed
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Rows in memory at a time; with four times as many, 30 MB more were held and nothing was quicker.
BATCH = 16_384
# How often a statement is written anew whose tables went while it was on its way.
TRIES = 5
ORDERS = "orders"
# They are stored of all time, and read as `judged_rows` has them on the as-of day.
AS_OF = """(select * replace (case
    when ordered_on >= cast($as_of as date)
    and fate in ('kept', 'undone order', 'return', 'nothing paid')
    then 'after as-of' else fate end as fate) from {})"""
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
        found = self.settle(name, lambda: self.execute(name, *self.prepare(name, parameters)).df())
        named = found.select_dtypes("category").columns
        return found.astype(dict.fromkeys(named, "str"))

    def stream(
        self, name: str, order_by: str, limit: int | None, parameters: Mapping[str, object]
    ) -> "Iterator[pa.RecordBatch]":
        """One table of sql/ in an order, batch by batch; parameters as of `Database.stream`."""

        def read() -> "pa.RecordBatchReader":
            statement, used = self.prepare(name, parameters, order_by, limit)
            cursor = self.workspace.connection.cursor()
            return cursor.sql(statement, params=used).to_arrow_reader(BATCH)

        try:
            yield from self.settle(name, read)
        except duckdb.Error as error:
            raise failed(name, error) from error

    def settle(self, name: str, read: Callable[[], Any]) -> Any:
        """What `read` gives, which is asked again where a table went that it was about to read.

        A stored table can make way for another between the writing of a statement and its run:
        another thread may look at other days or filters.
        """
        for _ in range(TRIES):
            try:
                return read()
            except (QueryFailed, duckdb.Error) as error:
                if isinstance(error.__cause__ or error, duckdb.CatalogException):
                    continue
                if isinstance(error, QueryFailed):
                    raise
                raise failed(name, error) from error
        raise failed(name)

    def prepare(
        self,
        name: str,
        parameters: Mapping[str, object],
        order_by: str = "",
        limit: int | None = None,
    ) -> tuple[str, dict[str, object]]:
        """The statement that gives a table of sql/ in texts, and its parameters."""
        order = f" order by {order_by}" if order_by else ""
        statement, used, codes = self.write(name, parameters)
        statement += order + (f" limit {int(limit)}" if limit is not None else "")
        if codes:
            # Only those within the limit need their ids; joined to them they are in no order.
            statement = coded.decode(statement, columns_of(name), codes) + order
        return statement, used

    def write(
        self, name: str, parameters: Mapping[str, object]
    ) -> tuple[str, dict[str, object], Codes | None]:
        """The statement that makes a table of sql/ from those stored, its parameters and codes."""
        codes = self.find_codes(parameters) if is_of_sales(name) else None
        given: dict[str, str] = {}
        for stored in reversed(STORED):
            if stored in order_of(name, frozenset(given))[:-1]:
                given[stored] = self.store(stored, name, parameters)
        if looks_at_segments(name, parameters):
            given[SEGMENTED] = self.bring(parameters)
        if codes and codes != self.find_codes(parameters):
            # They were made anew on the way, here or in another thread: all is to be of the same.
            return self.write(name, parameters)
        statement = write_places(name, tuple(self.rows.items()), tuple(given))
        for table, copy in given.items():
            is_dated = table == ORDERS and parameters["as_of"] is not None
            copy = AS_OF.format(copy) if is_dated else copy
            statement = statement.replace(PLACE.format(table), copy)
        wanted = needed(name, parameters)
        if codes:
            statement, listed = coded.put_lists(statement, wanted, codes)
            wanted |= listed
        used = {key: value for key, value in wanted.items() if f"${key}" in statement}
        return statement, used, codes

    def store(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of the stored table for these parameters, which is made where there is none."""
        if table == EITHER:
            return self.store(BY_LINE[parameters["by_line"]], needed_by, parameters)
        kept = self.kept[table]
        with self.locks[table]:
            if table == ORDERS:
                parameters = {**parameters, "as_of": None}
            key = self.key(table, parameters)
            if key not in kept:
                made, codes = self.make(table, needed_by, parameters)
                key = self.key(table, parameters, codes)
                kept[key] = made
            # The latest last: what another thread may still be reading is not the oldest.
            kept[key] = kept.pop(key)
            if len(kept) > STORED[table][1]:
                self.execute(table, f"drop table {kept.pop(next(iter(kept)))}", {})
            return kept[key]

    def key(self, table: str, parameters: Mapping[str, object], codes: Codes | None = None) -> Key:
        """What a stored table depends on; also its codes, or else those of today."""
        key = tuple(sorted(needed(table, parameters).items()))
        if table != SUMS and (table in ASKED or is_of_sales(table)):
            key = (*key, ("codes", codes or self.find_codes(parameters)))
        if looks_at_segments(table, parameters):
            key = (*key, (SEGMENTED, self.bring(parameters)))
        return key

    def make(
        self, table: str, needed_by: str, parameters: Mapping[str, object]
    ) -> tuple[str, Codes | None]:
        """Name of a new stored table, and the codes it is in."""
        sort, _ = STORED[table]
        order = f" order by {sort}" if sort else ""
        stored = self.new_name(table)
        if table not in ASKED:
            statement, used, codes = self.write(table, parameters)
            if codes:
                statement = coded.keep_narrow(statement, columns_of(table), codes)
            self.execute(needed_by, f"create or replace table {stored} as {statement}{order}", used)
            return stored, codes
        plain = f"plain_{next(self.numbers)}"
        with self.workspace.connection.cursor() as cursor:

            def execute(text: str) -> duckdb.DuckDBPyConnection:
                return self.execute(needed_by, text, {}, cursor)

            statement, used = self.group(table, parameters, cursor)
            self.execute(needed_by, f"create temp table {plain} as {statement}", used, cursor)
            if table == SUMS:
                self.renew_codes(self.key(SUMS, parameters), execute, plain)
            codes = self.find_codes(parameters)
            statement = coded.encode(plain, columns_of(table), codes)
            execute(f"create or replace table {stored} as {statement}{order}")
            execute(f"drop table {plain}")
        return stored, codes

    def group(
        self, table: str, parameters: Mapping[str, object], cursor: duckdb.DuckDBPyConnection
    ) -> tuple[str, dict[str, object]]:
        """The statement that gives a table of `ASKED` in plain text, and its parameters."""
        if not self.ask:
            return self.write(table, parameters)[:2]
        arriving, statement = self.ask(table, parameters)
        cursor.register("arriving", arriving)
        return statement, {}

    def find_codes(self, parameters: Mapping[str, object]) -> Codes:
        """The numbers of the texts of the sales for these parameters."""
        key = self.key(SUMS, parameters)
        with self.locks[SUMS]:
            if key not in self.codes:
                self.store(SUMS, SUMS, parameters)
            self.codes[key] = self.codes.pop(key)  # as for stored tables
            if len(self.codes) > STORED[ORDERS][1]:
                self.drop_codes(self.codes.pop(next(iter(self.codes))))
            return self.codes[key]

    def renew_codes(self, key: Key, execute: coded.Execute, plain: str) -> None:
        """Codes for sales just grouped; rows on a server may be others than last time."""
        if self.ask or key not in self.codes:
            codes = coded.make_codes(execute, plain, next(self.numbers))
            if old := self.codes.pop(key, None):
                self.drop_codes(old)
            self.codes[key] = codes

    def drop_codes(self, codes: Codes) -> None:
        """Remove what nothing is read by any more."""
        for gone in (f"table {codes.customers}", f"table {codes.orders}", f"type {codes.names}"):
            self.execute(SUMS, f"drop {gone}", {})

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
                if len(self.brought) > STORED[ORDERS][1]:
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
            raise failed(name, error) from error
