"""One visitor's temporary folder and DuckDB database, gone when they are."""

import errno
import os
import shutil
import socket
import tempfile
import time
import uuid
import weakref
from itertools import count
from pathlib import Path
from threading import RLock
from typing import IO

import duckdb

from segmentation.errors import NoRoom
from segmentation.limits import Limits, load_limits

PREFIX = "segmentation-"
OWNER_FILE = "owner"
# A process number alone would not do: after a restart in a container the new process often has
# the number of the dead one, so folders of "ourselves" with another token are left-overs too.
PROCESS_TOKEN = uuid.uuid4().hex
UNCLAIMED_SECONDS = 3600
BLOCK_BYTES = 1 << 20
NO_ROOM = (
    "There is no room for temporary files on this machine.",
    "Make some, or have the environment variable TMPDIR name another folder.",
)
NO_MEMORY = (
    "The rows need more memory than there is.",
    "Give fewer rows or columns, or raise memory_megabytes in .streamlit/limits.toml.",
)


class Workspace:
    """A temporary folder with a DuckDB database in it; both go with this object or the program.

    Parameters
    ----------
    memory_megabytes : int or None
        DuckDB's memory limit in units of 1,000,000 bytes; None takes it from the limits.
    limits : Limits or None
        What may be brought and used; None loads those of this installation.

    Attributes
    ----------
    lock : RLock
        For those who may read files or load rows here at the same time: they have to take turns,
        as DuckDB refuses a second statement on the connection, and tables are made anew.

    Raises
    ------
    NoRoom
        There is no folder for temporary files, or no room in it.
    """

    def __init__(self, memory_megabytes: int | None = None, limits: Limits | None = None) -> None:
        self.limits = limits or load_limits()
        try:
            sweep_folders(Path(tempfile.gettempdir()))
            self.folder = Path(tempfile.mkdtemp(prefix=PREFIX))
            (self.folder / OWNER_FILE).write_text(_owner(os.getpid(), PROCESS_TOKEN))
            self.connection = _open_database(
                self.folder, memory_megabytes or self.limits.memory_megabytes
            )
        except (OSError, duckdb.IOException) as error:
            raise NoRoom(*NO_ROOM) from error
        self.lock = RLock()
        self._numbers = count(1)
        self._finalizer = weakref.finalize(self, _remove, self.connection, self.folder)

    def new_path(self, suffix: str) -> Path:
        """A path in the folder that was not given out before, ending in `suffix`."""
        return self.folder / f"{next(self._numbers)}{suffix}"

    def copy_in(self, file: IO[bytes], suffix: str) -> Path:
        """The rest of an open file as one in the folder, ending in `suffix`; raises NoRoom."""
        path = self.new_path(suffix)
        try:
            with path.open("wb") as target:
                shutil.copyfileobj(file, target, BLOCK_BYTES)
        except OSError as error:
            raise NoRoom(*NO_ROOM) from error
        return path

    def close(self) -> None:
        """Close the database and remove the folder; doing it again does nothing."""
        self._finalizer()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def check_room(error: Exception) -> None:
    """Raise NoRoom where an error says that the disk is full or the memory used up."""
    # Of a full disk, DuckDB and Arrow say what the system says.
    if os.strerror(errno.ENOSPC) in str(error):
        raise NoRoom(*NO_ROOM) from error
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        raise NoRoom(*NO_MEMORY) from error


def sweep_folders(parent: Path) -> None:
    """Remove workspaces in `parent` whose process has died without doing so."""
    for folder in parent.glob(f"{PREFIX}*"):
        if not folder.is_symlink() and folder.is_dir() and _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _open_database(folder: Path, memory_megabytes: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        str(folder / "rows.duckdb"),
        config={
            "memory_limit": f"{memory_megabytes}MB",
            "temp_directory": str(folder / "spill"),
            # What is gone with the visit need not be safe on the disk.
            "fsync_mode": "none",
            # At each commit, so that the room of tables that were dropped is used again.
            "checkpoint_threshold": "0KB",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
        },
    )
    if connection.execute("from duckdb_settings() where name = 'TimeZone'").fetchone():
        connection.execute("set TimeZone = 'UTC'")
    return connection


def _remove(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    connection.close()
    shutil.rmtree(folder, ignore_errors=True)


def _owner(pid: int, token: str) -> str:
    return f"{socket.gethostname()} {pid} {token}"


def _is_abandoned(folder: Path) -> bool:
    try:
        host, pid, token = (folder / OWNER_FILE).read_text().split()
        # Another machine or container that shares the folder: its processes cannot be seen here.
        return host == socket.gethostname() and not _is_running(int(pid), token)
    except (OSError, ValueError):
        return _has_stayed_unclaimed(folder)


def _has_stayed_unclaimed(folder: Path) -> bool:
    """A folder is without owner for an instant while it is made, later only by accident."""
    try:
        return time.time() - folder.stat().st_mtime > UNCLAIMED_SECONDS
    except OSError:
        return False


def _is_running(pid: int, token: str) -> bool:
    if pid == os.getpid():
        return token == PROCESS_TOKEN
    if os.name == "nt":  # there, signal 0 is Ctrl+C
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
