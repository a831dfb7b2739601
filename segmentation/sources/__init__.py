"""Reads what the analyst gives and says which column is which."""
