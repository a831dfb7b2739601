import datetime
import io
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from pypdf import PdfReader

from segmentation.engine.loading import load_rows
from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.quality import build_overview
from segmentation.outputs.report import build_report
from segmentation.outputs.report_data import collect_report
from segmentation.outputs.report_fonts import find_fonts
from segmentation.recipe import Policies, Recipe
from segmentation.segments.rfm import count_measures
from segmentation.segments.rules import CLASSIC, VALUE_AWARE, build_scheme, segments_at_risk
from segmentation.segments.segmenter import build_segmenter
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace

HEADER = b"customer_id,ordered_at,order_id,amount,country,customer_name\n"
NAMES = [
    "Łukasz Żak",
    "Дмитрий Орлов",
    "Γιώργος",
    "王小明",
    "山田花子",
    "김민준",
    "محمد علي",
    "שרה לוי",
]


# 40 customers; the first orders eight times for 10, the second eight times for 20, the others once.
def shop(names=()):
    rows = [
        f"c{customer},2024-{month:02d}-0{1 + customer},o{customer}-{month},{10 * customer},Spain,"
        for customer in (1, 2)
        for month in range(1, 9)
    ]
    rows += [f"c{i},2024-0{1 + i % 8}-15,o{i},5,Italy," for i in range(3, 41)]
    named = [
        f"{row}{names[int(row[1 : row.index(',')]) % len(names)] if names else ''}" for row in rows
    ]
    return HEADER + "\n".join(named).encode()


def collect(database, recipe=None, columns=("order_id", "country", "customer_name")):
    recipe = recipe or Recipe(policies=Policies(), columns={name: name for name in columns})
    overview = build_overview(database, recipe.policies)
    as_of = recipe.as_of or overview.day_after
    customers = build_customers(database, as_of, recipe.policies)
    attributes = build_attributes(database, as_of, recipe.policies)
    segmenter = build_segmenter(recipe).fit(count_measures(customers))
    return collect_report("My shop", database, overview, recipe, customers, attributes, segmenter)


# UCI Online Retail (Chen, Sain & Guo 2012), returns left out.
@pytest.fixture(scope="module")
def retail():
    path = Path(__file__).parents[2] / "shared" / "data" / "online_retail.csv.gz"
    if not path.exists():
        pytest.skip(f"{path.name} is not in {path.parent}")
    recipe = Recipe(policies=Policies(returns="ignore", cancelled_prefix="C"))
    with Workspace() as workspace:
        read = partial(read_files, workspace, [path])
        rows = load_rows(workspace, read(), recipe, partial(read, rewrite=True))
        yield build_report(collect(rows.database, rows.recipe))


def test_revenue_has_the_returns_before_the_first_purchase(load_files):
    database = load_files(shop() + b"\nc1,2024-01-01,o-1,-4,Spain,")
    data = collect(database)
    spend = build_customers(database, data.as_of, Policies())["total_spend"].sum()
    assert data.figures["total_spend"] == pytest.approx(spend) == data.trend["total_spend"].sum()
    assert (str(data.first_on), str(data.trend.index[0].date())) == ("2024-01-02", "2024-01-01")


def opened(pdf):
    return PdfReader(io.BytesIO(pdf))


def text_of(reader):
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def fonts_of(reader):
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            yield font.get_object()["/DescendantFonts"][0].get_object()


def test_report_has_its_pages_in_their_order(load):
    pages = text_of(opened(build_report(collect(load(shop())))))
    titles = [
        "Sales",
        "Who brings the revenue",
        "Segments",
        "What to do",
        "Segments at risk",
        "Method",
    ]
    assert "Customers and sales My shop Purchases from 2 Jan 2024" in pages[0]
    assert [page for page, title in zip(pages[1:], titles, strict=True) if title not in page] == []


