"""A way from customers on another page to Campaign, with them as the audience."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from pages.parts import campaigning, frame, session
from segmentation.audience import Condition


def offer(where: str, conditions: Sequence[Condition], says: str) -> None:
    """A button that opens Campaign with the customers who meet all the conditions."""
    if st.button(
        "Plan a campaign",
        icon=":material/campaign:",
        key=f"{where}_campaign",
        help=says,
    ):
        groups = (tuple(conditions) or (Condition("segment"),),)
        campaigning.use(replace(campaigning.audience(), groups=groups))
        session.put("campaign_view", "Audience")
        st.switch_page("pages/campaign.py")


def offer_segments(where: str, names: Sequence[str]) -> None:
    """The same for the customers of some segments; of all where none is named."""
    conditions = [Condition("segment", among=tuple(names))] if names else []
    told = f"the segment {frame.plain(names[0])}" if len(names) == 1 else "these segments"
    who = f"the customers of {told}" if names else "all customers"
    offer(where, conditions, f"Opens Campaign with {who} as audience.")
