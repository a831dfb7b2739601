"""The app's work without a browser: files in, customers, segments and ledger out."""

import argparse
import datetime
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

from segmentation import __version__
from segmentation.engine.loading import LoadedRows, load_rows
from segmentation.errors import InvalidChoice, SegmentationError
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.quality import (
    Overview,
    build_overview,
    count_fates,
    left_out_columns,
    stream_left_out,
)
from segmentation.outputs import analysis
from segmentation.outputs.files import write_batches, write_csv_file
from segmentation.outputs.lists import build_customer_list, build_segment_table
from segmentation.recipe import Policies, Recipe, load_recipe, write_recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter, with_cut_points
from segmentation.sources.columns import guess_columns
from segmentation.sources.files import RawTable, ReadingChoices, read_files
from segmentation.sources.workspace import Workspace

EPILOG = """
writes to DIR:
  customers.csv  a row a customer: measures, scores, segment, attributes; sorted by customer_id
  segments.csv   a row a segment: size, revenue, shares, medians
  ledger.csv     rows and money by fate; adds up to the files
  left_out.csv   the rows that do not count, with fate, file and line
  summary.json   totals, as-of day, cut points, settings, version
  recipe.toml    all choices, for --recipe next month
{}
python -m segmentation sample --out shop.csv writes the sample shop.

exit code: 0, or 2 with one sentence on stderr
"""


class Parser(argparse.ArgumentParser):
    """Argument parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments and end."""
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See python -m segmentation --help.\n")


def build_parser() -> Parser:
    """The command line's options."""
    parser = Parser(
        prog="python -m segmentation",
        description="Sales rows in, campaign-ready customer segments out.",
        epilog=EPILOG.format(analysis.EPILOG),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="CSV, Excel, Parquet, or zip of those"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--recipe", type=Path, metavar="R.toml", help="choices saved before")
    parser.add_argument("--all", action="store_true", help="the workbook, the SQL and a record too")
    parser.add_argument(
        "--again",
        type=Path,
        metavar="run.json",
        help="make its files again, byte by byte",
    )
    parser.add_argument("--sheet", help="the workbook's sheet")
    parser.add_argument(
        "--columns",
        metavar="OURS=THEIRS,…",
        help="which column is which, e.g. customer_id=CustomerID,ordered_at=Date,amount=Total",
    )
    parser.add_argument(
        "--date-order",
        choices=["day-first", "month-first"],
        help="for dates like 03/04/2025, where the column cannot tell",
    )
    parser.add_argument(
        "--decimal", choices=["point", "comma"], help="for amounts like 1,234, likewise"
    )
    parser.add_argument(
        "--as-of", type=_day, metavar="YYYY-MM-DD", help="the first day that does not count"
    )
    parser.add_argument("--returns", choices=["net", "ignore"], help="default: net")
    parser.add_argument("--duplicates", choices=["keep", "drop"], help="default: keep")
    parser.add_argument("--levels", type=int, metavar="N", help="score levels, 2 to 10; default: 5")
    parser.add_argument("--scheme", choices=["classic", "value"], help="default: classic")
    parser.add_argument("--version", action="version", version=__version__)
    return parser


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-06-30") from None


def choose(options: argparse.Namespace) -> Recipe:
    """The recipe that the options ask for, on top of the recipe file where there is one."""
    recipe = Recipe()
    if options.again:
        recipe = analysis.load_record(_bytes(options.again)).recipe
    if options.recipe:
        recipe = load_recipe(_bytes(options.recipe), options.recipe.name)
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
    if options.levels is not None and options.levels != recipe.n_levels:
        recipe = replace(recipe, n_levels=options.levels, cut_points={}, grid={})
    if options.scheme:
        recipe = replace(recipe, scheme=options.scheme, grid={})
    return replace(recipe, as_of=options.as_of or recipe.as_of)


def parse_columns(text: str) -> dict[str, str]:
    """The column for each of ours, from ``ours=theirs,ours=theirs``.

    Raises
    ------
    InvalidChoice
        A part has no equals sign.
    """
    pairs = [part.partition("=") for part in text.split(",")]
    for ours, equals, _ in pairs:
        if not equals:
            raise InvalidChoice(
                f"“{ours}” in --columns does not say which column it is.",
                "Write it as customer_id=CustomerID,ordered_at=Date.",
            )
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def complete_columns(options: argparse.Namespace, recipe: Recipe, raw: RawTable) -> Recipe:
    """The recipe with the columns that --columns leaves open guessed."""
    if not options.columns:
        return recipe
    taken = set(recipe.columns.values())
    guessed = {ours: name for ours, name in guess_columns(raw).items() if name not in taken}
    return replace(recipe, columns={**guessed, **recipe.columns})


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidChoice(f"{path} cannot be read.", "Check the name of the file.") from error


def settle(options: argparse.Namespace, policies: Policies) -> Policies:
    """The policies with those that the options name."""
    return replace(
        policies,
        returns=options.returns or policies.returns,
        duplicates=options.duplicates or policies.duplicates,
    )


def analyse(options: argparse.Namespace) -> None:
    """Read the files, group the customers and write every result."""
    recipe = choose(options)
    for path in options.files:
        if not path.is_file():
            raise InvalidChoice(f"There is no file {path}.", "Check its name and folder.")
    again = (
        analysis.load_record(_bytes(options.again), options.again.name) if options.again else None
    )
    sheet = again.sheet if again else options.sheet
    choices = ReadingChoices(sheet=sheet)
    drop = "drop" in (options.duplicates, recipe.policies and recipe.policies.duplicates)
    with Workspace() as workspace:
        _say("Looking at the files")
        raw = read_files(workspace, options.files, choices=choices)
        loaded = load_rows(
            workspace,
            raw,
            complete_columns(options, recipe, raw),
            lambda: read_files(workspace, options.files, choices=choices, rewrite=True),
            look_for_duplicates=drop or len(options.files) > 1 or options.all or again is not None,
            progress=_say,
        )
        policies = settle(options, loaded.recipe.policies or Policies())
        recipe = replace(loaded.recipe, policies=policies)
        _write_all(loaded, recipe, policies, options.out)
        if options.all or again:
            _say("Writing the workbook")
            analysis.write_analysis(loaded, recipe, options.files, options.out, again, sheet)
    _say("")


def _write_all(loaded: LoadedRows, recipe: Recipe, policies: Policies, out: Path) -> None:
    database = loaded.database
    _say("Grouping the customers")
    overview = build_overview(database, policies, recipe.as_of)
    as_of = recipe.as_of or overview.day_after
    customers = build_customers(database, as_of, policies)
    segmenter = build_segmenter(recipe).fit(count_measures(customers))
    _say("Writing the lists")
    try:
        out.mkdir(parents=True, exist_ok=True)
        attributes = build_attributes(database, as_of, policies)
        table = build_customer_list(customers, segmenter, attributes)
        write_csv_file(table, out / "customers.csv")
        write_csv_file(build_segment_table(customers, segmenter), out / "segments.csv")
        fates = count_fates(database, policies, as_of)
        write_csv_file(fates[["n_rows", "amount"]], out / "ledger.csv")
        with (out / "left_out.csv").open("wb") as file:
            rows = stream_left_out(database, policies, as_of)
            write_batches(rows, left_out_columns(recipe.columns), file)
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
            "version": __version__,
        }
        (out / "summary.json").write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InvalidChoice(
            f"{out} cannot be written to ({error.strerror}).", "Choose another folder."
        ) from error


