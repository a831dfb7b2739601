"""One run: rows of files or of a database in, every result out."""

import argparse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from segmentation.commands.choices import (
    check_files,
    check_status,
    choose,
    complete_columns,
    drops_duplicates,
    read_record,
    settle,
)
from segmentation.commands.progress import say
from segmentation.errors import InvalidChoice
from segmentation.outputs.records import Record, check_inputs, describe_inputs, now
from segmentation.recipe import Policies, Recipe
from segmentation.sources.files import ReadingChoices, read_files
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    from segmentation.engine.loading import LoadedRows

# What --again has from its record.
CHOICES = (
    *("sheet", "columns", "date_order", "decimal", "recipe"),
    *("as_of", "returns", "duplicates", "undone", "levels", "scheme"),
)
# Most of a second to import, and not needed while files are looked at or rows are read.
LATER = ("segmentation.engine.loading", "segmentation.commands.results", "pandas")


def analyse(options: argparse.Namespace) -> None:
    """Read the files or the table, group the customers and write every result."""
    check_source(options)
    ThreadPoolExecutor(1).submit(import_later)
    if options.database:
        analyse_database(options)
    else:
        analyse_files(options)
    say("")


def import_later() -> None:
    """Import what the results need, while the rows are read."""
    for name in LATER:
        import_module(name)


def analyse_files(options: argparse.Namespace) -> None:
    """Read the files, group the customers and write every result."""
    again = read_record(options)
    inputs = []
    if options.all or again:
        inputs = describe_inputs(options.files, [path.name for path in options.files])
    if again:
        check_inputs(again, inputs)
    with files_loaded(options, again) as loaded:
        from segmentation.commands.results import write_results, writing_to
        from segmentation.value.outlook import keep_all

        check_status(options, loaded.recipe)
        policies = settle(options, loaded.recipe.policies or Policies())
        recipe = replace(loaded.recipe, policies=policies)
        remember = keep_all()
        with writing_to(options.out):
            write_results(loaded, recipe, policies, options.out, remember)
            if options.all or again:
                from segmentation.outputs.analysis import write_analysis

                say("Writing the workbook")
                made_at = again.made_at if again else now()
                record = Record(inputs, recipe, made_at, choose_files_reading(options, again))
                write_analysis(loaded, record, options.out, remember)


def check_source(options: argparse.Namespace) -> None:
    """Raise InvalidChoice unless the options name files, or one table of one database."""
    if options.database and options.files:
        raise InvalidChoice("There are files and a --database.", "Give one of the two.")
    if options.database and (options.all or options.again):
        raise InvalidChoice(
            "--all and --again need files: a table can change without a trace.",
            "Give the files, or export the table to a CSV first.",
        )
    chosen = [name for name in CHOICES if getattr(options, name) is not None]
    if options.again and chosen:
        raise InvalidChoice(
            f"--again takes all choices from its record, and --{chosen[0].replace('_', '-')} is "
            "another.",
            "Give one of the two.",
        )
    for name in ("table", "query", "write_to"):
        if getattr(options, name) == "":
            option = name.replace("_", "-")
            raise InvalidChoice(f"--{option} is empty.", "Give a name, or leave the option out.")
    if options.database and bool(options.table) == bool(options.query):
        raise InvalidChoice(
            "Which rows of the --database is not clear.", "Give either --table or --query."
        )
    if not options.database and (options.table or options.query or options.write_to):
        raise InvalidChoice(
            "A table or a query needs a database.", "Add --database with its address or name."
        )
    if not options.database and not options.files:
        raise InvalidChoice("There is no file to read.", "Give a file, or --database and --table.")
    check_files(options.files)


def choose_files_reading(options: argparse.Namespace, again: Record | None) -> ReadingChoices:
    """How the files are to be read: as for the record, else as the options say."""
    return again.reading if again else ReadingChoices(sheet=options.sheet)


@contextmanager
def files_loaded(options: argparse.Namespace, again: Record | None) -> "Iterator[LoadedRows]":
    """The rows of the files that the options name, while they are used."""
    recipe = choose(options, again.recipe if again else Recipe())
    choices = choose_files_reading(options, again)
    with Workspace() as workspace:
        say("Looking at the files")
        raw = read_files(workspace, options.files, choices=choices)
        from segmentation.engine.loading import load_rows

        yield load_rows(
            workspace,
            raw,
            complete_columns(options, recipe, raw),
            lambda: read_files(workspace, options.files, choices=choices, rewrite=True),
            look_for_duplicates=drops_duplicates(options, recipe) or len(options.files) > 1,
            progress=say,
        )


def analyse_database(options: argparse.Namespace) -> None:
    """The same for a table or a query of a server, and its segments back into a table."""
    from segmentation.commands.databases import connected
    from segmentation.commands.results import write_results, writing_to
    from segmentation.value.outlook import keep_all

    with connected(options.database) as server:
        from segmentation.engine.server import load_server_rows

        say("Looking at the table")
        raw = (
            server.read_table(options.table) if options.table else server.read_query(options.query)
        )
        recipe = complete_columns(options, choose(options, Recipe()), raw)
        loaded = load_server_rows(server, raw, recipe, progress=say)
        check_status(options, loaded.recipe)
        policies = settle(options, loaded.recipe.policies or Policies())
        recipe = replace(loaded.recipe, policies=policies)
        with writing_to(options.out):
            table = write_results(loaded, recipe, policies, options.out, keep_all())
        if options.write_to:
            from segmentation.engine.writeback import write_segments

            say(f"Writing {options.write_to}")
            write_segments(server, options.write_to, table)
