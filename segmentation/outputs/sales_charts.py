"""The Sales page's tables as Altair charts whose marks can be clicked."""

from collections.abc import Collection

import altair as alt
import pandas as pd

from segmentation.labels import day
from segmentation.outputs.charts import LESS_COLOUR, REVENUE_COLOUR, money_axis, name_axis

# Donuts are read up to six parts; colours that differ with deuteranopia and in the dark too.
MOST_SLICES, MOST_BARS = 6, 15
SLICE_COLOURS = ("#0e8f86", "#c2703d", "#6b7fd7", "#d8a13a", "#8fa3a6", "#a8587f")
FADED = 0.35
PICK = "pick"
AXIS_FORMS = {"year": "%Y", "quarter": "Q%q %Y", "month": "%b %Y", "week": "%-d %b %Y"}
# Which periods have a label: each, every second and so on, so that they are no more than fit.
MOST_LABELS, STEPS = 14, (1, 2, 3, 6, 12, 24, 48, 96)
DATE_FORMS = {"year": "%Y", "month": "%B %Y"}


def chart_parts(
    parts: pd.DataFrame,
    title: str,
    chosen: Collection[str] = (),
    as_donut: bool = False,
    revenue: str = "Revenue",
) -> alt.Chart | alt.LayerChart:
    """The revenue of each part as a bar, or as a slice; a click on one picks it.

    Parameters
    ----------
    parts : DataFrame indexed by part
        As `Sales.by_part` gives it, with told (the part's name for people) and, if known,
        strongest (its strongest categories).
    title : str
        What the parts are, such as "Category".
    chosen : collection of str
        Parts that are picked; the others are faded.
    as_donut : bool, default=False
        Slices of a ring, for up to `MOST_SLICES` parts of which none is negative.
    revenue : str
        What revenue is called, with its currency where that is known.
    """
    shown = parts.head(MOST_BARS).reset_index()
    shown["is_chosen"] = shown["part"].isin(list(chosen)) if chosen else True
    names = list(shown["told"])
    tooltip = [
        alt.Tooltip("told:N", title=title),
        alt.Tooltip("total_spend:Q", title=revenue, format=",.2f"),
        alt.Tooltip("share_of_spend:Q", title="Share", format=".1%"),
        alt.Tooltip("n_orders:Q", title="Orders", format=","),
        alt.Tooltip("n_customers:Q", title="Customers", format=","),
        alt.Tooltip("mean_order_value:Q", title="Mean order", format=",.2f"),
    ]
    if "strongest" in shown:
        tooltip.append(alt.Tooltip("strongest:N", title="Strongest categories"))
    base = alt.Chart(shown).encode(
        opacity=alt.condition("datum.is_chosen", alt.value(1), alt.value(FADED)), tooltip=tooltip
    )
    pick = alt.selection_point(name=PICK, fields=["part"], empty=False)
    if as_donut:
        ring = base.mark_arc(innerRadius=58, outerRadius=98, cornerRadius=2, padAngle=0.01)
        return (
            ring.encode(
                theta=alt.Theta("total_spend:Q", stack=True),
                order=alt.Order("total_spend:Q", sort="descending"),
                color=alt.Color(
                    "told:N",
                    sort=names,
                    scale=alt.Scale(domain=names, range=list(SLICE_COLOURS[: len(names)])),
                    legend=alt.Legend(title=None, orient="bottom", columns=2, labelLimit=160),
                ),
            )
            .add_params(pick)
            .properties(height=320)
        )
    bars = base.mark_bar(cornerRadiusEnd=2, color=REVENUE_COLOUR, cursor="pointer").encode(
        y=alt.Y(
            "told:N",
            sort=names,
            title=None,
            axis=name_axis(190),
        ),
        x=alt.X("total_spend:Q", title=revenue, axis=money_axis()),
    )
    return bars.add_params(pick).properties(height=max(120, 27 * len(shown) + 50))


