"""One segment: who they are, what to do for them, where they live, and their list."""

import streamlit as st

from pages.parts import cached, campaign_link, downloads, figures, frame, grid, segmenting
from segmentation.outputs.charts import chart_places
from segmentation.segments.profiles import profile_places
from segmentation.tables import ATTRIBUTES, CUSTOMERS, PLACES, SCORES, SEGMENTS

SHOWN_PLACES, SHOWN_CUSTOMERS, FEW, NOTABLE = 15, 200, 20, 1.1


def draw() -> None:
    """Everything about one segment."""
    grouping = segmenting.applied()
    table = segmenting.table(grouping)
    name = st.selectbox(
        "Segment", list(table.index), key="segments_one", persist_state="session", width=320
    )
    segment = next(item for item in grouping.segmenter.scheme.segments if item.name == name)
    row = table.loc[name]
    if segment.meaning:
        st.markdown(f"**Who they are.** {frame.plain(segment.meaning)}")
        st.markdown(f"**What to do.** {frame.plain(segment.action)}")
    with st.container(horizontal=True):
        for measure, told, *says in (
            (
                "n_customers",
                f"{row['n_customers']:,.0f}",
                f"{row['share_of_customers']:.1%} of all",
            ),
            ("total_spend", grid.short(row["total_spend"]), f"{row['share_of_spend']:.1%} of all"),
            ("mean_order_value", grid.short(row["mean_order_value"])),
            ("median_recency_days", f"{row['median_recency_days']:,.4g}"),
            ("median_n_orders", f"{row['median_n_orders']:,.4g}"),
        ):
            figures.draw(SEGMENTS[measure].label, told, *says, meaning=SEGMENTS[measure].meaning)
    draw_places(name, grouping.names)
    draw_members(name)


def draw_places(name: str, names: tuple[str, ...]) -> None:
    """Where the segment's customers are more common than the average customer."""
    st.subheader("Where they are", anchor=False)
    attributes, there = cached.attributes(), cached.places()
    if not there:
        st.caption("Match a region, country, city or age group on Load data to see this.")
        return
    by = st.segmented_control(
        "By",
        there,
        format_func=lambda attribute: ATTRIBUTES[attribute].label,
        key="segments_place",
        default=there[0],
        required=True,
        label_visibility="collapsed",
    )
    places = profile_places(segmenting.segments(), attributes[by], names).loc[name].reset_index()
    common = places[places["n_customers"] > 0].sort_values("concentration", ascending=False)
    common = common.sort_values("n_customers", key=lambda n: n < FEW, kind="stable")
    tell_concentration(name, common)
    # A single customer in a rare place would top the chart: where hardly anybody is says nothing.
    enough = common[common["n_customers"] >= FEW]
    largest = enough.nlargest(SHOWN_PLACES, "n_customers").sort_values(
        "concentration", ascending=False
    )
    table = st.container()
    if len(largest) > 1:
        left, table = st.columns(2, gap="medium")
        with left:
            st.altair_chart(chart_places(largest, ATTRIBUTES[by].label), width="stretch")
            if len(largest) < len(common):
                st.caption(
                    f"The chart shows places with at least {FEW} customers of the segment, "
                    f"{SHOWN_PLACES} at most: {len(largest)} of {len(common)}."
                )
    with table:
        st.dataframe(
            grid.rounded(
                common.assign(
                    concentration=common["concentration"].where(common["n_customers"] >= FEW)
                ),
                PLACES,
            ),
            hide_index=True,
            width="stretch",
            column_config={
                **grid.column_config(PLACES),
                "place": st.column_config.TextColumn(ATTRIBUTES[by].label),
            },
            column_order=["place", "n_customers", "concentration", "share_of_segment"],
            placeholder="too few to tell",
            alt="Where the segment's customers are",
        )
        downloads.offer("Download this table", f"{name}-{by}", lambda: common.set_index("place"))


def tell_concentration(name: str, common) -> None:  # type: ignore[no-untyped-def]
    """One sentence on the place where they are most common, if enough of them are there."""
    enough = common[common["n_customers"] >= FEW]
    if enough.empty:
        st.caption(f"Fewer than {FEW} customers in each place: too few to compare.")
        return
    top = enough.iloc[0]
    if top["concentration"] < NOTABLE:
        st.markdown(f"{frame.plain(name)} are spread much like customers in general.")
        return
    st.markdown(
        f"{frame.plain(name)} are **{top['concentration']:.1f} ×** as common in "
        f"**{frame.plain(str(top['place']))}** as customers in general: "
        f"{top['share_of_segment']:.1%} of them against {top['share_of_customers']:.1%} of all."
    )


def draw_members(name: str) -> None:
    """The segment's first customers by spend, and all of them as a file."""
    st.subheader("Their customers", anchor=False)
    members = segmenting.members_maker([name])()
    top = members.drop(columns="segment").nlargest(SHOWN_CUSTOMERS, "total_spend").reset_index()
    if len(members) > SHOWN_CUSTOMERS:
        st.caption(f"The {SHOWN_CUSTOMERS} with the highest spend of {len(members):,}.")
    st.dataframe(
        top,
        hide_index=True,
        width="stretch",
        height=grid.height(len(top)),
        column_config=grid.column_config({**CUSTOMERS, **SCORES, **ATTRIBUTES}),
        alt="Customers of the segment",
    )
    with st.container(horizontal=True):
        downloads.offer(
            f"Download the list ({len(members):,})", f"customers-{name}", lambda: members
        )
        campaign_link.offer_segments("segment", [name])
