"""The app's work without a browser: files or a table in, customers, segments and ledger out."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from segmentation.commands.progress import say
from segmentation.errors import AmbiguousCells, MissingColumn, SegmentationError

# What makes the choice that an error asks for.
OPTIONS = {MissingColumn: "--columns", AmbiguousCells: "--date-order or --decimal"}
# What DuckDB makes of Ctrl+C while it works on a statement.
INTERRUPTED = "Query interrupted"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0, 2 where its user can put something right, 130 when stopped."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        # Imports take most of a second on a busy machine, in which Ctrl+C has to work as well.
        if given[:1] == ["sample"]:
            from segmentation.commands.sample import write_sample

            write_sample(given[1:])
        elif given[:1] == ["load-mysql"]:
            from segmentation.commands.load_mysql import load_mysql

            load_mysql(given[1:])
        else:
            from segmentation.commands.analysis import analyse
            from segmentation.commands.arguments import build_parser

            analyse(build_parser().parse_args(given))
    except SegmentationError as error:
        say("")
        by = f" The option is {OPTIONS[type(error)]}." if type(error) in OPTIONS else ""
        print(f"{error} {error.hint}{by}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, RuntimeError) as error:
        if isinstance(error, RuntimeError) and str(error) != INTERRUPTED:
            raise
        say("")
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    # Of a small file's run, a fifth is looking for garbage among modules and taking them down.
    gc.set_threshold(100_000)
    status = main()
    with suppress(OSError):  # who read it has gone
        sys.stdout.flush()
    os._exit(status)
