"""The rows of a server, worked on where they are; one row a customer comes over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from segmentation.engine.serverqueries import bind, write_query
from segmentation.engine.serversales import ServerSales
from segmentation.sources.cells import CellForm
from segmentation.sources.mapping import TYPES
from segmentation.sources.servermapping import map_rows
from segmentation.sources.servers import Server, ServerTable

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TEXTS = [name for name, kind in TYPES.items() if kind == "varchar"]


class ServerDatabase:
    """The rows of a table, a view or a query that stay on their server.

    Parameters
    ----------
    server : Server
        Where they are.
    raw : ServerTable
        Which they are.
    columns : mapping of str to str
        The table's column for each of ours.
    forms : mapping of str to CellForm
        How cells are read.
    amount_per : {"row", "order"}
        What the amount stands for.
    doubtful : sequence of str
        Our columns of dates in which a 0000-00-00 may stand.
    """

    dialect = "mysql"

    def __init__(
        self,
        server: Server,
        raw: ServerTable,
        columns: Mapping[str, str],
        forms: Mapping[str, CellForm],
        amount_per: str,
        doubtful: Sequence[str],
    ) -> None:
        self.server = server
        self.raw = raw
        self.files: Sequence[str] = [raw.name]
        self.sales = ServerSales(server, self.statement)
        self.mapped = {
            numbered: map_rows(raw, columns, forms, amount_per, doubtful, numbered)
            for numbered in (False, True)
        }

    def statement(self, name: str, **parameters: object) -> str:
        """The statement that makes a table of sql/, in the server's own dialect.

        Parameters
        ----------
        name : str
            The stem of a file of sql/.
        **parameters : object
            ``duplicates="drop"`` numbers copies of rows; all others stay ``:name``.
        """
        return write_query(name, self.mapped[parameters.get("duplicates") == "drop"])

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
        SegmentationError
            The server does not answer, takes too long or does not allow it.
        """
        if self.sales.has(name):
            return self.sales.table(name, parameters)
        statement, used = bind(self.statement(name, **parameters), parameters)
        answer = self.server.connections.run(statement, used, told(name))
        return answer.to_batch(TEXTS).to_pandas()

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
        SegmentationError
            The server does not answer, takes too long or does not allow it.
        """
        statement, used = bind(self.statement(name, **parameters), parameters)
        statement += f" order by {order_by}" + (f" limit {int(limit)}" if limit is not None else "")
        for answer in self.server.connections.stream(statement, used, told(name)):
            yield answer.to_batch(TEXTS)


def told(name: str) -> str:
    """What to call a table of sql/ in a sentence."""
    return f"The table “{name.replace('_', ' ')}”"
