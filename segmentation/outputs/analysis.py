"""Everything that an analysis leaves behind, made alike by the page and the command line."""

import datetime
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segmentation import __version__
from segmentation.engine.database import Database
from segmentation.engine.loading import LoadedRows
from segmentation.marts.categories import build_favourites
from segmentation.marts.currencies import build_currencies, name_currency
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.measures import add_measures
from segmentation.marts.quality import Overview, build_overview, count_fates
from segmentation.marts.turnover import build_turnover
from segmentation.outputs.files import write_csv
from segmentation.outputs.lists import build_customer_list, join_known
from segmentation.outputs.queries import write_queries
from segmentation.outputs.records import (
    RECORD,
    Record,
    write_record,
)
from segmentation.outputs.report import build_report
from segmentation.outputs.report_data import collect_report
from segmentation.outputs.workbook import write_workbook
from segmentation.outputs.workbook_content import WorkbookContent
from segmentation.recipe import Policies, Recipe, write_recipe
from segmentation.risk_tables import AT_RISK
from segmentation.segments.clusters import clusters_by
from segmentation.segments.rfm import count_measures
from segmentation.segments.segmenter import build_segmenter, predict_rules, with_cut_points
from segmentation.tables import ATTRIBUTES
from segmentation.terms import read_terms
from segmentation.value.outlook import Outlook, Remember, keep_all
from segmentation.value.prospects import build_prospects

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Analysis:
    """What the files of an analysis are made from.

    Parameters
    ----------
    database : Database
        Where the rows are.
    overview : Overview
        What they cover before the as-of day.
    recipe : Recipe
        Every choice, the cut points in use included.
    measures, attributes : DataFrame
        As `build_customers`, with what clusters look at, and `build_attributes` give them.
    content : WorkbookContent
        Of the workbook; its customers are those of the lists.
    """

    database: Database
    overview: Overview
    recipe: Recipe
    measures: "pd.DataFrame"
    attributes: "pd.DataFrame"
    content: WorkbookContent


def build_analysis(
    database: Database,
    name: str,
    recipe: Recipe,
    made_at: datetime.datetime,
    remember: Remember | None = None,
) -> Analysis:
    """Customers with scores, segment and prospects, and all else that the files show.

    Parameters
    ----------
    database : Database
        Where the rows are.
    name : str
        Of the data.
    recipe : Recipe
        Every choice; policies, day and cut points that it leaves open are settled here.
    made_at : datetime
        When the analysis is made.
    remember : callable, optional
        Where slow results are kept and taken from.

    Raises
    ------
    NothingKept
        No customer has a purchase.
    InvalidChoice
        The recipe's clusters look at what the data do not have.
    """
    remember = remember or keep_all()
    policies = recipe.policies or Policies()
    overview = build_overview(database, policies, recipe.as_of)
    as_of = recipe.as_of or overview.day_after
    here = as_of, policies
    measures = remember(
        ("customers", *here), lambda: build_customers(database, *here), "Grouping the rows…"
    )
    measures = add_measures(measures, database, *here, clusters_by(recipe))
    attributes = remember(
        ("attributes", *here), lambda: build_attributes(database, *here), "Looking up attributes…"
    )
    segmenter = build_segmenter(recipe).fit(count_measures(measures))
    customers = build_customer_list(measures, segmenter, attributes)
    prospects = build_prospects(
        Outlook(database, overview, policies, as_of, read_terms(recipe.value), remember),
        measures,
        customers["segment"],
        attributes,
        segmenter.scheme.actions,
    )
    favourites = build_favourites(database, *here)
    customers = join_known(
        customers, predict_rules(recipe, measures), favourites, prospects.customers
    )
    content = WorkbookContent(
        name=name,
        as_of=as_of,
        customers=customers,
        segmenter=segmenter,
        fates=count_fates(database, policies, as_of),
        turnover=build_turnover(database, *here),
        made_at=made_at,
        currency=name_currency(build_currencies(database, *here)),
        at_risk=prospects.at_risk,
        at_risk_columns=AT_RISK,
        at_risk_says=prospects.says,
        lacks=prospects.lacks,
        settings={
            "Returns": policies.returns,
            "Duplicates": policies.duplicates,
            **({"Undone": ", ".join(policies.left_out)} if policies.left_out else {}),
            "Version": __version__,
        },
    )
    settled = with_cut_points(recipe, segmenter)
    return Analysis(database, overview, settled, measures, attributes, content)


def build_files(analysis: Analysis, record: Record) -> Iterator[tuple[str, bytes]]:
    """The files of an analysis, one after the other, the record last.

    Parameters
    ----------
    analysis : Analysis
        As `build_analysis` gives it.
    record : Record
        From what it was made.

    Yields
    ------
    tuple of str and bytes
        Name and content: customers.csv, rfm_and_clv.csv, segments.xlsx, report.pdf, queries.sql,
        recipe.toml and run.json.  Equal analysis and record give equal bytes.
    """
    hashes, content = {}, analysis.content
    for name, make in (
        ("customers.csv", lambda: write_csv(content.customers, bom=False)),
        ("rfm_and_clv.csv", lambda: write_csv(_measures(content.customers), bom=False)),
        ("segments.xlsx", lambda: write_book(content)),
        ("report.pdf", lambda: _report(analysis)),
        (
            "queries.sql",
            lambda: write_queries(analysis.database, analysis.recipe, analysis.overview),
        ),
        ("recipe.toml", lambda: write_recipe(analysis.recipe)),
    ):
        made = make()
        hashes[name] = hashlib.sha256(made).hexdigest()
        yield name, made
    notes = [note for note in (content.lacks, content.at_risk_says) if note]
    settled = replace(record, recipe=analysis.recipe)
    yield RECORD, write_record(settled, content.as_of, notes, hashes)


def write_book(content: WorkbookContent) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    write_workbook(content, out)
    return out.getvalue()


def _report(analysis: Analysis) -> bytes:
    content = analysis.content
    recipe = analysis.recipe.change(as_of=content.as_of)
    return build_report(
        collect_report(
            content.name,
            analysis.database,
            analysis.overview,
            recipe,
            analysis.measures,
            analysis.attributes,
            content.segmenter,
        )
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


def write_analysis(
    loaded: LoadedRows, record: Record, out: Path, remember: Remember | None = None
) -> None:
    """Write the files of `build_files` to a folder; the command line's whole part in them.

    Parameters
    ----------
    loaded : LoadedRows
        Where the rows are.
    record : Record
        Inputs, every choice as settled for this run, and when it is made.
    out : Path
        A folder that is there.
    remember : callable, optional
        Where slow results are kept and taken from.
    """
    analysis = build_analysis(
        loaded.database, loaded.raw.name, record.recipe, record.made_at, remember
    )
    for file, made in build_files(analysis, record):
        (out / file).write_bytes(made)
