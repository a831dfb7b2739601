"""What a file's bytes are, and the tables that a gzip or zip file holds, unpacked within limits."""

import gzip
import mmap
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, NoReturn

from segmentation.errors import FileTooLarge, UnreadableFile
from segmentation.limits import Limits
from segmentation.sources.workspace import Workspace

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".psv")
TABLE_SUFFIXES = (*TEXT_SUFFIXES, ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".parquet")
BLOCK_BYTES = 1 << 20
# Below this size nothing is taken for a bomb: a small file of blanks packs a thousandfold.
HARMLESS_BYTES = 50_000_000
MAX_MEMBERS = 1_000

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = ("EncryptedPackage", "Workbook", "Book")
OTHER_MAGIC = {
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"SQLite format 3\0": "an SQLite database",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\0": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"ARROW1": "an Arrow or Feather file",
    b"{\\rtf": "an RTF document",
    b"\x09\x08\x04\x00": "a workbook from before Excel 97",
    b"\x09\x04\x06\x00": "a workbook from before Excel 97",
}
SAVE_AS = "Open it where it comes from and save or export it as CSV or .xlsx."


@dataclass(frozen=True)
class Source:
    """A file to read: where its bytes are, what the analyst calls it and what it is."""

    path: Path
    name: str
    kind: str


def guess_kind(path: Path, name: str) -> str:
    """What the bytes are: "text", "workbook", "parquet", "gzip" or "zip"; no heed to the suffix.

    Raises
    ------
    UnreadableFile
        The file is empty, or of a kind that holds no table for us.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK_BYTES)
    if not head:
        raise UnreadableFile(f"{name} is empty.", "Choose a file with a header and rows.")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(path, name)
    if head.startswith(OLE_MAGIC):
        return _kind_of_ole(path, name)
    _check_not_foreign(head, name)
    return "text"


def unpack_sources(workspace: Workspace, path: Path, name: str) -> list[Source]:
    """The tables in a file: itself, or what it holds when it is a gzip or zip file.

    Raises
    ------
    UnreadableFile
        The archive is damaged, locked, holds no table or another archive.
    FileTooLarge
        It unpacks to more than the limits allow.
    """
    kind = guess_kind(path, name)
    if kind == "gzip":
        return [_unpack_gzip(workspace, path, name)]
    if kind == "zip":
        return _unpack_zip(workspace, path, name)
    return [Source(path, name, kind)]


def read_members(path: Path, name: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Names and bytes, block by block, of what a zip file holds; nothing is kept.

    Raises
    ------
    FileTooLarge
        The files are too large together, whatever the archive says about their sizes.
    UnreadableFile
        The archive is damaged or locked.
    """
    packed = path.stat().st_size
    size = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    while block := file.read(BLOCK_BYTES):
                        size += len(block)
                        _check_size(size, packed, name, limits)
                        yield member.filename, block
    except DAMAGE as error:
        _refuse_damaged(name, error)
    except RuntimeError as error:
        _refuse_locked(name, error)


