import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from segmentation.audience import Audience, Condition
from segmentation.campaigns.arms import count_strata, draw_arms, hash_ids
from segmentation.campaigns.balance import compare_arms
from segmentation.campaigns.outcomes import build_period, compare_outcomes, newcombe_interval
from segmentation.campaigns.power import smallest_lift, tell_power
from segmentation.campaigns.selection import build_conditions, select_customers
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.recipe import Policies, Recipe, load_recipe, write_recipe
from segmentation.value.watch_list import Wanted, find_flagged

CUSTOMERS = pd.DataFrame(
    {
        "segment": pd.Categorical(["Champions", "At risk", "At risk", "New"]),
        "region": ["North", None, "South", "South"],
        "total_spend": [100.0, 50.0, 50.0, 5.0],
        "expected_value": [9.0, np.nan, 3.0, 1.0],
    },
    index=pd.Index(["a", "b", "c", "d"], name="customer_id"),
)


def chosen(*groups):
    return "".join(CUSTOMERS.index[select_customers(CUSTOMERS, Audience(groups))])


AT_RISK = Condition("segment", among=("At risk",))
RICH = Condition("total_spend", low=50)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ((), "abcd"),
        (((),), "abcd"),
        (((AT_RISK,),), "bc"),
        (((AT_RISK, Condition("region", among=("South",))),), "c"),
        (((AT_RISK,), (Condition("region", among=("South",)),)), "bcd"),
        (((Condition("segment", among=("At risk",), negated=True),),), "ad"),
        (((Condition("region", among=("South",), negated=True),),), "ab"),
        (((RICH,),), "abc"),
        (((Condition("total_spend", low=5, high=50),),), "bcd"),
        (((Condition("total_spend", top=2),),), "ab"),
        (((Condition("expected_value", top=10),),), "acd"),
        (((Condition("expected_value", low=0, negated=True),),), "b"),
        (((Condition("region", negated=True),),), "abcd"),
    ],
)
def test_audience_is_what_its_conditions_say(groups, expected):
    assert chosen(*groups) == expected


def test_column_that_is_not_there_gets_a_sentence():
    with pytest.raises(InvalidChoice, match="no “cluster”"):
        chosen((Condition("cluster", among=("1",)),))


def test_range_of_texts_gets_a_sentence():
    with pytest.raises(InvalidChoice, match="no numbers"):
        chosen((Condition("region", low=1),))


def test_audience_comes_back_from_a_recipe():
    audience = Audience(
        ((AT_RISK, RICH), (Condition("total_spend", top=5, negated=True),)), 20, 7, "DE"
    )
    recipe = load_recipe(write_recipe(Recipe(audiences={"Win back": audience.describe()})))
    assert Audience.read(recipe.audiences["Win back"]) == audience


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("held_out = 60", "50"),
        ("colour = 1", "colour"),
        ("seed = true", "seed"),
        ("groups = [1]", "group"),
        ("groups = [[1]]", "condition"),
        ("groups = [[{among = ['x']}]]", "no column"),
        ("groups = [[{column = 'a', size = 1}]]", "size"),
        ("groups = [[{column = 'a', low = 'x'}]]", "low"),
        ("groups = [[{column = 'a', among = [1]}]]", "no text"),
        ("groups = [[{column = 'a', among = 5}]]", "among"),
        ("groups = [[{column = 'a', top = 0}]]", "top 0"),
        ("held_out = nan", "held_out"),
    ],
)
def test_audience_that_cannot_be_is_refused(text, told):
    with pytest.raises(InvalidRecipe, match=told):
        load_recipe(f"[audiences.x]\n{text}\n".encode())


def test_audience_that_is_no_table_is_refused():
    with pytest.raises(InvalidRecipe, match="no table"):
        load_recipe(b"[audiences]\nx = 1\n")
    with pytest.raises(InvalidRecipe, match="no table"):
        Audience.read([])


def strata(n, n_segments=6, seed=0):
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in rng.choice(n_segments, n, p=np.arange(1, n_segments + 1) / 21)]
    return pd.Series(names, index=pd.Index([f"c{i}" for i in range(n)], name="customer_id"))


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.333, 0.5])
@pytest.mark.parametrize("n", [1, 7, 60, 3000])
def test_arms_are_within_one_customer_of_the_share_in_each_stratum(n, share):
    segment = strata(n)
    counts = count_strata(segment, draw_arms(segment, share))
    assert counts["n_customers"].sum() == n
    assert (counts["n_target"] + counts["n_control"] == counts["n_customers"]).all()
    assert ((counts["n_control"] - share * counts["n_customers"]).abs() <= 1 + 1e-9).all()


