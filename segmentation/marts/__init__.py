"""One function a table of sql/marts: what comes over to pandas."""
