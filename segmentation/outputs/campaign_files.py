"""An audience as the file, or the archive of files, that is taken away."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO, TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from segmentation.outputs.audiences import Format, build_batches
from segmentation.outputs.files import file_name, write_batches
from segmentation.outputs.preflight import PreFlight

if TYPE_CHECKING:
    import pandas as pd

# Rows written before the length of a part is looked at again: at most 2 MB of a usual audience.
ROWS = 4_096


def is_archive(layout: Format, found: PreFlight) -> bool:
    """Whether there will be several files: one a segment, or parts that the tool still takes."""
    return layout.is_by_segment or bool(layout.max_bytes and found.n_bytes > layout.max_bytes)


def write_audience(
    members: "pd.DataFrame", layout: Format, country: str, found: PreFlight, out: BinaryIO
) -> None:
    """The file of an audience, batch by batch.

    Files for people begin with a byte order mark, for Excel; those for tools do not.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        The audience, with the columns ``arm`` and, for a file a segment, ``segment``.
    layout : Format
        What the tool takes.
    country : str
        Code of the country of phone numbers without a country code.
    found : PreFlight
        What `preflight.check_audience` found; only those usable go in.
    out : file
        Open for writing bytes.
    """
    batches = build_batches(members, layout, country, found.usable, found.phones)
    if not is_archive(layout, found):
        _write(batches, out, bom=not layout.is_tool)
        return
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        if layout.is_by_segment:
            _write_segments(archive, members, layout, country, found.usable)
        else:
            _write_parts(archive, batches, layout.max_bytes or 0)


def _write_segments(
    archive: zipfile.ZipFile,
    members: "pd.DataFrame",
    layout: Format,
    country: str,
    usable: np.ndarray,
) -> None:
    for segment in members["segment"].cat.categories:
        chosen = np.asarray(members["segment"] == segment) & usable
        if chosen.any():
            those = members[chosen]
            batches = build_batches(those, layout, country, np.ones(len(those), bool))
            # Two segments may differ only in what a file name cannot have.
            name = file_name(str(segment))
            if name in archive.namelist():
                name = file_name(str(segment), str(len(archive.namelist()) + 1))
            with archive.open(_member(name), "w", force_zip64=True) as file:
                _write(batches, file, bom=True)


def _write_parts(
    archive: zipfile.ZipFile, batches: Iterable[pa.RecordBatch], max_bytes: int
) -> None:
    part, n_parts = b"", 0
    for header, rows in map(_lines, _pieces(batches)):
        if part and len(part) + len(rows) > max_bytes:
            n_parts += 1
            archive.writestr(_member(f"part-{n_parts}.csv"), part)
            part = b""
        part = (part or header) + rows
    archive.writestr(_member(f"part-{n_parts + 1}.csv"), part)


def _lines(piece: pa.RecordBatch) -> tuple[bytes, bytes]:
    """The header and the rows of a piece as CSV."""
    out = io.BytesIO()
    _write(iter([piece]), out, bom=False)
    header, end, rows = out.getvalue().partition(b"\n")
    return header + end, rows


def _pieces(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for start in range(0, len(batch), ROWS):
            yield batch.slice(start, ROWS)


def _write(batches: Iterator[pa.RecordBatch], out: IO[bytes], bom: bool) -> None:
    first = next(batches)
    write_batches(chain([first], batches), first.schema.names, out, bom)


def _member(name: str) -> zipfile.ZipInfo:
    # dated 1980-01-01: the clock would make the bytes differ
    member = zipfile.ZipInfo(name)
    member.create_system, member.external_attr = 3, 0o644 << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    return member