# Of 40 customers 8 are asked for: the hash decides from 7 to 9, beyond that the nearest of them.
@pytest.mark.parametrize("first", range(0, 800, 40))
def test_hash_decides_wherever_it_comes_within_one_customer_of_the_share(first):
    segment = pd.Series("New", index=[f"c{i}" for i in range(first, first + 40)])
    below = (hash_ids(segment.index, 1) < 0.2).sum()
    assert (draw_arms(segment, 0.2, 1) == "control").sum() == min(max(below, 7), 9)


@pytest.mark.parametrize("seed", range(5))
def test_everyone_is_in_exactly_one_arm_whatever_the_order(seed):
    segment = strata(500, seed=seed)
    arms = draw_arms(segment, 0.2, seed)
    assert set(arms) <= {"target", "control"}
    shuffled = segment.sample(frac=1, random_state=seed)
    assert draw_arms(shuffled, 0.2, seed).reindex(segment.index).equals(arms)


def test_another_seed_draws_another_group():
    segment = strata(1000)
    assert (draw_arms(segment, 0.5, 1) != draw_arms(segment, 0.5, 2)).mean() > 0.4


def test_larger_control_group_keeps_the_smaller_one():
    segment = strata(1000)
    held = [set(segment.index[draw_arms(segment, s) == "control"]) for s in (0.05, 0.1, 0.3, 0.5)]
    assert all(less <= more for less, more in pairwise(held))


# With a tenth of the customers new and a tenth in another segment, few change their arm: exact
# shares by rank would move more, a bare threshold nobody.
def test_next_month_nearly_everyone_is_in_the_same_arm():
    now = strata(4000)
    later = pd.concat([now.iloc[400:], strata(400).add_prefix("new ")])
    later.iloc[:360] = "s5"
    before = draw_arms(now, 0.1)
    after = draw_arms(later, 0.1)
    both = now.index.intersection(later.index)
    changed = (before[both].astype(str) != after[both].astype(str)).mean()
    assert changed < 0.01


def test_hash_of_an_id_is_fixed_for_ever():
    # the first eight bytes of SHA-256 of "1 17850", by sha256sum
    assert hash_ids(["17850"], 1)[0] == 0x9225B3CCBDF2CC3D / 2**64
    assert hash_ids([17850, "17850"], 3)[0] == hash_ids(["17850"], 3)[0]


@pytest.mark.parametrize("share", [-0.1, 0.51])
def test_impossible_share_is_refused(share):
    with pytest.raises(InvalidChoice, match="not possible"):
        draw_arms(strata(10), share)


def test_arms_are_compared_in_standard_deviations():
    members = pd.DataFrame(
        {
            "total_spend": [1.0, 3.0, 2.0, 8.0],
            "n_orders": [2, 2, 2, 2],
            "arm": ["target"] * 2 + ["control"] * 2,
        }
    )
    traits = {"total_spend": "Spend", "absent": "?", "n_orders": "Orders"}
    compared = compare_arms(members, traits)
    # variances 1 and 9: (2 - 5) / sqrt(5)
    assert compared.loc["Spend"].tolist() == [2.0, 5.0, pytest.approx(-3 / 5**0.5)]
    assert compared.loc["Orders"].tolist() == [2.0, 2.0, 0.0]
    assert list(compared.index) == ["Spend", "Orders"]


def test_arm_without_anyone_is_compared_without_a_number():
    members = pd.DataFrame({"total_spend": [1.0], "arm": ["target"]})
    assert np.isnan(compare_arms(members, {"total_spend": "Spend"}).loc["Spend", "difference"])


def test_smallest_lift_has_the_power_it_promises():
    base, n, m = 0.05, 4500, 500
    lift = smallest_lift(base, n, m)
    rng = np.random.default_rng(1)
    a, b = rng.binomial(n, base + lift, 20000) / n, rng.binomial(m, base, 20000) / m
    mean = (n * a + m * b) / (n + m)
    z = (a - b) / np.sqrt(mean * (1 - mean) * (1 / n + 1 / m))
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.03)


def test_larger_arms_show_smaller_effects():
    lifts = [smallest_lift(0.05, 9 * m, m) for m in (50, 500, 5000)]
    assert lifts == sorted(lifts, reverse=True)


