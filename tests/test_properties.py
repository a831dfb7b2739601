import datetime
from decimal import Decimal
from itertools import product

import numpy as np
import pandas as pd
import pytest

from segmentation.marts.customers import build_attributes, build_customers
from segmentation.marts.purchases import build_purchases
from segmentation.marts.quality import build_left_out, count_fates
from segmentation.recipe import DUPLICATES, RETURNS, Policies, Recipe
from segmentation.segments.cells import count_cells, count_customers
from segmentation.segments.moves import count_moves
from segmentation.segments.profiles import median_spend, profile_segments
from segmentation.segments.rfm import count_measures
from segmentation.segments.rules import SCHEMES, VALUE, mean_score
from segmentation.segments.segmenter import build_segmenter

FIRST_DAY, AS_OF = datetime.datetime(2024, 1, 1), datetime.date(2024, 9, 1)
UNDONE = [(), ("cancelled", "Storniert")]
ALL_POLICIES = [
    Policies(*chosen, undone=undone) for *chosen, undone in product(RETURNS, DUPLICATES, UNDONE)
]
MEASURES = ["recency_days", "n_orders", "total_spend"]


# Guests, missing and unreadable cells, returns, nothing paid, duplicates, ids that look alike,
# many ties, and rows after the day looked from; at most one thing is missing in a row.
def random_shop(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 200))
    names = rng.permutation(["17", "17.0", "c1", "C1", " c2", "c3 ", "x-9", "é", "e", "007"])
    ids = [*names[:5], *(f"k{i}" for i in range(rng.integers(3, 30)))]
    moments = FIRST_DAY + rng.integers(0, 300 * 24 * 60, n) * datetime.timedelta(minutes=1)
    amounts = np.where(
        rng.random(n) < 0.3, rng.choice([5.0, 9.99, 20.0], n), rng.lognormal(3, 1, n)
    ) * rng.choice([1, -1, 0], n, p=[0.86, 0.1, 0.04])
    rows = pd.DataFrame(
        {
            "customer_id": rng.choice(ids, n),
            "ordered_at": [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in moments],
            "amount": [f"{amount:.2f}" for amount in amounts],
            "country": rng.choice(["Peru", "Chile", "Fiji"], n),
            "status": np.resize(["Paid", "Cancelled", "", "paid", "storniert", "Open"], n),
        }
    )
    if seed % 2:
        rows.insert(2, "order_id", [str(number) for number in rng.integers(1, n, n)])
    spoilt = rng.choice(n, 8, replace=False)
    for place, (column, cell) in enumerate(
        [("customer_id", ""), ("ordered_at", ""), ("amount", ""), ("amount", "n/a")] * 2
    ):
        rows.loc[spoilt[place], column] = cell
    copies = rows.sample(5, random_state=seed)
    return pd.concat([rows, copies], ignore_index=True)


def as_csv(rows):
    return rows.to_csv(index=False).encode()


def money(rows):
    known = [amount for amount in rows["amount"] if amount not in ("", "n/a")]
    return sum(map(Decimal, known))


def parts(amounts):
    return np.rint(np.asarray(amounts) * 10_000).astype(int)


@pytest.fixture(scope="module", params=range(20))
def seed(request):
    return request.param


@pytest.fixture(scope="module")
def rows(seed):
    return random_shop(seed)


@pytest.fixture(scope="module")
def database(load_once, rows):
    return load_once(as_csv(rows))


@pytest.fixture(scope="module")
def customers(database):
    return build_customers(database, AS_OF, Policies())


@pytest.fixture(scope="module")
def policies(seed):
    return ALL_POLICIES[seed % len(ALL_POLICIES)]


@pytest.fixture(params=["classic", "value"])
def segmenter(request, customers, seed):
    recipe = Recipe(n_levels=2 + seed % 9, scheme=request.param)
    return build_segmenter(recipe).fit(count_measures(customers))


def segments_of(customers, **recipe):
    segmenter = build_segmenter(Recipe(**recipe)).fit(count_measures(customers))
    scores = segmenter.scorer.transform(customers)
    return scores.assign(segment=segmenter.predict(customers))


def test_kept_and_left_out_are_all_rows_and_all_money(rows, database, policies):
    fates = count_fates(database, policies, AS_OF)
    left_out = build_left_out(database, policies, AS_OF)
    counted = fates[fates["is_counted"]]
    assert fates["n_rows"].sum() == len(rows)
    assert parts(fates["amount"]).sum() == money(rows) * 10_000
    assert len(left_out) + counted["n_rows"].sum() == len(rows)
    assert parts(left_out["amount"].fillna(0)).sum() + parts(counted["amount"]).sum() == (
        money(rows) * 10_000
    )
    told = left_out.groupby("fate").size()
    assert told.to_dict() == fates.loc[~fates["is_counted"], "n_rows"].to_dict()


