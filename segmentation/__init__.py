"""Groups a shop's customers from its sales rows.  No Streamlit in here."""

__version__ = "0.1.0"
