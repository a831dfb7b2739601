"""The recipe and the policies that the options ask for."""

import argparse
import csv
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from segmentation.errors import InvalidChoice
from segmentation.outputs.records import Record, load_record
from segmentation.recipe import Policies, Recipe, load_recipe
from segmentation.sources.columns import guess_columns
from segmentation.sources.readings import RawTable


def choose(options: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The recipe that the options ask for, on top of the recipe file or else of another recipe."""
    if options.recipe:
        recipe = load_recipe(_bytes(options.recipe), options.recipe.name)
    recipe = choose_reading(options, recipe)
    if options.undone is not None:
        policies = recipe.policies or Policies(cancelled_prefix=None)
        recipe = replace(recipe, policies=replace(policies, undone=parse_texts(options.undone)))
    if options.levels is not None and options.levels != recipe.n_levels:
        recipe = replace(recipe, n_levels=options.levels, percentiles={}, cut_points={}, grid={})
    if options.scheme:
        recipe = replace(recipe, scheme=options.scheme, grid={}, clusters={})
    return replace(recipe, as_of=options.as_of or recipe.as_of)


def read_record(options: argparse.Namespace) -> Record | None:
    """The record of --again, if there is one."""
    if options.again is None:
        return None
    return load_record(_bytes(options.again), options.again.name)


def choose_reading(options: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The recipe with the columns and forms that the options name."""
    if options.columns:
        recipe = replace(recipe, columns={**recipe.columns, **parse_columns(options.columns)})
    if options.date_order:
        forms = dict.fromkeys(
            ("ordered_at", "first_ordered_at"), options.date_order.replace("-", "_")
        )
        recipe = replace(recipe, forms={**recipe.forms, **forms})
    if options.decimal:
        forms = dict.fromkeys(("amount", "unit_price"), f"decimal_{options.decimal}")
        recipe = replace(recipe, forms={**recipe.forms, **forms})
    return recipe


def parse_columns(text: str) -> dict[str, str]:
    """The column for each of ours, from ``ours=theirs,ours=theirs``.

    Raises
    ------
    InvalidChoice
        A part has no equals sign.
    """
    # A comma that no “ours=” follows is one of a column's name.
    pairs = [part.partition("=") for part in re.split(",(?=[^,=]*=)", text)]
    for ours, equals, _ in pairs:
        if not equals:
            raise InvalidChoice(
                f"“{ours}” in --columns does not say which column it is.",
                "Write it as customer_id=CustomerID,ordered_at=Date.",
            )
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def parse_texts(text: str) -> tuple[str, ...]:
    """The texts of a list with commas between them; one with a comma in it stands in quotes.

    >>> parse_texts('failed, "Cancelled, refunded"')
    ('failed', 'Cancelled, refunded')
    """
    cells = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(filter(None, map(str.strip, cells)))


def check_status(options: argparse.Namespace, recipe: Recipe) -> None:
    """Raise InvalidChoice where --undone has no column to look at."""
    if options.undone and "status" not in recipe.columns:
        raise InvalidChoice(
            "No column was found that --undone could look at.",
            "Add status=… to --columns, with the column that says what became of an order.",
        )


def complete_columns(options: argparse.Namespace, recipe: Recipe, raw: RawTable) -> Recipe:
    """The recipe with the columns that --columns leaves open guessed."""
    if not options.columns:
        return recipe
    taken = set(recipe.columns.values())
    guessed = {ours: name for ours, name in guess_columns(raw).items() if name not in taken}
    return replace(recipe, columns={**guessed, **recipe.columns})


def settle(options: argparse.Namespace, policies: Policies) -> Policies:
    """The policies with those that the options name."""
    return replace(
        policies,
        returns=options.returns or policies.returns,
        duplicates=options.duplicates or policies.duplicates,
    )


def drops_duplicates(options: argparse.Namespace, recipe: Recipe) -> bool:
    """Whether exact duplicates have to be known, by the options or the recipe."""
    if options.all or options.again:
        return True
    return "drop" in (options.duplicates, recipe.policies and recipe.policies.duplicates)


def check_files(paths: Iterable[Path]) -> None:
    """Raise InvalidChoice unless every file can be opened, under a name that DuckDB can be told."""
    for path in paths:
        shown = str(path).encode("utf-8", "replace").decode()
        if shown != str(path):
            raise InvalidChoice(f"The name of {shown} is not UTF-8.", "Rename the file.")
        try:
            if path.is_dir():
                raise InvalidChoice(f"{path} is a folder.", "Give the files in it.")
            # It is read more than once; and to open a pipe would wait for its other end.
            if path.exists() and not path.is_file():
                raise InvalidChoice(
                    f"{path} is a pipe or a device.", "Save what comes from it as a file first."
                )
            path.open("rb").close()
        except FileNotFoundError as error:
            raise InvalidChoice(
                f"There is no file {path}.", "Check its name and folder."
            ) from error
        except OSError as error:
            raise InvalidChoice(
                f"{path} cannot be read ({error.strerror}).", "Check its name and its rights."
            ) from error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidChoice(f"{path} cannot be read.", "Check the name of the file.") from error
