"""Who is at risk and who came back, as Altair charts; nothing is worked out here."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from segmentation.outputs.charts import name_axis

# From here on a logarithmic axis has room for the powers of ten only.
WIDE = 1000
PICKED, OTHER_COLOUR = "picked", "#8fa3a6"


def chart_risk_map(
    marks: pd.DataFrame,
    risk: str,
    colours: Mapping[str, str],
    picked: Sequence[tuple[float, float]] | None = None,
) -> alt.Chart:
    """Customers by risk and value so far, to pick from by brushing.

    Parameters
    ----------
    marks : DataFrame indexed by customer_id
        A few thousand rows at most: segment, value_so_far, at_stake, recency_days and the risk.
    risk : {"p_active", "overdue_ratio"}
        Which column the risk is: 0 to 1 and low is bad, or in usual gaps and high is bad.
    colours : mapping of str to str
        Each segment's colour, in the segments' order.
    picked : sequence of (float, float) or None
        The ranges of risk and value that are brushed at first, in the units of `marks`.

    Notes
    -----
    What is brushed comes back as the selection `PICKED`: the ends of both ranges by column.
    """
    there = set(marks["segment"])
    names = [name for name in colours if name in there]
    if risk == "p_active":
        across = alt.X(
            "p_active:Q", title="P(active)", axis=alt.Axis(format="%", tickCount=6), scale=_near()
        )
        told = alt.Tooltip("p_active:Q", title="P(active)", format=".1%")
    else:
        across = alt.X(
            "overdue_ratio:Q",
            title="Days since the last order ÷ usual gap",
            axis=alt.Axis(format="~g", values=ticks(marks["overdue_ratio"])),
            scale=alt.Scale(type="log", nice=False, padding=8),
        )
        told = alt.Tooltip("overdue_ratio:Q", title="Overdue, × the usual gap", format=".2f")
    shown = marks.reset_index(names="customer_id")
    begun: Any = {"x": list(picked[0]), "y": list(picked[1])} if picked else alt.Undefined
    return (
        alt.Chart(shown)
        .mark_circle(size=46, opacity=0.65)
        .encode(
            x=across,
            y=alt.Y(
                "value_so_far:Q",
                title="Value so far",
                axis=alt.Axis(
                    # Each label with a prefix of its own: 500, 2k.
                    labelExpr="format(datum.value, '~s')",
                    values=ticks(marks["value_so_far"]),
                ),
                scale=alt.Scale(
                    type="log" if (marks["value_so_far"] > 0).all() else "symlog",
                    nice=False,
                    padding=8,
                ),
            ),
            color=alt.Color(
                "segment:N",
                sort=names,
                scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
                legend=alt.Legend(orient="bottom", title=None, columns=2, labelLimit=0),
            ),
            tooltip=[
                alt.Tooltip("customer_id:N", title="Customer"),
                alt.Tooltip("segment:N", title="Segment"),
                told,
                alt.Tooltip("recency_days:Q", title="Days since last order", format=","),
                alt.Tooltip("value_so_far:Q", title="Value so far", format=",.2f"),
                alt.Tooltip("at_stake:Q", title="At stake", format=",.2f"),
            ],
        )
        .add_params(alt.selection_interval(name=PICKED, value=begun))
        .properties(height=440)
    )


def chart_returned(table: pd.DataFrame, colours: Mapping[str, str]) -> alt.LayerChart:
    """Share of those flagged who came back, by segment, with its 90 % interval as a line.

    Parameters
    ----------
    table : DataFrame indexed by segment
        Columns of `risk_tables.RETURNED`.
    colours : mapping of str to str
        Each segment's colour.
    """
    shown = table.reset_index()
    names = list(shown["segment"])
    base = alt.Chart(shown).encode(
        y=alt.Y(
            "segment:N",
            sort=names,
            title=None,
            axis=name_axis(),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title="Segment then"),
            alt.Tooltip("n_flagged:Q", title="Flagged", format=","),
            alt.Tooltip("n_returned:Q", title="Came back", format=","),
            alt.Tooltip("share_returned:Q", title="Share", format=".1%"),
            alt.Tooltip("low:Q", title="From", format=".1%"),
            alt.Tooltip("high:Q", title="To", format=".1%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        x=alt.X(
            "share_returned:Q",
            title="Came back",
            axis=alt.Axis(format="%", tickCount=5),
            scale=alt.Scale(domainMin=0),
        ),
        color=alt.Color(
            "segment:N",
            scale=alt.Scale(
                domain=names, range=[colours.get(name, OTHER_COLOUR) for name in names]
            ),
            legend=None,
        ),
    )
    reach = base.mark_rule(strokeWidth=2, color="#5b6b6e").encode(x="low:Q", x2="high:Q")
    return (bars + reach).properties(height=max(110, 36 * len(shown) + 30))


def ticks(values: pd.Series) -> list[float]:
    """Round numbers between the least and the greatest value, for a logarithmic axis."""
    low, high = float(values.min()), float(values.max())
    is_wide = max(high, -low) > WIDE if low <= 0 else high / low > WIDE
    # A narrow range may have but one of 1, 2 and 5 in it.
    is_narrow = low > 0 and high / low < 4
    steps = (1,) if is_wide else range(1, 10) if is_narrow else (1, 2, 5)
    sizes = [step * 10.0**power for power in range(-2, 13) for step in steps]
    if low <= 0:
        least = 10 if is_wide else 1
        sizes = [0.0, *(sign * size for size in sizes if size >= least for sign in (-1, 1))]
    return sorted(size for size in sizes if low <= size <= high)


def _near() -> alt.Scale:
    """A scale that ends where the data end, with a little room."""
    return alt.Scale(zero=False, nice=False, padding=8)
