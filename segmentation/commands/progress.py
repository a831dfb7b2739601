"""The step a run is at, on one line of a terminal."""

import sys


def say(step: str) -> None:
    """Show a step on one line of a terminal; nothing in a pipe."""
    if sys.stderr and sys.stderr.isatty():
        print(f"\r\x1b[K{step}{'…' if step else ''}", end="", file=sys.stderr, flush=True)
