"""Where the rows are, and the only crossing from SQL to pandas: `Database.table`."""

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
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

DUCKDB, ORDERS, REASON = "duckdb", "orders", "reason"
BATCH, KEPT_AT_MOST = 65_536, 4


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
        self.orders: dict[tuple[tuple[str, object], ...], str] = {}
        self.n_stored = 0
        self.lock = Lock()

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
        """The tables that need not be worked out: the rows, and the orders for these parameters.

        Orders are far fewer than rows, and most tables are made from them.
        """
        given = {"mapped_rows": self.rows()}
        if ORDERS not in sqlfiles.order(name)[:-1]:
            return given
        wanted = _needed(ORDERS, parameters)
        key = tuple(sorted(wanted.items()))
        with self.lock:
            if key not in self.orders:
                self.n_stored += 1
                stored = f"orders_{self.n_stored}"
                statement = sqlfiles.write(ORDERS, DUCKDB, given)
                self.execute(name, f"create or replace table {stored} as {statement}", wanted)
                self.orders[key] = stored
            # The latest last: what another thread may still be reading is not the oldest.
            self.orders[key] = self.orders.pop(key)
            if len(self.orders) > KEPT_AT_MOST:
                oldest = self.orders.pop(next(iter(self.orders)))
                self.execute(ORDERS, f"drop table {oldest}", {})
            return {ORDERS: exp.select("*").from_(exp.to_table(self.orders[key]))}

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


def _failed(name: str) -> QueryFailed:
    return QueryFailed(
        f"The table “{name.replace('_', ' ')}” could not be worked out.",
        "Load the data again; if it happens again, tell the owner of this installation.",
    )
