"""A server's sales, grouped by it once and kept here, so that each filter is answered at once."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from segmentation.engine import sqlfiles
from segmentation.engine.kept import ASKED, KeptTables
from segmentation.engine.serverqueries import bind
from segmentation.sources.mapping import TYPES
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from segmentation.engine.serverdatabase import ServerDatabase

TEXTS = [name for name, kind in TYPES.items() if kind == "varchar"] + ["order_key"]


class ServerSales:
    """The tables of sales of a server's rows, in a DuckDB that goes with this object.

    Parameters
    ----------
    database : ServerDatabase
        Is asked for the tables `kept.ASKED`, once for a day and policies.
    """

    def __init__(self, database: "ServerDatabase") -> None:
        self.database = database

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
        database = self.database
        statement, used = bind(database.statement(name, **parameters), parameters)
        told = f"The table “{name.replace('_', ' ')}”"
        for answer in database.server.connections.stream(statement, used, told):
            yield answer.to_batch(TEXTS)