# 8 × 10 + 8 × 20 + 38 × 5 = 430 from 16 + 38 = 54 orders of 40 customers: 7.96 an order.
def test_report_prints_the_figures_of_the_data(load):
    cover, sales, who, segments, *_ = text_of(opened(build_report(collect(load(shop())))))
    assert "Revenue 430" in cover
    assert "Orders 54 1.35 a customer" in sales
    assert "Customers 40 10.75 each" in sales
    assert "Mean order 7.96" in sales
    assert "Repeat rate 5.0%" in sales
    assert "CLTV so far 10.75" in sales
    assert "Spain 240 55.8%" in sales
    assert "Italy 190 44.2%" in sales
    # The best eight of 40: 160 + 80 + 6 × 5 = 270.
    assert "The top 20% of customers bring 62.8% of the revenue." in who
    assert "c2 Champions 160.00 37.2% 8 3 Aug 2024" in who
    assert "Champions" in segments


def test_fonts_are_embedded_and_nothing_is_an_image(load_files):
    reader = opened(build_report(collect(load_files(shop(NAMES)))))
    assert not [image for page in reader.pages for image in page.images]
    fonts = list(fonts_of(reader))
    assert len(fonts) > 5
    for font in fonts:
        assert {"/FontFile2", "/FontFile3"} & font["/FontDescriptor"].keys()


def test_names_of_other_scripts_come_out_as_text(load):
    reader = opened(build_report(collect(load(shop(NAMES)))))
    told = "".join(text_of(reader))
    for name in NAMES[:6]:
        assert name in told
    # What is written from right to left may be taken out of a PDF in either direction.
    assert any(name in told for name in ("محمد", "دمحم"))
    assert any(name in told for name in ("שרה", "הרש"))
    assert "No font" not in told


def test_character_without_a_font_is_said_on_the_cover(load_files):
    cover, *pages = text_of(opened(build_report(collect(load_files(shop(["Ann 🦊", "Bo"]))))))
    assert "No font of this report has 1 character of the data" in cover
    assert "Ann □" in pages[1]


@pytest.mark.parametrize("name", ['#panic("x")', "*b* _i_ $x$", "<a> @b \\ //c", "= h", "x" * 400])
def test_name_is_never_taken_for_markup(load_files, name):
    pages = text_of(opened(build_report(collect(load_files(shop([name]))))))
    assert name[:12].strip().replace("  ", " ") in pages[2]


def test_same_data_give_the_same_bytes(load_files):
    data = collect(load_files(shop()))
    assert build_report(data) == build_report(data)


@pytest.mark.parametrize("n_levels", [2, 10])
@pytest.mark.parametrize("scheme", ["classic", "value"])
def test_other_schemes_and_levels_have_a_report(load_files, n_levels, scheme):
    recipe = Recipe(policies=Policies(), n_levels=n_levels, scheme=scheme)
    assert len(opened(build_report(collect(load_files(shop()), recipe))).pages) >= 6


@pytest.mark.parametrize(
    "rows",
    [
        b"a,2024-01-05,1,10,,\n",
        b"a,2024-01-05,1,10,,\na,2024-01-06,2,-10,,\n",
        b"a,1990-01-05,1,10,,\nb,2024-01-05,2,20,,\n",
        b"a,2024-01-05,1,10,,\nb,2024-01-05,2,10,,\nb,2024-01-06,3,-50,,\n",
    ],
    ids=["one purchase", "nothing left", "decades", "below zero"],
)
def test_hardly_any_data_have_a_report(load, rows):
    assert len(opened(build_report(collect(load(HEADER + rows)))).pages) >= 6


def test_limits_kept_as_values_are_told_as_what_they_are(load):
    database, recipe = load(shop()), Recipe(policies=Policies())
    told = collect(database, recipe)
    assert told.choices["Scores"] == "1 to 5, cut by even percentiles of all customers"
    kept = recipe.change(cut_points=told.cut_points)
    assert build_report(collect(database, kept)) == build_report(told)
    typed = recipe.change(cut_points={"n_orders": [1, 2, 3, 4]})
    assert collect(database, typed).choices["Scores"] == "1 to 5, cut at limits that were chosen"


