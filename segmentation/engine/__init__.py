"""Runs the files of sql/ where the rows are."""
