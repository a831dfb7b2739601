"""The rows of a server, worked on where they are; one row a customer comes over."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentation.engine.placing import is_of_sales, told
from segmentation.engine.serverqueries import bind, split_rows, worked_in, write_query
from segmentation.engine.serversales import ServerSales
from segmentation.engine.sqlfiles import bare
from segmentation.engine.summaries import PARTS, Summaries
from segmentation.sources.cells import CellForm
from segmentation.sources.connections import AT_ONCE
from segmentation.sources.mapping import NO_VALUE, TYPES
from segmentation.sources.servermapping import is_simple_id, map_rows
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
    middle : str, int or None
        An id before and after which there are about as many rows.
    """

    dialect = "mysql"

    def __init__(
        self,
        server: Server,
        raw: ServerTable,
        columns: Mapping[str, str],
        forms: Mapping[str, CellForm],
        amount_per: str = "row",
        middle: str | int | None = None,
    ) -> None:
        self.server = server
        self.files: Sequence[str] = [raw.name]
        self.middle = middle
        self.never_null = {name for name, kind in raw.types.items() if not kind.may_be_null}
        self.has_customers_orders = "n_orders" in columns
        self.may_be_tidy = is_simple_id(raw, columns)
        self.are_ids_tidy = False
        self.summaries = Summaries(self.summarise)
        # By whether copies are numbered, and whether ids are known to be tidy.
        self.mapped_rows = cache(
            lambda numbered, tidy: bare(map_rows(raw, columns, forms, amount_per, tidy, numbered))
        )
        # By its table, the two above, and what is worked into the text: not by day, say.
        self.written = lru_cache(256)(
            lambda name, numbered, tidy, known: write_query(
                name, self.mapped_rows(numbered, tidy), dict(known), self.never_null
            )
        )
        self.sales = ServerSales(server, self.statement)

    def statement(self, name: str, **parameters: object) -> str:
        """The statement that makes a table of sql/, in the server's own dialect.

        Parameters
        ----------
        name : str
            The stem of a file of sql/.
        **parameters : object
            Those given make it simpler where they are null or a policy; all others stay ``:name``.
        """
        numbered = parameters.get("duplicates", "drop") == "drop"
        known = frozenset(worked_in(parameters).items())
        return self.written(name, numbered, self.are_ids_tidy, known)

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
        if name == "customers" or (name == "overview" and not self.has_customers_orders):
            return self.summaries.table(name, parameters)
        if is_of_sales(name):
            return self.sales.kept.table(name, parameters)
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
        if is_of_sales(name):
            yield from self.sales.kept.stream(name, order_by, limit, parameters)
            return
        statement, used = bind(self.statement(name, **parameters), parameters)
        statement += f" order by {order_by}" + (f" limit {int(limit)}" if limit is not None else "")
        for answer in self.server.connections.stream(statement, used, told(name)):
            yield answer.to_batch(TEXTS)

    def summarise(self, parameters: Mapping[str, object]) -> "dict[str, pa.Table]":
        """The tables of `summaries.PARTS`, read by an index on the customers' ids where possible.

        That takes ids for tidy: where one turns out not to be, all is asked for again.
        """
        tidy = self.are_ids_tidy or self.may_be_tidy
        found = self._ask_in_parts(parameters, tidy)
        if tidy and not all(_are_tidy(part["customer_id"]) for part in found.values()):
            self.may_be_tidy = self.are_ids_tidy = False
            return self._ask_in_parts(parameters, False)
        self.are_ids_tidy = tidy
        return found

    def _ask_in_parts(self, parameters: Mapping[str, object], tidy: bool) -> "dict[str, pa.Table]":
        """The tables, each in two parts at the same time where that can be."""
        from concurrent.futures import ThreadPoolExecutor

        import pyarrow as pa

        rows = self.mapped_rows(parameters["duplicates"] == "drop", tidy)
        halves = split_rows(rows, self.middle)

        def ask(name: str, half: exp.Query) -> "pa.RecordBatch":
            statement, used = bind(write_query(name, half, parameters, self.never_null), parameters)
            answer = self.server.connections.run(statement, used, told(name))
            return answer.to_batch(TEXTS, exact=True)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            asked = {name: [pool.submit(ask, name, half) for half in halves] for name in PARTS}
            # Loading what the answer goes into takes a second, in which the server works.
            for library in ("pandas", "duckdb"):
                import_module(library)
            return {
                name: pa.Table.from_batches([part.result() for part in parts])
                for name, parts in asked.items()
            }


def _are_tidy(ids: "pa.ChunkedArray") -> bool:
    """Whether texts are as `serversql` would make them of ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    odd = (
        pc.starts_with(ids, " "),
        pc.match_substring(ids, ".0"),
        pc.is_in(ids, pa.array(["", *NO_VALUE])),
    )
    return not any(pc.any(found).as_py() for found in odd)
