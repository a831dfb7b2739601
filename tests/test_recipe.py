import datetime
import math
from dataclasses import FrozenInstanceError, replace

import pytest

from segmentation.errors import InvalidRecipe
from segmentation.recipe import (
    Policies,
    Recipe,
    check_document,
    cut_point_problems,
    load_recipe,
    write_recipe,
)

DAY = datetime.date(2024, 4, 1)
FULL = Recipe(
    columns={"customer_id": 'Kunde "Nr."', "ordered_at": "Größe\\Tag", "amount": "Σ €"},
    forms={"ordered_at": "day_first", "amount": "decimal_comma"},
    amount_per="order",
    policies=Policies("ignore", "drop", "C"),
    as_of=DAY,
    n_levels=3,
    cut_points={"recency_days": [1, 2.5], "n_orders": (1, 2)},
    percentiles={"total_spend": [33.3333, 66.6667]},
    scheme="value",
    grid={"name": "value", "axis": "value", "segments": [], "rows": [["A"], ["B"]]},
)


def same(recipe):
    floats = {key: [float(cut) for cut in cuts] for key, cuts in recipe.cut_points.items()}
    return recipe.change(cut_points=floats)


def test_recipe_comes_back_as_it_was_saved():
    assert load_recipe(write_recipe(FULL)) == same(FULL)


def test_recipe_without_choices_comes_back_as_one():
    assert load_recipe(write_recipe(Recipe())) == Recipe()
    assert load_recipe(b"") == Recipe()


def test_saving_twice_gives_the_same_bytes():
    assert write_recipe(load_recipe(write_recipe(FULL))) == write_recipe(FULL)


def test_cut_points_are_saved_to_the_last_bit():
    cuts = {"total_spend": [0.1 + 0.2, 1e-9, 13.800000000000182, 1e17]}
    cuts["total_spend"].sort()
    assert load_recipe(write_recipe(Recipe(cut_points=cuts))).cut_points == cuts


def test_recipe_written_by_an_editor_that_adds_a_mark_is_read():
    assert load_recipe(b"\xef\xbb\xbfn_levels = 4\r\n").n_levels == 4


def test_changing_a_recipe_leaves_the_old_one_alone():
    recipe = Recipe()
    assert recipe.change(n_levels=4).n_levels == 4
    assert recipe.n_levels == 5
    with pytest.raises(FrozenInstanceError):
        recipe.n_levels = 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x =", "not a recipe"),
        ("n_level = 5", "“n_level” is no choice"),
        ("as_of = 'yesterday'", "“as_of” has a value of the wrong kind"),
        ("n_levels = '5'", "“n_levels” has a value of the wrong kind"),
        ("n_levels = true", "“n_levels” has a value of the wrong kind"),
        ("n_levels = 11", "n_levels is 11, not 2 to 10"),
        ("n_levels = 1", "n_levels is 1, not 2 to 10"),
        ("format = 2", "its format is 2, not 1"),
        ("columns = ['a']", "“columns” has a value of the wrong kind"),
        ("[columns]\nkunde = 'a'", "“kunde” is no column"),
        ("amount_per = 'day'", "amount_per is “day”, not row or order"),
        ("[policies]\nreturns = 'keep'", "returns is “keep”, not net or ignore"),
        ("[policies]\nduplicates = 'maybe'", "duplicates is “maybe”, not keep or drop"),
        ("[policies]\nguests = 'drop'", "“guests” is no policy"),
        ("[cut_points]\norders = [1, 2, 3, 4]", "“orders” is no measure"),
        ("[cut_points]\nn_orders = [1, 2]", "n_orders has 2 cut points where 5 levels need 4"),
        ("[cut_points]\nn_orders = [4, 3, 2, 1]", "do not rise"),
        ("[cut_points]\nn_orders = [1, 2, 3, nan]", "not numbers"),
        ("[cut_points]\nn_orders = 'a few'", "not numbers"),
        ("[percentiles]\nn_orders = [1, 2, 3]", "3 cut points where 5 levels need 4"),
    ],
)
def test_wrong_recipe_is_refused_with_what_is_wrong(text, says):
    with pytest.raises(InvalidRecipe, match=says) as problem:
        load_recipe(text.encode(), "mine.toml")
    assert "mine.toml" in str(problem.value)
    assert problem.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "[policies]\ncancelled_prefix = 3",
        "[policies]\ncancelled_prefix = ['C']",
        "[policies]\nundone = 'failed'",
        "[policies]\nundone = [3]",
        "[policies]\nundone = ['']",
        "[policies]\nrecognised = ['failed']",
        "[percentiles]\nn_orders = [-5, 20, 40, 60]",
        "[percentiles]\nn_orders = [20, 40, 60, 300]",
        "[cut_points]\nn_orders = [1, 2, 3, inf]",
        "as_of = 2024-01-01T10:00:00",
        "[columns]\ncustomer_id = 3",
        "[forms]\nordered_at = 3",
        "x = " + "[" * 3_000,
    ],
)
def test_value_that_would_fail_later_is_refused_now(text):
    with pytest.raises(InvalidRecipe):
        load_recipe(text.encode())


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(InvalidRecipe) as problem:
        check_document({"n_levels": 1, "amount_per": "day", "columns": {"x": "y"}}, "r.toml")
    assert all(part in str(problem.value) for part in ("n_levels", "amount_per", "“x”"))


def test_binary_file_is_no_recipe():
    with pytest.raises(InvalidRecipe):
        load_recipe(b"PK\x03\x04\xff\xfe\x00")


def test_cut_points_may_be_equal_where_ties_make_them_so():
    assert cut_point_problems("n_orders", [1, 1, 2, 4], 5) == []
    assert cut_point_problems("n_orders", (1, 1), 3) == []
    assert cut_point_problems("n_orders", [math.nan], 2) != []
    assert cut_point_problems("n_orders", None, 2) != []


@pytest.mark.parametrize("prefix", ["C", "c", "R-", "R_", "%", "\\", "'"])
def test_prefix_of_cancellations_is_exactly_what_was_typed(prefix):
    assert Policies(cancelled_prefix=prefix).parameters(DAY)["cancelled"] == prefix


def test_policies_and_day_are_the_parameters_of_the_sql_files():
    assert Policies("ignore", "drop").parameters(DAY) == {
        "as_of": DAY,
        "returns": "ignore",
        "duplicates": "drop",
        "cancelled": None,
        "undone": None,
    }


@pytest.mark.parametrize("undone", [(), ("failed", "Cancelled, refunded")])
def test_statuses_chosen_are_kept_in_the_recipe_and_those_recognised_are_not(undone):
    chosen = Policies(undone=undone, recognised=("Voided",))
    again = load_recipe(write_recipe(Recipe(policies=chosen))).policies
    assert again == Policies(undone=undone)
    assert "undone" not in write_recipe(Recipe(policies=replace(chosen, undone=None))).decode()


def test_statuses_that_do_not_count_are_one_text_for_the_sql_files():
    recognised = Policies(recognised=("Voided", "failed"))
    assert recognised.parameters(DAY)["undone"] == "|Voided|failed|"
    assert replace(recognised, undone=("open",)).parameters(DAY)["undone"] == "|open|"
    assert replace(recognised, undone=()).parameters(DAY)["undone"] is None