def test_spend_of_the_customers_is_that_of_the_rows_that_count(database, policies):
    fates = count_fates(database, policies, AS_OF)
    customers = build_customers(database, AS_OF, policies)
    counted = fates.loc[fates["is_counted"], "amount"]
    assert parts(customers["total_spend"]).sum() == parts(counted).sum()
    assert len(customers) == fates.loc["kept", "n_customers"]


def test_spend_of_the_segments_is_that_of_the_customers(customers, segmenter):
    cells = count_customers(customers)
    profile = profile_segments(cells, segmenter.code_cells(cells), segmenter.scheme.names)
    assert parts(profile["total_spend"]).sum() == parts(customers["total_spend"]).sum()
    assert profile["n_customers"].sum() == len(customers)
    assert profile["share_of_customers"].sum() == pytest.approx(1)
    assert profile["share_of_spend"].sum() == pytest.approx(1)


def test_each_customer_is_in_one_segment_of_the_scheme(customers, segmenter):
    segment = segmenter.predict(customers)
    assert segment.index.equals(customers.index)
    assert segment.index.is_unique
    assert segment.notna().all()
    assert set(segment) <= set(segmenter.scheme.names)


def test_segment_is_that_of_the_scores_that_are_shown(customers, segmenter):
    scheme, n = segmenter.scheme, segmenter.scorer.n_levels
    shares = [level / n for level in range(1, n)]
    # Cut points on the customers' own values, where rounding would show.
    cuts = {m: np.quantile(customers[m], shares, method="higher").tolist() for m in MEASURES}
    on_values = build_segmenter(Recipe(n_levels=n, scheme=scheme.name, cut_points=cuts))
    for fitted in (segmenter, on_values.fit(count_measures(customers))):
        scores = fitted.scorer.transform(customers)
        recency, frequency, monetary = (scores[column] for column in scores)
        column = mean_score(frequency, monetary) if scheme.axis == VALUE else frequency
        named = [
            scheme.grid[n - row][place - 1] for row, place in zip(recency, column, strict=True)
        ]
        assert fitted.predict(customers).tolist() == named


def test_customers_are_those_that_bought_before_the_day(database, customers):
    assert (customers["n_orders"] >= 1).all()
    assert (customers["recency_days"] >= 1).all()
    assert (customers["recency_days"] <= customers["tenure_days"]).all()
    n_purchase_days = build_purchases(database, AS_OF, Policies())["x"] + 1
    assert (n_purchase_days <= customers["tenure_days"]).all()
    assert not {"17.0", " c2", "c3 ", ""} & set(customers.index)


def test_order_of_the_rows_does_not_matter(load_once, rows, database, customers, policies, seed):
    shuffled = load_once(as_csv(rows.sample(frac=1, random_state=seed + 100)))
    pd.testing.assert_frame_equal(build_customers(shuffled, AS_OF, Policies()), customers)
    pd.testing.assert_frame_equal(
        build_attributes(shuffled, AS_OF, Policies()), build_attributes(database, AS_OF, Policies())
    )
    pd.testing.assert_frame_equal(
        count_fates(shuffled, policies, AS_OF), count_fates(database, policies, AS_OF)
    )


def test_shifting_all_days_changes_dates_only(load_once, rows, database, customers, seed):
    # Over the end of February, in leap years and in others.
    shift = datetime.timedelta(days=int(np.random.default_rng(seed).integers(-2000, 2000)))
    later = rows.copy()
    dated = later["ordered_at"] != ""
    moments = pd.to_datetime(later.loc[dated, "ordered_at"]) + shift
    later.loc[dated, "ordered_at"] = moments.dt.strftime("%Y-%m-%d %H:%M:%S")
    moved = load_once(as_csv(later))
    found = build_customers(moved, AS_OF + shift, Policies())
    for column in ("first_ordered_on", "last_ordered_on"):
        found[column] -= pd.Timedelta(shift)
    pd.testing.assert_frame_equal(found, customers, check_dtype=False)
    pd.testing.assert_frame_equal(segments_of(found), segments_of(customers))