def test_power_in_words():
    assert "Nobody is held out" in tell_power(0.05, 10, 0)
    assert "not even" in tell_power(0.5, 2, 1)
    assert "5.0% who order to 8.4%" in tell_power(0.05, 4500, 500)


# Newcombe (1998), table II, method 10.
@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_interval_of_a_lift_is_the_published_one(counts, expected):
    assert newcombe_interval(*counts) == pytest.approx(expected, abs=5e-5)


def test_outcome_by_hand():
    index = pd.Index(list("abcdefgh"), name="customer_id")
    segment = pd.Series(["x"] * 8, index=index)
    arm = pd.Series(["target"] * 4 + ["control"] * 4, index=index)
    period = pd.DataFrame(
        {"n_orders": [1, 2, 1], "total_spend": [10.0, 20.0, 6.0]}, index=["a", "b", "e"]
    )
    outcome = compare_outcomes(segment, arm, period)
    row = outcome.loc["All"]
    assert list(outcome.index) == ["x", "All"]
    assert (row["rate_target"], row["rate_control"], row["lift"]) == (0.5, 0.25, 0.25)
    assert (row["mean_target"], row["mean_control"], row["gain"]) == (7.5, 1.5, 6.0)
    # Welch by hand: variances 275/3 and 9, df 3.587, t 2.9091
    assert row["gain_high"] - row["gain"] == pytest.approx(14.585, abs=0.02)
    assert "Not shown" in row["verdict"]


def test_clear_outcomes_are_called_so():
    index = pd.RangeIndex(400)
    segment = pd.Series("x", index=index)
    arm = pd.Series(np.where(index < 200, "target", "control"), index=index)
    bought = pd.DataFrame(
        {"n_orders": 1, "total_spend": 5.0 + np.arange(150) % 3}, index=range(150)
    )
    verdict = compare_outcomes(segment, arm, bought).loc["All", "verdict"]
    assert verdict == "More ordered because of it. It brought revenue."
    swapped = pd.Series(np.where(index < 200, "control", "target"), index=index)
    verdict = compare_outcomes(segment, swapped, bought).loc["All", "verdict"]
    assert verdict == "Fewer ordered because of it. It cost revenue."


def test_few_customers_or_orders_say_nothing_of_revenue():
    index = pd.RangeIndex(400)
    segment = pd.Series(np.where(index < 80, "small", "large"), index=index)
    arm = pd.Series(np.where((index < 72) | (index >= 240), "target", "control"), index=index)
    # Eight controls without an order, and returns alone in the other segment.
    bought = pd.DataFrame(
        {"n_orders": [1] * 9 + [0] * 40, "total_spend": [30.0] * 9 + [-5.0] * 40},
        index=[*range(9), *range(100, 140)],
    )
    verdicts = compare_outcomes(segment, arm, bought)["verdict"]
    assert not verdicts.str.contains("revenue").any()
    assert verdicts.drop("All").str.startswith("Not shown").all()


@pytest.mark.parametrize("seed", range(3))
def test_segments_without_an_effect_seldom_seem_to_have_one(seed):
    rng, index = np.random.default_rng(seed), pd.RangeIndex(40_000)
    segment = pd.Series(index % 20, index=index).astype(str)
    arm = pd.Series(np.where(rng.random(40_000) < 0.5, "target", "control"), index=index)
    buys = rng.random(40_000) < 0.3
    bought = pd.DataFrame({"n_orders": 1, "total_spend": rng.gamma(2, 20, buys.sum())}, index[buys])
    found = compare_outcomes(segment, arm, bought)
    assert found["verdict"].str.startswith("Not shown").sum() >= 20
    wider = newcombe_interval(56, 70, 48, 80, 0.9975)
    assert wider[0] < newcombe_interval(56, 70, 48, 80)[0]


def test_small_control_groups_seldom_show_revenue_that_is_not_there():
    rng, index = np.random.default_rng(7), pd.RangeIndex(1000)
    arm = pd.Series(np.where(index < 50, "control", "target"), index=index)
    segment, wrong = pd.Series("x", index=index), 0
    for _ in range(100):
        buys = rng.random(1000) < 0.05
        bought = pd.DataFrame(
            {"n_orders": 1, "total_spend": rng.lognormal(3, 0.8, buys.sum())}, index[buys]
        )
        verdict = compare_outcomes(segment, arm, bought).loc["All", "verdict"]
        wrong += "revenue" in verdict
    assert wrong <= 10


