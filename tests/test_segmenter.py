from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.recipe import Recipe, load_recipe, write_recipe
from segmentation.segments.cells import count_cells, count_customers
from segmentation.segments.editing import add_segment, rename_segment
from segmentation.segments.rfm import count_measures
from segmentation.segments.rules import CLASSIC, VALUE_AWARE, build_scheme
from segmentation.segments.segmenter import (
    build_segmenter,
    describe_scheme,
    read_scheme,
    with_cut_points,
    with_scheme,
)

CUTS = {
    "recency_days": [10, 20, 30, 40],
    "n_orders": [1, 2, 3, 4],
    "total_spend": [100, 200, 300, 400],
}
CUSTOMERS = pd.DataFrame(
    {
        "recency_days": [5, 5, 50, 50, 25],
        "n_orders": [9, 1, 9, 1, 3],
        "total_spend": [500.0, 50.0, 500.0, 500.0, 250.0],
    },
    index=pd.Index(list("abcde"), name="customer_id"),
)


def fitted(recipe, customers=CUSTOMERS):
    return build_segmenter(recipe).fit(count_measures(customers))


def test_segment_is_the_cell_of_recency_and_frequency():
    segment = fitted(Recipe(cut_points=CUTS)).predict(CUSTOMERS)
    assert segment.name == "segment"
    assert segment.to_dict() == {
        "a": "Champions",
        "b": "New customers",
        "c": "Can't lose them",
        "d": "Hibernating",
        "e": "Need attention",
    }


def test_segment_of_the_value_scheme_looks_at_spend_as_well():
    segmenter = fitted(Recipe(cut_points=CUTS, scheme="value"))
    assert segmenter.needs_spend
    recency, column = segmenter.score_cells(count_customers(CUSTOMERS))
    assert recency.tolist() == [5, 5, 1, 1, 3]
    # F 5, 1, 5, 1, 3 and M 5, 1, 5, 5, 3; their mean, half rounded up.
    assert column.tolist() == [5, 1, 5, 3, 3]
    assert segmenter.predict(CUSTOMERS)["d"] == "At risk"


def test_categories_are_all_segments_in_the_order_of_the_scheme():
    segment = fitted(Recipe(cut_points=CUTS)).predict(CUSTOMERS)
    assert segment.cat.categories.tolist() == list(CLASSIC.names)


def test_counted_cells_get_the_codes_of_the_customers_in_them():
    segmenter = fitted(Recipe(n_levels=3))
    assert not segmenter.needs_spend
    singles, cells = count_customers(CUSTOMERS), count_cells(CUSTOMERS)
    by_cell = np.bincount(segmenter.code_cells(cells), cells.n_customers, 10)
    by_customer = np.bincount(segmenter.code_cells(singles), minlength=10)
    assert by_cell.tolist() == by_customer.tolist()


@pytest.mark.parametrize("n_levels", range(2, 11))
@pytest.mark.parametrize("scheme", ["classic", "value"])
def test_any_number_of_levels_has_segments(n_levels, scheme):
    segment = fitted(Recipe(n_levels=n_levels, scheme=scheme)).predict(CUSTOMERS)
    assert segment.notna().all()


def test_unknown_scheme_is_refused():
    with pytest.raises(InvalidChoice, match="nope"):
        build_segmenter(Recipe(scheme="nope"))


def test_grid_that_does_not_fit_the_levels_is_refused():
    with pytest.raises(InvalidChoice, match="4 × 4"):
        build_segmenter(Recipe(n_levels=4, grid=describe_scheme(CLASSIC)))


@pytest.mark.parametrize("scheme", [CLASSIC, VALUE_AWARE, build_scheme("classic", 3)])
def test_scheme_comes_back_as_it_was(scheme):
    assert read_scheme(describe_scheme(scheme)) == scheme


def test_edited_scheme_comes_back_from_a_saved_recipe():
    added = add_segment(rename_segment(CLASSIC, "Champions", "Our best"), "Vips")
    best, *others = added.grid
    edited = replace(added, grid=((*best[:-1], "Vips"), *others))
    recipe = with_scheme(Recipe(cut_points=CUTS), edited)
    again = load_recipe(write_recipe(recipe))
    assert build_segmenter(again).scheme == edited
    assert fitted(again).predict(CUSTOMERS)["a"] == "Vips"


def test_scheme_that_the_app_brings_is_only_named():
    assert with_scheme(Recipe(scheme="value"), CLASSIC) == Recipe(scheme="classic")
    assert with_scheme(Recipe(n_levels=3), build_scheme("value", 3)).grid == {}


@pytest.mark.parametrize(
    "change",
    [
        {"segments": None},
        {"segments": ["Champions"]},
        {"segments": [{"name": "Champions"}]},
        {"segments": [{"name": "A", "colour": "#123456", "meaning": "", "action": "", "x": 1}]},
        {"rows": [1, 2]},
        {"rows": 5},
    ],
)
def test_described_scheme_with_a_wrong_part_is_refused(change):
    with pytest.raises(InvalidRecipe, match="not complete"):
        read_scheme({**describe_scheme(CLASSIC), **change})


@pytest.mark.parametrize("part", ["name", "axis", "segments", "rows"])
def test_described_scheme_without_a_part_is_refused(part):
    described = describe_scheme(CLASSIC)
    del described[part]
    with pytest.raises(InvalidRecipe, match=part):
        read_scheme(described)


def test_next_month_uses_the_cut_points_of_this_month():
    recipe = Recipe(n_levels=2, percentiles={"n_orders": [90]})
    kept = with_cut_points(recipe, fitted(recipe))
    assert kept.percentiles == {}
    assert kept.cut_points == {
        "recency_days": [25.0],
        "n_orders": [9.0],
        "total_spend": [500.0],
    }
    other = CUSTOMERS.assign(recency_days=[26, 25, 24, 1, 99])
    assert fitted(kept, other).cut_points_["recency_days"].tolist() == [25]
    again = load_recipe(write_recipe(kept))
    assert (
        fitted(again, other).predict(other).tolist() == fitted(kept, other).predict(other).tolist()
    )
