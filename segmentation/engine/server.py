"""A server's rows, understood column by column, become a database that sql/ runs on."""

from collections.abc import Callable
from dataclasses import replace

from segmentation.engine.loading import LoadedRows, check_forms, complete_recipe
from segmentation.engine.serverdatabase import ServerDatabase
from segmentation.engine.writeback import write_segments
from segmentation.recipe import Policies, Recipe
from segmentation.sources.answers import DAY, MOMENT, TEXT
from segmentation.sources.cells import CellForm
from segmentation.sources.contents import cells_of
from segmentation.sources.forms import DATES
from segmentation.sources.readings import quoted
from segmentation.sources.servercells import ROWS, ServerCells, study_table
from segmentation.sources.servers import Server, ServerTable

__all__ = ["load_server_rows", "study_server_recipe", "write_segments"]

_CANCELLED = f"""
    select
        count(*) filter (regexp_full_match(ids, 'C[0-9]+')),
        count(*) filter (regexp_full_match(ids, '[0-9]+')),
        count(ids)
    from (select trim({{order_id}}) as ids from {ROWS}) as orders
"""
_NO_MOMENT = f"""
    select 1
    from {ROWS}
    where {{column}} is not null and valid_moment({{column}}) is null
    limit 1
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
    doubtful = find_doubtful(server, raw, recipe)
    check_forms(raw, recipe, forms)
    if recipe.policies is None:
        recipe = replace(
            recipe, policies=Policies(cancelled_prefix=guess_cancelled(server, raw, recipe))
        )
    database = ServerDatabase(
        server, raw, recipe.columns, forms, recipe.amount_per or "row", doubtful
    )
    return LoadedRows(database, raw, recipe, forms, 0)


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


def find_doubtful(server: Server, raw: ServerTable, recipe: Recipe) -> list[str]:
    """Our columns of dates in which there is a 0000-00-00 or its like.

    Where there is none, the server may read its index as it is.
    """
    cells = ServerCells(server.connections, raw)
    return [
        ours
        for ours in DATES
        if ours in recipe.columns
        and raw.types[recipe.columns[ours]].kind in (DAY, MOMENT)
        and cells.execute(_NO_MOMENT.format(column=quoted(recipe.columns[ours]))).fetchall()
    ]


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
    statement = _CANCELLED.format(order_id=quoted(name))
    [(marked, digits, all_ids)] = ServerCells(server.connections, raw).execute(statement).fetchall()
    return "C" if 0 < marked < digits and marked + digits > 0.9 * all_ids else ""
