import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.marts.directory import build_directory

CUSTOMERS = pd.DataFrame(
    {"total_spend": [5.0, 50.0, 40.0, 30.0, 20.0]},
    index=pd.Index(["17", "170", "A-3", "a-4", "x"], name="customer_id"),
)
ATTRIBUTES = pd.DataFrame(
    {
        "customer_name": ["Anna Müller", "Zoë Ann", "Joanna Muller", "Søren Weiß", "王小明"],
        "email": ["a.m@example.org", None, "jo@example.org", "17@example.org", None],
    },
    index=CUSTOMERS.index,
)


@pytest.fixture
def directory():
    return build_directory(CUSTOMERS, ATTRIBUTES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("17", ["17", "170", "a-4"]),
        ("ann", ["17", "170", "A-3"]),
        ("muller", ["A-3", "17"]),
        ("MÜLLER anna", ["A-3", "17"]),
        ("anna m", ["17", "A-3"]),
        ("zoe", ["170"]),
        ("soren weiss", ["a-4"]),
        ("Søren", ["a-4"]),
        ("小明", ["x"]),
        ("a-3", ["A-3"]),
        ("example", ["A-3", "a-4", "17"]),
        ("nobody", []),
        ("ann nobody", []),
        ("  ", []),
        ("\x1f", []),
    ],
)
def test_typed_letters_find(directory, typed, found):
    assert directory.find(typed, 5) == found


def test_what_fits_best_is_kept_where_only_some_can_be_shown(directory):
    assert directory.find("17", 1) == ["17"]
    assert directory.find("a", 2) == ["A-3", "a-4"]


def test_ids_alone_are_searched_where_there_is_no_name():
    directory = build_directory(CUSTOMERS, pd.DataFrame(index=CUSTOMERS.index[:0]))
    assert directory.find("17", 5) == ["17", "170"]
    assert directory.find("muller", 5) == []


words = st.text(alphabet="ab1é ", max_size=4)


@given(st.lists(words, min_size=1, max_size=12), words, st.integers(1, 5))
def test_finds_whoever_has_all_the_words_and_nobody_else(names, typed, limit):
    ids = pd.Index([f"k{place}" for place in range(len(names))], name="customer_id")
    customers = pd.DataFrame({"total_spend": [1.0] * len(names)}, index=ids)
    found = build_directory(customers, pd.DataFrame({"customer_name": names}, index=ids)).find(
        typed, limit
    )
    sought = typed.replace("é", "e").split()
    fitting = [
        customer_id
        for customer_id, name in zip(ids, names, strict=True)
        if sought and all(word in f"{customer_id} {name}".replace("é", "e") for word in sought)
    ]
    assert len(found) == min(limit, len(fitting))
    assert set(found) <= set(fitting)
