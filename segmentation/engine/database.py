"""Where the rows are, and the only crossing from SQL to pandas: `Database.table`."""

from collections.abc import Iterator, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Protocol

import duckdb
import sqlglot
from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.errors import QueryFailed
from segmentation.sources.mapping import TYPES
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

DUCKDB, REASON, SEGMENTED = "duckdb", "reason", "segmented"
BATCH = 65_536
# Tables that are stored once worked out, each made from those before it: what to sort them by, so
# that a filter by day reads a part of them only, and for how many choices they are kept.
STORED = {"orders": ("", 4), "sales_lines": ("ordered_on", 2), "sales_orders": ("ordered_on", 2)}
Key = tuple[tuple[str, object], ...]


class Database(Protocol):
    """Anything that can make the tables of sql/ out of the reader's rows."""

    @property
    def files(self) -> Sequence[str]:
        """Names of the files the rows stand in, by file_index."""

    def table(self, name: str, **parameters: object) -> "pd.DataFrame":
        """One table of sql/ as a DataFrame."""

    def stream(
        self, name: str, order_by: str, limit: int | None = None, **parameters: object
    ) -> Iterator["pa.RecordBatch"]:
        """One table of sql/ in an order, batch by batch."""

    def statement(self, name: str) -> str:
        """The statement that makes a table of sql/, in the engine's own dialect."""


