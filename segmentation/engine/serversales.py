"""A server's sales, grouped by it once and kept here, so that each filter is answered at once."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from segmentation.engine import sqlfiles
from segmentation.engine.kept import ASKED, KeptTables
from segmentation.engine.serverqueries import bind
from segmentation.sources.mapping import TYPES
from segmentation.sources.servers import Server
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TEXTS = [name for name, kind in TYPES.items() if kind == "varchar"] + ["order_key"]


class ServerSales:
    """The tables of sales of a server's rows, in a DuckDB that goes with this object.

    Parameters
    ----------
    server : Server
        Where the rows are; it is asked for the tables `kept.ASKED`, once for a day and policies.
    statement : callable
        Gives the statement that makes a table of sql/ there, as `ServerDatabase.statement`.
    """

    def __init__(self, server: Server, statement: Callable[..., str]) -> None:
        self.server = server
        self.statement = statement

    @cached_property
    def kept(self) -> KeptTables:
        """What has come over, and what was made from it."""
        return KeptTables(Workspace(), {}, self.ask)

    def has(self, name: str) -> bool:
        """Whether a table of sql/ is made from those that come over."""
        return bool({*ASKED} & {*sqlfiles.order(name)[:-1]})

    def table(self, name: str, parameters: Mapping[str, object]) -> "pd.DataFrame":
        """One table of sql/ that `has` is true of; parameters as of `Database.table`."""
        return self.kept.table(name, parameters)

    def ask(self, name: str, parameters: Mapping[str, object]) -> "Iterator[pa.RecordBatch]":
        """One table as the server gives it, batch by batch."""
        statement, used = bind(self.statement(name, **parameters), parameters)
        told = f"The table “{name.replace('_', ' ')}”"
        for answer in self.server.connections.stream(statement, used, told):
            yield answer.to_batch(TEXTS)
