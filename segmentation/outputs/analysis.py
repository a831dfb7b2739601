"""Everything that an analysis leaves behind, and the record from which it can be made again."""

import datetime
import hashlib
import io
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segmentation import __version__
from segmentation.engine.database import Database
from segmentation.engine.loading import LoadedRows
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.marts.customers import build_attributes, build_customers, build_favourites
from segmentation.marts.quality import build_overview, count_fates
from segmentation.marts.turnover import build_turnover, find_currency
from segmentation.outputs.files import write_csv
from segmentation.outputs.lists import build_customer_list
from segmentation.outputs.workbook import write_workbook
from segmentation.outputs.workbook_content import WorkbookContent
from segmentation.recipe import Policies, Recipe, load_recipe, write_recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter, with_cut_points
from segmentation.tables import ATTRIBUTES

if TYPE_CHECKING:
    import pandas as pd

RECORD = "run.json"
EPILOG = """
and with --all:
  rfm_and_clv.csv  measures, scores and values of each customer, no names or addresses
  segments.xlsx    a workbook whose scores and sums follow its thresholds
  queries.sql      the SQL that made the tables
  run.json         input, settings, versions and hashes, for --again
"""
TABLES = ("customers", "customer_attributes", "row_fates", "turnover")
PACKAGES = ("duckdb", "numpy", "pandas", "pyarrow", "sqlglot", "tomli-w", "XlsxWriter")


@dataclass(frozen=True)
class Record:
    """From what, how and when an analysis was made.

    Parameters
    ----------
    inputs : sequence of mapping
        Name, length in bytes and SHA-256 of each file that was read.
    recipe : Recipe
        Every choice, the cut points in use included.
    made_at : datetime
        In UTC, to the second; it is part of the workbook's properties.
    sheet : str or None, default=None
        The workbook's sheet that was asked for.
    """

    inputs: Sequence[Mapping[str, Any]]
    recipe: Recipe
    made_at: datetime.datetime
    sheet: str | None = None


def now() -> datetime.datetime:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def describe_inputs(paths: Sequence[Path], names: Sequence[str]) -> list[dict[str, Any]]:
    """Name, length and SHA-256 of files, read block by block."""
    found = []
    for path, name in zip(paths, names, strict=True):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append({"name": name, "bytes": path.stat().st_size, "sha256": digest})
    return found


def build_content(
    database: Database,
    name: str,
    recipe: Recipe,
    made_at: datetime.datetime,
    extras: "pd.DataFrame | None" = None,
    **more: Any,
) -> WorkbookContent:
    """What the workbook and the lists of an analysis show.

    Parameters
    ----------
    database : Database
        Where the rows are.
    name : str
        Of the data.
    recipe : Recipe
        Every choice; its policies, day and cut points are settled here where it leaves them open.
    made_at : datetime
        When the analysis is made.
    extras : DataFrame indexed by customer_id, optional
        What else is known of each customer, such as ``expected_value`` or ``cluster``.
    **more : object
        Further fields of `WorkbookContent`, such as ``at_risk``.

    Raises
    ------
    NothingKept
        No customer has a purchase.
    """
    policies = recipe.policies or Policies()
    as_of = recipe.as_of or build_overview(database, policies, None).day_after
    measures = build_customers(database, as_of, policies)
    segmenter = build_segmenter(recipe).fit(count_measures(measures))
    customers = build_customer_list(
        measures, segmenter, build_attributes(database, as_of, policies)
    )
    favourites = build_favourites(database, as_of, policies)
    for more_columns in (favourites, extras):
        if more_columns is not None and len(more_columns):
            new = [name for name in more_columns if name not in customers]
            customers = customers.join(more_columns[new])
    settings = {"Returns": policies.returns, "Duplicates": policies.duplicates}
    return WorkbookContent(
        name=name,
        as_of=as_of,
        customers=customers,
        segmenter=segmenter,
        fates=count_fates(database, policies, as_of),
        turnover=build_turnover(database, as_of, policies),
        made_at=made_at,
        currency=find_currency(database, as_of, policies),
        settings={**settings, "Version": __version__},
        **more,
    )


