import datetime
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from segmentation.clusterings import N_CLUSTERS, clustering_problems
from segmentation.errors import InvalidChoice, InvalidRecipe
from segmentation.marts.customers import build_customers
from segmentation.marts.measures import add_measures, build_measures
from segmentation.outputs.lists import build_customer_list, build_segment_table
from segmentation.recipe import Policies, Recipe, load_recipe, write_recipe
from segmentation.segments.agreement import (
    adjusted_rand,
    count_pairs,
    judge_sweep,
    measure_silhouettes,
)
from segmentation.segments.cells import count_customers
from segmentation.segments.clusters import (
    ClusterChoices,
    build_clustering,
    clusters_by,
    describe_clustering,
    measure_distances,
    read_clustering,
    with_clustering,
)
from segmentation.segments.crowds import count_points
from segmentation.segments.editing import rename_segment
from segmentation.segments.pictures import (
    compare_groupings,
    find_separating,
    profile_clusters,
    sample_customers,
)
from segmentation.segments.profiles import profile_segments
from segmentation.segments.rfm import count_measures
from segmentation.segments.scaling import exact_sum
from segmentation.segments.segmenter import build_rules, build_segmenter, with_cut_points
from segmentation.segments.sweeps import assign_points, sweep_clusters

AS_OF = datetime.date(2024, 4, 1)


# Three kinds of customers, far apart: many recent orders, few old ones, one new one.
def made_up(n, seed=0):
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, n, p=[0.2, 0.5, 0.3])
    recency = np.array([10, 300, 15])[kind] * rng.lognormal(0, 0.3, n)
    orders = np.array([20, 2, 1])[kind] + rng.poisson(np.array([5, 1, 0.2])[kind])
    spend = np.array([900, 80, 20])[kind] * rng.lognormal(0, 0.4, n)
    return pd.DataFrame(
        {
            "n_orders": orders,
            "total_spend": spend.round(2),
            "mean_order_value": (spend / orders).round(4),
            "first_ordered_on": pd.Timestamp("2023-01-01"),
            "last_ordered_on": pd.Timestamp("2024-01-01"),
            "recency_days": 1 + recency.astype(int),
            "tenure_days": 400 + recency.astype(int),
        },
        index=pd.Index([f"c{i:07}" for i in range(n)], name="customer_id"),
    )


def clustered(customers, k=3, **choices):
    chosen = ClusterChoices(**choices)
    scaler = chosen.scaler().fit(customers)
    sweep = sweep_clusters(scaler.transform(customers), [k], customers.index)
    return build_clustering(customers, chosen, scaler, sweep.centres[k])


def segmenter_of(clustering, customers):
    recipe = with_clustering(Recipe(), clustering)
    return build_segmenter(recipe).fit(count_measures(customers))


@pytest.fixture(scope="module")
def customers():
    return made_up(2_000)


@pytest.fixture(scope="module")
def many():
    return made_up(40_000)


@pytest.fixture(scope="module")
def clustering(customers):
    return clustered(customers)


@pytest.mark.parametrize("n", [2_000, 40_000])
@pytest.mark.parametrize("choices", [{}, {"transform": "none", "clip": 95.0}])
def test_order_of_the_rows_does_not_matter(n, choices):
    table = made_up(n)
    shuffled = table.sample(frac=1, random_state=3)
    first, second = clustered(table, 4, **choices), clustered(shuffled, 4, **choices)
    assert first == second
    codes = segmenter_of(first, table).predict(table)
    again = segmenter_of(second, shuffled).predict(shuffled)
    pd.testing.assert_series_equal(again.reindex(codes.index), codes)


def test_same_data_give_the_same_clusters_twice(many):
    assert clustered(many, 5) == clustered(many, 5)


