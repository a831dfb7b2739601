"""A server's rows, understood column by column, become a database that sql/ runs on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlglot import exp

from segmentation.engine.loading import LoadedRows, check_forms, complete_recipe
from segmentation.engine.serverdatabase import ServerDatabase
from segmentation.engine.undone import recognise_undone
from segmentation.engine.writeback import write_segments
from segmentation.recipe import Policies, Recipe
from segmentation.sources.answers import TEXT, WHOLE
from segmentation.sources.cells import CellForm
from segmentation.sources.contents import cells_of
from segmentation.sources.readings import quoted
from segmentation.sources.servercells import ROWS, ServerCells, study_table
from segmentation.sources.servermapping import is_simple_id
from segmentation.sources.servers import Server, ServerTable

__all__ = ["load_server_rows", "study_server_recipe", "write_segments"]

# Rows below which it is not worth while to ask in two parts, and those that tell the middle.
FEWEST, N_SPREAD = 200_000, 400
_ORDERS = f"(select trim({{order_id}}) as ids from {ROWS}) as orders"
# Whether any has a C in front: most have none, which takes half the time to find out.
_MARKED = f"select count(*) from (select ids from {_ORDERS} where ids like 'C%' limit 1) as found"
_CANCELLED = f"""
    select
        count(*) filter (regexp_full_match(ids, 'C[0-9]+')),
        count(*) filter (regexp_full_match(ids, '[0-9]+')),
        count(ids)
    from {_ORDERS}
"""


def load_server_rows(
    server: Server,
    raw: ServerTable,
    recipe: Recipe,
    progress: Callable[[str], None] = lambda step: None,
) -> LoadedRows:
    """Understand a server's rows, where they are.

    Parameters
    ----------
    server : Server
        Where they are.
    raw : ServerTable
        Which they are.
    recipe : Recipe
        Columns and forms; what is left open is guessed.
    progress : callable
        Is told each step.

    Raises
    ------
    MissingColumn
        Something that every segment needs has no column.
    AmbiguousCells
        Dates or amounts can be read in two ways and the recipe does not say which is right.
    SegmentationError
        The server does not answer, takes too long or does not allow it.
    """
    progress("Looking at dates and amounts")
    recipe = complete_recipe(raw, recipe)
    forms = study_server_recipe(server, raw, recipe)
    check_forms(raw, recipe, forms)
    policies = recipe.policies or Policies(cancelled_prefix=None)
    if policies.cancelled_prefix is None:
        prefix = guess_cancelled(server, raw, recipe)
        recipe = replace(recipe, policies=replace(policies, cancelled_prefix=prefix))
    middle = find_middle(server, raw, recipe)
    database = ServerDatabase(
        server, raw, recipe.columns, forms, recipe.amount_per or "row", middle
    )
    return LoadedRows(database, raw, recognise_undone(database, recipe), forms, 0)


def study_server_recipe(server: Server, raw: ServerTable, recipe: Recipe) -> dict[str, CellForm]:
    """How the cells of the recipe's date and number columns are written.

    Parameters
    ----------
    server : Server
        Where the rows are.
    raw : ServerTable
        Which they are.
    recipe : Recipe
        With columns and forms.

    Raises
    ------
    SegmentationError
        The server does not answer, takes too long or does not allow it.
    """
    return study_table(server.connections, raw, recipe.columns, recipe.forms)


def find_middle(server: Server, raw: ServerTable, recipe: Recipe) -> str | int | None:
    """A customer's id before and after which there are about as many rows.

    It comes from a few hundred rows spread over the table's key; None where there is no key, or
    no index on the ids, without which each part would take as long as all.
    """
    name = recipe.columns["customer_id"]
    is_whole = raw.types[name].kind == WHOLE
    if raw.key is None or name not in raw.indexed:
        return None
    if not is_whole and not is_simple_id(raw, recipe.columns):
        return None
    key, ids = exp.column(raw.key, quoted=True), exp.column(name, quoted=True)
    ends = exp.select(exp.Min(this=key.copy()), exp.Max(this=key.copy())).from_(raw.rows())
    [(low, high)] = _ask(server, ends)
    if low is None or high - low < FEWEST:
        return None
    spread = range(low, high + 1, (high - low) // N_SPREAD)
    some = exp.select(ids).from_(raw.rows()).where(key.isin(*spread))
    found = sorted(value for (value,) in _ask(server, some) if value is not None)
    return found[len(found) // 2] if len(found) > N_SPREAD // 2 else None


def _ask(server: Server, query: exp.Query) -> list[tuple[Any, ...]]:
    answer = server.connections.run(query.sql("serversql"), what="The columns of ids")
    return list(zip(*(column.to_pylist() for column in answer.to_batch().columns), strict=True))


def guess_cancelled(server: Server, raw: ServerTable, recipe: Recipe) -> str:
    """What marks an order number as cancelled, as `loading.guess_cancelled` says for files.

    The server is asked only where the first order numbers make it likely.
    """
    name = recipe.columns.get("order_id")
    if name is None or raw.types[name].kind != TEXT:
        return ""
    samples = next(cells_of(column) for column in raw.columns if column.name == name)
    if 2 * sum(map(str.isdecimal, samples)) < len(samples):
        return ""
    cells = ServerCells(server.connections, raw)
    [(any_marked,)] = cells.execute(_MARKED.format(order_id=quoted(name))).fetchall()
    if not any_marked:
        return ""
    statement = _CANCELLED.format(order_id=quoted(name))
    [(marked, digits, all_ids)] = cells.execute(statement).fetchall()
    return "C" if 0 < marked < digits and marked + digits > 0.9 * all_ids else ""