def _kind_of_zip(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = set(archive.namelist())
            is_ods = "mimetype" in members and b"opendocument.spreadsheet" in archive.read(
                "mimetype"
            )
    except DAMAGE as error:
        _refuse_damaged(name, error)
    except RuntimeError as error:
        _refuse_locked(name, error)
    if is_ods or any(member.startswith("xl/workbook.") for member in members):
        return "workbook"
    if "[Content_Types].xml" in members or "mimetype" in members:
        raise UnreadableFile(f"{name} is a document, not a workbook or a table.", SAVE_AS)
    if any(member.startswith("Index/") and member.endswith(".iwa") for member in members):
        raise UnreadableFile(f"{name} is an Apple Numbers file.", "Export it as CSV or Excel.")
    return "zip"


def _kind_of_ole(path: Path, name: str) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        streams = [s for s in OLE_STREAMS if data.find(s.encode("utf-16-le")) >= 0]
    if "EncryptedPackage" in streams:
        raise UnreadableFile(
            f"{name} is a workbook protected by a password.", "Save it without a password."
        )
    if streams:
        return "workbook"
    raise UnreadableFile(f"{name} is an Office file but not a readable workbook.", SAVE_AS)


def _check_not_foreign(head: bytes, name: str) -> None:
    for magic, what in OTHER_MAGIC.items():
        if head.startswith(magic):
            raise UnreadableFile(f"{name} is {what}, not a table.", SAVE_AS)
    if head[257:262] == b"ustar":
        raise UnreadableFile(f"{name} is a tar archive.", "Unpack it and give the tables in it.")
    start = head[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<?xml", b"<")) and b"urn:schemas-microsoft-com" in start[:2000]:
        raise UnreadableFile(f"{name} is a workbook saved as XML or a web page.", SAVE_AS)
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")):
        raise UnreadableFile(
            f"{name} is a web page (HTML), whatever its name says.",
            "Open it in Excel and save it as .xlsx or CSV.",
        )
    if start.startswith(b"<?xml"):
        raise UnreadableFile(f"{name} is XML, not a table.", SAVE_AS)
    if start.startswith((b'{"', b"[{", b"{\n", b"{\r\n")):
        raise UnreadableFile(f"{name} is JSON, not a table.", SAVE_AS)


def _unpack_gzip(workspace: Workspace, path: Path, name: str) -> Source:
    target = workspace.new_path(".unpacked")
    try:
        with gzip.open(path, "rb") as file:
            _copy(file, target, path.stat().st_size, name, workspace.limits)
    except DAMAGE as error:
        _refuse_damaged(name, error)
    return _unpacked(target, name)


def _unpack_zip(workspace: Workspace, path: Path, name: str) -> list[Source]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _may_be_table(member.filename)]
            if not members:
                raise UnreadableFile(f"{name} holds no files.", "Pack the tables and try again.")
            if len(members) > MAX_MEMBERS:
                raise FileTooLarge(
                    f"{name} holds {len(members):,} files; {MAX_MEMBERS:,} can be read at once.",
                    "Join the tables into fewer files.",
                )
            return list(_unpack_members(workspace, archive, members, path.stat().st_size, name))
    except DAMAGE as error:
        _refuse_damaged(name, error)
    except RuntimeError as error:
        _refuse_locked(name, error)


def _unpack_members(
    workspace: Workspace,
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    packed: int,
    name: str,
) -> Iterator[Source]:
    size = 0
    for member in sorted(members, key=lambda member: member.filename):
        member_name = f"{name} › {PurePosixPath(member.filename).name}"
        target = workspace.new_path(".unpacked")
        with archive.open(member) as file:
            size += _copy(file, target, packed, name, workspace.limits, size)
        try:
            yield _unpacked(target, member_name)
        except UnreadableFile:
            # A picture or a read-me beside the tables is no reason to refuse them; a table is.
            if is_named_as_table(member_name) or len(members) == 1:
                raise


def is_named_as_table(name: str) -> bool:
    """Whether a file's name promises a table."""
    name = name.lower()
    return name.endswith((*TABLE_SUFFIXES, ".zip", ".gz")) and not name.endswith(".txt")


def _may_be_table(filename: str) -> bool:
    parts = PurePosixPath(filename).parts
    return not (
        filename.endswith("/") or "__MACOSX" in parts or not parts or parts[-1].startswith(".")
    )


def _unpacked(path: Path, name: str) -> Source:
    kind = guess_kind(path, name)
    if kind in ("gzip", "zip"):
        raise UnreadableFile(
            f"{name} is an archive within an archive.", "Unpack it and give the tables in it."
        )
    return Source(path, name, kind)


def _copy(
    file: IO[bytes] | gzip.GzipFile,
    target: Path,
    packed: int,
    name: str,
    limits: Limits,
    before: int = 0,
) -> int:
    size = 0
    with target.open("wb") as unpacked:
        while block := file.read(BLOCK_BYTES):
            size += len(block)
            _check_size(before + size, packed, name, limits)
            unpacked.write(block)
    return size


def _check_size(size: int, packed: int, name: str, limits: Limits) -> None:
    if size > limits.unpacked_megabytes * 1_000_000:
        raise FileTooLarge(
            f"{name} unpacks to more than {limits.unpacked_megabytes:,} MB.",
            "Split it, or leave out columns that are not needed.",
        )
    if size > HARMLESS_BYTES and size > limits.unpack_ratio * packed:
        raise FileTooLarge(
            f"{name} unpacks to more than {limits.unpack_ratio:,} times its size.",
            "Give the unpacked file if its content is what you expect.",
        )


def _refuse_damaged(name: str, error: Exception) -> NoReturn:
    raise UnreadableFile(
        f"{name} is damaged or was cut off: it cannot be unpacked.",
        "Download or pack the file again.",
    ) from error


def _refuse_locked(name: str, error: Exception) -> NoReturn:
    raise UnreadableFile(
        f"{name} is protected by a password.", "Pack or save it without a password."
    ) from error