def test_kinds_that_are_far_apart_are_found_and_named(customers, clustering):
    codes = segmenter_of(clustering, customers).code_customers(customers)
    kinds = np.where(customers["n_orders"] > 10, 0, np.where(customers["recency_days"] > 100, 1, 2))
    assert adjusted_rand_score(kinds, codes) > 0.95
    names = [segment.name for segment in clustering.segments]
    assert len(set(names)) == 3
    assert "requent" in names[0]
    assert "spend" in names[0]
    assert len({segment.colour for segment in clustering.segments}) == 3
    assert all(segment.meaning and segment.action for segment in clustering.segments)


def test_clusters_stand_by_their_mean_spend(customers, clustering):
    codes = segmenter_of(clustering, customers).code_customers(customers)
    means = customers["total_spend"].groupby(codes).mean()
    assert means.is_monotonic_decreasing


def test_distances_are_standard_deviations():
    points = np.array([[0.0, 7.0], [2.0, 7.0], [4.0, 7.0], [6.0, 7.0]])
    distances = measure_distances(points, np.array([[5.0, 7.0], [3.0, 7.0]]))
    assert distances.tolist() == [[round(2 / 5**0.5, 6), 0], [0, 0]]


def test_few_who_spend_much_stand_before_many_who_spend_more_together():
    table = made_up(300)
    few = np.arange(300) < 3
    table["total_spend"], table["n_orders"] = np.where(few, 500.0, 10.0), np.where(few, 20, 1)
    codes = segmenter_of(clustered(table, 2), table).code_customers(table)
    assert (codes == np.where(few, 0, 1)).all()


@pytest.mark.parametrize("n", [2_000, 40_000])
@pytest.mark.parametrize("k", [2, 4, 7, 10])
def test_inertia_is_that_of_scikit_learn_on_every_customer(n, k):
    table = made_up(n)
    points = ClusterChoices().scaler().fit(table).transform(table)
    sweep = sweep_clusters(points, [k], table.index)
    _, squared = assign_points(points, sweep.centres[k])
    theirs = KMeans(k, n_init=10, random_state=0).fit(points).inertia_
    assert squared.sum() <= theirs * 1.001
    assert sweep.inertia[k] == pytest.approx(squared.sum(), rel=0.001)


def test_silhouettes_are_those_of_all_customers(customers, many):
    for table in (customers, many.head(12_000)):
        points = ClusterChoices().scaler().fit(table).transform(table)
        sweep = sweep_clusters(points, [3, 6], table.index)
        for k, found in measure_silhouettes(sweep).items():
            codes, _ = assign_points(points, sweep.centres[k])
            assert found == pytest.approx(silhouette_score(points, codes), abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_adjusted_rand_is_that_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    codes, others = rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    others[:150] = codes[:150] % 3
    table = count_pairs(codes, others, np.ones(300))
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(codes, others))
    assert adjusted_rand(count_pairs(codes, codes, np.ones(300))) == 1


def test_sweep_judges_every_number_of_groups(customers):
    points = ClusterChoices().scaler().fit(customers).transform(customers)
    judged = judge_sweep(sweep_clusters(points, ids=customers.index))
    assert judged.index.tolist() == list(N_CLUSTERS)
    assert judged["inertia"].is_monotonic_decreasing
    assert judged["silhouette"].idxmax() == 3
    assert judged.loc[3, "stability"] > 0.95
    assert judged["stability"].between(-1, 1).all()


def test_points_of_all_levels_are_all_customers(many):
    points = ClusterChoices().scaler().fit(many).transform(many)
    crowds, within = count_points(points)
    assert within >= 0
    for crowd in crowds:
        assert crowd.counts.sum() == len(many)
        assert (crowd.places * crowd.counts[:, None]).sum(axis=0) == pytest.approx(
            points.sum(axis=0), abs=1e-3
        )
    assert len(crowds[-1].counts) == 1


def test_seven_measures_still_fit_a_grid(many):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40_000, 7))
    sweep = sweep_clusters(points, [3])
    theirs = KMeans(3, n_init=3, random_state=0).fit(points).inertia_
    assert assign_points(points, sweep.centres[3])[1].sum() <= theirs * 1.05


