"""What the report is made of: small tables, collected from the data and the choices."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentation.engine.database import Database
from segmentation.labels import day, listed
from segmentation.marts.currencies import build_currencies
from segmentation.marts.quality import Overview, count_fates
from segmentation.marts.sales import Sales
from segmentation.marts.sales_figures import derive_figures, profile_pareto
from segmentation.marts.sales_filters import CATEGORY, PARTS, PLACES, SalesFilters
from segmentation.marts.sales_trend import build_trend
from segmentation.outputs.lists import build_segment_table
from segmentation.outputs.report_words import clip, period_name
from segmentation.outputs.sales_insights import build_insights
from segmentation.recipe import Policies, Recipe
from segmentation.segments.cells import count_customers
from segmentation.segments.clusters import ClusterSegmenter
from segmentation.segments.profiles import profile_scores
from segmentation.segments.rfm import RfmScorer, count_measures
from segmentation.segments.rules import Scheme, segments_at_risk
from segmentation.segments.segmenter import RuleSegmenter
from segmentation.tables import FIELDS

if TYPE_CHECKING:
    import pandas as pd

TOP, SLIPPING, MOST_PARTS = 15, 15, 4
# A report's chart has room for this many columns; longer times get longer periods.
MOST_PERIODS = 36
MONTHS_OF = {"week": 0.25, "month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class ReportData:
    """All that a report says.

    Parameters
    ----------
    source : str
        What the data are called.
    first_on, last_on, as_of : date
        Days of the first and the last purchase, and the first day that does not count.
    choices : mapping of str to str
        The settings, by what they are called.
    figures : mapping of str to float
        The figures of the Sales page, as `derive_figures` gives them for all days together.
    grain : {"week", "month", "quarter", "year"}
        Of the trend.
    trend : DataFrame
        As `build_trend` gives it.
    parts : mapping of str to DataFrame
        The sales by attribute, as `Sales.by_part` gives them, for attributes the data have.
    pareto : DataFrame
        As `profile_pareto` gives it.
    top, slipping : DataFrame indexed by customer_id
        The customers who spent most, of all and of the segments at risk: customer (what to call
        them), segment, total_spend, share_of_spend, n_orders, last_ordered_on, recency_days.
    segments : DataFrame indexed by segment
        As `build_segment_table` gives it.
    scheme : Scheme
        With colours, meanings and actions.
    cells : DataFrame
        As `profile_scores` gives it; empty where clusters take the place of rules.
    cut_points : mapping of str to sequence of float
        The limits of the scores in use.
    fates : DataFrame
        As `count_fates` gives it.
    insights : sequence of str
        Sentences to begin with; their figure stands between two pairs of asterisks.
    """

    source: str
    first_on: datetime.date
    last_on: datetime.date
    as_of: datetime.date
    choices: Mapping[str, str]
    figures: Mapping[str, float]
    grain: str
    trend: "pd.DataFrame"
    parts: Mapping[str, "pd.DataFrame"]
    pareto: "pd.DataFrame"
    top: "pd.DataFrame"
    slipping: "pd.DataFrame"
    segments: "pd.DataFrame"
    scheme: Scheme
    cells: "pd.DataFrame"
    cut_points: Mapping[str, Sequence[float]]
    fates: "pd.DataFrame"
    insights: Sequence[str] = ()


def collect_report(
    source: str,
    database: Database,
    overview: Overview,
    recipe: Recipe,
    customers: "pd.DataFrame",
    attributes: "pd.DataFrame",
    segmenter: RuleSegmenter | ClusterSegmenter,
) -> ReportData:
    """The report's tables, worked out from the data as a recipe says.

    Parameters
    ----------
    source : str
        What to call the data.
    database : Database
        Where the rows are.
    overview : Overview
        Of the same data.
    recipe : Recipe
        All choices in use.
    customers, attributes : DataFrame
        As `build_customers` and `build_attributes` give them.
    segmenter : RuleSegmenter or ClusterSegmenter
        Fitted.
    """
    import pandas as pd

    as_of, policies = recipe.as_of or overview.day_after, recipe.policies or Policies()
    grain = choose_grain(overview.sales_from, as_of)
    cells = count_customers(customers)
    segment = segmenter.predict(customers)
    spend = customers["total_spend"]
    slipping = segments_at_risk(segmenter.scheme)
    at_risk = spend[segment.isin(slipping).to_numpy()]
    scored = pd.DataFrame()
    if isinstance(segmenter, RuleSegmenter):
        scored = profile_scores(cells, *segmenter.score_cells(cells), segmenter.scheme.grid)
    # Where nothing was spent in all, there are no shares.
    segments = build_segment_table(customers, segmenter).fillna({"share_of_spend": 0.0})
    pareto = profile_pareto(customers)
    if overview.is_by_customer:
        figures, trend, parts = _figures_given(customers), pd.DataFrame(), {}
    else:
        sales = Sales(database, as_of, policies)
        filters = SalesFilters(overview.sales_from, as_of)
        figures = derive_figures(sales.totals(filters)).iloc[0]
        trend = build_trend(sales.by_day(filters), filters.since, as_of, grain)
        parts = {part: sales.by_part(filters, part) for part in choose_parts(recipe)}
    return ReportData(
        source=source,
        first_on=overview.first_on,
        last_on=overview.last_on,
        as_of=as_of,
        choices={
            **describe_choices(recipe, policies, as_of, overview),
            "Scores": f"1 to {recipe.n_levels}, cut {_limits(customers, segmenter)}",
            **_currency(build_currencies(database, as_of, policies)),
        },
        figures=figures.to_dict(),
        grain=grain,
        trend=trend,
        parts=parts,
        pareto=pareto,
        top=_told(customers, attributes, segment, spend.nlargest(TOP).index),
        slipping=_told(customers, attributes, segment, at_risk.nlargest(SLIPPING).index),
        segments=segments,
        scheme=segmenter.scheme,
        cells=scored,
        cut_points={name: list(map(float, cuts)) for name, cuts in segmenter.cut_points_.items()},
        fates=count_fates(database, policies, as_of),
        insights=_insights(figures, pareto, trend, grain, parts, segments, slipping),
    )


def _figures_given(customers: "pd.DataFrame") -> "pd.Series":
    """The figures where the data have one row a customer."""
    import pandas as pd

    sums = customers[["total_spend", "n_orders"]].sum()
    found = {
        **sums,
        "n_customers": len(customers),
        "mean_order_value": sums["total_spend"] / sums["n_orders"],
        "repeat_rate": (customers["n_orders"] > 1).mean(),
        "cltv_sum": sums["total_spend"],
        "cltv": sums["total_spend"] / len(customers),
    }
    return pd.Series(found)


def _insights(
    figures: "pd.Series",
    pareto: "pd.DataFrame",
    trend: "pd.DataFrame",
    grain: str,
    parts: "Mapping[str, pd.DataFrame]",
    segments: "pd.DataFrame",
    slipping: Sequence[str],
) -> tuple[str, ...]:
    """What stands out, by the rules of the Sales page; nothing where there is no trend."""
    if trend.empty:
        return ()
    trend = trend.assign(told=[period_name(start, grain) for start in trend.index])
    places = [part for part in parts if part in PLACES]
    shown = [*(part for part in parts if part == CATEGORY), *places[:1]]
    named = {
        FIELDS[part].label: parts[part].assign(told=list(map(clip, parts[part].index)))
        for part in shown
    }
    found = build_insights(figures, pareto, trend, grain, named, {}, segments, slipping)
    return tuple(insight.text for insight in found)


def choose_grain(first_on: datetime.date, as_of: datetime.date) -> str:
    """The shortest period of which not too many fit between two days.

    >>> choose_grain(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))
    'week'
    >>> choose_grain(datetime.date(2020, 1, 1), datetime.date(2024, 3, 1))
    'quarter'
    """
    n_months = (as_of - first_on).days / 30.44
    fitting = [grain for grain, size in MONTHS_OF.items() if n_months / size <= MOST_PERIODS]
    if fitting and fitting[0] == "week" and n_months > 4:
        return "month"
    return fitting[0] if fitting else "year"


def describe_choices(
    recipe: Recipe, policies: Policies, as_of: datetime.date, overview: Overview
) -> dict[str, str]:
    """The settings in words, by what they are called."""
    returns = {"net": "taken off the spend on the day they happen", "ignore": "left out"}
    duplicates = {"keep": "kept", "drop": "dropped: rows equal to an earlier one in all cells"}
    gone = listed(policies.left_out, 6)
    how = "order numbers" if overview.has_order_ids else "days with a purchase"
    if overview.is_by_customer:
        how = "as given, one row a customer"
    axis = {"classic": "recency × frequency", "value": "recency × mean of frequency and spend"}
    return {
        "As of": f"{day(as_of)}, the first day that does not count",
        "Orders": f"counted by {how}" if not overview.is_by_customer else how,
        "Returns": returns[policies.returns],
        "Duplicates": duplicates[policies.duplicates],
        **({"Undone orders": f"left out, by status: {gone}"} if gone else {}),
        "Scheme": f"{recipe.scheme}{', edited' if recipe.grid else ''}"
        f"{f': {axis[recipe.scheme]}' if recipe.scheme in axis else ''}"
        if not recipe.clusters
        else "clusters (KMeans) in place of rules",
    }


def _limits(customers: "pd.DataFrame", segmenter: RuleSegmenter | ClusterSegmenter) -> str:
    """Where the scores are cut: told from the limits alone, as recipes keep them as values."""
    cuts = segmenter.cut_points_
    n_levels = len(next(iter(cuts.values()))) + 1
    evenly = RfmScorer(n_levels).fit(count_measures(customers)).cut_points_
    if all(list(cuts[measure]) == list(evenly[measure]) for measure in evenly):
        return "by even percentiles of all customers"
    return "at limits that were chosen"


def choose_parts(recipe: Recipe) -> list[str]:
    """The attributes that the data have, cities last, as many as a page has room for."""
    has = {*recipe.columns, *(["age_group"] if "customer_age" in recipe.columns else [])}
    there = [part for part in PARTS if part in has]
    return sorted(there, key=lambda part: part == "city")[:MOST_PARTS]


def _currency(currencies: "pd.DataFrame") -> dict[str, str]:
    """What the amounts are in, where the data say it."""
    names = ", ".join(currencies["currency"])
    several = ", added up as they stand" if len(currencies) > 1 else ""
    return {"Currency": f"{names}{several}"} if names else {}


def _told(
    customers: "pd.DataFrame",
    attributes: "pd.DataFrame",
    segment: "pd.Series",
    chosen: "pd.Index",
) -> "pd.DataFrame":
    """The columns of `ReportData.top` for some customers."""
    measured = ["total_spend", "n_orders", "last_ordered_on", "recency_days"]
    told = customers.loc[chosen, measured].assign(segment=segment.loc[chosen].astype(str))
    whole = customers["total_spend"].sum()
    told["share_of_spend"] = told["total_spend"] / whole if whole else 0.0
    told["customer"] = told.index.to_series()
    if "customer_name" in attributes:
        name = attributes["customer_name"].reindex(chosen)
        told["customer"] = (name + " · " + told["customer"]).fillna(told["customer"])
    return told
