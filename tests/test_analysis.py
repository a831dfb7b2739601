import hashlib
import json

import pandas as pd
import pytest

from segmentation.__main__ import main
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.outputs.analysis import check_inputs, load_record

FILES = {"rfm_and_clv.csv", "segments.xlsx", "queries.sql", "run.json"}


@pytest.fixture
def run(tmp_path, shop):
    def run(name, *options, content=shop):
        path = tmp_path / "shop.csv"
        path.write_bytes(content)
        out = tmp_path / name
        code = main([str(path), "--out", str(out), *map(str, options)])
        made = {file.name: file.read_bytes() for file in out.iterdir()} if out.exists() else {}
        return code, made

    return run


def test_all_writes_every_file_of_the_analysis(run):
    code, made = run("out", "--all")
    assert code == 0
    assert made.keys() >= FILES
    assert not run("plain")[1].keys() & FILES


def test_same_bytes_are_made_again_from_the_record(run, tmp_path):
    _, first = run("first", "--all", "--levels", 3, "--returns", "ignore", "--scheme", "value")
    _, second = run("second", "--again", tmp_path / "first" / "run.json")
    assert first == second


def test_record_says_from_what_and_what_was_made(run, shop):
    _, made = run("out", "--all")
    record = json.loads(made["run.json"])
    assert record["inputs"] == [
        {"name": "shop.csv", "bytes": len(shop), "sha256": hashlib.sha256(shop).hexdigest()}
    ]
    assert record["packages"]["duckdb"]
    assert record["made_at"].endswith("+00:00")
    for name, digest in record["sha256"].items():
        assert hashlib.sha256(made[name]).hexdigest() == digest
    assert set(record["sha256"]) == set(made) & set(record["sha256"])


def test_other_files_than_those_of_the_record_are_refused(run, tmp_path, shop, capsys):
    run("first", "--all")
    code, _ = run("second", "--again", tmp_path / "first" / "run.json", content=shop + b"z,,,\n")
    assert code == 2
    assert "not the files of the record" in capsys.readouterr().err


def test_inputs_are_compared_by_their_bytes(run):
    record = load_record(run("out", "--all")[1]["run.json"])
    check_inputs(record, record.inputs)
    with pytest.raises(InvalidChoice, match=r"shop\.csv"):
        check_inputs(record, [])


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"inputs": 1}', b"\xff"])
def test_record_that_is_none_is_refused(content):
    with pytest.raises(InvalidRecipe, match="not the record"):
        load_record(content)


def test_list_of_values_has_no_personal_data(run, shop):
    lines = shop.splitlines()
    mails = b"\n".join([lines[0] + b",email", *(line + b",a@b.de" for line in lines[1:])])
    _, made = run("out", "--all", content=mails)
    assert b"a@b.de" in made["customers.csv"]
    assert b"a@b.de" not in made["rfm_and_clv.csv"]
    table = pd.read_csv(pd.io.common.BytesIO(made["rfm_and_clv.csv"]))
    assert list(table["customer_id"]) == ["17850", "A", "a", "b"]
    assert table["rfm"].str.fullmatch(r"\d-\d-\d").all()


def test_queries_name_their_parameters(run):
    text = run("out", "--all")[1]["queries.sql"].decode()
    assert "as_of: 2024-04-01" in text
    assert text.count("-- customers\n") == 1