def test_multiplying_all_amounts_leaves_scores_and_segments(load_once, rows, customers, seed):
    factor = ["2", "0.25", "100"][seed % 3]
    larger = rows.copy()
    known = ~larger["amount"].isin(["", "n/a"])
    larger.loc[known, "amount"] = [
        str(Decimal(amount) * Decimal(factor)) for amount in larger.loc[known, "amount"]
    ]
    scaled = load_once(as_csv(larger))
    found = build_customers(scaled, AS_OF, Policies())
    assert found["total_spend"].tolist() == pytest.approx(
        (customers["total_spend"] * float(factor)).tolist(), rel=1e-12, abs=1e-9
    )
    for scheme in SCHEMES:
        pd.testing.assert_frame_equal(
            segments_of(found, scheme=scheme), segments_of(customers, scheme=scheme)
        )


def test_better_values_never_have_lower_scores(customers, segmenter):
    scores = segmenter.scorer.transform(customers)
    for measure, score in zip(MEASURES, scores, strict=True):
        ordered = scores[score].loc[customers[measure].sort_values().index]
        steps = np.diff(ordered) * (-1 if measure == "recency_days" else 1)
        assert (steps >= 0).all()
        assert scores[score].groupby(customers[measure]).nunique().max() == 1
        assert scores[score].between(1, segmenter.scorer.n_levels).all()


def test_moves_add_up_to_the_segments_before_and_after(customers, seed):
    cells = count_customers(customers)
    before = build_segmenter(Recipe(n_levels=5)).fit(count_measures(customers))
    after = build_segmenter(Recipe(n_levels=2 + seed % 9, scheme="value")).fit(
        count_measures(customers)
    )
    codes = before.code_cells(cells), after.code_cells(cells)
    names = before.scheme.names, after.scheme.names
    moves = count_moves(cells, *codes, *names)
    assert moves["n_customers"].gt(0).all()
    assert moves["n_customers"].is_monotonic_decreasing
    for column, code, segments in zip(("before", "after"), codes, names, strict=True):
        profile = profile_segments(cells, code, segments)
        profile = profile[profile["n_customers"] > 0].sort_index()
        added = moves.groupby(column)[["n_customers", "total_spend"]].sum()
        assert added["n_customers"].to_dict() == profile["n_customers"].to_dict()
        assert parts(added["total_spend"]).tolist() == parts(profile["total_spend"]).tolist()


# Customer by customer, with what everybody would write; equal to what the counted cells give.
def test_counted_cells_give_what_pandas_gives_customer_by_customer(customers, segmenter):
    n, scheme = segmenter.scorer.n_levels, segmenter.scheme
    shares = [round(100 * level / n, 4) / 100 for level in range(1, n)]
    passed = {}
    for measure in MEASURES:
        cuts = np.quantile(customers[measure], shares)
        # To six decimals: days, orders and cents have none that matter further right.
        assert segmenter.cut_points_[measure] == pytest.approx(cuts, rel=0, abs=5.01e-7)
        passed[measure] = (customers[measure].to_numpy()[:, None] > cuts).sum(axis=1)
    recency, column = n - passed["recency_days"], 1 + passed["n_orders"]
    if scheme.axis == "value":
        column = np.floor((column + 1 + passed["total_spend"]) / 2 + 0.5).astype(int)
    segment = pd.Series(
        [scheme.grid[n - r][c - 1] for r, c in zip(recency, column, strict=True)], customers.index
    )
    assert segmenter.predict(customers).astype(str).tolist() == segment.tolist()

    cells = count_customers(customers) if scheme.axis == "value" else count_cells(customers)
    profile = profile_segments(cells, segmenter.code_cells(cells), scheme.names)
    groups = customers.groupby(segment)
    found = profile[profile["n_customers"] > 0]
    assert found.index.tolist() == [name for name in scheme.names if name in groups.groups]
    sizes, n_orders = groups.size()[found.index], groups["n_orders"].sum()[found.index]
    spend = (customers["total_spend"] * 10_000).round().groupby(segment).sum()[found.index]
    assert found["n_customers"].tolist() == sizes.tolist()
    assert found["share_of_customers"].tolist() == (sizes / len(customers)).tolist()
    assert found["total_spend"].tolist() == (spend / 10_000).tolist()
    assert found["share_of_spend"].tolist() == (spend / spend.sum()).tolist()
    assert found["mean_order_value"].tolist() == pytest.approx(
        (spend / n_orders / 10_000).round(4).tolist()
    )
    for measure in ("recency_days", "n_orders"):
        medians = groups[measure].median()[found.index]
        assert found[f"median_{measure}"].tolist() == medians.tolist()
    middle = median_spend(customers, segmenter.code_cells(count_customers(customers)), scheme.names)
    assert middle[found.index].tolist() == groups["total_spend"].median()[found.index].tolist()
