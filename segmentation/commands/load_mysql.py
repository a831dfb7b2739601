"""`load-mysql`: a CSV or the sample shop into the table customer_sales of a server."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from segmentation.commands.arguments import Parser, add_reading_options
from segmentation.commands.choices import check_files, choose_reading, complete_columns
from segmentation.commands.databases import find_address
from segmentation.commands.progress import say
from segmentation.errors import InvalidChoice
from segmentation.recipe import Recipe
from segmentation.sources.workspace import Workspace

if TYPE_CHECKING:
    from segmentation.engine.loading import LoadedRows

EPILOG = """
makes the table customer_sales (sql/mysql/schema.sql), puts the rows into it, all or none, and
makes the views normal_sales, clean_sales and set_apart over it (sql/mysql/clean.sql).
"""


def build_load_parser() -> Parser:
    """The options of `load-mysql`."""
    parser = Parser(
        prog="python -m segmentation load-mysql",
        description="Put sales into a MySQL or MariaDB server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="none: the sample shop")
    parser.add_argument(
        "--database",
        required=True,
        metavar="URL_OR_NAME",
        help="mysql://user@host/database, or the name of a connection in .streamlit/secrets.toml; "
        "the account must be allowed to create tables and views and to insert",
    )
    existing = parser.add_mutually_exclusive_group()
    existing.add_argument(
        "--replace", action="store_true", help="put the rows in the place of those that are there"
    )
    existing.add_argument("--append", action="store_true", help="add the rows to those")
    add_reading_options(parser)
    return parser


def load_mysql(arguments: Sequence[str]) -> None:
    """Send the rows of files, or of the sample shop, to a server."""
    from segmentation.engine.database import DuckDatabase
    from segmentation.engine.filling import count_unpaid, load_sales, open_for_loading

    options = build_load_parser().parse_args(arguments)
    check_files(options.files)
    address, password = find_address(options.database)
    existing = "replace" if options.replace else "append" if options.append else None
    with open_for_loading(address, password) as connection, rows_read(options) as loaded:
        if "n_orders" in loaded.recipe.columns:
            raise InvalidChoice(
                f"{loaded.raw.name} has one row a customer; the table takes a row a sale.",
                "Give a file with the sales themselves.",
            )
        say("Sending the rows")
        database = cast(DuckDatabase, loaded.database)
        n_rows, n_unpaid = load_sales(connection, database, existing), count_unpaid(database)
    say("")
    verb, now = ("were added to", "") if options.append else ("are in", " now")
    print(f"{n_rows:,} rows {verb} the table customer_sales{now}.")
    if n_unpaid:
        print(
            f"{n_unpaid:,} of them count as “nothing paid” there: "
            "their order's total stands on its other rows."
        )


@contextmanager
def rows_read(options: argparse.Namespace) -> "Iterator[LoadedRows]":
    """The rows of the files, or of the sample shop, typed and under our names."""
    from segmentation.engine.loading import load_rows
    from segmentation.sources.files import ReadingChoices, read_files
    from segmentation.sources.sample import write_sample_shop

    with Workspace() as workspace:
        paths = options.files
        if not paths:
            paths = [workspace.new_path(".csv")]
            write_sample_shop(paths[0])
        choices = ReadingChoices(sheet=options.sheet)
        say("Looking at the files")
        raw = read_files(workspace, paths, choices=choices)
        yield load_rows(
            workspace,
            raw,
            complete_columns(options, choose_reading(options, Recipe()), raw),
            lambda: read_files(workspace, paths, choices=choices, rewrite=True),
            look_for_duplicates=False,
            progress=say,
        )
