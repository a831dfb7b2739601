"""The SQL behind an analysis, table by table, ready to paste."""

from collections.abc import Iterator, Mapping

from segmentation.engine.database import Database
from segmentation.engine.statements import describe_table, write_statement
from segmentation.marts.quality import Overview
from segmentation.marts.sales_filters import SalesFilters
from segmentation.outputs.report_data import choose_parts
from segmentation.recipe import Policies, Recipe

TABLES = (
    *("overview", "customers", "customer_attributes"),
    *("customer_categories", "repeat_purchases", "row_fates", "turnover", "currencies"),
)


def write_queries(database: Database, recipe: Recipe, overview: Overview) -> bytes:
    """Every statement whose rows are in the files of an analysis, with its values written in.

    Parameters
    ----------
    database : Database
        Where the rows are; the statements are in its dialect.
    recipe : Recipe
        Every choice.
    overview : Overview
        Of the same rows.
    """
    as_of = recipe.as_of or overview.day_after
    values = (recipe.policies or Policies()).parameters(as_of)
    lines = ["-- The choices in these queries:"]
    # A line end in a choice would end the comment.
    told = {key: "null" if value is None else str(value) for key, value in values.items()}
    lines += [f"--   {key}: {' '.join(text.splitlines())}" for key, text in told.items()]
    parts = [
        f"-- {title}\n-- {describe_table(table)}\n"
        f"{write_statement(database, table, {**values, **more})}\n"
        for title, table, more in _queries(recipe, overview)
    ]
    return "\n".join([*lines, "", *parts]).encode()


def _queries(recipe: Recipe, overview: Overview) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Title, table and further parameters of each statement."""
    for table in TABLES:
        yield table, table, {}
    if recipe.clusters:
        yield "customer_returns", "customer_returns", {}
    if overview.is_by_customer:
        return
    filters = SalesFilters(overview.sales_from, recipe.as_of or overview.day_after)
    yield "sales_periods", "sales_periods", {**filters.parameters(), "grain": "all"}
    yield "sales_days", "sales_days", filters.parameters()
    for part in choose_parts(recipe):
        yield f"sales_parts by {part}", "sales_parts", {**filters.parameters(part), "part": part}
