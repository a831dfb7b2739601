"""At risk: who is slipping away, how much money goes with them, and how many come back."""

from pages.parts import at_risk_list, at_risk_measure, frame, session

with frame.page(
    "pages/at_risk.py",
    "Who is slipping away, how much money goes with them, and how many come back on their own.",
):
    session.require_data()
    if at_risk_measure.draw():
        at_risk_list.draw()
