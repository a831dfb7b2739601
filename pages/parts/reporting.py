"""The report as a PDF, made on the click from what every page uses."""

import streamlit as st

from pages.parts import cached, segmenting, session
from segmentation.outputs.files import file_name
from segmentation.outputs.report_data import collect_report

SAYS = (
    "A PDF of a few pages: sales, who brings them, segments with actions, who is at risk, method."
)


def offer(where: str) -> None:
    """A button that makes the report; `where` is the page it stands on."""
    data = session.require_data()
    day, policies = cached.here()
    recipe = session.applied().change(as_of=day, policies=policies)
    # Of the purchases before the as-of day, as in the archive's report.
    overview = cached.overview()
    customers, segmenter = cached.customers(), segmenting.applied().segmenter

    def make() -> bytes:
        # Typst is loaded on the first click; the app starts without it.
        from segmentation.outputs.report import build_report

        attributes = cached.attributes_of(data, day, policies)
        return build_report(
            collect_report(
                data.name,
                data.rows.database,
                overview,
                recipe,
                customers,
                attributes,
                segmenter,
            )
        )

    st.download_button(
        "Download the report",
        make,
        file_name=file_name(data.name, "report", ext="pdf"),
        mime="application/pdf",
        on_click="ignore",
        icon=":material/picture_as_pdf:",
        help=SAYS,
        key=f"{where}_report",
    )
