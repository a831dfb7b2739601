"""Who may import whom, as data: a room of segmentation/ imports only from rooms above its own."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Modules directly in segmentation/ are rooms of their own; a folder is one room.
ROOMS = [
    [
        *("recipe", "audience", "clusterings", "terms", "tables", "value_tables", "risk_tables"),
        *("labels", "errors", "limits"),
    ],
    ["sources"],
    ["engine"],
    ["marts"],
    ["segments"],
    ["value"],
    ["campaigns"],
    ["outputs"],
    ["commands"],
    ["__main__"],
]
FLOOR = {room: floor for floor, rooms in enumerate(ROOMS) for room in rooms}
# Rooms, modules or pages/ that may import a library; all others may not.
HOMES = {
    "duckdb": ["sources", "engine"],
    "sqlglot": ["sources", "engine"],
    "sqlalchemy": ["sources", "engine"],
    "pymysql": ["sources", "engine"],
    "fastexcel": ["sources"],
    "charset_normalizer": ["sources"],
    "altair": [
        "outputs.charts",
        "outputs.cluster_charts",
        "outputs.customer_charts",
        "outputs.risk_charts",
        "outputs.sales_charts",
        "outputs.value_charts",
    ],
    "typst": ["outputs.report"],
    "fontTools": ["outputs.report_fonts"],
    "pymupdf_fonts": ["outputs.report_fonts"],
    "noto_cjk_sans_jp_regular": ["outputs.report_fonts"],
    "vl_convert": ["outputs.sales_charts"],
    "streamlit": ["pages"],
    "sklearn": ["segments", "value"],
    "threadpoolctl": ["segments", "value"],
    "scipy": ["segments", "value", "campaigns"],
    "phonenumbers": ["outputs"],
    "xlsxwriter": ["outputs"],
    "tomli_w": ["recipe"],
}
BANNED = {"utils", "helpers", "common", "misc", "core", "manager", "service", "base"}
# Start-up counts: a run on a CSV file has no use for these.
NOT_AT_START = [
    "sklearn",
    "altair",
    "streamlit",
    "fastexcel",
    "scipy",
    "openpyxl",
    "sqlalchemy",
    "typst",
    "fontTools",
    "phonenumbers",
    "xlsxwriter",
]
# Before there are data, the first page has no use for these either.
NOT_ON_FIRST_PAGE = [*(name for name in NOT_AT_START if name != "streamlit"), "pandas", "duckdb"]
LONGEST = 300
# Lists of names that people give to columns, and of what is said of ours: data, not code.
LONG_DATA = {"segmentation/sources/aliases.py", "segmentation/tables.py"}

MODULES = sorted(p for p in (ROOT / "segmentation").rglob("*.py") if p.name != "__init__.py")
PAGES = [ROOT / "streamlit_app.py", *sorted((ROOT / "pages").glob("*.py"))]
PARTS = sorted((ROOT / "pages" / "parts").rglob("*.py"))


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def room_of(name):
    return name.split(".")[1]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def libraries(path):
    return {name.split(".")[0] for name in imported(path)}


def modules_imported(path):
    names = {name_of(module) for module in MODULES}
    for name in imported(path):
        parts = name.split(".")
        yield from (found for end in (2, 3) if (found := ".".join(parts[:end])) in names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_imports_only_from_its_own_room_and_rooms_above(path):
    own = FLOOR[room_of(name_of(path))]
    for name in modules_imported(path):
        assert FLOOR[room_of(name)] <= own, f"{name_of(path)} imports {name}"
    assert "pages" not in libraries(path)


def test_modules_do_not_import_each_other_in_a_circle():
    above = {name_of(path): set(modules_imported(path)) for path in MODULES}
    while free := {name for name, needed in above.items() if not needed & above.keys()}:
        above = {name: needed for name, needed in above.items() if name not in free}
    assert not above


@pytest.mark.parametrize("path", [*MODULES, *PAGES, *PARTS], ids=name_of)
def test_each_library_is_imported_at_home_only(path):
    name = name_of(path)
    places = {name.removeprefix("segmentation."), room_of(f"{name}.")}
    if not name.startswith("segmentation."):
        places = {"pages"}
    for library in libraries(path) & HOMES.keys():
        assert places & set(HOMES[library]), f"{name} imports {library}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_page_is_thin(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert libraries(path) <= {"streamlit", "pages", "segmentation"}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Try
    assert not any(isinstance(node, kinds) for node in ast.walk(ast.parse(text)))


def test_menu_lists_the_pages_on_disk():
    from pages.parts.frame import MENU

    assert next(iter(MENU)) == "streamlit_app.py"
    assert set(MENU) == {path.relative_to(ROOT).as_posix() for path in PAGES}


def test_one_module_alone_names_the_session_state():
    naming = [p for p in [*MODULES, *PAGES, *PARTS] if "session_state" in p.read_text("utf-8")]
    assert [name_of(path) for path in naming] == ["pages.parts.session"]


def test_folders_of_the_package_are_the_rooms():
    folders = {path.parent.name for path in MODULES} - {"segmentation"}
    alone = {path.stem for path in MODULES if path.parent.name == "segmentation"}
    assert folders | alone <= FLOOR.keys()
    assert not folders & alone


@pytest.mark.parametrize("path", [*MODULES, *PAGES, *PARTS], ids=name_of)
def test_module_has_a_name_that_says_something_and_a_size_that_can_be_read(path):
    assert path.stem not in BANNED
    n_lines = len(path.read_text("utf-8").splitlines())
    assert n_lines <= LONGEST or path.relative_to(ROOT).as_posix() in LONG_DATA


def test_long_modules_are_data_only():
    for name in LONG_DATA:
        tree = ast.parse((ROOT / name).read_text("utf-8"))
        assert not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree))


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        ("segmentation.__main__, segmentation.commands.analysis", NOT_AT_START),
        ("pages.parts.frame, pages.parts.loaded, pages.parts.matching", NOT_ON_FIRST_PAGE),
    ],
    ids=["command line", "first page"],
)
def test_nothing_is_imported_at_the_start_that_only_some_need(modules, unwanted):
    code = f"import sys; sys.path.insert(0, '.'); import {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & set(unwanted)