def _settings(recipe: Recipe, overview: Overview, loaded: LoadedRows) -> dict[str, object]:
    return {
        "files": [reading.name for reading in loaded.raw.files],
        "columns": dict(recipe.columns),
        "forms": {name: form.label for name, form in loaded.forms.items()},
        "amount_per": recipe.amount_per,
        "policies": asdict(recipe.policies or Policies()),
        "orders_counted_by": "number" if overview.has_order_ids else "day",
        "n_levels": recipe.n_levels,
        "scheme": recipe.scheme,
        "first_on": overview.first_on.isoformat(),
        "last_on": overview.last_on.isoformat(),
    }


def _say(step: str) -> None:
    """Show a step on one line of a terminal; nothing in a pipe."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{step}{'…' if step else ''}", end="", file=sys.stderr, flush=True)


def write_sample(arguments: Sequence[str]) -> None:
    """Write the sample shop to the file that the arguments name."""
    from segmentation.sources.sample import write_sample_shop

    parser = Parser(prog="python -m segmentation sample", description="Write the sample shop.")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a CSV file")
    path = parser.parse_args(arguments).out
    try:
        write_sample_shop(path)
    except OSError as error:
        raise InvalidChoice(
            f"{path} cannot be written ({error.strerror}).", "Choose another folder."
        ) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0, or 2 where the person using it can put something right."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["sample"]:
            write_sample(given[1:])
        else:
            analyse(build_parser().parse_args(given))
    except SegmentationError as error:
        _say("")
        print(f"{error} {error.hint}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
