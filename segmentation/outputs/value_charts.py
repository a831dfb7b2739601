"""Tables of value to Altair charts; nothing is worked out here."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from segmentation.outputs.charts import money_axis, name_axis

HAPPENED, PREDICTED, AVERAGE = "What happened", "Models", "Plain average"
KINDS = {"happened_spend": HAPPENED, "predicted_spend": PREDICTED, "average_spend": AVERAGE}
COLOURS = {HAPPENED: "#0e8f86", PREDICTED: "#6d83d6", AVERAGE: "#8fa3a6"}


def chart_segment_value(table: pd.DataFrame, colours: Mapping[str, str]) -> alt.LayerChart:
    """Each segment's predicted value as a bar, with its 90 % interval as a line.

    Parameters
    ----------
    table : DataFrame indexed by segment
        Columns of `value_tables.SEGMENT_VALUE`.
    colours : mapping of str to str
        Each segment's colour.
    """
    shown = table.reset_index()
    names = list(shown["segment"])
    base = alt.Chart(shown).encode(
        y=alt.Y("segment:N", sort=names, title=None, axis=name_axis()),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("value:Q", title="Predicted value", format=",.2f"),
            alt.Tooltip("low:Q", title="From", format=",.2f"),
            alt.Tooltip("high:Q", title="To", format=",.2f"),
            alt.Tooltip("share_of_value:Q", title="Share", format=".1%"),
            alt.Tooltip("n_customers:Q", title="Customers", format=","),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        x=alt.X("value:Q", title="Predicted value", axis=money_axis()),
        color=alt.Color(
            "segment:N",
            scale=alt.Scale(domain=names, range=[colours.get(name, "#8fa3a6") for name in names]),
            legend=None,
        ),
    )
    reach = base.mark_rule(strokeWidth=2, color="#5b6b6e").encode(x="low:Q", x2="high:Q")
    return (bars + reach).properties(height=max(120, 36 * len(shown)))


def chart_record(table: pd.DataFrame, title: str) -> alt.Chart:
    """Money that came in on held-out time beside what was predicted, by group.

    Parameters
    ----------
    table : DataFrame
        Columns of `value_tables.TRACK_RECORD`.
    title : str
        What the groups are.
    """
    long = table.melt(["group", "n_customers"], list(KINDS), var_name="kind", value_name="money")
    long["kind"] = long["kind"].map(KINDS)
    kinds = list(KINDS.values())
    return (
        alt.Chart(long)
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=alt.Y(
                "group:N",
                sort=[str(name) for name in table["group"]],
                title=title,
                axis=name_axis(),
            ),
            yOffset=alt.YOffset("kind:N", sort=kinds),
            x=alt.X("money:Q", title="Money", axis=money_axis()),
            color=alt.Color(
                "kind:N",
                sort=kinds,
                scale=alt.Scale(domain=kinds, range=[COLOURS[kind] for kind in kinds]),
                # Two a row: three are cut off on a phone.
                legend=alt.Legend(orient="top", title=None, columns=2),
            ),
            tooltip=[
                alt.Tooltip("group:N", title=title),
                alt.Tooltip("kind:N", title="By"),
                alt.Tooltip("money:Q", title="Money", format=",.2f"),
                alt.Tooltip("n_customers:Q", title="Customers", format=","),
            ],
        )
        .properties(height=max(160, 44 * len(table)))
    )


def chart_groups(table: pd.DataFrame, title: str) -> alt.Chart:
    """Value so far by group, as bars.

    Parameters
    ----------
    table : DataFrame
        Columns of `value_tables.VALUE_SO_FAR`.
    title : str
        What the groups are.
    """
    return (
        alt.Chart(table)
        .mark_bar(cornerRadiusEnd=2, color="#0e8f86")
        .encode(
            y=alt.Y(
                "group:N",
                sort=[str(name) for name in table["group"]],
                title=title,
                axis=name_axis(),
            ),
            x=alt.X("value:Q", title="Value so far", axis=money_axis()),
            tooltip=[
                alt.Tooltip("group:N", title=title),
                alt.Tooltip("value:Q", title="Value so far", format=",.2f"),
                alt.Tooltip("share_of_value:Q", title="Share", format=".1%"),
                alt.Tooltip("n_customers:Q", title="Customers", format=","),
            ],
        )
        .properties(height=max(120, 30 * len(table)))
    )