def test_exact_sum_does_not_depend_on_the_order():
    values = np.random.default_rng(0).lognormal(0, 3, 10_000)
    assert exact_sum(values) == exact_sum(values[::-1])
    assert exact_sum(values) == pytest.approx(values.sum(), rel=1e-5)
    assert exact_sum(np.zeros(3)) == 0


def test_clustering_comes_back_from_a_saved_recipe(customers, clustering):
    recipe = with_clustering(Recipe(scheme="value"), clustering)
    again = load_recipe(write_recipe(recipe))
    assert read_clustering(again.clusters) == clustering
    assert again.scheme == "value"
    assert clusters_by(again) == clustering.choices.measures
    assert with_clustering(again, None).clusters == {}


def test_customers_of_next_month_go_to_the_same_clusters(customers, clustering):
    recipe = with_clustering(Recipe(), clustering)
    fitted = build_segmenter(recipe).fit(count_measures(customers))
    kept = load_recipe(write_recipe(with_cut_points(recipe, fitted)))
    new = pd.concat([customers.head(50), made_up(70, seed=9).add_prefix("", axis=1)])
    new.index = [f"n{i}" for i in range(len(new))]
    then = build_segmenter(kept).fit(count_measures(new)).predict(new)
    now = fitted.predict(customers)
    assert then.iloc[:50].astype(str).tolist() == now.iloc[:50].astype(str).tolist()
    assert then.cat.categories.tolist() == now.cat.categories.tolist()


def test_clusters_are_segments_of_lists_and_tables(customers, clustering):
    segmenter = segmenter_of(clustering, customers)
    listed = build_customer_list(customers, segmenter, pd.DataFrame(index=customers.index))
    assert listed["segment"].tolist() == segmenter.predict(customers).tolist()
    assert {"recency_score", "frequency_score", "monetary_score"} <= set(listed)
    table = build_segment_table(customers, segmenter)
    assert table["n_customers"].sum() == len(customers)
    assert table.index.tolist() == [segment.name for segment in clustering.segments]
    one = build_customer_list(
        customers, segmenter, pd.DataFrame(index=customers.index), [table.index[0]]
    )
    assert len(one) == table["n_customers"].iloc[0]


def test_codes_of_cells_are_those_of_the_customers(customers, clustering):
    segmenter = segmenter_of(clustering, customers)
    assert segmenter.needs_spend
    cells = count_customers(customers)
    codes = segmenter.code_cells(cells)
    assert codes.tolist() == segmenter.code_customers(customers).tolist()
    profile = profile_segments(cells, codes, segmenter.scheme.names)
    assert profile["share_of_spend"].sum() == pytest.approx(1)


def test_cluster_is_renamed_like_any_segment(customers, clustering):
    old = clustering.segments[0].name
    renamed = clustering.with_scheme(rename_segment(clustering.scheme, old, "Our best"))
    assert segmenter_of(renamed, customers).scheme.names[0] == "Our best"
    with pytest.raises(InvalidChoice, match="taken"):
        rename_segment(renamed.scheme, "Our best", clustering.segments[1].name)


def test_unscaled_measures_let_the_spend_decide(customers):
    raw = clustered(customers, 2, scaling="none", transform="none")
    spend_only = clustered(customers, 2, measures=("total_spend",), transform="none")
    codes = [segmenter_of(c, customers).code_customers(customers) for c in (raw, spend_only)]
    assert adjusted_rand_score(*codes) > 0.9


# Days from 1 on as ln(days), all else as ln(1 + value); then in deviations from the mean.
def test_points_are_logarithms_in_standard_deviations_from_the_mean():
    few = pd.DataFrame({"recency_days": [1, 10, 100], "total_spend": [0.0, 9.0, 999.0]})
    logs = np.log([[1, 1], [10, 10], [100, 1000]])
    points = ClusterChoices(tuple(few)).scaler().fit(few).transform(few)
    assert points == pytest.approx((logs - logs.mean(axis=0)) / logs.std(axis=0), abs=1e-6)
    as_they_are = ClusterChoices(tuple(few), transform="none", scaling="none").scaler()
    assert as_they_are.fit(few).transform(few).tolist() == few.to_numpy().tolist()