def chart_trend(
    trend: pd.DataFrame, grain: str, chosen: str = "", revenue: str = "Revenue"
) -> alt.LayerChart:
    """Revenue by period: whole ones as a line with gaps as gaps, others as hollow marks.

    Parameters
    ----------
    trend : DataFrame indexed by starts_on
        As `build_trend` gives it, with period (its name in the URL) and n_customers.
    grain : {"week", "month", "quarter", "year"}
        What a period is.
    chosen : str, default=""
        Name of the period that is picked.
    revenue : str
        What revenue is called, with its currency where that is known.
    """
    shown = trend.reset_index()
    shown["told"] = [tell_period(start, grain) for start in shown["starts_on"]]
    shown["whole_spend"] = shown["total_spend"].where(shown["state"] == "")
    shown["kind"] = shown["state"].map(lambda state: "In part" if state else "Whole")
    shown["is_chosen"] = (shown["period"] == chosen) if chosen else True
    x = alt.X(
        "starts_on:T",
        title=None,
        axis=alt.Axis(
            format=AXIS_FORMS[grain],
            # Days that begin no period have no label: it would name one a second time.
            values=[_day(start) for start in labelled(shown["starts_on"])],
            labelOverlap=True,
        ),
        scale=alt.Scale(padding=12),
    )
    y = alt.Y("total_spend:Q", title=revenue, axis=money_axis(), scale=alt.Scale(zero=True))
    tooltip = [
        alt.Tooltip("told:N", title="Period"),
        alt.Tooltip("total_spend:Q", title=revenue, format=",.2f"),
        alt.Tooltip("n_orders:Q", title="Orders", format=","),
        alt.Tooltip("n_customers:Q", title="Customers", format=","),
        alt.Tooltip("change:Q", title=f"Change from the {grain} before", format="+.1%"),
        alt.Tooltip("like_for_like:Q", title="Like for like", format="+.1%"),
        alt.Tooltip("compared:N", title="Days compared"),
        alt.Tooltip("state:N", title="This period is"),
    ]
    line = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2, color=REVENUE_COLOUR, invalid="break-paths-filter-domains")
        .encode(x=x, y=alt.Y("whole_spend:Q", title=revenue, axis=money_axis()))
    )
    kinds = ["Whole", "In part"]
    points = (
        alt.Chart(shown.dropna(subset=["total_spend"]))
        .mark_point(size=70, strokeWidth=2, cursor="pointer")
        .encode(
            x=x,
            y=y,
            tooltip=tooltip,
            opacity=alt.condition("datum.is_chosen", alt.value(1), alt.value(FADED)),
            fill=alt.condition(
                "datum.kind == 'Whole'", alt.value(REVENUE_COLOUR), alt.value("transparent")
            ),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=kinds, range=[REVENUE_COLOUR, LESS_COLOUR]),
                legend=alt.Legend(orient="top", title=None)
                if (shown["state"] != "").any()
                else None,
            ),
        )
        .add_params(alt.selection_point(name=PICK, fields=["period"], empty=False))
    )
    return (line + points).properties(height=300)


def labelled(starts: pd.Series) -> pd.Series:
    """The first periods of so many each that no more than `MOST_LABELS` are left."""
    step = next((step for step in STEPS if step * MOST_LABELS >= len(starts)), len(starts))
    return starts.iloc[::step]


def chart_pareto(pareto: pd.DataFrame) -> alt.LayerChart:
    """What share of the revenue the first x % of the customers bring.

    Parameters
    ----------
    pareto : DataFrame
        As `profile_pareto` gives it.
    """
    # Whole customers: of five, the curve has its corners at fifths.
    n = max(int(pareto["n_customers"].max()), 1)
    pareto = pareto.assign(share_of_customers=pareto["n_customers"] / n)
    # Of fewer customers than points, several say the same: those with a mark stay.
    pareto = pareto.sort_values("is_shown", kind="stable").drop_duplicates(
        "n_customers", keep="last"
    )
    tooltip = [
        alt.Tooltip("share_of_customers:Q", title="First customers", format=".1%"),
        alt.Tooltip("n_customers:Q", title="That is", format=","),
        alt.Tooltip("share_of_spend:Q", title="bring of the revenue", format=".1%"),
        alt.Tooltip("total_spend:Q", title="which is", format=",.2f"),
    ]
    base = alt.Chart(pareto).encode(
        x=alt.X(
            "share_of_customers:Q",
            title="Customers, best first",
            axis=alt.Axis(format="%", tickCount=5),
        ),
        y=alt.Y(
            "share_of_spend:Q",
            title="Share of revenue",
            axis=alt.Axis(format="%", tickCount=5),
            # An area is stacked unless told not to be: points on one place would be added up.
            stack=None,
        ),
        tooltip=tooltip,
    )
    curve = base.mark_area(
        line={"color": REVENUE_COLOUR, "strokeWidth": 2}, color=REVENUE_COLOUR, opacity=0.25
    )
    marks = base.transform_filter("datum.is_shown").mark_point(
        size=60, filled=True, color=REVENUE_COLOUR, opacity=1
    )
    even = (
        alt.Chart(pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]}))
        .mark_line(strokeDash=[4, 3], color="#7c8b8e", strokeWidth=1)
        .encode(x="x:Q", y="y:Q")
    )
    return (curve + even + marks).properties(height=300)


def write_image(chart: alt.Chart | alt.LayerChart, form: str) -> bytes:
    """A chart as a picture, drawn here and not in the browser, so without a network.

    Parameters
    ----------
    chart : Chart
    form : {"png", "svg"}
        PNG at twice the size on the screen, or SVG.
    """
    import vl_convert

    sized = chart.properties(width=900, background="white").configure(font="sans-serif")
    if form == "svg":
        return vl_convert.vegalite_to_svg(sized.to_json()).encode()
    return vl_convert.vegalite_to_png(sized.to_json(), scale=2)


def _day(start: pd.Timestamp) -> alt.DateTime:
    return alt.DateTime(year=start.year, month=start.month, date=start.day)


def tell_period(start: pd.Timestamp, grain: str) -> str:
    """A period for people: 2024, Q3 2024, July 2024, or the week's Monday."""
    if grain == "quarter":
        return f"Q{start.quarter} {start.year}"
    return f"week from {day(start)}" if grain == "week" else f"{start:{DATE_FORMS[grain]}}"