def test_months_that_are_not_whole_are_said_to_be(load):
    sales = text_of(opened(build_report(collect(load(shop())))))[1]
    assert re.search(r"Hatched: Jan 24 \(.+\) and Aug 24 \(not over\)\.", sales)


def test_as_of_day_before_the_end_holds_in_the_report(load):
    recipe = Recipe(policies=Policies(), as_of=datetime.date(2024, 3, 1))
    cover, sales, *_ = text_of(opened(build_report(collect(load(shop()), recipe))))
    assert "As of 1 Mar 2024" in cover
    # January and February: 2 × 10 + 2 × 20, and c8, c16 … c40 and c9, c17 … c33 once each: 9 × 5.
    assert "Revenue 105" in sales


def test_segments_at_risk_were_good_and_have_gone_quiet():
    assert segments_at_risk(CLASSIC) == ("At risk", "Can't lose them")
    assert segments_at_risk(VALUE_AWARE) == ("At risk", "Previously loyal")
    assert segments_at_risk(build_scheme("classic", 9)) == ("At risk", "Can't lose them")


def test_large_font_is_used_only_where_it_is_needed():
    assert len(find_fonts(["Zoë Дмитрий محمد"])[0]) == 1
    folders, missing = find_fonts(["王", "🦊"])
    assert len(folders) == 2
    assert missing == {"🦊"}


def test_fonts_that_were_tidied_away_are_written_again():
    folder = find_fonts(["a"])[0][0]
    shutil.rmtree(folder)
    assert sorted(path.suffix for path in find_fonts(["a"])[0][0].iterdir()) == [".ttf", ".ttf"]


def test_typst_and_fonts_are_loaded_only_for_a_report():
    code = (
        "import sys, segmentation.commands.analysis, segmentation.outputs.report;"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"typst", "fontTools", "pymupdf_fonts", "noto_cjk_sans_jp_regular"}


def test_what_stands_out_is_said_with_its_figure(load):
    sales = text_of(opened(build_report(collect(load(shop())))))[1]
    assert "bring 62.8% of the revenue" in sales
    assert "Spain brings most by country: 55.8% of the revenue" in sales
    assert "**" not in sales


def test_too_few_customers_for_a_sentence_have_none(load):
    rows = HEADER + b"a,2024-01-05,1,10,,\nb,2024-01-06,2,20,,\n"
    assert collect(load(rows)).insights == ()


def test_one_row_a_customer_has_a_report_without_a_trend(load):
    rows = b"customer_id,ordered_at,n_orders,amount\n" + b"".join(
        b"k%d,2024-01-%02d,%d,%d\n" % (i, i, i, 10 * i) for i in range(1, 10)
    )
    data = collect(load(rows), columns=("n_orders",))
    assert data.figures["n_orders"] == 45
    pages = text_of(opened(build_report(data)))
    assert "Mean order 10.00" in pages[1]
    assert "Revenue by" not in pages[1]


def test_currency_is_said_where_the_data_have_one(load):
    rows = (
        HEADER.replace(b"country", b"currency") + b"a,2024-01-05,1,10,EUR,\nb,2024-01-06,2,9,EUR,\n"
    )
    assert collect(load(rows)).choices["Currency"] == "EUR"


# Counted by two other programs; the United Kingdom's 82.01 % and the top fifth's 74.62 % likewise.
def test_report_of_online_retail_has_the_published_figures(retail):
    _, sales, who, *_ = text_of(opened(retail))
    assert "Revenue 8.91 M 8,911,407.90 Orders 18,532" in sales
    assert "Customers 4,338" in sales
    assert "Mean order 480.87" in sales
    assert "United Kingdom 7.31 M 82.0%" in sales
    assert "Netherlands 285,446 3.2%" in sales
    assert "Dec 11 (not over)" in sales
    assert "The top 20% of customers bring 74.6% of the revenue." in who
    for customer, spend in {14646: "280,206.02", 18102: "259,657.30", 14911: "143,825.06"}.items():
        assert re.search(rf"{customer} [\w ]+ {spend}", who)
