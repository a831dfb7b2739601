import datetime
import gzip
import io
import json
import math
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

from segmentation import __version__
from segmentation.__main__ import main
from segmentation.commands.arguments import build_parser
from segmentation.engine.loading import ORDER_TOTALS
from segmentation.recipe import Recipe, load_recipe, write_recipe
from segmentation.segments.rules import CLASSIC, VALUE_AWARE
from segmentation.tables import FATES, SEGMENTS

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data"
HEADER = "customer_id,ordered_at,amount\n"
ADDED = {"rfm_and_clv.csv", "segments.xlsx", "report.pdf", "queries.sql", "run.json"}
RESULTS = {
    "customers.csv",
    "segments.csv",
    "ledger.csv",
    "left_out.csv",
    "summary.json",
    "recipe.toml",
}


class Done(dict):
    """What a run wrote, by the name of the file."""

    code = 0
    out = ""
    error = ""


@pytest.fixture
def run(tmp_path, capsys):
    def run(*arguments):
        done = Done()
        folder = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        given = [str(argument) for argument in arguments]
        if "--out" not in given and given[:1] != ["load-mysql"]:
            given += ["--out", str(folder)]
        try:
            done.code = main(given)
        except SystemExit as end:
            done.code = end.code
        done.out, done.error = capsys.readouterr()
        if folder.exists():
            done.update({path.name: path.read_bytes() for path in folder.iterdir()})
        return done

    return run


