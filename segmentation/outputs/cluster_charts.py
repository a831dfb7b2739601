"""Clusters to Altair charts; nothing is worked out here."""

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from segmentation.outputs.charts import name_axis

LINE_COLOUR, CHOSEN_COLOUR = "#8fa3a6", "#0e8f86"
LESS_COLOUR, MIDDLE_COLOUR, MORE_COLOUR = "#c2703d", "#9aa5a7", "#0e8f86"


def chart_sweep(judged: pd.DataFrame, column: str, label: str, chosen: int) -> alt.LayerChart:
    """One measure of quality for every number of clusters; the chosen number stands out.

    Parameters
    ----------
    judged : DataFrame indexed by n_clusters
        As `agreement.judge_sweep` gives it.
    column : str
        Which of its columns.
    label : str
        What it is called.
    chosen : int
        The number of clusters chosen.
    """
    form = ",.0f" if column == "inertia" else ".3f"
    table = judged.reset_index()[["n_clusters", column]]
    short = "~s" if column == "inertia" else ".2f"
    axis = alt.Axis(labelExpr=f"format(datum.value, '{short}')", tickCount=4)
    base = alt.Chart(table).encode(
        x=alt.X("n_clusters:O", title="Groups", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(f"{column}:Q", title=label, axis=axis, scale=alt.Scale(zero=column == "inertia")),
        tooltip=[
            alt.Tooltip("n_clusters:O", title="Groups"),
            alt.Tooltip(f"{column}:Q", title=label, format=form),
        ],
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        color=alt.condition(
            alt.datum.n_clusters == chosen, alt.value(CHOSEN_COLOUR), alt.value(LINE_COLOUR)
        ),
        size=alt.condition(alt.datum.n_clusters == chosen, alt.value(190), alt.value(60)),
    )
    return (base.mark_line(color=LINE_COLOUR) + dots).properties(height=190)


def chart_cluster_points(
    sample: pd.DataFrame,
    colours: Mapping[str, str],
    labels: Mapping[str, str],
    is_log: bool,
) -> alt.Chart:
    """A sample of customers by two measures, coloured by cluster.

    Parameters
    ----------
    sample : DataFrame
        customer_id, segment, and the two measures.
    colours : mapping of str to str
        Each cluster's colour, in order.
    labels : mapping of str to str
        What each of the two measures is called; the first goes to the right.
    is_log : bool
        Whether distances count in logarithms.
    """
    across, up = labels
    scale = alt.Scale(type="symlog" if is_log else "linear", nice=True, zero=not is_log)
    # A symlog axis would mark 0 and one more value only.
    marks = [0, *(step * 10**power for power in range(7) for step in (1, 3))]
    axis = alt.Axis(
        labelExpr="format(datum.value, '~s')",
        labelOverlap=True,
        values=marks if is_log else alt.Undefined,
    )
    return (
        alt.Chart(sample)
        .mark_circle(size=28, opacity=0.6)
        .encode(
            x=alt.X(f"{across}:Q", title=labels[across], scale=scale, axis=axis),
            y=alt.Y(f"{up}:Q", title=labels[up], scale=scale, axis=axis),
            color=_coloured(colours),
            tooltip=[
                alt.Tooltip("customer_id:N", title="Customer"),
                alt.Tooltip("segment:N", title="Cluster"),
                *(
                    alt.Tooltip(f"{m}:Q", title=label, format=",.4~f")
                    for m, label in labels.items()
                ),
            ],
        )
        .properties(height=380)
    )


def _coloured(colours: Mapping[str, str]) -> alt.Color:
    return alt.Color(
        "segment:N",
        sort=list(colours),
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(title=None, orient="bottom", columns=1, labelLimit=0),
    )


def chart_cluster_profile(profile: pd.DataFrame) -> alt.LayerChart:
    """How much better or worse each cluster is than the average customer, measure by measure.

    Parameters
    ----------
    profile : DataFrame
        segment, measure (its label), told (its median as text), distance, as
        `pictures.profile_clusters` gives it, and better: the distance, turned round where little
        is good.
    """
    base = alt.Chart(profile).encode(
        x=alt.X(
            "measure:N",
            sort=list(dict.fromkeys(profile["measure"])),
            title=None,
            axis=alt.Axis(
                labelAngle=-35,
                labelAlign="left",
                labelLimit=150,
                labelOverlap=False,
                orient="top",
                domain=False,
                ticks=False,
            ),
        ),
        y=alt.Y(
            "segment:N",
            sort=list(dict.fromkeys(profile["segment"])),
            title=None,
            axis=name_axis(210),
        ),
        tooltip=[
            alt.Tooltip("segment:N", title="Cluster"),
            alt.Tooltip("measure:N", title="Measure"),
            alt.Tooltip("told:N", title="Middle customer"),
            alt.Tooltip("distance:Q", title="Standard deviations from average", format="+.2f"),
        ],
    )
    tiles = base.mark_rect(cornerRadius=3, stroke="white", strokeOpacity=0.35).encode(
        color=alt.Color(
            "better:Q",
            scale=alt.Scale(
                domain=[-2, 0, 2],
                range=[LESS_COLOUR, MIDDLE_COLOUR, MORE_COLOUR],
                clamp=True,
                interpolate="rgb",
            ),
            legend=alt.Legend(
                title="Against the average customer",
                values=[-2, 0, 2],
                labelExpr="datum.value < 0 ? 'worse' : datum.value > 0 ? 'better' : 'alike'",
                gradientLength=160,
                orient="bottom",
                titleLimit=0,
            ),
        )
    )
    texts = base.mark_text(fontSize=13, fontWeight=600, color="white").encode(text="told:N")
    n = profile["segment"].nunique()
    return (tiles + texts).properties(height=max(260, 46 * n + 170))


def chart_cross_table(
    table: pd.DataFrame, clusters: Sequence[str], segments: Sequence[str]
) -> alt.LayerChart:
    """Which segments of the rules each cluster's customers are in, as shares of the cluster.

    Parameters
    ----------
    table : DataFrame
        cluster, segment, n_customers and share (of the cluster, 0 to 1).
    clusters, segments : sequence of str
        In order.
    """
    base = alt.Chart(table).encode(
        x=alt.X(
            "segment:N",
            sort=list(segments),
            title="Segment by RFM rules",
            axis=alt.Axis(
                labelAngle=-35, labelLimit=160, labelOverlap=False, domain=False, ticks=False
            ),
        ),
        y=alt.Y(
            "cluster:N",
            sort=list(clusters),
            title=None,
            axis=name_axis(),
        ),
        tooltip=[
            alt.Tooltip("cluster:N", title="Cluster"),
            alt.Tooltip("segment:N", title="Segment"),
            alt.Tooltip("n_customers:Q", title="Customers", format=","),
            alt.Tooltip("share:Q", title="Share of the cluster", format=".1%"),
        ],
    )
    tiles = base.mark_rect(cornerRadius=3, color=MORE_COLOUR).encode(
        opacity=alt.Opacity("share:Q", scale=alt.Scale(domain=[0, 1], range=[0.12, 1]), legend=None)
    )
    # On a phone a number wider than its tile would be cut by the next one's; its tooltip has it.
    fits = "bandwidth('x') > 7 * length(format(datum.n_customers, ','))"
    texts = base.mark_text(fontSize=12, fontWeight=600).encode(
        text=alt.condition(fits, alt.Text("n_customers:Q", format=","), alt.value("")),
        color=alt.condition("datum.share > 0.45", alt.value("white"), alt.value("#7c8b8e")),
    )
    return (tiles + texts).properties(height=max(220, 46 * len(clusters) + 130))
