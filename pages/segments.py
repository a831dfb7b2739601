"""Segments: choose how customers are grouped, see who brings the revenue, take the lists away."""


from pages.parts import (
    choosing,
    clustering,
    comparing,
    detail,
    effect,
    frame,
    results,
    scheming,
    session,
    tuning,
)

RULES = {
    "Overview": results.draw,
    "One segment": detail.draw,
    "Cut points": tuning.draw,
    "Scheme": scheming.draw,
}
CLUSTERS = {
    "Overview": results.draw,
    "One segment": detail.draw,
    "Choose clusters": clustering.draw,
    "Compare with rules": comparing.draw,
}

with frame.page(
    "pages/segments.py", "Who buys lately, often and for much, and what to do for them."
):
    session.require_data()
    views = CLUSTERS if choosing.is_by_clusters() else RULES
    choosing.draw()
    view = choosing.draw_views(list(views))
    choosing.check_applied()
    if view in ("Overview", "One segment"):
        effect.draw_reminder()
    views[view]()