def test_outcome_without_control_has_no_lift():
    index = pd.RangeIndex(3)
    outcome = compare_outcomes(
        pd.Series("x", index=index),
        pd.Series("target", index=index),
        pd.DataFrame({"n_orders": [], "total_spend": []}),
    )
    assert "nothing to compare" in outcome.loc["All", "verdict"]


def test_period_is_what_was_bought_in_it(loaded_shop):
    period = build_period(
        loaded_shop, datetime.date(2024, 2, 10), datetime.date(2024, 3, 3), Policies()
    )
    # 17850 bought for 50.10 and sent back 30.10; a bought for 5.50; A for 7.25
    assert period.loc["17850"].tolist() == [1, 20.0]
    assert period.loc["a"].tolist() == [1, 5.5]
    assert period.loc["A"].tolist() == [1, 7.25]


def test_period_that_ends_before_it_begins_is_refused(loaded_shop):
    with pytest.raises(InvalidChoice, match="no day"):
        build_period(loaded_shop, datetime.date(2024, 2, 2), datetime.date(2024, 2, 2), Policies())


def watch_list(n=400):
    rng = np.random.default_rng(11)
    spend = rng.gamma(2, 60, n).round(2)
    return pd.DataFrame(
        {
            "p_active": rng.random(n).round(6),
            "overdue_ratio": rng.gamma(2, 1, n).round(4),
            "total_spend": spend,
            "value_so_far": spend * 0.5,
            "recency_days": rng.integers(1, 300, n),
            "segment": pd.Categorical(rng.choice(["Loyal", "Lost"], n)),
            "place": pd.Categorical(rng.choice(["North", "South"], n)),
            "last_category": pd.Categorical(rng.choice(["Tea", "Cake"], n)),
        },
        index=pd.Index([f"c{i}" for i in range(n)], name="customer_id"),
    )


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("model", 0.5, margin=0.5),
        Wanted("rhythm", 2.0, least_value=40.0, margin=0.5),
        Wanted(
            "model", 0.8, 10.0, ("Loyal",), ("North",), ("Tea", "Cake"), (20.0, 200.0), margin=0.5
        ),
        Wanted("rhythm", 1.5, days=(1.0, 300.0), picked=((3.0, 2.0), (20.0, 90.0)), margin=0.5),
        Wanted("model", 0.7, days=(1.0, 60.0), picked=((0.2, 0.4), (0.0, 100.0)), margin=0.5),
    ],
)
def test_audience_of_a_list_of_those_at_risk_is_that_list(wanted):
    table = watch_list()
    conditions = build_conditions(wanted, "region")
    chosen = select_customers(table.rename(columns={"place": "region"}), Audience((conditions,)))
    assert np.array_equal(chosen, find_flagged(table, wanted))
    assert 0 < chosen.sum() < len(table)
    columns = [condition.column for condition in conditions]
    assert len(columns) == len(set(columns))


def test_what_the_list_does_not_ask_for_is_no_condition():
    assert build_conditions(Wanted("model", 0.5), "region") == (Condition("p_active", high=0.5),)


@pytest.mark.parametrize("margin", [0.35, 0.1, 0.07, 1 / 3, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_audience_is_the_list_at_any_limit_that_customers_have_reached(seed, margin):
    rng = np.random.default_rng(seed)
    cents = rng.integers(1, 10 ** rng.integers(2, 9, 300))
    table = watch_list(300).assign(total_spend=cents / rng.choice([1, 100, 10_000]))
    table["value_so_far"] = table["total_spend"] * margin
    for value in (table["total_spend"].head(60) * margin).round(rng.integers(2, 7)):
        whole = (0.0, 10.0), (float(value), 2.0 * value)
        for choices in ({"least_value": float(value)}, {"picked": whole}):
            wanted = Wanted("rhythm", 0.1, **choices, margin=margin)
            audience = Audience((build_conditions(wanted, None),))
            assert np.array_equal(select_customers(table, audience), find_flagged(table, wanted))


@pytest.mark.parametrize(("spend", "limit"), [(60.0, 21.0), (180.0, 63.0)])
def test_customer_at_the_limit_of_value_is_on_the_list_and_in_the_audience(spend, limit):
    table = watch_list(1).assign(total_spend=spend, value_so_far=spend * 0.35)
    wanted = Wanted("model", 1.0, limit, margin=0.35)
    audience = Audience((build_conditions(wanted, None),))
    assert find_flagged(table, wanted).tolist() == [True]
    assert select_customers(table, audience).tolist() == [True]
