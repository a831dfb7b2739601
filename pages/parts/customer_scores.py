"""Why a customer has their segment: each score with the values it stands for."""

import pandas as pd
import streamlit as st

from pages.parts import cached, frame, grid, segmenting, tuning
from segmentation.recipe import LETTERS, MEASURES
from segmentation.segments.profiles import count_scores
from segmentation.segments.rfm import SCORES
from segmentation.segments.rules import mean_score
from segmentation.tables import SCORE_RANGES


def draw(customer_id: str) -> None:
    """The three scores, and the cell of the grid that they lead to."""
    segmenter = segmenting.applied().segmenter
    row = cached.customers().loc[[customer_id]]
    scores = segmenter.scorer.transform(row).iloc[0]
    rows = []
    for measure in MEASURES:
        score, cuts = scores[SCORES[measure]], list(segmenter.cut_points_[measure])
        ranges = count_scores(measure, cached.distributions()[measure], cuts).loc[score]
        rows.append(
            {
                "measure": tuning.LABELS[measure],
                "value": tuning.said(measure, row[measure].iloc[0]),
                "score": f"{LETTERS[measure]} {score}",
                "range": tuning.ranged(measure, ranges["lowest"], ranges["highest"]),
                "share_of_customers": ranges["share_of_customers"],
            }
        )
    st.dataframe(
        grid.rounded(pd.DataFrame(rows), SCORE_RANGES),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            **grid.column_config(SCORE_RANGES),
            "measure": st.column_config.TextColumn("Measure"),
            "value": st.column_config.TextColumn("This customer"),
            "score": st.column_config.TextColumn("Score", help=SCORE_RANGES["score"].meaning),
            "range": st.column_config.TextColumn("Who has this score"),
        },
        alt="The customer's scores and what they stand for",
    )
    tell_cell(scores.to_dict(), segmenter.needs_spend, str(segmenter.predict(row).iloc[0]))


def tell_cell(scores: dict[str, int], by_value: bool, segment: str) -> None:
    """The sentence from scores to segment."""
    recency, frequency, monetary = (scores[name] for name in SCORES.values())
    if by_value:
        both = int(mean_score(frequency, monetary))
        column = f"FM {both} (the mean of F {frequency} and M {monetary}, rounded half up)"
    else:
        column = f"F {frequency}"
    st.markdown(
        f"In the scheme's grid R {recency} and {column} are the cell of **{frame.plain(segment)}**"
        f"{'' if by_value else f'; M {monetary} does not decide it'}."
    )
