"""The workbook, and all files of the analysis in one archive."""

import streamlit as st

from pages.parts import segmenting, session
from segmentation.outputs.analysis import Analysis, build_analysis, build_files, write_book
from segmentation.outputs.files import file_name, write_zip
from segmentation.outputs.records import Record, describe_inputs, now
from segmentation.outputs.workbook_content import MOST_WITH_FORMULAS
from segmentation.segments.segmenter import with_cut_points
from segmentation.sources.readings import ReadingChoices


def offer() -> None:
    """Two buttons: the workbook, and everything as an archive."""
    data = session.require_data()
    recipe = with_cut_points(session.applied(), segmenting.applied().segmenter)
    recipe = recipe.change(policies=session.policies())
    files = session.files()
    mine = files is not None and files.raw is data.rows.raw
    is_file = isinstance(files, session.GivenFiles) and mine
    paths, names = (files.paths, files.names) if is_file else ([], [])
    reading = files.choices if is_file else ReadingChoices()

    def analysis() -> Analysis:
        return build_analysis(data.rows.database, data.rows.raw.name, recipe, now(), data.recall)

    def everything() -> bytes:
        made = analysis()
        inputs = describe_inputs(paths, names)
        record = Record(inputs, recipe, made.content.made_at, reading)
        return write_zip(dict(build_files(made, record)))

    st.download_button(
        "Download the workbook",
        lambda: write_book(analysis().content),
        file_name=file_name(data.name, "segments", ext="xlsx"),
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        on_click="ignore",
        icon=":material/table_view:",
        key="download_workbook",
        help="Change a cut point on its sheet Thresholds, in Excel or LibreOffice, and every "
        f"score, sum and chart follows. Over {MOST_WITH_FORMULAS:,} customers it holds values.",
    )
    st.download_button(
        "Download everything",
        everything,
        file_name=file_name(data.name, "analysis", ext="zip"),
        mime="application/zip",
        on_click="ignore",
        icon=":material/folder_zip:",
        key="download_everything",
        help="Customers, scores and lifetime values, the workbook, the report, the SQL, the "
        "recipe, and a record from which the same files can be made again.",
    )
