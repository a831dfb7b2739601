"""Sales: how the business is doing, where, and who brings it."""

from pages.parts import frame, sales_layout, session

with frame.page("pages/sales.py", "How the business is doing, where, and who brings it."):
    session.require_data()
    sales_layout.draw()
