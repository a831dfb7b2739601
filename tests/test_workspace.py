import gc
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
import pytest

from segmentation.engine.placing import failed
from segmentation.errors import NoRoom
from segmentation.sources import workspace as module
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace, sweep_folders


def test_folder_goes_when_the_workspace_does():
    workspace = Workspace()
    folder = workspace.folder
    assert folder.is_dir()
    del workspace
    gc.collect()
    assert not folder.exists()


def test_closing_twice_is_harmless():
    with Workspace() as workspace:
        workspace.close()
    assert not workspace.folder.exists()
    with pytest.raises(duckdb.Error):
        workspace.connection.execute("select 1")


def test_folder_goes_when_the_program_ends():
    program = (
        "from segmentation.sources.workspace import Workspace\n"
        "workspace = Workspace()\n"
        "print(workspace.folder)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not Path(done.stdout.strip()).exists()


def test_database_is_bounded_and_calls_nowhere():
    with Workspace(memory_megabytes=123) as workspace:
        settings = dict(
            workspace.connection.execute("select name, value from duckdb_settings()").fetchall()
        )
    assert settings["memory_limit"] == "117.3 MiB"
    assert settings["temp_directory"].startswith(str(workspace.folder))
    assert settings["autoinstall_known_extensions"] == "false"
    assert settings["autoload_known_extensions"] == "false"
    assert settings["preserve_insertion_order"] == "true"
    assert settings["TimeZone"] == "UTC"


def test_paths_are_given_out_once():
    with Workspace() as workspace:
        assert workspace.new_path(".csv") != workspace.new_path(".csv")


def abandoned(parent, owner):
    folder = parent / f"{module.PREFIX}{owner.replace(' ', '-')}"
    folder.mkdir()
    (folder / module.OWNER_FILE).write_text(owner)
    return folder


def test_folders_of_dead_processes_are_swept(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    host = module.socket.gethostname()
    swept = [
        abandoned(tmp_path, f"{host} {dead.pid} token"),
        abandoned(tmp_path, f"{host} {module.os.getpid()} restarted-under-the-same-number"),
    ]
    kept = [
        abandoned(tmp_path, f"{host} {module.os.getpid()} {module.PROCESS_TOKEN}"),
        abandoned(tmp_path, f"{host} {module.os.getppid()} token"),
        abandoned(tmp_path, f"another-machine {dead.pid} token"),
        abandoned(tmp_path, "being made"),
    ]
    (tmp_path / f"{module.PREFIX}link").symlink_to(swept[0])
    (tmp_path / "other").mkdir()
    sweep_folders(tmp_path)
    assert [folder.exists() for folder in swept] == [False, False]
    assert [folder.exists() for folder in kept] == [True] * 4
    assert (tmp_path / "other").exists()


def test_a_new_workspace_leaves_others_alone():
    with Workspace() as one, Workspace() as other:
        assert one.folder.is_dir()
        assert other.folder.parent == Path(tempfile.gettempdir())


def test_room_of_tables_that_were_replaced_is_used_again():
    with Workspace() as workspace:
        sizes = []
        for _ in range(6):
            workspace.connection.execute(
                "create or replace table kept as select hash(range) as h from range(200_000)"
            )
            sizes.append((workspace.folder / "rows.duckdb").stat().st_size)
    assert sizes[-1] <= 3 * sizes[0]


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="there is no disk that is always full")
def test_full_disk_gets_a_sentence(monkeypatch, tmp_path):
    path = tmp_path / "shop.csv"
    path.write_text("who,day,amount\na,2024-01-01,5\n")
    with Workspace() as workspace:
        monkeypatch.setattr(workspace, "new_path", lambda suffix: FULL)
        with pytest.raises(NoRoom, match="no room for temporary files"):
            workspace.copy_in(io.BytesIO(b"a" * 3_000_000), ".upload")
        with pytest.raises(NoRoom, match="no room for temporary files"):
            read_files(workspace, [path], rewrite=True)


def test_folder_that_cannot_be_made_gets_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(NoRoom) as error:
        Workspace()
    assert "TMPDIR" in error.value.hint


def test_memory_that_is_used_up_gets_a_sentence():
    with Workspace(memory_megabytes=10) as workspace:
        with pytest.raises(duckdb.Error) as error:
            workspace.connection.execute("select array_agg(range) from range(20_000_000)")
        with pytest.raises(NoRoom, match="more memory than there is"):
            raise failed("orders", error.value)
