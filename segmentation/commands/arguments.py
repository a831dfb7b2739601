"""The command line's options, and errors of one sentence."""

import argparse
import datetime
from pathlib import Path
from typing import NoReturn

from segmentation import __version__

EPILOG = """
writes to DIR:
  customers.csv  a row a customer: measures, scores, segment, attributes; sorted by customer_id
  segments.csv   a row a segment: size, revenue, shares, medians
  ledger.csv     rows and money by fate; adds up to the data
  left_out.csv   the rows that do not count, with fate, file and line
  summary.json   totals, as-of day, cut points, settings, version
  recipe.toml    all choices, for --recipe next month
and with --all (customers.csv then has lifetime values, too):
  rfm_and_clv.csv  measures, scores and lifetime values of each customer, no names or addresses
  segments.xlsx    a workbook whose scores and sums follow its thresholds
  report.pdf       the report
  queries.sql      the SQL that made the tables
  run.json         input, settings, versions and hashes, for --again

python -m segmentation sample --out shop.csv writes the sample shop.
python -m segmentation load-mysql --help says how to put a CSV or the sample shop into a server.

The password of a database is read from the environment variable
SEGMENTATION_DATABASE_PASSWORD, or asked for; it is never an argument.

exit code: 0, 2 with one sentence on stderr, or 130 when stopped with Ctrl+C
"""


class Parser(argparse.ArgumentParser):
    """Argument parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help.\n")


def build_parser() -> Parser:
    """The command line's options."""
    parser = Parser(
        prog="python -m segmentation",
        description="Sales rows in, campaign-ready customer segments out.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="CSV, Excel, OpenDocument, Parquet, or zip of those",
    )
    parser.add_argument(
        "--out", type=_folder, required=True, metavar="DIR", help="folder to write to"
    )
    _add_database_options(parser)
    add_reading_options(parser)
    _add_choices(parser)
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _add_database_options(parser: Parser) -> None:
    parser.add_argument(
        "--database",
        metavar="URL_OR_NAME",
        help="a MySQL or MariaDB server instead of files: mysql://user@host/database, or the name "
        "of a connection in .streamlit/secrets.toml",
    )
    parser.add_argument("--table", metavar="T", help="the database's table or view with the sales")
    parser.add_argument("--query", metavar="SELECT", help="or a query of your own that only reads")
    parser.add_argument(
        "--write-to",
        metavar="TABLE",
        help="also replace this table of the database by the customers with their segments",
    )


def add_reading_options(parser: Parser) -> None:
    """Options that say how files and their columns are to be understood."""
    parser.add_argument("--sheet", help="the workbook's sheet")
    parser.add_argument(
        "--columns",
        metavar="OURS=THEIRS,...",
        help="which column is which, e.g. customer_id=CustomerID,ordered_at=Date,amount=Total",
    )
    parser.add_argument(
        "--date-order",
        choices=["day-first", "month-first"],
        help="for dates like 03/04/2025, where the column cannot tell",
    )
    parser.add_argument(
        "--decimal", choices=["point", "comma"], help="for numbers like 1,234, likewise"
    )


def _add_choices(parser: Parser) -> None:
    parser.add_argument("--all", action="store_true", help="all files of the analysis, see below")
    parser.add_argument(
        "--again", type=Path, metavar="run.json", help="make its files again, byte by byte"
    )
    parser.add_argument("--recipe", type=Path, metavar="R.toml", help="choices saved before")
    parser.add_argument(
        "--as-of", type=_day, metavar="YYYY-MM-DD", help="the first day that does not count"
    )
    parser.add_argument("--returns", choices=["net", "ignore"], help="default: net")
    parser.add_argument("--duplicates", choices=["keep", "drop"], help="default: keep")
    parser.add_argument(
        "--undone",
        metavar="STATUS,...",
        help="what the order status says of orders that do not count, e.g. cancelled,failed; "
        "'' where all count; default: as recognised",
    )
    parser.add_argument("--levels", type=int, metavar="N", help="score levels, 2 to 10; default: 5")
    parser.add_argument("--scheme", choices=["classic", "value"], help="default: classic")


def _folder(text: str) -> Path:
    # As of a variable of the shell that is not set; it would mean the folder that one is in.
    if not text:
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return Path(text)


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-06-30") from None
