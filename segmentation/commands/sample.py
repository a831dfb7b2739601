"""`sample`: the sample shop as a file."""

from collections.abc import Sequence
from pathlib import Path

from segmentation.commands.arguments import Parser
from segmentation.errors import InvalidChoice


def write_sample(arguments: Sequence[str]) -> None:
    """Write the sample shop to the file that the arguments name."""
    from segmentation.sources.sample import write_sample_shop

    parser = Parser(prog="python -m segmentation sample", description="Write the sample shop.")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a CSV file")
    path = parser.parse_args(arguments).out
    try:
        write_sample_shop(path)
    except OSError as error:
        raise InvalidChoice(
            f"{path} cannot be written ({error.strerror}).", "Choose another folder."
        ) from error
