import ast
import doctest
import importlib
import re
from pathlib import Path

import pytest

from segmentation import errors

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MODULES = sorted((ROOT / "segmentation").rglob("*.py"))
PAGES = [ROOT / "streamlit_app.py", *sorted((ROOT / "pages").rglob("*.py"))]
ERRORS = [
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.SegmentationError)
]
LONGEST_FIRST_LINE = 90
VERBS = set(
    re.findall(
        r"\w+",
        """
        Add Ask Check Choose Close Compare Correct Delete Download Export Give Join Keep Load Look
        Make Open Pack Pick Put Read Remove Rename Save See Split Start Take Try Type Unpack Upload
        Use Wait Write
        """,
    )
)


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def public(tree):
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def arguments(function):
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [argument.arg for argument in named if argument.arg not in ("self", "cls")]


def documented(docstring):
    body = docstring.partition("Parameters\n----------\n")[2].partition("\n\n")[0]
    names = re.findall(r"^([a-z_*]\w*(?:, [a-z_]\w*)*)(?: :|$)", body, re.MULTILINE)
    return [name for line in names for name in line.split(", ")]


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=name_of)
def test_module_begins_with_a_sentence(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, "no docstring"
    assert docstring.split("\n\n")[0].endswith(".")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_and_classes_are_documented(path):
    for node in public(ast.parse(path.read_text("utf-8"))):
        docstring = ast.get_docstring(node)
        assert docstring, f"{node.name} has no docstring"
        first = docstring.splitlines()[0]
        assert len(first) <= LONGEST_FIRST_LINE, f"the first line on {node.name} is long"
        assert docstring.split("\n\n")[0].endswith("."), f"{node.name} begins without a sentence"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_documented_parameters_are_those_there_are(path):
    for node in public(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and (named := documented(ast.get_docstring(node))):
            there = [name for name in arguments(node) if name in named]
            assert there == [name for name in named if name[0] != "*"], node.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_examples_run_as_printed(path):
    module = importlib.import_module(name_of(path).removesuffix(".__init__"))
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


@pytest.mark.parametrize("name", ERRORS)
def test_error_says_what_it_is_and_is_raised_in_a_test(name):
    docstring = getattr(errors, name).__doc__
    assert docstring.split("\n\n")[0].endswith(".")
    if name != "SegmentationError":
        tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py"))
        assert re.search(rf"raises\(\(?[\w, ]*\b{name}\b", tests)


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_raised_somewhere(name):
    if name != "SegmentationError":
        code = "".join(path.read_text("utf-8") for path in [*MODULES, *PAGES])
        assert re.search(rf"(?:raise|return) {name}\(", code)


def test_hints_begin_with_a_verb_and_are_one_sentence():
    hints = [hint for path in MODULES for hint in raised_hints(path)]
    assert len(hints) > 20
    assert {hint.split()[0] for hint in hints} <= VERBS
    assert all(hint.endswith(".") for hint in hints)


# The second argument of each error that is raised with a text that stands there.
def raised_hints(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
            hint = node.args[1] if len(node.args) > 1 else None
            if isinstance(hint, ast.Constant):
                yield hint.value


def test_readme_names_every_page():
    from pages.parts.frame import MENU

    text = readme()
    assert [title for title, _ in MENU.values() if title not in text] == []


def test_readme_names_every_option_of_the_command_line():
    from segmentation.commands.arguments import build_parser

    options = re.findall(r"--[a-z-]+", build_parser().format_help())
    text = readme()
    assert [name for name in sorted(set(options) - {"--help"}) if name not in text] == []


def readme():
    return README.read_text("utf-8")


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=lambda path: path.stem)
def test_percentages_are_written_without_a_blank(path):
    tree = ast.parse(path.read_text())
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if is_documented(node)}
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    texts = [text for text in texts if isinstance(text, str) and text not in docs]
    assert [text for text in texts if re.search(r"(\d|%d|%g) %", text)] == []


def is_documented(node):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return isinstance(node, kinds)
