"""How much one visitor may bring and use, from `.streamlit/limits.toml`."""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

FILE = Path(__file__).parent.parent / ".streamlit" / "limits.toml"


@dataclass(frozen=True)
class Limits:
    """Upper bounds on a visitor's data, and what they may connect to.

    Sizes in units of 1,000,000 bytes. `hosts` are the servers that a visitor may type the address
    of; none named: any.
    """

    unpacked_megabytes: int = 20_000
    unpack_ratio: int = 200
    rows: int = 100_000_000
    columns: int = 2_000
    cell_megabytes: int = 16
    memory_megabytes: int = 440
    statement_seconds: int = 60
    typed_connections: bool = True
    hosts: Sequence[str] = ()


def load_limits(path: Path = FILE) -> Limits:
    """Limits of this installation; what the file leaves out keeps its default.

    The environment's SEGMENTATION_MEMORY_MEGABYTES wins over the file's memory_megabytes.

    Raises
    ------
    TypeError
        The file names a limit that does not exist.
    """
    limits = Limits(**tomllib.loads(path.read_text("utf-8"))) if path.exists() else Limits()
    memory = os.environ.get("SEGMENTATION_MEMORY_MEGABYTES")
    return replace(limits, memory_megabytes=int(memory)) if memory else limits
