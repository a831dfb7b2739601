import hashlib
import io
import json
import re

import openpyxl
import pandas as pd
import pytest
import sqlglot

from segmentation.__main__ import main
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.outputs.records import check_inputs, load_record
from segmentation.recipe import load_recipe, write_recipe
from segmentation.segments.clusters import ClusterChoices, build_clustering, with_clustering
from segmentation.segments.sweeps import sweep_clusters
from segmentation.sources.readings import ReadingChoices

FILES = {"rfm_and_clv.csv", "segments.xlsx", "report.pdf", "queries.sql", "run.json"}


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


def test_values_and_risk_are_in_every_list_and_made_again(run, buyers, tmp_path):
    _, made = run("out", "--all", content=buyers)
    table = pd.read_csv(io.BytesIO(made["rfm_and_clv.csv"]), index_col="customer_id")
    assert table["p_active"].between(0, 1).all()
    assert (table["expected_value"] >= 0).all()
    assert set(table["at_risk"]) == {"yes", "no"}
    assert (table["at_risk"].eq("yes") == (table["p_active"] <= 0.5)).all()
    customers = pd.read_csv(io.BytesIO(made["customers.csv"]), index_col="customer_id")
    assert customers["expected_value"].equals(table["expected_value"])
    book = openpyxl.load_workbook(io.BytesIO(made["segments.xlsx"]))
    assert "Expected value" in [cell.value for cell in book["Customers"][1]]
    stakes = [row[2] for row in book["At risk"].iter_rows(min_row=4, values_only=True)]
    assert len(stakes) == (table["at_risk"] == "yes").sum()
    assert stakes == sorted(stakes, reverse=True)
    assert run("again", "--again", tmp_path / "out" / "run.json", content=buyers)[1] == made


def test_values_that_the_data_cannot_carry_are_left_out_with_a_sentence(run):
    made = run("out", "--all")[1]
    assert "expected_value" not in made["rfm_and_clv.csv"].decode()
    told = json.loads(made["run.json"])["notes"][0]
    assert "left out: Only" in told
    book = openpyxl.load_workbook(io.BytesIO(made["segments.xlsx"]))
    assert book["Summary"]["A3"].value == told


def test_clusters_are_written_and_made_again(run, buyers, tmp_path):
    run("plain", content=buyers)
    recipe = load_recipe((tmp_path / "plain" / "recipe.toml").read_bytes())
    customers = pd.read_csv(
        tmp_path / "plain" / "customers.csv", index_col="customer_id", dtype={"customer_id": str}
    )
    chosen = ClusterChoices()
    scaler = chosen.scaler().fit(customers)
    sweep = sweep_clusters(scaler.transform(customers), [3], customers.index)
    clustering = build_clustering(
        customers.assign(tenure_days=100), chosen, scaler, sweep.centres[3]
    )
    path = tmp_path / "clusters.toml"
    path.write_bytes(write_recipe(with_clustering(recipe, clustering)))
    code, made = run("out", "--all", "--recipe", path, content=buyers)
    assert code == 0
    table = pd.read_csv(io.BytesIO(made["rfm_and_clv.csv"]))
    assert set(table["segment"]) <= {segment.name for segment in clustering.segments}
    assert list(table["rule_segment"]) == list(customers["segment"])
    assert "-- customer_returns\n" in made["queries.sql"].decode()
    assert run("again", "--again", tmp_path / "out" / "run.json", content=buyers)[1] == made


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


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"inputs": 1}', b"\xff", b"[" * 100_000])
def test_record_that_is_none_is_refused(content):
    with pytest.raises(InvalidRecipe, match="not the record"):
        load_record(content)


@pytest.mark.parametrize("reading", [1, {"sheet": 1}, {"header_line": "1"}, {"colour": "red"}])
def test_record_of_an_impossible_reading_is_refused(run, reading):
    record = json.loads(run("out", "--all")[1]["run.json"])
    with pytest.raises(InvalidRecipe, match="not the record"):
        load_record(json.dumps({**record, "reading": reading}).encode())


@pytest.mark.parametrize("earlier", [{}, {"sheet": None}, {"sheet": "Sales"}])
def test_record_of_an_earlier_version_is_read(earlier):
    record = {"inputs": [], "recipe": "", "made_at": "2026-01-02T03:04:05+00:00", **earlier}
    loaded = load_record(json.dumps(record).encode())
    assert loaded.reading == ReadingChoices(**earlier)


def test_list_of_values_has_no_personal_data(run, shop):
    lines = shop.splitlines()
    mails = b"\n".join([lines[0] + b",email", *(line + b",a@b.de" for line in lines[1:])])
    _, made = run("out", "--all", content=mails)
    assert b"a@b.de" in made["customers.csv"]
    assert b"a@b.de" not in made["rfm_and_clv.csv"]
    table = pd.read_csv(pd.io.common.BytesIO(made["rfm_and_clv.csv"]))
    assert list(table["customer_id"]) == ["17850", "A", "a", "b"]
    assert table["rfm"].str.fullmatch(r"\d-\d-\d").all()


def test_queries_name_their_parameters_and_every_table(run):
    text = run("out", "--all")[1]["queries.sql"].decode()
    for table in ("overview", "repeat_purchases", "customer_categories", "sales_periods"):
        assert f"-- {table}\n" in text
    assert not re.search(r"[:$](as_of|returns|since|mark)\b", text)
    assert all(sqlglot.parse(text, read="duckdb"))
    assert "as_of: 2024-04-01" in text
    assert text.count("-- customers\n") == 1


def test_choices_above_the_queries_stay_comments(run, tmp_path):
    recipe = tmp_path / "r.toml"
    recipe.write_text('[policies]\ncancelled_prefix = "C\\ndrop table sales;"\n')
    _, made = run("out", "--all", "--recipe", recipe)
    choices, *_ = made["queries.sql"].decode().split("\n\n")
    assert all(line.startswith("--") for line in choices.splitlines())
