"""Where the rows are, and the only crossing from SQL to pandas: `Database.table`."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import duckdb
import sqlglot
from sqlglot import exp

from segmentation.engine import sqlfiles
from segmentation.errors import QueryFailed
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

DUCKDB = "duckdb"


class Database(Protocol):
    """Anything that can make the tables of sql/ out of the reader's rows."""

    @property
    def files(self) -> Sequence[str]:
        """Names of the files the rows stand in, by file_index."""

    def table(self, name: str, **parameters: object) -> "pd.DataFrame":
        """One table of sql/ as a DataFrame."""

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

    def rows(self) -> exp.Query:
        """The query for mapped_rows, copies numbered where they were looked for."""
        offsets = ", ".join(str(offset) for offset in self.line_offsets)
        copies = "case when surplus_rows.position is null then 1 else 2 end"
        join = "left join surplus_rows on loaded_rows.rowid = surplus_rows.position"
        query = f"""
            select
                loaded_rows.* exclude (line),
                coalesce(line, loaded_rows.rowid + [{offsets}][file_index + 1]) as line,
                {copies if self.has_surplus else "1"} as copy_number
            from loaded_rows {join if self.has_surplus else ""}
        """
        return sqlglot.parse_one(query, read=DUCKDB)  # type: ignore[return-value]

    def statement(self, name: str) -> str:
        """The DuckDB statement that makes a table of sql/."""
        return sqlfiles.write(name, DUCKDB, {"mapped_rows": self.rows()})

    def table(self, name: str, **parameters: object) -> "pd.DataFrame":
        """One table of sql/ as a DataFrame.

        Parameters
        ----------
        name : str
            The stem of a file of sql/.
        **parameters : object
            At least those that the table needs; others are passed over.

        Returns
        -------
        DataFrame
            The columns of the file's last select, rows in no particular order.

        Raises
        ------
        QueryFailed
            DuckDB could not work the table out.
        """
        return self.execute(name, self.statement(name), parameters).df()

    def execute(
        self, name: str, statement: str, parameters: Mapping[str, object]
    ) -> duckdb.DuckDBPyConnection:
        """Run a statement with the parameters that `name` needs, on a cursor of its own."""
        wanted = {key: parameters[key] for key in sqlfiles.parameters(name)}
        try:
            return self.workspace.connection.cursor().execute(statement, wanted)
        except duckdb.Error as error:
            raise QueryFailed(
                f"The table “{name.replace('_', ' ')}” could not be worked out.",
                "Load the data again; if it happens again, tell the owner of this installation.",
            ) from error
