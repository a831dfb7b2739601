"""The file for a campaign tool: what it will make of the audience, and the download."""

import io
from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.parts import cached, campaigning, figures, grid, session
from segmentation.campaigns.arms import CONTROL
from segmentation.outputs.audiences import FORMATS, MEGABYTE, Format
from segmentation.outputs.campaign_files import is_archive, write_audience
from segmentation.outputs.countries import country_names
from segmentation.outputs.files import file_name, write_csv
from segmentation.outputs.preflight import PreFlight, check_audience, list_problems
from segmentation.tables import ADDRESS_PROBLEMS

PROBLEMS = {
    "problem": st.column_config.TextColumn("Address"),
    "n": st.column_config.NumberColumn("Customers", format="localized"),
    "meaning": st.column_config.TextColumn("Why", width="large"),
}


def draw() -> None:
    """Choose the tool, see the pre-flight, take the file."""
    found = campaigning.require_members()
    layout, with_control = draw_choices(found)
    country = campaigning.audience().country
    key = (layout.label, country, with_control, campaigning.members_key())
    checked = cached.latest(
        "campaign pre-flight",
        key,
        lambda: check_audience(found, layout, country, with_control),
        "Looking at every address…",
    )
    draw_figures(layout, checked)
    draw_warnings(found, layout, checked)
    draw_problems(found, layout, checked)
    draw_download(found, layout, checked, country)


def draw_choices(found: pd.DataFrame) -> tuple[Format, bool]:
    """The tool, the country of phone numbers, and whether the control group goes in."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        name = st.selectbox(
            "Format",
            list(FORMATS),
            format_func=lambda name: FORMATS[name].label,
            key="campaign_format",
            persist_state="session",
            width=280,
        )
        layout = FORMATS[name]
        if "phone" in layout.addresses:
            draw_country()
    if layout.is_hashed or not (found["arm"] == CONTROL).any():
        return layout, False
    with_control = st.toggle(
        "Control group in the file, too",
        value=not layout.is_tool,
        key=f"campaign_with_control_{layout.is_tool}",
        persist_state="session",
        help="Keep a plain CSV with both arms: it tells afterwards what the campaign brought. A "
        "campaign tool should get those who are addressed only.",
    )
    return layout, with_control


def draw_country() -> None:
    """The country of phone numbers without a country code."""
    names = country_names()
    session.put("campaign_country", campaigning.audience().country)
    st.selectbox(
        "Country of phones without a code",
        list(names),
        format_func=names.__getitem__,
        key="campaign_country",
        on_change=choose_country,
        width=280,
        help="Where the data name the customer's own country, that one is taken.",
    )


def choose_country() -> None:
    """Read phone numbers as of another country."""
    country = session.chosen("campaign_country")
    campaigning.use(replace(campaigning.audience(), country=country))


def draw_figures(layout: Format, checked: PreFlight) -> None:
    """How many can be used."""
    n = int(checked.wanted.sum())
    duplicates = checked.count_problems().get("same address", 0)
    with st.container(horizontal=True):
        share = f"{grid.share(checked.n_usable / n)} of {n:,}" if n else None
        figures.draw("In the file", f"{checked.n_usable:,}", share)
        if layout.is_tool:
            unusable = n - checked.n_usable - duplicates
            figures.draw("Without a usable address", f"{unusable:,}")
            figures.draw("Duplicates", f"{duplicates:,}")
        if not layout.is_hashed:
            figures.draw("Cells made harmless", f"{checked.n_risky:,}")
        if layout.is_tool:
            figures.draw("Cells with odd characters", f"{checked.n_rejected:,}")


def draw_warnings(found: pd.DataFrame, layout: Format, checked: PreFlight) -> None:
    """What stands in the way, in a sentence each."""
    if layout.is_tool and not {"email", "phone"} & set(found):
        st.warning("The data have neither e-mail addresses nor phone numbers: match a column.")
    elif checked.n_usable < layout.min_people:
        st.warning(
            f"{layout.label} does nothing with a list under {layout.min_people} people: widen "
            "the audience."
        )
    if checked.n_risky:
        st.caption(
            "Cells that a spreadsheet would run as a formula get an apostrophe in front; addresses "
            "never do."
        )
    if checked.n_rejected:
        st.caption("Invisible and control characters, which the tool rejects, are taken out.")
    if layout.max_bytes and is_archive(layout, checked):
        st.caption(
            f"{checked.n_bytes / MEGABYTE:,.0f} MB: {layout.label} takes "
            f"{layout.max_bytes // MEGABYTE} MB at most, so the zip holds several files."
        )
    if layout.is_hashed:
        st.caption(
            "Addresses and names leave as SHA-256 hashes. Those held out are not in the file: keep "
            "the plain CSV with both arms to see afterwards what the campaign brought."
        )


def draw_problems(found: pd.DataFrame, layout: Format, checked: PreFlight) -> None:
    """Who is not in the file, by reason, and all of them as a list."""
    counts = checked.count_problems()
    if not layout.is_tool:
        return
    if not counts:
        st.caption("Every address can be used.")
        return
    table = pd.DataFrame(
        {
            "problem": [name.capitalize() for name in counts],
            "n": list(counts.values()),
            "meaning": [ADDRESS_PROBLEMS[name] for name in counts],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config=PROBLEMS,
        alt="Unusable addresses by reason",
    )
    st.download_button(
        "Download the unusable addresses",
        lambda: write_csv(list_problems(found, checked)),
        file_name=file_name(session.require_data().name, "unusable", layout.label),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="campaign_problems",
    )


def draw_download(found: pd.DataFrame, layout: Format, checked: PreFlight, country: str) -> None:
    """The file itself."""
    if not checked.n_usable:
        st.info("No customer of the audience has an address that this tool can use.")
        return

    def make() -> bytes:
        out = io.BytesIO()
        write_audience(found, layout, country, checked, out)
        return out.getvalue()

    ending = "zip" if is_archive(layout, checked) else "csv"
    st.download_button(
        f"Download for {layout.label}" if layout.is_tool else f"Download the {layout.label}",
        make,
        file_name=file_name(session.require_data().name, "audience", layout.label, ext=ending),
        mime="application/zip" if ending == "zip" else "text/csv",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        key="campaign_file",
    )
