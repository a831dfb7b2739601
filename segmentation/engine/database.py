"""Where the rows are, and the only crossing from SQL to pandas: `Database.table`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import sqlglot
from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.engine.kept import KeptTables
from segmentation.engine.placing import DUCKDB
from segmentation.sources.mapping import TYPES
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


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
        self.kept = KeptTables(workspace, {"mapped_rows": self.rows()})

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
        return self.kept.table(name, parameters)

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
        yield from self.kept.stream(name, order_by, limit, parameters)
