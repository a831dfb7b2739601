"""Tables to Altair charts; nothing is worked out here."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from segmentation.segments.rules import is_light

# Two kinds of bars side by side: muted for customers, strong for revenue.
CUSTOMERS_COLOUR, REVENUE_COLOUR = "#8fa3a6", "#0e8f86"
MORE_COLOUR, LESS_COLOUR = "#0e8f86", "#c2703d"
# Streamlit takes the height for all of it: legend, axis and its title take this many pixels.
FRAME = 110


def chart_segment_shares(profile: pd.DataFrame) -> alt.Chart:
    """Each segment's share of customers beside its share of revenue.

    Parameters
    ----------
    profile : DataFrame indexed by segment
        With the columns of `tables.SEGMENTS`.
    """
    filled = profile[profile["n_customers"] > 0].reset_index()
    long = filled.melt(
        ["segment", "n_customers", "total_spend"],
        ["share_of_customers", "share_of_spend"],
        var_name="kind",
        value_name="share",
    )
    long["kind"] = long["kind"].map(
        {"share_of_customers": "Customers", "share_of_spend": "Revenue"}
    )
    kinds = ["Customers", "Revenue"]
    base = alt.Chart(long).encode(
        y=alt.Y("segment:N", sort=list(filled["segment"]), title=None, axis=name_axis()),
        yOffset=alt.YOffset("kind:N", sort=kinds),
        x=alt.X("share:Q", title=None, axis=alt.Axis(format="%", grid=True, tickCount=5)),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("kind:N", title="Share of"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("n_customers:Q", title="Customers", format=","),
            alt.Tooltip("total_spend:Q", title="Revenue", format=",.2f"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.Color(
            "kind:N",
            sort=kinds,
            scale=alt.Scale(domain=kinds, range=[CUSTOMERS_COLOUR, REVENUE_COLOUR]),
            legend=alt.Legend(orient="top", title=None),
        )
    )
    return bars.properties(height=44 * len(filled) + FRAME)


def chart_score_map(cells: pd.DataFrame, colours: Mapping[str, str], column: str) -> alt.LayerChart:
    """The scheme's grid: a cell for each pair of scores, with its segment and its customers.

    Parameters
    ----------
    cells : DataFrame
        recency_score, column_score, segment, n_customers, share_of_customers, total_spend.
    colours : mapping of str to str
        Each segment's colour.
    column : str
        What the columns are: "Frequency score" or "Frequency and monetary score".
    """
    there = set(cells["segment"])
    names = [name for name in colours if name in there]
    light = alt.FieldOneOfPredicate("segment", [name for name in names if is_light(colours[name])])
    base = alt.Chart(cells).encode(
        x=alt.X("column_score:O", title=column, axis=alt.Axis(labelAngle=0, domain=False)),
        y=alt.Y("recency_score:O", sort="descending", title="Recency score", axis=name_axis()),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("recency_score:O", title="Recency score"),
            alt.Tooltip("column_score:O", title=column),
            alt.Tooltip("n_customers:Q", title="Customers", format=","),
            alt.Tooltip("share_of_customers:Q", title="Share of customers", format=".1%"),
            alt.Tooltip("total_spend:Q", title="Revenue", format=",.2f"),
        ],
    )
    tiles = base.mark_rect(cornerRadius=3, stroke="white", strokeOpacity=0.35).encode(
        color=alt.Color(
            "segment:N",
            sort=names,
            scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
            legend=alt.Legend(
                title=None,
                orient="bottom",
                columns=2,
                symbolType="square",
                symbolStrokeWidth=0,
                labelLimit=0,
            ),
        )
    )
    counts = base.mark_text(fontSize=13, fontWeight=600).encode(
        text=alt.Text("n_customers:Q", format=","),
        color=alt.condition(light, alt.value("#111111"), alt.value("#ffffff")),
    )
    return (tiles + counts).properties(height=430)


def chart_places(places: pd.DataFrame, title: str) -> alt.LayerChart:
    """How much more or less common one segment's customers are in each place.

    Parameters
    ----------
    places : DataFrame
        Columns of `tables.PLACES`, for one segment.
    title : str
        What the places are, such as "Region".
    """
    shown = places.assign(
        kind=["More common" if c >= 1 else "Less common" for c in places["concentration"]],
        told=[f"{c:.1f} ×" for c in places["concentration"]],
    )
    kinds = ["More common", "Less common"]
    base = alt.Chart(shown).encode(
        y=alt.Y("place:N", sort=list(places["place"]), title=title, axis=name_axis()),
        x=alt.X(
            "concentration:Q",
            title="× as common as among all",
            axis=alt.Axis(tickCount=5),
        ),
        tooltip=[
            alt.Tooltip("place:N", title=title),
            alt.Tooltip("concentration:Q", title="Concentration", format=".2f"),
            alt.Tooltip("n_customers:Q", title="Customers", format=","),
            alt.Tooltip("share_of_segment:Q", title="Share of segment", format=".1%"),
            alt.Tooltip("share_of_customers:Q", title="Share of all", format=".1%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=[MORE_COLOUR, LESS_COLOUR]),
            # One a row: beside long names of places the second is cut off on a phone.
            legend=alt.Legend(orient="top", title=None, columns=1),
        )
    )
    average = (
        alt.Chart(pd.DataFrame({"average": [1.0]}))
        .mark_rule(strokeDash=[4, 3], color="#7c8b8e")
        .encode(x="average:Q")
    )
    return (bars + average).properties(height=26 * len(shown) + FRAME)


def chart_ledger(steps: pd.DataFrame) -> alt.Chart:
    """The way of the money: from the file, through what was left out, to the customers.

    Parameters
    ----------
    steps : DataFrame
        step (its label), start and end (money before and after it), kind ("total", "out" or
        "taken off"), n_rows and amount.
    """
    kinds = {"total": "Total", "out": "Left out", "off": "Returns taken off"}
    shown = steps.assign(told=steps["kind"].map(kinds))
    return (
        alt.Chart(shown)
        .mark_bar(cornerRadius=2, height={"band": 0.7})
        .encode(
            y=alt.Y("step:N", sort=list(steps["step"]), title=None, axis=name_axis()),
            x=alt.X("start:Q", title="Money", axis=money_axis()),
            x2="end:Q",
            color=alt.Color(
                "told:N",
                scale=alt.Scale(
                    domain=list(kinds.values()), range=[REVENUE_COLOUR, LESS_COLOUR, "#d8a13a"]
                ),
                legend=alt.Legend(orient="top", title=None),
            ),
            tooltip=[
                alt.Tooltip("step:N", title="Step"),
                alt.Tooltip("n_rows:Q", title="Rows", format=","),
                alt.Tooltip("amount:Q", title="Amount", format=",.2f"),
            ],
        )
        .properties(height=34 * max(3, len(steps)) + FRAME)
    )


def money_axis() -> alt.Axis:
    """An axis of money in short form: 0, 500k, 1.5M."""
    return alt.Axis(labelExpr="datum.value == 0 ? '0' : format(datum.value, '~s')", tickCount=5)


def name_axis(limit: int = 220) -> alt.Axis:
    """An axis of names: not cut off, none left out, no ticks."""
    return alt.Axis(labelLimit=limit, labelOverlap=False, ticks=False, domain=False, labelPadding=8)
