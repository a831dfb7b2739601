"""What stands out in the sales, in sentences that each have their figure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from segmentation.labels import listed, share
from segmentation.outputs.report_words import begin

if TYPE_CHECKING:
    import pandas as pd

FEW_CUSTOMERS, FEW_ORDERS = 20, 50
FEWEST, MOST = 3, 6
TOP = 0.2
# Where a sentence is shown: a heading of the Sales page, or another page.
CUSTOMERS, TREND, CATEGORIES, PLACES, FIGURES, SEGMENTS = (
    "pareto",
    "trend",
    "category",
    "place",
    "figures",
    "segments",
)


class Insight(NamedTuple):
    """A sentence with its figure in bold, and where the figure is shown."""

    text: str
    shown_at: str


def build_insights(
    figures: "pd.Series",
    pareto: "pd.DataFrame",
    trend: "pd.DataFrame",
    grain: str,
    parts: "dict[str, pd.DataFrame]",
    changes: "dict[str, pd.Series]",
    segments: "pd.DataFrame",
    slipping: Sequence[str],
) -> list[Insight]:
    """Three to six sentences on who brings most, what changed, and what is at risk.

    Parameters
    ----------
    figures : Series
        A row of `derive_figures`.
    pareto : DataFrame
        As `profile_pareto` gives it.
    trend : DataFrame
        As `build_trend` gives it, with told, the period's name.
    grain : {"week", "month", "quarter", "year"}
        What its periods are.
    parts : dict of str to DataFrame
        By the parts' heading, such as "Category": `Sales.by_part` with told; the first is the
        category where there is one.
    changes : dict of str to Series
        By the same heading: how much more each part brought in the last whole period than in the
        one before, in the data's currency.
    segments : DataFrame indexed by segment
        n_customers and total_spend.
    slipping : sequence of str
        Segments of customers who used to order well and have gone quiet.

    Returns
    -------
    list of Insight
        Empty where the data are too few: fewer than 20 customers, fewer than 50 orders, or fewer
        than three sentences that have a figure.
    """
    if figures["n_customers"] < FEW_CUSTOMERS or figures["n_orders"] < FEW_ORDERS:
        return []
    revenue = figures["total_spend"]
    found = [
        _concentration(pareto),
        *(_strongest(heading, table) for heading, table in parts.items()),
        _last_change(trend, grain, changes),
        _repeaters(figures),
        _slipping(segments, slipping, revenue),
    ]
    told = [insight for insight in found if insight]
    return told[:MOST] if len(told) >= FEWEST and revenue > 0 else []


def _concentration(pareto: "pd.DataFrame") -> Insight:
    top = pareto[pareto["share_of_customers"] == TOP].iloc[0]
    return Insight(
        f"The first fifth of the customers, {top['n_customers']:,} of "
        f"{pareto['n_customers'].max():,}, bring **{share(top['share_of_spend'])}** of the "
        "revenue.",
        CUSTOMERS,
    )


def _strongest(heading: str, table: "pd.DataFrame") -> Insight | None:
    known = table[table.index != ""]
    if len(known) < 2:
        return None
    best, second = known.iloc[0], known.iloc[1]
    return Insight(
        f"{best['told']} brings most by {heading.lower()}: **{share(best['share_of_spend'])}** of "
        f"the revenue, ahead of {second['told']} with {share(second['share_of_spend'])}.",
        CATEGORIES if heading == "Category" else PLACES,
    )


def _last_change(
    trend: "pd.DataFrame", grain: str, changes: "dict[str, pd.Series]"
) -> Insight | None:
    compared = trend.dropna(subset=["change"])
    if compared.empty:
        return None
    last = compared.iloc[-1]
    word = "more" if last["change"] >= 0 else "less"
    text = (
        f"{begin(last['told'])} brought **{share(abs(last['change']))} {word}** than the "
        f"{grain} before"
    )
    for heading, change in changes.items():
        # What went most in the direction in which the whole went.
        most = change.idxmax() if last["change"] >= 0 else change.idxmin()
        if change[most] * last["change"] > 0:
            told = f"{change[most]:+,.0f}".replace("-", "−")
            text += f"; by {heading.lower()}, {most} changed most ({told})"
            break
    return Insight(f"{text}.", TREND)


def _repeaters(figures: "pd.Series") -> Insight:
    n_repeat = round(figures["repeat_rate"] * figures["n_customers"])
    return Insight(
        f"**{share(figures['repeat_rate'])}** of the customers ordered more than once "
        f"({n_repeat:,.0f} of {figures['n_customers']:,.0f}).",
        FIGURES,
    )


def _slipping(segments: "pd.DataFrame", slipping: Sequence[str], revenue: float) -> Insight | None:
    names = [name for name in slipping if name in segments.index]
    away = segments.loc[names]
    if not names or away["n_customers"].sum() == 0 or revenue <= 0:
        return None
    return Insight(
        f"By scores, {away['n_customers'].sum():,.0f} customers who used to order often have gone "
        f"quiet ({listed(names)}): **{share(away['total_spend'].sum() / revenue)}** of the revenue "
        "was theirs.",
        SEGMENTS,
    )
