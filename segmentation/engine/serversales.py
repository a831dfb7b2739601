"""A server's sales, grouped by it once and kept here, so that each filter is answered at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from segmentation.engine import sqlfiles
from segmentation.engine.kept import KeptTables
from segmentation.engine.placing import told
from segmentation.engine.serverqueries import bind
from segmentation.sources.mapping import TYPES
from segmentation.sources.servers import Server
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

# The types of columns that are no text.
KINDS = {
    "ordered_on": "date",
    "is_purchase": "integer",
    "quantity": "double",
    "amount": "decimal(18, 4)",
}
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

    def ask(
        self, name: str, parameters: Mapping[str, object]
    ) -> "tuple[pa.RecordBatchReader, str]":
        """One table as the server gives it, and the statement that gives its columns our types."""
        statement, used = bind(self.statement(name, **parameters), parameters)
        answers = self.server.connections.stream(statement, used, told(name))
        columns = sqlfiles.parse(name).named_selects
        typed = ", ".join(f"cast({c} as {KINDS.get(c, 'varchar')}) as {c}" for c in columns)
        batches = (answer.to_batch(TEXTS) for answer in answers)
        return _reader(columns, batches), f"select {typed} from arriving"


def _reader(columns: Sequence[str], batches: "Iterator[pa.RecordBatch]") -> "pa.RecordBatchReader":
    """The batches of a table as one; also where there is none."""
    import pyarrow as pa

    first = next(batches, None)
    if first is None:
        return pa.schema([(name, pa.string()) for name in columns]).empty_table().to_reader()

    def every() -> "Iterator[pa.RecordBatch]":
        yield first
        yield from batches

    return pa.RecordBatchReader.from_batches(first.schema, every())
