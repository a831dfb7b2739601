"""What a run writes: lists, ledger, rows left out, summary and recipe."""

import datetime
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from segmentation import __version__
from segmentation.commands.progress import say
from segmentation.engine.loading import LoadedRows
from segmentation.errors import InvalidChoice
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.findings import build_findings, tell_fates
from segmentation.marts.measures import add_measures
from segmentation.marts.quality import (
    Overview,
    build_overview,
    count_fates,
    left_out_columns,
    stream_left_out,
)
from segmentation.outputs.files import write_batches, write_csv_file
from segmentation.outputs.lists import build_customer_list, build_segment_table
from segmentation.recipe import Policies, Recipe, write_recipe
from segmentation.segments.clusters import clusters_by
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter, with_cut_points
from segmentation.value.outlook import Remember

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def writing_to(out: Path) -> Iterator[None]:
    """Make the folder, and say in a sentence what cannot be written there.

    Raises
    ------
    InvalidChoice
        The folder, or a file in it, cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InvalidChoice(
            f"{error.filename2 or error.filename or out} cannot be written to ({error.strerror}).",
            "Choose another folder.",
        ) from error


@contextmanager
def finished_as(path: Path) -> Iterator[Path]:
    """Where to write what gets the name of `path` only once all goes well."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_results(
    loaded: LoadedRows, recipe: Recipe, policies: Policies, out: Path, remember: Remember
) -> "pd.DataFrame":
    """Group the customers and write every file of the epilog to a folder that is there.

    Parameters
    ----------
    loaded : LoadedRows
        Where the rows are.
    recipe : Recipe
        Every choice.
    policies : Policies
        What counts as a purchase.
    out : Path
        The folder.
    remember : callable
        Where slow results are kept, for what is made of them later.

    Returns
    -------
    DataFrame of shape (n_customers, n_columns), indexed by customer_id
        The list of customers as it was written.
    """
    database = loaded.database
    say("Grouping the customers")
    overview = build_overview(database, policies, recipe.as_of)
    as_of = recipe.as_of or overview.day_after
    here = as_of, policies

    def write_left_out(path: Path) -> None:
        with path.open("wb") as file:
            rows = stream_left_out(database, policies, as_of)
            write_batches(rows, left_out_columns(recipe.columns), file)

    # As long as the data it may be, so it is written while there are no lists in memory.
    with finished_as(out / "left_out.csv") as path, ThreadPoolExecutor(1) as pool:
        left_out = pool.submit(write_left_out, path)
        customers = remember(
            ("customers", *here), lambda: build_customers(database, *here), "Grouping the rows…"
        )
        customers = add_measures(customers, database, *here, clusters_by(recipe))
        segmenter = build_segmenter(recipe).fit(count_measures(customers))
        left_out.result()
    attributes = remember(
        ("attributes", *here), lambda: build_attributes(database, *here), "Looking up attributes…"
    )
    say("Writing the lists")
    table = build_customer_list(customers, segmenter, attributes)
    write_csv_file(table, out / "customers.csv")
    write_csv_file(build_segment_table(customers, segmenter), out / "segments.csv")
    fates = count_fates(database, policies, as_of)
    write_csv_file(fates[["n_rows", "amount"]], out / "ledger.csv")
    recipe = with_cut_points(recipe, segmenter)
    (out / "recipe.toml").write_bytes(write_recipe(recipe))
    summary = {
        "n_rows": int(fates["n_rows"].sum()),
        "n_customers": len(customers),
        "n_orders": int(customers["n_orders"].sum()),
        "total_spend": round(float(customers["total_spend"].sum()), 4),
        "as_of": as_of.isoformat(),
        "cut_points": recipe.cut_points,
        "settings": _settings(recipe, overview, loaded),
        "notes": list(_notes(loaded, customers, overview, fates, policies, as_of)),
        "version": __version__,
    }
    told = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    (out / "summary.json").write_text(told, "utf-8")
    return table


def _notes(
    loaded: LoadedRows,
    customers: "pd.DataFrame",
    overview: Overview,
    fates: "pd.DataFrame",
    policies: Policies,
    as_of: datetime.date,
) -> Iterator[str]:
    """What a person would be told on the pages: how files were read, what the data can carry."""
    for reading in loaded.raw.files:
        yield from (f"{reading.name}: {note}" for note in reading.notes)
    if loaded.n_overlapping:
        often = "each time; --duplicates drop ends that"
        often = "once each" if policies.duplicates == "drop" else often
        n_rows = f"{loaded.n_overlapping:,} rows"
        yield f"{n_rows} stand in more than one of the files, and count {often}."
    yield from loaded.decisions()
    findings = build_findings(loaded.database, customers, overview, policies, as_of)
    for finding in [*findings, *tell_fates(fates, policies)]:
        if finding.kind != "good":
            yield finding.sentence


def _settings(recipe: Recipe, overview: Overview, loaded: LoadedRows) -> dict[str, object]:
    return {
        "files": [reading.name for reading in loaded.raw.files],
        "columns": dict(recipe.columns),
        "forms": {name: form.label for name, form in loaded.forms.items()},
        "amount_per": recipe.amount_per,
        "policies": _policies(recipe),
        "orders_counted_by": "number" if overview.has_order_ids else "day",
        "n_levels": recipe.n_levels,
        "scheme": recipe.scheme,
        **({"clusters_by": clusters_by(recipe)} if recipe.clusters else {}),
        "first_on": overview.first_on.isoformat(),
        "last_on": overview.last_on.isoformat(),
    }


def _policies(recipe: Recipe) -> dict[str, object]:
    policies = recipe.policies or Policies()
    undone = {"undone": policies.left_out} if "status" in recipe.columns else {}
    return {**policies.choices(), **undone}
