import csv
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
READY = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton]');
}"""
HEADER = "who;shop;paid on;euro\n"
ROWS = "".join(
    f"c{i % 40};s{i % 3};{1 + i % 27:02d}.{1 + i % 11:02d}.2024;{5 + 7 * (i % 13)},50\n"
    for i in range(400)
)


@pytest.fixture(scope="module")
def address():
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.address", "127.0.0.1"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    try:
        yield wait_for(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait()


def wait_for(address):
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health"):
                return address
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser(address):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        # One for all pages, each of which is a visit of its own: what they fetch is kept there.
        yield chromium.new_context(viewport={"width": 1280, "height": 1600}, base_url=address)
        chromium.close()


@pytest.fixture
def page(browser, address):
    page = browser.new_page()
    page.strangers = []
    page.on(
        "request",
        lambda request: (
            page.strangers.append(request.url)
            if not request.url.startswith(
                (address, address.replace("http", "ws"), "data:", "blob:")
            )
            else None
        ),
    )
    yield page
    page.close()


def settle(page):
    page.wait_for_timeout(250)
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_timeout(150)


def open_page(page, path="/"):
    page.goto(path)
    settle(page)


def menu(page, name):
    page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
    settle(page)


def pick(page, label, option):
    page.get_by_role("combobox", name=label).first.wait_for()
    settle(page)
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


# A run that is late closes what was open.
def open_columns(page):
    button = page.get_by_role("button", name="Use these columns")
    for _ in range(5):
        settle(page)
        if button.is_visible():
            break
        page.get_by_text("Columns:").click()
    button.wait_for()


def saved(page, label, folder):
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_upload_correct_tune_apply_and_download(page, tmp_path):
    (tmp_path / "kunden.csv").write_text(HEADER + ROWS, encoding="cp1252")
    open_page(page)
    page.locator("input[type=file]").set_input_files(tmp_path / "kunden.csv")
    page.get_by_text("kunden.csv").first.wait_for()
    settle(page)
    open_columns(page)
    pick(page, "Customer", "shop")
    page.get_by_role("button", name="Use these columns").click()
    wait_for_metric(page, "Customers", "3")
    open_columns(page)
    pick(page, "Customer", "who")
    page.get_by_role("button", name="Use these columns").click()
    wait_for_metric(page, "Customers", "40")
    menu(page, "Check data")
    assert metric(page, "Rows in the data") == "400"
    menu(page, "Segments")
    before = read(saved(page, "Download the customers", tmp_path))
    page.get_by_text("Cut points", exact=True).click()
    settle(page)
    slider = page.locator(".st-key-segments_recency_days_percentile_0 input[type=range]")
    slider.focus()
    for _ in range(15):
        slider.press("ArrowRight")
    settle(page)
    page.get_by_role("button", name="Apply").click()
    settle(page)
    page.get_by_text("Overview", exact=True).click()
    settle(page)
    after = read(saved(page, "Download the customers", tmp_path))
    assert [row["customer_id"] for row in after] == sorted(f"c{i}" for i in range(40))
    assert sum(float(row["total_spend"]) for row in after) == 400 * 5.5 + 7 * sum(
        i % 13 for i in range(400)
    )
    assert [row["recency_score"] for row in after] != [row["recency_score"] for row in before]
    assert page.strangers == []


def metric(page, label):
    found = page.get_by_test_id("stMetric").filter(has_text=label).first
    return found.get_by_test_id("stMetricValue").inner_text()


# On a busy machine a rerun may begin long after the click that asks for it.
def wait_for_metric(page, label, value):
    found = page.get_by_test_id("stMetric").filter(has_text=label)
    found.get_by_test_id("stMetricValue").get_by_text(value, exact=True).wait_for()
    settle(page)


def read(path):
    with path.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("path", ["/customers", "/segments", "/check", "/method"])
def test_deep_link_as_the_first_request_has_its_frame(page, path):
    open_page(page, path)
    assert page.get_by_test_id("stSidebar").get_by_role("link", name="Load data").is_visible()
    assert page.strangers == []


def test_sample_shop_fills_every_page(page):
    open_page(page)
    page.get_by_text("Sample shop", exact=True).click()
    page.get_by_text("Rows that count").wait_for()
    for name in ("Check data", "Customers", "Segments", "Method"):
        menu(page, name)
        assert page.get_by_test_id("stException").count() == 0
        assert page.get_by_test_id("stAlertContentError").count() == 0


def test_customer_is_found_while_typing_and_the_report_is_made(page, tmp_path):
    open_page(page)
    page.get_by_text("Sample shop", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Open the sample shop").click()
    page.get_by_text("Rows that count").wait_for()
    menu(page, "Customers")
    page.get_by_placeholder("Type a part of it").press_sequentially("kathe schafer10149")
    found = page.locator(".st-key-customers_found button")
    found.get_by_text("C-10149 · Käthe Schäfer").wait_for()
    settle(page)
    found.first.click()
    page.get_by_role("heading", name="Käthe Schäfer").wait_for()
    settle(page)
    assert metric(page, "Orders") == "60"
    assert page.url.endswith("/customers")
    menu(page, "Segments")
    report = saved(page, "Download the report", tmp_path)
    assert report.name.endswith("_report.pdf")
    assert report.read_bytes().startswith(b"%PDF")
    assert page.strangers == []


def test_filters_of_a_link_opened_without_data_are_in_the_url_with_them(page):
    open_page(page, "/sales?country=Germany&period=2024")
    page.get_by_role("link", name="Load data").last.click()
    settle(page)
    page.get_by_text("Sample shop", exact=True).click()
    page.get_by_text("Rows that count").wait_for()
    menu(page, "Sales")
    page.get_by_role("button", name="Country: Germany").wait_for()
    settle(page)
    assert "country=Germany" in page.url
    assert "period=2024" in page.url


def test_bar_that_is_clicked_filters_the_sales_and_back_takes_it_off(page):
    open_page(page)
    page.get_by_text("Sample shop", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Open the sample shop").click()
    page.get_by_text("Rows that count").wait_for()
    menu(page, "Sales")
    everything = metric(page, "Revenue")
    bars = page.locator("[class*=st-key-sales_category] path[aria-roledescription=bar]")
    bars.first.wait_for()
    settle(page)
    bars.first.click()
    chip = page.get_by_role("button", name="Category: ")
    chip.wait_for()
    settle(page)
    assert "category=" in page.url
    assert metric(page, "Revenue") != everything
    page.get_by_role("button", name="Back", exact=True).click()
    chip.wait_for(state="detached")
    settle(page)
    assert "category=" not in page.url
    assert metric(page, "Revenue") == everything
    assert page.strangers == []