def test_noise_in_the_last_digits_of_a_measure_is_no_spread():
    noise = pd.DataFrame({"total_spend": [1e12, 1e12 + 0.01, 1e12 - 0.01]})
    scaler = ClusterChoices(("total_spend",), transform="none").scaler().fit(noise)
    assert scaler.scales_ == [1.0]


def test_values_above_the_percentile_count_as_that(customers):
    scaler = ClusterChoices(clip=95.0).scaler().fit(customers)
    assert scaler.limits_ == pytest.approx(
        [np.percentile(customers[m], 95) for m in ClusterChoices().measures]
    )
    larger = customers.assign(total_spend=customers["total_spend"].max() * 100)
    assert np.ptp(scaler.transform(larger)[:, 2]) == 0


def test_customer_without_a_value_counts_as_the_middle_one(customers):
    aged = customers.assign(customer_age=np.where(np.arange(2_000) % 4, 30.0, np.nan))
    aged.iloc[1, -1] = 70
    scaler = ClusterChoices(("customer_age", "n_orders")).scaler().fit(aged)
    assert scaler.fills_[0] == 30
    points = scaler.transform(aged)
    assert points[0, 0] == points[2, 0]


def test_measure_that_is_not_there_is_refused(customers):
    with pytest.raises(InvalidChoice, match="age"):
        ClusterChoices(("customer_age",)).scaler().fit(customers)
    with pytest.raises(InvalidChoice, match="age"):
        ClusterChoices(("customer_age",)).scaler().fit(customers.assign(customer_age=np.nan))


def test_customers_that_are_all_alike_are_refused(customers):
    same = customers.assign(recency_days=3, n_orders=1, total_spend=9.0)
    scaler = ClusterChoices().scaler().fit(same)
    with pytest.raises(InvalidChoice, match="alike"):
        sweep_clusters(scaler.transform(same))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_there_are_never_more_groups_than_different_customers(customers, n):
    few = pd.concat([customers.head(n)] * 4)
    few.index = [f"k{i}" for i in range(len(few))]
    scaler = ClusterChoices().scaler().fit(few)
    sweep = sweep_clusters(scaler.transform(few), ids=few.index)
    assert max(sweep.centres) == n
    judged = judge_sweep(sweep)
    assert judged["inertia"].iloc[-1] == pytest.approx(0, abs=1e-6)
    assert judged.notna().all().all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"measures": []}, "list of different measures"),
        ({"measures": [["a"]]}, "list of different measures"),
        ({"measures": ["x", "n_orders", "total_spend"]}, "no measure"),
        ({"transform": "sqrt"}, "transform"),
        ({"scaling": "max"}, "scaling"),
        ({"clip": 10}, "clip"),
        ({"means": [1.0]}, "means"),
        ({"means": [math.inf] * 3}, "means"),
        ({"scales": [1.0, 0.0, 1.0]}, "scale"),
        ({"centres": [[1.0, 2.0, 3.0]]}, "2 to 10"),
        ({"centres": [[1.0]] * 3}, "centre"),
        ({"segments": []}, "one by one"),
        ({"segments": [{"name": "a"}] * 3}, "lacks its name"),
        ({"extra": 1}, "extra"),
    ],
)
def test_clusters_of_a_recipe_with_a_wrong_part_are_refused(clustering, change, told):
    described = {**describe_clustering(clustering), **change}
    assert told in "; ".join(clustering_problems(described))
    with pytest.raises(InvalidRecipe, match=told):
        load_recipe(write_recipe(Recipe(clusters=described)))
    with pytest.raises(InvalidRecipe, match=told):
        read_clustering(described)


def test_clusters_of_one_name_or_a_false_colour_are_refused(clustering):
    described = describe_clustering(clustering)
    for part, value, told in (("name", "Same", "share a name"), ("colour", "red", "#rrggbb")):
        segments = [{**segment, part: value} for segment in described["segments"]]
        assert told in "; ".join(clustering_problems({**described, "segments": segments}))
    with pytest.raises(InvalidRecipe, match="lack"):
        read_clustering({"measures": ["n_orders"]})
    with pytest.raises(InvalidRecipe, match="none"):
        read_clustering({})


