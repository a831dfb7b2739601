"""The clusters being tried beside the segments of the rules."""

import pandas as pd
import streamlit as st

from pages.parts import cached, downloads, effect, figures, frame, grid, segmenting, session
from segmentation.outputs.cluster_charts import chart_cross_table
from segmentation.segments.pictures import compare_groupings

WORDS = ((0.65, "agree well"), (0.35, "agree in part"), (0.1, "agree little"))


def draw() -> None:
    """How far clusters and rules agree, and who is where."""
    draft = session.draft()
    if not draft.clusters:
        st.info("Choose the clusters first, in the view beside.")
        return
    clusters = segmenting.group(draft, by_customer=True)
    rules = segmenting.group(draft.change(clusters={}), by_customer=True)
    key = ("compared", str(draft), *cached.here())
    table, agreement = cached.remembered(
        key,
        lambda: compare_groupings(clusters.codes, rules.codes, clusters.names, rules.names),
        "Comparing…",
    )
    word = next((word for least, word in WORDS if agreement >= least), "hardly agree")
    figures.draw("Agreement of clusters and rules", f"{agreement:.2f}", width=320)
    st.markdown(
        f"They **{word}**: the adjusted Rand index is 1 where both make the same groups and 0 "
        "where they agree by chance only (Hubert & Arabie 1985)."
    )
    long = table.stack().rename_axis(["cluster", "segment"]).rename("n_customers").reset_index()
    sizes = table.sum(axis=1)
    long = long[long["n_customers"] > 0]
    long["share"] = long["n_customers"] / long["cluster"].map(sizes)
    st.subheader("Clusters by segment", anchor=False)
    chart = chart_cross_table(long, list(table.index), list(table.columns))
    st.altair_chart(chart, width="stretch")
    st.caption("Customers; the stronger the colour, the larger the share of the cluster.")
    draw_home(table)
    downloads.offer("Download this table", "clusters-and-rules", lambda: table)
    effect.draw_buttons("comparison")


def draw_home(table: pd.DataFrame) -> None:
    """The segment in which most of each cluster are."""
    shares = table.div(table.sum(axis=1).clip(lower=1), axis=0)
    for name, row in shares.iterrows():
        if row.max() > 0:
            cluster, segment = map(frame.plain, (name, row.idxmax()))
            st.markdown(f"- **{cluster}**: {grid.share(row.max())} are **{segment}**")
