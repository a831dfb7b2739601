"""One row a customer as the server gave it, for the tables that need nothing else."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlglot
from sqlglot import exp

from segmentation.engine import sqlfiles

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# The files of sql/ that it comes from, each with its column of last days.
PARTS = {"purchases": "last_ordered_on", "returned": "last_returned_on"}
_OVERVIEW = """
    select
        cast(coalesce(sum(n_rows), 0) as bigint) as n_purchase_rows,
        cast(coalesce(sum(kept_purchases.amount), 0) as double) as amount,
        min(first_ordered_on) as first_on,
        max(last_ordered_on) as last_on,
        min(least(first_ordered_on, case when $returns = 'net' then first_returned_on end))
            as sales_from,
        coalesce(max(cast(n_numbered_orders > 0 as int)), 0) as has_order_ids,
        0 as has_order_counts
    from kept_purchases
    left join kept_returned using (customer_id)
"""
KEPT_AT_MOST = 4


class Summaries:
    """Customers' purchases and returns, kept for the last few choices of what counts.

    The overview, which is asked for first, takes the same pass over the rows as the customers
    do; and once a day is after all of them, it does not matter which.

    Parameters
    ----------
    ask : callable
        Gives the tables of `PARTS` as Arrow, for some parameters.
    """

    def __init__(self, ask: "Callable[[Mapping[str, object]], dict[str, pa.Table]]") -> None:
        self.ask = ask
        self.kept: dict[tuple[object, ...], dict[str, pa.Table]] = {}

    def table(self, name: str, parameters: Mapping[str, object]) -> "pd.DataFrame":
        """The table "customers" or "overview" of sql/, worked out here from what is kept."""
        import duckdb

        found = self.find(parameters)
        with duckdb.connect() as connection:
            for part, rows in found.items():
                connection.register(f"kept_{part}", rows)
            if name == "overview":
                returns = {"returns": parameters["returns"]}
                return connection.execute(_OVERVIEW, returns).df()
            given: dict[str, exp.Query] = {
                part: sqlglot.parse_one(f"select * from kept_{part}")  # type: ignore[misc]
                for part in PARTS
            }
            used = {key: parameters[key] for key in ("as_of", "returns")}
            return connection.execute(sqlfiles.write(name, "duckdb", given), used).df()

    def find(self, parameters: "Mapping[str, object]") -> "dict[str, pa.Table]":
        """The purchases and returns for some parameters, asked for where they are not kept."""
        policies = tuple(parameters[name] for name in ("duplicates", "cancelled", "undone"))
        as_of: Any = parameters["as_of"]
        always = self.kept.get((*policies, None))
        if always and as_of is not None and all(day < as_of for day in _last_days(always)):
            return always
        key = (*policies, as_of)
        # The latest last: what goes first is what was not asked for longest.
        self.kept[key] = self.kept.pop(key, {}) or self.ask(parameters)
        if len(self.kept) > KEPT_AT_MOST:
            self.kept.pop(next(iter(self.kept)))
        return self.kept[key]


def _last_days(found: "Mapping[str, pa.Table]") -> list[Any]:
    import pyarrow.compute as pc

    latest = (pc.max(found[part][column]).as_py() for part, column in PARTS.items())
    return [moment.date() for moment in latest if moment is not None]