RETURNING = b"""\
customer_id,ordered_at,order_id,amount,customer_age
a,2024-01-05,1,20.00,30
a,2024-01-08,1,-5.00,30
b,2024-02-11,3,7.25,
c,2024-02-12,4,-4.00,50
"""


def test_share_of_returns_is_money_sent_back_over_money_bought(load):
    database = load(RETURNING)
    measures = build_measures(database, AS_OF, Policies())
    assert measures["share_of_returns"].to_dict() == {"a": 0.25, "b": 0}
    customers = build_customers(database, AS_OF, Policies())
    wanted = ["n_orders", "share_of_returns", "customer_age"]
    joined = add_measures(customers, database, AS_OF, Policies(), wanted)
    assert joined["customer_age"].tolist()[:1] == [30]
    assert math.isnan(joined.loc["b", "customer_age"])
    assert add_measures(customers, database, AS_OF, Policies(), ["n_orders"]) is customers


def test_measure_that_the_data_lack_is_refused(load):
    database = load(b"customer_id,ordered_at,amount\na,2024-01-05,20\nb,2024-01-06,5\n")
    assert build_measures(database, AS_OF, Policies())["share_of_returns"].tolist() == [0, 0]
    customers = build_customers(database, AS_OF, Policies())
    with pytest.raises(InvalidChoice, match="Age"):
        add_measures(customers, database, AS_OF, Policies(), ["share_of_returns", "customer_age"])


def test_sample_is_the_same_for_any_order_and_never_too_large(many):
    sample = sample_customers(many)
    assert len(sample) == 2_000
    pd.testing.assert_frame_equal(sample, sample_customers(many.sample(frac=1, random_state=1)))
    assert len(sample_customers(many.head(30))) == 30


def test_measures_that_tell_clusters_apart_are_shown(customers):
    noise = customers.assign(customer_age=np.random.default_rng(0).integers(20, 70, 2_000))
    found = clustered(noise, 3, measures=("customer_age", "recency_days", "n_orders"))
    points = found.scaler().transform(noise)
    centres = np.array(found.centres)
    codes, _ = assign_points(points, centres)
    assert find_separating(points, codes, centres) == [1, 2]
    assert find_separating(points[:, :1], codes, centres[:, :1]) == [0]


def test_profile_of_clusters_has_their_medians(customers, clustering):
    codes = segmenter_of(clustering, customers).code_customers(customers)
    profile = profile_clusters(customers, codes, clustering)
    assert len(profile) == 9
    first = profile[profile["segment"] == clustering.segments[0].name].set_index("measure")
    assert first.loc["n_orders", "median"] == customers["n_orders"][codes == 0].median()
    assert first.loc["n_orders", "distance"] > 1
    gone = profile_clusters(customers[codes != 0], codes[codes != 0], clustering)
    assert gone["median"].isna().sum() == 3


def test_cross_table_adds_up_and_agreement_is_the_adjusted_rand_index(customers, clustering):
    rules = build_rules(with_clustering(Recipe(), clustering)).fit(count_measures(customers))
    others = rules.code_cells(count_customers(customers))
    codes = segmenter_of(clustering, customers).code_customers(customers)
    table, agreement = compare_groupings(codes, others, clustering.scheme.names, rules.scheme.names)
    assert table.to_numpy().sum() == len(customers)
    assert table.sum(axis=1).tolist() == np.bincount(codes).tolist()
    assert agreement == pytest.approx(adjusted_rand_score(codes, others), abs=1e-4)


def test_colours_and_names_stay_when_only_the_seed_of_names_is_the_data(customers):
    larger = customers.assign(total_spend=customers["total_spend"] * 1.0)
    assert clustered(larger) == clustered(customers)
    moved = replace(clustered(customers), segments=())
    assert moved.centres == clustered(customers).centres
