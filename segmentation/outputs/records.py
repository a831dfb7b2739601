"""The record of an analysis: from what, how and when it was made, to make it again."""

import datetime
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segmentation import __version__
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.recipe import Recipe, load_recipe, write_recipe
from segmentation.sources.readings import ReadingChoices

RECORD = "run.json"
PACKAGES = (
    *("duckdb", "numpy", "pandas", "pyarrow", "scipy", "sqlglot", "tomli-w", "typst"),
    "XlsxWriter",
)


@dataclass(frozen=True)
class Record:
    """From what, how and when an analysis was made.

    Parameters
    ----------
    inputs : sequence of mapping
        Name, length in bytes and SHA-256 of each file that was read.
    recipe : Recipe
        Every choice, the cut points in use included.
    made_at : datetime
        In UTC, to the second; it is part of the workbook's properties.
    reading : ReadingChoices
        What was corrected about how the files are read, such as a workbook's sheet.
    """

    inputs: Sequence[Mapping[str, Any]]
    recipe: Recipe
    made_at: datetime.datetime
    reading: ReadingChoices = field(default_factory=ReadingChoices)


def now() -> datetime.datetime:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


def describe_inputs(paths: Sequence[Path], names: Sequence[str]) -> list[dict[str, Any]]:
    """Name, length and SHA-256 of files, read block by block."""
    found = []
    for path, name in zip(paths, names, strict=True):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        found.append({"name": name, "bytes": path.stat().st_size, "sha256": digest})
    return found


def write_record(
    record: Record, as_of: datetime.date, notes: Sequence[str], hashes: Mapping[str, str]
) -> bytes:
    """The record as JSON, which `load_record` reads again.

    Parameters
    ----------
    record : Record
        With the cut points in use in its recipe.
    as_of : date
        The first day that did not count.
    notes : sequence of str
        What a reader of the files should know, such as what was left out and why.
    hashes : mapping of str to str
        SHA-256 of each file by its name.
    """
    document = {
        "made_at": record.made_at.isoformat(),
        "inputs": list(record.inputs),
        "reading": asdict(record.reading),
        "as_of": as_of.isoformat(),
        "notes": list(notes),
        "recipe": write_recipe(record.recipe).decode(),
        "version": __version__,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "sha256": dict(hashes),
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def load_record(content: bytes, name: str = RECORD) -> Record:
    """The record that `write_record` wrote.

    Raises
    ------
    InvalidRecipe
        It is no such record, or its recipe cannot be used.
    """
    try:
        document = json.loads(content)
        return Record(
            [dict(each) for each in document["inputs"]],
            load_recipe(document["recipe"].encode(), name),
            datetime.datetime.fromisoformat(document["made_at"]),
            # Earlier versions kept nothing but the sheet.
            _load_reading(document.get("reading", {"sheet": document.get("sheet")})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidRecipe(
            f"{name} is not the record of an analysis.",
            "Choose a run.json that this app has saved.",
        ) from error


def _load_reading(document: Mapping[str, Any]) -> ReadingChoices:
    reading = ReadingChoices(**document)
    if not isinstance(reading.header_line, int | None):
        raise TypeError
    if not all(isinstance(document[key], str | None) for key in document.keys() - {"header_line"}):
        raise TypeError
    return reading


def check_inputs(record: Record, inputs: Sequence[Mapping[str, Any]]) -> None:
    """Raise InvalidChoice unless the files given are those of the record, byte for byte."""
    asked, given = ([each["sha256"] for each in files] for files in (record.inputs, inputs))
    if asked != given:
        names = ", ".join(str(each["name"]) for each in record.inputs)
        raise InvalidChoice(
            f"These are not the files of the record, which are {names}.",
            "Give the same files in the same order, unchanged.",
        )
