from dataclasses import replace

import pytest

from segmentation.limits import Limits, load_limits

MEMORY = "SEGMENTATION_MEMORY_MEGABYTES"


@pytest.fixture(autouse=True)
def no_memory_from_outside(monkeypatch):
    monkeypatch.delenv(MEMORY, raising=False)


def test_file_that_comes_with_the_app_spells_the_defaults_out():
    limits = load_limits()
    assert replace(limits, hosts=tuple(limits.hosts)) == Limits()


def test_what_the_file_leaves_out_keeps_its_default(tmp_path):
    file = tmp_path / "limits.toml"
    assert load_limits(file) == Limits()
    file.write_text('rows = 7\ntyped_connections = false\nhosts = ["db.example.com"]\n')
    expected = Limits(rows=7, typed_connections=False, hosts=["db.example.com"])
    assert load_limits(file) == expected


def test_limit_that_does_not_exist_is_refused(tmp_path):
    file = tmp_path / "limits.toml"
    file.write_text("row = 7\n")
    with pytest.raises(TypeError, match="row"):
        load_limits(file)


def test_memory_of_the_environment_wins(monkeypatch):
    monkeypatch.setenv(MEMORY, "123")
    assert load_limits().memory_megabytes == 123