def build_files(
    database: Database, content: WorkbookContent, record: Record
) -> Iterator[tuple[str, bytes]]:
    """The files of an analysis, one after the other, the record last.

    Parameters
    ----------
    database : Database
        Where the rows are.
    content : WorkbookContent
        As `build_content` gives it.
    record : Record
        From what and how it was made.

    Yields
    ------
    tuple of str and bytes
        Name and content: customers.csv, rfm_and_clv.csv, segments.xlsx, queries.sql,
        recipe.toml and run.json.  Equal content and record give equal bytes.
    """
    hashes = {}
    for name, make in (
        ("customers.csv", lambda: write_csv(content.customers, bom=False)),
        ("rfm_and_clv.csv", lambda: write_csv(_measures(content.customers), bom=False)),
        ("segments.xlsx", lambda: _workbook(content)),
        ("queries.sql", lambda: write_queries(database, record.recipe, content.as_of)),
        ("recipe.toml", lambda: write_recipe(settled(record.recipe, content))),
    ):
        made = make()
        hashes[name] = hashlib.sha256(made).hexdigest()
        yield name, made
    yield RECORD, write_record(record, content, hashes)


def settled(recipe: Recipe, content: WorkbookContent) -> Recipe:
    """The recipe with the cut points in use."""
    return with_cut_points(recipe, content.segmenter)


def write_queries(database: Database, recipe: Recipe, as_of: datetime.date) -> bytes:
    """The SQL that made the tables, in the engine's dialect, with the values of its parameters."""
    values = (recipe.policies or Policies()).parameters(as_of)
    lines = ["-- The parameters in these queries:"]
    lines += [f"--   {key}: {'null' if value is None else value}" for key, value in values.items()]
    parts = [f"-- {table}\n{database.statement(table)};\n" for table in TABLES]
    return "\n".join([*lines, "", *parts]).encode()


def write_record(record: Record, content: WorkbookContent, hashes: Mapping[str, str]) -> bytes:
    """The record as JSON, which `load_record` reads again."""
    document = {
        "made_at": record.made_at.isoformat(),
        "inputs": list(record.inputs),
        "sheet": record.sheet,
        "as_of": content.as_of.isoformat(),
        "recipe": write_recipe(settled(record.recipe, content)).decode(),
        "version": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "sha256": dict(hashes),
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def load_record(content: bytes, name: str = RECORD) -> Record:
    """The record that `write_record` wrote.

    Raises
    ------
    InvalidRecipe
        It is no such record, or its recipe cannot be used.
    """
    try:
        document = json.loads(content)
        return Record(
            [dict(each) for each in document["inputs"]],
            load_recipe(document["recipe"].encode(), name),
            datetime.datetime.fromisoformat(document["made_at"]),
            document["sheet"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidRecipe(
            f"{name} is not the record of an analysis.",
            "Choose a run.json that this app has saved.",
        ) from error


def check_inputs(record: Record, inputs: Sequence[Mapping[str, Any]]) -> None:
    """Raise InvalidChoice unless the files given are those of the record, byte for byte."""
    asked, given = ([each["sha256"] for each in files] for files in (record.inputs, inputs))
    if asked != given:
        names = ", ".join(str(each["name"]) for each in record.inputs)
        raise InvalidChoice(
            f"These are not the files of the record, which are {names}.",
            "Give the same files in the same order, unchanged.",
        )


def _measures(customers: "pd.DataFrame") -> "pd.DataFrame":
    """Recency, frequency, monetary value, scores and values of each customer; no personal data."""
    kept = customers[[name for name in customers if name not in ATTRIBUTES]]
    scores = [
        customers[f"{name}_score"].astype(str) for name in ("recency", "frequency", "monetary")
    ]
    place = list(kept).index("segment")
    kept.insert(place, "rfm", scores[0].str.cat(scores[1:], sep="-"))
    return kept


def _workbook(content: WorkbookContent) -> bytes:
    out = io.BytesIO()
    write_workbook(content, out)
    return out.getvalue()


def write_analysis(
    loaded: LoadedRows,
    recipe: Recipe,
    paths: Sequence[Path],
    out: Path,
    again: Record | None = None,
    sheet: str | None = None,
) -> None:
    """Write the files of `build_files` to a folder; the command line's whole part in them.

    Parameters
    ----------
    loaded : LoadedRows
        Where the rows are.
    recipe : Recipe
        Every choice, as settled for this run.
    paths : sequence of Path
        The files that were read.
    out : Path
        A folder that is there.
    again : Record or None
        The record of the run that is made again: its time is taken over.
    sheet : str or None
        The workbook's sheet that was asked for.

    Raises
    ------
    InvalidChoice
        The files are not those of the record.
    """
    inputs = describe_inputs(paths, [path.name for path in paths])
    if again is not None:
        check_inputs(again, inputs)
    record = Record(inputs, recipe, again.made_at if again else now(), sheet)
    content = build_content(loaded.database, loaded.raw.name, recipe, record.made_at)
    for file, made in build_files(loaded.database, content, record):
        (out / file).write_bytes(made)