class DuckDatabase:
    """The rows of files, in a DuckDB of the visitor's own.

    Parameters
    ----------
    workspace : Workspace
        Holds the connection; its table ``loaded_rows`` has the mapped rows.
    files : sequence of str
        Names of the files, by file_index.
    line_offsets : sequence of int
        What to add to a row's position in ``loaded_rows`` to get its line, by file_index.
    has_surplus : bool, default=False
        Whether the table ``surplus_rows`` names the exact duplicates.
    """

    def __init__(
        self,
        workspace: Workspace,
        files: Sequence[str],
        line_offsets: Sequence[int],
        has_surplus: bool = False,
    ) -> None:
        self.workspace = workspace
        self.files = files
        self.line_offsets = line_offsets
        self.has_surplus = has_surplus
        described = workspace.connection.cursor().execute("describe loaded_rows").fetchall()
        self.stored = {row[0] for row in described}
        self.kept: dict[str, dict[Key, str]] = {name: {} for name in STORED}
        self.brought: dict[int, tuple[pd.DataFrame, str]] = {}
        self.n_stored = 0
        self.lock = RLock()

    def rows(self) -> exp.Query:
        """The query for mapped_rows: stored columns, nulls for the others, each copy's number."""
        stored = self.stored
        columns = [
            ours if ours in stored else f"cast(null as {kind}) as {ours}"
            for ours, kind in {**TYPES, "unreadable": "varchar"}.items()
        ]
        if "order_amount" not in stored:
            columns[list(TYPES).index("order_amount")] = "amount as order_amount"
        file_index = "cast(file_index as integer)" if "file_index" in stored else "0"
        position = (
            f"loaded_rows.rowid + [{', '.join(map(str, self.line_offsets))}][{file_index} + 1]"
        )
        copies = "case when surplus_rows.position is null then 1 else 2 end"
        join = "left join surplus_rows on loaded_rows.rowid = surplus_rows.position"
        columns += [
            f"{file_index} as file_index",
            f"{f'coalesce(line, {position})' if 'line' in stored else position} as line",
            f"{copies if self.has_surplus else '1'} as copy_number",
        ]
        query = f"select {', '.join(columns)} from loaded_rows {join if self.has_surplus else ''}"
        return sqlglot.parse_one(query, read=DUCKDB)  # type: ignore[return-value]

    def given(self, name: str, parameters: Mapping[str, object]) -> dict[str, exp.Query]:
        """The tables that need not be worked out: the rows, and what is stored of them.

        Orders are far fewer than rows, and most tables are made from them; those of the Sales
        page from tables of sales that are stored likewise.
        """
        given = {"mapped_rows": self.rows()}
        for stored in reversed(STORED):
            if stored in sqlfiles.order(name, given)[:-1]:
                given[stored] = _all_of(self.store(stored, name, parameters))
        segmented = parameters.get(SEGMENTED)
        if segmented is not None:
            given[SEGMENTED] = _all_of(self.bring(segmented))
        return given

    def store(self, table: str, needed_by: str, parameters: Mapping[str, object]) -> str:
        """Name of the stored table for these parameters, which is made where there is none."""
        wanted = _needed(table, parameters)
        key = tuple(sorted(wanted.items()))
        kept = self.kept[table]
        sort, at_most = STORED[table]
        with self.lock:
            if key not in kept:
                statement = sqlfiles.write(table, DUCKDB, self.given(table, parameters))
                used = {name: value for name, value in wanted.items() if f"${name}" in statement}
                order = f" order by {sort}" if sort else ""
                stored = self.new_name(table)
                statement = f"create or replace table {stored} as {statement}{order}"
                self.execute(needed_by, statement, used)
                kept[key] = stored
            # The latest last: what another thread may still be reading is not the oldest.
            kept[key] = kept.pop(key)
            if len(kept) > at_most:
                self.execute(table, f"drop table {kept.pop(next(iter(kept)))}", {})
            return kept[key]

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

    def statement(self, name: str) -> str:
        """The DuckDB statement that makes a table of sql/ from ``loaded_rows``."""
        return sqlfiles.write(name, DUCKDB, {"mapped_rows": self.rows()})

    def table(self, name: str, **parameters: object) -> "pd.DataFrame":
        """One table of sql/ as a DataFrame.

        Parameters
        ----------
        name : str
            The stem of a file of sql/.
        **parameters : object
            At least those that the table needs, but for ``reason``; others are passed over.
            ``segmented``, a DataFrame of customer_id and segment that is never changed, is the
            table that files of sql/ may read under that name.

        Returns
        -------
        DataFrame
            The columns of the file's last select, rows in no particular order.

        Raises
        ------
        QueryFailed
            DuckDB could not work the table out.
        """
        statement = sqlfiles.write(name, DUCKDB, self.given(name, parameters))
        wanted = _needed(name, parameters)
        used = {key: value for key, value in wanted.items() if f"${key}" in statement}
        return self.execute(name, statement, used).df()

    def stream(
        self, name: str, order_by: str, limit: int | None = None, **parameters: object
    ) -> Iterator["pa.RecordBatch"]:
        """One table of sql/ in an order, batch by batch, for tables as long as the data.

        Parameters
        ----------
        name : str
            The stem of a file of sql/.
        order_by : str
            Its columns to sort by.
        limit : int, optional
            How many rows at most.
        **parameters : object
            As for `table`.

        Raises
        ------
        QueryFailed
            DuckDB could not work the table out.
        """
        statement = f"{self.statement(name)} order by {order_by}"
        if limit is not None:
            statement += f" limit {int(limit)}"
        wanted = _needed(name, parameters)
        try:
            cursor = self.workspace.connection.cursor()
            yield from cursor.sql(statement, params=wanted).to_arrow_reader(BATCH)
        except duckdb.Error as error:
            raise _failed(name) from error

    def execute(
        self, name: str, statement: str, parameters: Mapping[str, object]
    ) -> duckdb.DuckDBPyConnection:
        """Run a statement on a cursor of its own; `name` is the table it is for."""
        try:
            return self.workspace.connection.cursor().execute(statement, dict(parameters))
        except duckdb.Error as error:
            raise _failed(name) from error


def _needed(name: str, parameters: Mapping[str, object]) -> dict[str, object]:
    """The parameters of one table; one that is missing is an error, not a null."""
    given = {REASON: None, **parameters}
    return {key: given[key] for key in sqlfiles.parameters(name)}


def _all_of(stored: str) -> exp.Query:
    return exp.select("*").from_(exp.to_table(stored))


def _failed(name: str) -> QueryFailed:
    return QueryFailed(
        f"The table “{name.replace('_', ' ')}” could not be worked out.",
        "Load the data again; if it happens again, tell the owner of this installation.",
    )
