"""A MariaDB of the tests' own: in a temporary folder, on a free port, no service touched."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pymysql
from pymysql.constants import CLIENT

INSTALL = ["--auth-root-authentication-method=normal", "--skip-test-db"]
OPTIONS = [
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-log-file-size=8M",
    "--local-infile=1",
]
STARTED = 60  # seconds


def find(*names):
    found = (shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in names)
    return next(filter(None, found), None)


def missing():
    """Why there can be no server here; nothing where there can."""
    if not find("mariadbd"):
        return "mariadb-server is not installed; tests/install_tools.sh does it where it may"
    return ""


class PrivateServer:
    """A running server; `stop` ends it and removes its folder."""

    def __init__(self, *options):
        # A RAM disk makes the installation ten times faster.
        memory = Path("/dev/shm")
        self.folder = Path(
            tempfile.mkdtemp(prefix="segmentation-test-", dir=memory if memory.is_dir() else None)
        )
        self.data, self.temporary = self.folder / "data", self.folder / "temporary"
        self.temporary.mkdir()
        self._call(find("mariadb-install-db", "mysql_install_db"), *INSTALL)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process, self.n_questions = None, 0
        self.start(*options)

    def _call(self, program, *options):
        log = self.folder / "install.log"
        with log.open("w") as out:
            done = subprocess.run(
                [program, *self._always(), *options], stdout=out, stderr=subprocess.STDOUT
            )
        assert done.returncode == 0, log.read_text()

    def _always(self):
        root = ["--user=root"] if os.geteuid() == 0 else []
        # A server that starts clears its folder for temporary tables, others' tables included.
        places = [f"--datadir={self.data}", f"--tmpdir={self.temporary}"]
        return ["--no-defaults", *root, *places]

    def start(self, *options):
        with (self.folder / "server.log").open("a") as out:
            self.process = subprocess.Popen(
                [
                    *[find("mariadbd"), *self._always(), *OPTIONS],
                    *[f"--port={self.port}", f"--socket={self.folder / 'socket'}"],
                    *options,
                ],
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + STARTED
        while True:
            try:
                self.sql("select 1")
                return
            except pymysql.OperationalError:
                log = (self.folder / "server.log").read_text()
                assert self.process.poll() is None and time.monotonic() < end, log
                time.sleep(0.05)

    def kill(self):
        """End it at once, as when the power fails."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(STARTED)
        shutil.rmtree(self.folder, ignore_errors=True)

    def sql(self, statements, database=None):
        """Run statements as root; the rows of the last one as dicts."""
        with (
            pymysql.connect(
                host="127.0.0.1",
                port=self.port,
                user="root",
                database=database,
                charset="utf8mb4",
                autocommit=True,
                # Making ready for TLS, which is not used, takes longer than most statements.
                ssl_disabled=True,
                local_infile=True,
                client_flag=CLIENT.MULTI_STATEMENTS,
                cursorclass=pymysql.cursors.DictCursor,
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statements)
            rows = cursor.fetchall()
            while cursor.nextset():
                rows = cursor.fetchall()
            return list(rows)

    def questions(self):
        """How many statements have been sent so far, but for those of this question."""
        [row] = self.sql("show global status like 'Questions'")
        # Each connection of ours sets its character set and that it commits.
        self.n_questions += 3
        return int(row["Value"]) - self.n_questions