@pytest.fixture
def write(tmp_path):
    def write(content, name="shop.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def table(done, name):
    return pd.read_csv(io.BytesIO(done[name]), dtype={"customer_id": str})


def summary(done):
    return json.loads(done["summary.json"])


def is_one_line(done):
    lines = done.error.splitlines()
    return done.code == 2 and len(lines) == 1 and lines[0].endswith(".") and not done


def shop_rows(n=300, seed=1):
    rng = random.Random(seed)
    day = datetime.date(2024, 1, 1)
    rows = []
    for i in range(n):
        who = f"c{rng.randrange(60):02d}"
        moment = f"{day + datetime.timedelta(rng.randrange(400))} {rng.randrange(24):02d}:00:00"
        country = rng.choice(["Peru", "Chile", ""])
        rows.append(f"{who},{moment},{i // 2},{rng.randrange(-900, 9000) / 100:.2f},{country}\n")
    return [*rows, *rows[:20]]


SHOP_HEADER = "customer_id,ordered_at,order_id,amount,country\n"


# 30 customers, one whose first order is after the last, three whose orders cannot be.
PER_CUSTOMER = "customer_id,last_order,first_order,orders,total_spent\n" + "".join(
    [f"c{i},2024-{1 + i % 6:02d}-11,2023-01-01,{2 + i % 9},{50 + i}\n" for i in range(30)]
    + [f"z{i},2024-05-01,{odd},70\n" for i, odd in enumerate(["2024-06-01,3", "2023-01-01,0"])]
    + [f"y{i},2024-05-01,2023-01-01,{odd},70\n" for i, odd in enumerate(["-2", "2.5"])]
)


def test_one_row_a_customer_with_orders_and_days_that_cannot_be(run, write):
    done = run(write(PER_CUSTOMER), "--all")
    assert done.code == 0
    assert "segments.xlsx" in done
    customers = table(done, "customers.csv").set_index("customer_id")
    assert len(customers) == 31
    assert customers["mean_order_value"].between(1, 100).all()
    assert customers["first_ordered_on"].isna()[lambda unknown: unknown].index.tolist() == ["z0"]
    left_out = table(done, "left_out.csv")
    assert left_out["fate"].tolist() == ["no orders"] * 3
    assert left_out["unreadable"].tolist() == [0, -2, 2.5]


def test_shop_by_hand(run, write, shop):
    done = run(write(shop))
    assert (done.code, done.out, done.error) == (0, "", "")
    assert done.keys() == RESULTS
    assert done["customers.csv"].decode().splitlines() == [
        "customer_id,n_orders,total_spend,mean_order_value,first_ordered_on,last_ordered_on,"
        "recency_days,recency_score,frequency_score,monetary_score,segment",
        "17850,2,120,60,2024-01-20,2024-03-01,31,4,4,5,Loyal customers",
        "A,1,7.25,7.25,2024-02-11,2024-02-11,50,2,1,1,Hibernating",
        "a,2,45.5,22.75,2024-01-05,2024-02-10,51,1,4,4,At risk",
        "b,1,12,12,2024-03-31,2024-03-31,1,5,1,2,New customers",
    ]
    assert done["ledger.csv"].decode().splitlines() == [
        "fate,n_rows,amount",
        "kept,7,214.85",
        "return,1,-30.1",
        "returns only,1,-4",
        "no customer,1,9.99",
        "no date,1,3",
        "no amount,1,0",
        "nothing paid,1,0",
    ]
    assert done["left_out.csv"].decode().splitlines()[:3] == [
        "fate,file,line,customer_id,ordered_at,amount,order_id,unreadable",
        "nothing paid,shop.csv,10,b,2024-03-15 00:00:00,0,8,",
        "no customer,shop.csv,11,,2024-03-10 14:00:00,9.99,9,",
    ]


def test_segments_are_in_the_order_of_the_scheme_and_add_up(run, write):
    done = run(write(SHOP_HEADER + "".join(shop_rows())))
    customers, segments = table(done, "customers.csv"), table(done, "segments.csv")
    assert list(segments) == list(SEGMENTS)
    names = [name for name in CLASSIC.names if name in set(customers["segment"])]
    assert segments["segment"].tolist() == names
    counts = customers.groupby("segment").size()
    assert segments["n_customers"].tolist() == counts[names].tolist()
    spend = customers.groupby("segment")["total_spend"]
    assert segments["total_spend"].tolist() == pytest.approx(spend.sum()[names].tolist())
    assert segments["median_total_spend"].tolist() == pytest.approx(spend.median()[names].tolist())
    assert segments["share_of_customers"].sum() == pytest.approx(1)


def test_summary_says_how_the_result_came_about(run, write, shop):
    found = summary(run(write(shop)))
    settings = found.pop("settings")
    cuts = found.pop("cut_points")
    notes = found.pop("notes")
    assert "4 customers are few" in notes[1]
    assert found == {
        "n_rows": 13,
        "n_customers": 4,
        "n_orders": 6,
        "total_spend": 184.75,
        "as_of": "2024-04-01",
        "version": __version__,
    }
    assert cuts["n_orders"] == pytest.approx([1, 1.2, 1.8, 2])
    assert cuts["recency_days"] == pytest.approx([19, 34.8, 46.2, 50.4])
    assert cuts["total_spend"] == pytest.approx([10.1, 18.7, 38.8, 75.3])
    assert settings == {
        "files": ["shop.csv"],
        "columns": {name: name for name in ("customer_id", "ordered_at", "amount", "order_id")},
        "forms": {"ordered_at": "year-month-day", "amount": "1234.56"},
        "amount_per": "row",
        "policies": {"returns": "net", "duplicates": "keep", "cancelled_prefix": ""},
        "orders_counted_by": "number",
        "n_levels": 5,
        "scheme": "classic",
        "first_on": "2024-01-05",
        "last_on": "2024-03-31",
    }


def test_totals_that_count_once_an_order_are_noted(run, write):
    rows = "".join(f"a,2024-01-05,{i},{i},{q}\n" for i in range(1, 13) for q in (1, 2))
    done = run(write("customer_id,ordered_at,order_id,amount,quantity\n" + rows))
    found = summary(done)
    assert (found["settings"]["amount_per"], found["total_spend"]) == ("order", 78)
    assert ORDER_TOTALS in found["notes"]
    assert ORDER_TOTALS not in summary(run(write(SHOP_HEADER + "".join(shop_rows()))))["notes"]


def test_ledger_adds_up_to_the_file_and_names_known_fates(run, write):
    rows = shop_rows()
    ledger = table(run(write(SHOP_HEADER + "".join(rows))), "ledger.csv")
    assert set(ledger["fate"]) <= set(FATES)
    assert ledger["n_rows"].sum() == len(rows)
    amounts = [float(row.split(",")[3]) for row in rows]
    assert ledger["amount"].sum() == pytest.approx(sum(amounts), abs=1e-6)


@pytest.mark.parametrize("options", [[], ["--duplicates", "drop"], ["--scheme", "value"]])
def test_shuffled_rows_give_the_same_bytes(run, write, options):
    rows = shop_rows()
    first = run(write(SHOP_HEADER + "".join(rows)), *options)
    random.Random(2).shuffle(rows)
    second = run(write(SHOP_HEADER + "".join(rows)), *options)
    assert first.code == second.code == 0
    for name in RESULTS - {"left_out.csv"}:
        assert first[name] == second[name], name


def test_recipe_of_a_run_gives_the_same_again_and_keeps_its_cut_points(run, write):
    rows = shop_rows()
    path = write(SHOP_HEADER + "".join(rows))
    first = run(path, "--levels", "4", "--scheme", "value", "--returns", "ignore")
    recipe = write(first["recipe.toml"], "mine.toml")
    again = run(path, "--recipe", recipe)
    assert again == first
    assert "as_of" not in tomllib.loads(first["recipe.toml"].decode())
    fewer = run(write(SHOP_HEADER + "".join(rows[:100])), "--recipe", recipe)
    assert summary(fewer)["cut_points"] == summary(first)["cut_points"]
    assert summary(fewer)["settings"]["n_levels"] == 4
    assert set(table(fewer, "customers.csv")["segment"]) <= set(VALUE_AWARE.names)


def two_clusters(measures):
    n = len(measures)
    return Recipe(
        clusters={
            "measures": measures,
            "transform": "none",
            "scaling": "none",
            "clip": 100.0,
            "fills": [0.0] * n,
            "limits": [math.inf] * n,
            "means": [0.0] * n,
            "scales": [1.0] * n,
            "centres": [[1000.0] * n, [0.0] * n],
            "segments": [
                {"name": name, "colour": "#197d5f", "meaning": "", "action": ""}
                for name in ("Big", "Small")
            ],
        }
    )


def test_recipe_with_clusters_assigns_the_customers_to_them(run, write, tmp_path):
    rows = (
        "a,2024-01-01,900\nb,2024-01-02,20\nc,2024-01-03,501\nd,2024-01-03,499\nd,2024-01-03,-9\n"
    )
    file, recipe = write(HEADER + rows), tmp_path / "r.toml"
    recipe.write_bytes(write_recipe(two_clusters(["total_spend"])))
    done = run(file, "--recipe", recipe)
    assert done.error == ""
    assert table(done, "customers.csv")["segment"].tolist() == ["Big", "Small", "Big", "Small"]
    assert table(done, "segments.csv")["segment"].tolist() == ["Big", "Small"]
    assert load_recipe(done["recipe.toml"]).clusters == two_clusters(["total_spend"]).clusters
    assert summary(done)["settings"]["clusters_by"] == ["total_spend"]
    recipe.write_bytes(write_recipe(two_clusters(["share_of_returns"])))
    done = run(file, "--recipe", recipe)
    assert set(table(done, "customers.csv")["segment"]) == {"Small"}
    done = run(file, "--recipe", recipe, "--scheme", "classic")
    assert not set(table(done, "customers.csv")["segment"]) & {"Big", "Small"}


def test_recipe_with_clusters_by_what_the_data_lack_is_refused(run, write, tmp_path):
    recipe = tmp_path / "r.toml"
    recipe.write_bytes(write_recipe(two_clusters(["customer_age"])))
    done = run(write(HEADER + "a,2024-01-01,9\nb,2024-01-02,2\n"), "--recipe", recipe)
    assert done.code == 2
    assert "Age" in done.error


def test_options_win_over_the_recipe(run, write, shop):
    path = write(shop)
    recipe = write(
        "n_levels = 3\nas_of = 2024-03-01\nscheme = 'value'\n"
        "[policies]\nreturns = 'ignore'\nduplicates = 'drop'\n[cut_points]\nn_orders = [1, 2]\n",
        "mine.toml",
    )
    found = summary(run(path, "--recipe", recipe))
    assert found["as_of"] == "2024-03-01"
    assert found["settings"]["policies"]["duplicates"] == "drop"
    assert found["cut_points"]["n_orders"] == [1, 2]
    options = "--levels 4 --as-of 2024-04-01 --scheme classic --returns net --duplicates keep"
    found = summary(run(path, "--recipe", recipe, *options.split()))
    assert (found["as_of"], found["total_spend"]) == ("2024-04-01", 184.75)
    assert found["settings"]["scheme"] == "classic"
    assert found["settings"]["policies"]["returns"] == "net"
    assert len(found["cut_points"]["n_orders"]) == 3


@pytest.mark.parametrize(
    ("options", "spend"),
    [
        ([], 184.75),
        (["--returns", "net"], 184.75),
        (["--returns", "ignore"], 214.85),
        (["--duplicates", "drop"], 164.75),
        (["--returns", "ignore", "--duplicates", "drop"], 194.85),
        (["--as-of", "2024-03-31"], 172.75),
        (["--as-of", "2024-03-02"], 202.85),
    ],
)
def test_policies_and_day_decide_what_counts(run, write, shop, options, spend):
    assert summary(run(write(shop), *options))["total_spend"] == spend


@pytest.mark.parametrize("n_levels", [2, 7, 10])
def test_scores_reach_from_1_to_the_levels_asked_for(run, write, n_levels):
    done = run(write(SHOP_HEADER + "".join(shop_rows())), "--levels", n_levels)
    scores = table(done, "customers.csv")[["recency_score", "monetary_score"]]
    assert scores.min().tolist() == [1, 1]
    assert scores.max().tolist() == [n_levels, n_levels]


def test_columns_are_taken_as_told(run, write):
    path = write("x,y,z,w\nAnn,1,2024-01-02,5\nBo,2,2024-01-03,6\n")
    done = run(path, "--columns", "customer_id=y,ordered_at=z,amount=w")
    assert table(done, "customers.csv")["customer_id"].tolist() == ["1", "2"]


def test_columns_with_commas_in_their_names_are_taken_as_told(run, write):
    path = write('who,"when, exactly","paid, in EUR"\na,2024-01-05,5\n')
    told = "ordered_at=when, exactly,amount=paid, in EUR,customer_id=who"
    assert table(run(path, "--columns", told), "customers.csv")["total_spend"].tolist() == [5]


def test_statuses_that_do_not_count_are_taken_as_told(run, write, tmp_path):
    states = ["Completed", "Failed", "Cancelled", '"Lost, then found"']
    rows = "".join(f"{state},a,2024-01-0{n},{n}\n" for n, state in enumerate(states, start=1))
    path = write(f"Order Status,{HEADER}{rows}")
    for asked, spend, listed in [
        ((), 5, ["Cancelled", "Failed"]),
        (("--undone", ""), 10, []),
        (("--undone", 'cancelled, "Lost, then found",gone'), 3, None),
    ]:
        done = run(path, *asked)
        found = summary(done)
        assert found["total_spend"] == spend
        assert listed in (None, found["settings"]["policies"]["undone"])
        assert table(done, "ledger.csv").set_index("fate")["amount"].sum() == 10
    kept = tmp_path / "kept.toml"
    kept.write_bytes(done["recipe.toml"])
    assert summary(run(path, "--recipe", kept))["total_spend"] == 3
    without = run(write(HEADER + "a,2024-01-02,5\n", "plain.csv"), "--undone", "failed")
    assert is_one_line(without)
    assert "--undone" in without.error


def test_order_of_dates_is_taken_as_told(run, write):
    path = write(HEADER + "a,03/04/2024,5\nb,05/06/2024,6\n")
    asked = run(path)
    assert is_one_line(asked)
    assert "two ways" in asked.error
    for option, last in [("day-first", "2024-06-06"), ("month-first", "2024-05-07")]:
        assert summary(run(path, "--date-order", option))["as_of"] == last


def test_decimal_mark_is_taken_as_told(run, write):
    path = write("customer_id;ordered_at;amount\na;2024-01-02;1,234\nb;2024-01-03;2,345\n")
    assert is_one_line(run(path))
    assert summary(run(path, "--decimal", "point"))["total_spend"] == 3579
    assert summary(run(path, "--decimal", "comma"))["total_spend"] == 3.579


def test_sheet_is_taken_as_told(run, tmp_path):
    book = openpyxl.Workbook()
    for name, amount in [("January", 5), ("February", 7)]:
        sheet = book.create_sheet(name)
        for row in [
            ["customer", "date", "amount"],
            ["a", "2024-01-02", amount],
            ["b", "2024-01-03", 1],
        ]:
            sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    found = summary(run(tmp_path / "shop.xlsx", "--sheet", "February"))
    assert found["total_spend"] == 8
    missing = run(tmp_path / "shop.xlsx", "--sheet", "March")
    assert is_one_line(missing)
    assert "March" in missing.error


def test_several_files_are_one_shop(run, write):
    jan = write(HEADER + "a,2024-01-02,5\nb,2024-01-03,6\n", "jan.csv")
    feb = write(HEADER + "b,2024-01-03,6\na,2024-02-02,7\n,2024-02-03,8\n", "feb.csv")
    done = run(jan, feb, "--duplicates", "drop")
    assert summary(done)["total_spend"] == 18
    assert summary(done)["settings"]["files"] == ["jan.csv", "feb.csv"]
    left_out = table(done, "left_out.csv")
    assert left_out[["fate", "file", "line"]].to_numpy().tolist() == [
        ["exact duplicate", "feb.csv", 2],
        ["no customer", "feb.csv", 4],
    ]


def test_attributes_and_harmless_text_come_with_the_customers(run, write):
    path = write("customer_id,ordered_at,amount,city\n=1+1,2024-01-02,5,@home\n-5,2024-01-02,5,\n")
    customers = table(run(path), "customers.csv")
    assert customers["customer_id"].tolist() == ["-5", "'=1+1"]
    assert customers["city"].fillna("").tolist() == ["", "'@home"]


def test_outcome_of_an_earlier_run_is_replaced(run, write, tmp_path, shop):
    folder = tmp_path / "deep" / "down"
    assert run(write(SHOP_HEADER + "".join(shop_rows())), "--out", folder).code == 0
    assert run(write(shop), "--out", folder).code == 0
    assert len((folder / "customers.csv").read_text().splitlines()) == 5
    assert {path.name for path in folder.iterdir()} == RESULTS


BROKEN = b"PK\x03\x04" + bytes(range(256)) * 4
BAD_FILES = {
    "empty.csv": b"",
    "blank.csv": b"\n\n \n",
    "mark.csv": b"\xef\xbb\xbf",
    "header.csv": HEADER.encode(),
    "word.csv": b"hello",
    "nul.csv": b"\0" * 5000,
    "noise.bin": bytes(random.Random(3).randbytes(5000)),
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "page.html": b"<!doctype html><html><body><p>Log in</p></body></html>",
    "paper.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
    "list.json": b'[{"customer": 1, "date": "2024-01-01", "amount": 5}]',
    "broken.xlsx": BROKEN,
    "broken.zip": BROKEN,
    "broken.parquet": b"PAR1" + bytes(100) + b"PAR1",
    "broken.csv.gz": gzip.compress(HEADER.encode() * 500)[:-20],
    "locked.xlsx": (DATA / "locked.xlsx").read_bytes(),
    "no_customer.csv": b"colour,day,amount\nred,2024-01-01,5\nred,2024-01-02,6\n",
    "no_amount.csv": b"customer_id,ordered_at\na,2024-01-01\nb,2024-01-02\n",
    "guests.csv": (HEADER + ",2024-01-01,5\n,2024-01-02,6\n").encode(),
    "undated.csv": (HEADER + "a,soon,5\nb,later,6\n").encode(),
    "free.csv": (HEADER + "a,2024-01-01,0\nb,2024-01-02,0\n").encode(),
    "returns.csv": (HEADER + "a,2024-01-01,-5\nb,2024-01-02,-6\n").encode(),
    "words.csv": (HEADER + "a,2024-01-01,much\nb,2024-01-02,little\n").encode(),
    "semicolon.csv": HEADER.encode() + b"a;2024-01-01;5\nb;2024-01-02;6\n",
    "sqlite.db": b"SQLite format 3\0" + bytes(4096),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_file_that_cannot_be_used_gets_one_line_and_no_traceback(run, write, name):
    done = run(write(BAD_FILES[name], name))
    assert is_one_line(done), done.error
    assert not done.out


def test_archive_without_a_table_gets_one_line(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing here")
    done = run(tmp_path / "shop.zip")
    assert is_one_line(done)
    assert "shop.zip" in done.error


def test_file_that_differs_from_the_first_is_named(run, write, shop):
    done = run(write(shop), write("a,b\n1,2\n3,4\n", "other.csv"))
    assert is_one_line(done)
    assert "other.csv" in done.error


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--levels", "0"], "0"),
        (["--levels", "1"], "1"),
        (["--levels", "11"], "11"),
        (["--levels", "five"], "five"),
        (["--as-of", "2024-13-01"], "2024-13-01"),
        (["--as-of", "yesterday"], "yesterday"),
        (["--as-of", "2020-01-01"], "kept"),
        (["--returns", "maybe"], "maybe"),
        (["--duplicates", "maybe"], "maybe"),
        (["--scheme", "nope"], "nope"),
        (["--date-order", "year-first"], "year-first"),
        (["--decimal", "dot"], "dot"),
        (["--columns", "customer_id=Nobody"], "Nobody"),
        (["--columns", "nobody=customer_id"], "nobody"),
        (["--columns", "customer_id"], "customer_id"),
        (["--recipe", "missing.toml"], "missing.toml"),
        (["--recipe", "."], "."),
        (["--unknown"], "--unknown"),
    ],
)
def test_option_that_cannot_be_gets_one_line(run, write, shop, options, says):
    done = run(write(shop), *options)
    assert is_one_line(done), done.error
    if says != "kept":
        assert says in done.error


@pytest.mark.parametrize(
    "text",
    [
        "n_levels = 99",
        "not toml",
        "scheme = 'nope'",
        "[grid]\nname = 'x'",
        "[policies]\ncancelled_prefix = 3",
        "[percentiles]\nn_orders = [20, 40, 60, 300]",
        "[cut_points]\nn_orders = [4, 3, 2, 1]",
        "[columns]\ncustomer_id = 3",
    ],
)
def test_wrong_recipe_gets_one_line(run, write, shop, text):
    assert is_one_line(run(write(shop), "--recipe", write(text, "mine.toml")))


def test_day_of_a_recipe_that_has_a_time_gets_one_line(run, write, shop):
    done = run(write(shop), "--recipe", write("as_of = 2024-03-01T10:00:00", "mine.toml"))
    assert is_one_line(done)


def test_missing_file_folder_and_arguments_get_one_line(run, write, shop, tmp_path):
    path = write(shop)
    assert "nowhere.csv" in run(tmp_path / "nowhere.csv").error
    assert is_one_line(run(path, tmp_path / "nowhere.csv"))
    assert is_one_line(run(tmp_path))
    assert is_one_line(run())
    assert is_one_line(run(path, "--out", path))
    assert is_one_line(run(path, "--out", path / "below"))
    assert is_one_line(run(path, "--out"))


def test_what_is_no_file_that_can_be_read_gets_one_line(run, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    says = {".": "a folder", "pipe": "a pipe", "round": "cannot be read", "x" * 300: "too long"}
    for name, part in says.items():
        done = run(tmp_path / name, "--all")
        assert is_one_line(done)
        assert part in done.error


def test_folder_without_a_name_is_refused(run, write, shop):
    assert "--out" in run(write(shop), "--out", "").error


@pytest.mark.parametrize(("name", "like_it"), [("shop [1]", "shop 1"), ("s*", "so"), ("s?", "so")])
def test_name_with_the_marks_of_a_pattern_is_that_of_one_file(run, write, name, like_it):
    for kind in ("csv", "parquet"):
        for name_of, customer in ((name, "right"), (like_it, "wrong")):
            path = write(f"{HEADER}{customer},2024-01-05,5\n", f"{name_of}.csv")
            pd.read_csv(path).to_parquet(path.with_suffix(".parquet"))
        done = run(path.with_name(f"{name}.{kind}"))
        assert list(table(done, "customers.csv")["customer_id"]) == ["right"]


def test_locale_without_umlauts_changes_nothing(write, tmp_path):
    old = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    path = write("Kunde,Käufe am,Betrag\na,2024-01-05,5\nb,2024-02-05,6\n")
    command = [sys.executable, "-m", "segmentation", path, "--out", tmp_path / "out"]
    subprocess.run(command, cwd=ROOT, env=old, check=True)
    told = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert told["settings"]["columns"]["ordered_at"] == "Käufe am"
    for help_of in ([], ["sample"], ["load-mysql"]):
        subprocess.run([*command[:3], *help_of, "--help"], cwd=ROOT, env=old, check=True)


def test_help_names_all_results_and_options(run):
    done = run("--help")
    assert (done.code, done.error) == (0, "")
    assert [name for name in RESULTS if name not in done.out] == []
    assert "python -m segmentation sample" in done.out
    assert run("--version").out == f"{__version__}\n"


def test_every_option_is_tried():
    files = Path(__file__).parent.glob("test_main*.py")
    text = "".join(path.read_text("utf-8") for path in files)
    options = set(re.findall(r"--[a-z-]+", build_parser().format_help()))
    assert [option for option in options if f'"{option}"' not in text] == []


def test_sample_shop_is_written_and_can_be_grouped(run, tmp_path):
    path = tmp_path / "sample.csv"
    assert run("sample", "--out", path).code == 0
    done = run(path)
    assert (done.code, done.error) == (0, "")
    assert summary(done)["n_customers"] > 100
    assert len(table(done, "segments.csv")) == len(CLASSIC.names)


def test_sample_shop_that_cannot_be_written_gets_one_line(run, tmp_path):
    assert is_one_line(run("sample", "--out", tmp_path / "missing" / "shop.csv"))
    assert is_one_line(run("sample", "--out"))


def test_nothing_is_said_in_a_pipe_and_exit_codes_come_through(write, shop, tmp_path):
    def piped(*arguments):
        command = [sys.executable, "-W", "error", "-m", "segmentation", *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    assert piped(write(shop), "--out", tmp_path / "out") == (0, "", "")
    for path in (tmp_path / "no.csv", write("a,b\n1,2\n", "other.csv")):
        code, out, error = piped(path, "--out", tmp_path / "out")
        assert (code, out) == (2, "")
        assert error.count("\n") == 1, error


def test_summary_says_what_a_nightly_run_has_to_know(run, write, shop):
    files = write(shop), write(shop, "again.csv")
    told = "rows stand in more than one of the files, and count"
    for options, often in ([], "each time; --duplicates"), (["--duplicates", "drop"], "once each"):
        notes = summary(run(*files, *options))["notes"]
        assert any(f"{told} {often}" in note for note in notes)


def test_cells_that_cannot_be_read_are_noted(run, write, shop):
    notes = summary(run(write(shop + b"f,2024-03-21,13,about 5\nf,soon,14,5\n")))["notes"]
    assert "amount: 1 of the cells cannot be read as 1234.56." in notes
    assert "ordered_at: 1 of the cells cannot be read as year-month-day." in notes


def test_whole_analysis_is_written_and_made_again(run, write, shop, tmp_path):
    path = write(shop)
    first = run(path, "--all")
    assert first.keys() == RESULTS | ADDED
    record = write(first["run.json"], "run.json")
    assert run(path, "--again", record) == first
    refused = run(path, "--again", record, "--levels", 4)
    assert is_one_line(refused)
    assert "--levels" in refused.error


def test_other_file_than_that_of_the_record_leaves_the_results_alone(run, write, shop, tmp_path):
    path, out = write(shop), tmp_path / "mine"
    run(path, "--all", "--out", out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    path.write_bytes(shop.replace(b"20.00", b"30.00"))
    done = run(path, "--again", out / "run.json", "--out", out)
    assert is_one_line(done)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_result_that_cannot_be_written_gets_one_line(run, write, shop, tmp_path):
    for name in ("left_out.csv", "customers.csv", "segments.xlsx"):
        (tmp_path / name / name).mkdir(parents=True)
        done = run(write(shop), "--all", "--out", tmp_path / name)
        assert done.code == 2
        assert f"{tmp_path / name / name} cannot" in done.error
        assert len(done.error.splitlines()) == 1


def test_name_that_is_not_utf_8_gets_one_line(run, tmp_path):
    path = tmp_path / os.fsdecode(b"b\xe4r.csv")
    path.write_bytes(b"customer_id,ordered_at,amount\n")
    done = run(path)
    assert is_one_line(done)
    assert "UTF-8" in done.error


def test_levels_replace_those_of_a_recipe_with_its_percentiles(run, write, shop):
    recipe = write("[percentiles]\nn_orders = [20, 40, 60, 80]", "mine.toml")
    done = run(write(shop), "--recipe", recipe, "--levels", "3")
    assert summary(done)["settings"]["n_levels"] == 3


def test_wrong_option_points_to_the_help_of_its_command(run):
    assert "segmentation load-mysql --help" in run("load-mysql", "--bogus").error


def test_choice_that_is_missing_names_its_option(run, write):
    assert "--columns" in run(write("a,b\n1,2\n")).error
    rows = "".join(f"c{i},0{1 + i % 9}/0{1 + i % 8}/2024,5\n" for i in range(40))
    assert "--date-order" in run(write(f"customer_id,ordered_at,amount\n{rows}", "d.csv")).error


def test_stopped_while_it_begins_says_so_in_a_word():
    code = (
        "import os, signal, sys, segmentation.__main__ as line;"
        "sys.meta_path.insert(0, type('Finder', (), {'find_spec': "
        "lambda *asked: os.kill(os.getpid(), signal.SIGINT)}));"
        "sys.exit(line.main(['--out', 'results']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "Stopped.\n")


@pytest.mark.parametrize("interrupted", ["select 1", "select count(*) from range(1000000000000)"])
def test_stopped_run_says_so_in_a_word(monkeypatch, capsys, interrupted):
    def work(options):
        with duckdb.connect() as connection:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            connection.execute(interrupted).fetchall()
            time.sleep(10)

    monkeypatch.setattr("segmentation.commands.analysis.analyse", work)
    assert main(["--out", "results"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"
