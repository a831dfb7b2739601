"""A changed filter on the Sales page: all figures of the page, against the same in pandas."""

import datetime
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import duckdb
import pandas as pd

from segmentation.engine.loading import load_rows
from segmentation.marts.sales import Sales
from segmentation.marts.sales_answers import (
    build_buyers,
    build_figures,
    build_periods,
    work_together,
)
from segmentation.marts.sales_filters import (
    ALL_TIME,
    Days,
    SalesFilters,
    days_to_compare,
    read_period,
)
from segmentation.recipe import Policies, Recipe
from segmentation.sources.files import read_files
from segmentation.sources.workspace import Workspace

FIRST, AS_OF = datetime.date(2023, 1, 1), datetime.date(2025, 1, 1)
# Orders of 4.5 rows on average; a customer lives in one city, one in thirty moved once.
ROWS = """
    select
        'A' || cast(number as varchar) as order_id,
        'C' || cast(customer as varchar) as customer_id,
        date '2023-01-01' + cast(chance % 731 as integer) as ordered_at,
        round(0.5 + (hash(line) % 4000) / 100.0, 2) as amount,
        'Category ' || cast(hash(line + 5) % 12 as varchar) as category,
        'Product ' || cast(hash(line + 5) % 4000 as varchar) as product,
        ['Germany', 'France', 'Spain', 'Poland', 'Italy'][1 + place % 5] as country,
        'Region ' || cast(place % 25 as varchar) as region,
        'City ' || cast(place % 125 as varchar) as city,
        ['18–24', '25–34', '35–44', '45–54', '55–64', '65 and over'][1 + customer % 6] as age_group
    from (
        select
            line,
            number,
            chance,
            customer,
            cast(hash(customer + if(customer % 30 = 0, chance % 2, 0)) % 997 as integer) as place
        from (
            select
                *,
                cast(pow((chance % 999983) / 999983.0, 2) * {n_customers} as bigint) as customer
            from (
                select
                    line,
                    line // 9 * 2 + (line % 9) // 5 as number,
                    cast(
                        hash(line // 9 * 2 + (line % 9) // 5 + 77) % 1000000007 as bigint
                    ) as chance
                from range({n_rows}) as lines (line)
            )
        )
    )
    order by ordered_at
"""
FILTERS = {
    "one region": {"region": ("Region 3",)},
    "one category": {"category": ("Category 4",)},
    "two categories": {"category": ("Category 4", "Category 5")},
    "the same, one country": {
        "category": ("Category 4", "Category 5"),
        "country": ("Spain",),
    },
    "one age group": {"age_group": ("35–44",)},
    "one segment": {"segment": ("Segment 2",)},
    "one month": {},
    "one year": {},
    "all": {},
}
PERIODS = {"one month": "2024-03", "one year": "2024"}
DAYS = {name: read_period(PERIODS.get(name, ALL_TIME), FIRST, AS_OF) for name in FILTERS}
# Whose difference by category and country is told where both are within the filters.
LAST_MONTHS = [
    (datetime.date(2024, 11, 1), datetime.date(2024, 12, 1)),
    (datetime.date(2024, 12, 1), AS_OF),
]
Seconds = tuple[float, float]


def measure_sales(folder: Path, n_runs: int, sizes: tuple[tuple[int, int], ...]) -> None:
    """Every filter on each size of shop."""
    for n_rows, n_customers in sizes:
        path = folder / f"sales_{n_rows}.parquet"
        query = ROWS.format(n_rows=n_rows, n_customers=n_customers)
        with duckdb.connect() as connection:
            connection.execute(f"copy ({query}) to '{path}'")
        ours = measure_ours(path, n_runs)
        theirs = measure_pandas(path, min(n_runs, 3))
        for name in FILTERS:
            told = [
                f"{what} ours {mine:.3f} s, pandas {other:.3f} s: {other / mine:.1f} × less"
                for what, mine, other in zip(("CPU", "wall"), ours[name], theirs[name], strict=True)
            ]
            print(f"Sales, {n_rows:,} rows, {name}: {'; '.join(told)}", flush=True)


def measure_ours(path: Path, n_runs: int) -> dict[str, Seconds]:
    """CPU and wall seconds of the page's data by filter, tables of all sales stored and warm."""
    with Workspace() as workspace:
        read = partial(read_files, workspace, [path])
        rows = load_rows(workspace, read(), Recipe(), partial(read, rewrite=True))
        sales = Sales(rows.database, AS_OF, Policies(), None)
        everything = SalesFilters(FIRST, AS_OF)
        cpu, wall = timed(partial(draw_page, sales, everything), 1)
        print(f"Sales: first answer, tables stored, CPU {cpu:.1f} s, wall {wall:.1f} s", flush=True)
        customers = sales.by_customer(everything).index
        segment = [f"Segment {number % 10}" for number in range(len(customers))]
        sales.segmented = pd.DataFrame({"customer_id": customers, "segment": segment})
        found = {}
        for name, chosen in FILTERS.items():
            filters = SalesFilters(*DAYS[name], tuple(chosen.items()))
            # What is stored for the categories chosen is there when a country is chosen as well.
            stored = ["customer_sales"] + ["category_orders"] * (name == "two categories")
            draw_page(sales, filters)
            found[name] = timed(partial(draw_anew, sales, filters, stored), n_runs)
        return found


def draw_anew(sales: Sales, filters: SalesFilters, stored: Sequence[str]) -> None:
    """The same as on a filter's first use: what is stored for it alone is not there."""
    for table in stored:
        sales.database.kept.kept[table].clear()  # type: ignore[attr-defined]
    draw_page(sales, filters)


def draw_page(sales: Sales, filters: SalesFilters) -> None:
    """The data that the page asks for when a filter changes, in its order."""
    by_country = filters.only("country")
    works: list[Callable[[], object]] = [
        partial(build_buyers, sales, filters),
        partial(sales.by_part, filters.only("category"), "category"),
        partial(sales.by_part, filters.only("age_group"), "age_group"),
        partial(sales.by_part, by_country, "country"),
        partial(sales.strongest_categories, by_country, "country"),
        partial(build_figures, sales, filters),
        partial(build_periods, sales, filters, "month"),
    ]
    for days in days_compared(filters.since, filters.until):
        if days != (filters.since, filters.until):
            works.append(partial(build_figures, sales, filters.over(*days)))
    work_together(dict(enumerate(works)))
    months = months_within(filters.since, filters.until)
    work_together(
        {days: partial(sales.by_category, filters.over(*days), "country") for days in months}
    )


def days_compared(since: datetime.date, until: datetime.date) -> Sequence[Days]:
    """The days of a chosen period that are compared, and those before."""
    [period] = {PERIODS.get(name, ALL_TIME) for name in DAYS if DAYS[name] == (since, until)}
    return days_to_compare(period, since, until, FIRST) or ()


def months_within(
    since: datetime.date, until: datetime.date
) -> list[tuple[datetime.date, datetime.date]]:
    """The months that are compared by part."""
    return [*LAST_MONTHS] if since <= LAST_MONTHS[0][0] and until == AS_OF else []


def measure_pandas(path: Path, n_runs: int) -> dict[str, Seconds]:
    """The same with the rows in memory, as a notebook would, vectorised."""
    rows = pd.read_parquet(path)
    rows["ordered_at"] = pd.to_datetime(rows["ordered_at"])
    for name in ("category", "country", "region", "city", "age_group"):
        rows[name] = rows[name].astype("category")
    customers = rows.groupby("customer_id")["amount"].sum().sort_index()
    ordered = customers.sort_values(ascending=False, kind="stable").index
    segment = pd.Series([f"Segment {number % 10}" for number in range(len(ordered))], ordered)
    found = {}
    for name, chosen in FILTERS.items():
        found[name] = timed(partial(draw_in_pandas, rows, segment, chosen, DAYS[name]), n_runs)
    return found


def draw_in_pandas(rows, segment, chosen, days) -> None:  # type: ignore[no-untyped-def]
    """The data of the page from the rows."""

    def within(without: str = "", over=days) -> pd.DataFrame:  # type: ignore[no-untyped-def]
        kept = rows["ordered_at"].between(*map(pd.Timestamp, over), inclusive="left")
        for name, values in chosen.items():
            if name == "segment":
                kept &= rows["customer_id"].isin(segment.index[segment.isin(values)])
            elif name != without:
                kept &= rows[name].isin(values)
        return rows[kept]

    shown = within()
    month = shown["ordered_at"].dt.to_period("M")
    n_orders = shown.groupby("customer_id")["order_id"].nunique()
    (n_orders > 1).mean()
    for compared in days_compared(*days)[1:]:
        (within(over=compared).groupby("customer_id")["order_id"].nunique() > 1).mean()
    shown.groupby("ordered_at").agg({"amount": "sum", "order_id": "nunique"})
    shown.groupby(month).agg({"customer_id": "nunique"})
    for part in ("category", "country", "age_group"):
        within(part).groupby(part, observed=True).agg(
            {"amount": "sum", "order_id": "nunique", "customer_id": "nunique"}
        )
    within("country").groupby(["country", "category"], observed=True)["amount"].sum()
    for month in months_within(*days):
        kept = shown["ordered_at"].between(*map(pd.Timestamp, month), inclusive="left")
        for part in {"category", "country"} - chosen.keys():
            shown[kept].groupby(part, observed=True)["amount"].sum()
    by_customer = shown.groupby("customer_id").agg({"amount": "sum", "ordered_at": "max"})
    by_customer["amount"].sort_values(ascending=False).cumsum()
    by_customer["amount"].groupby(segment.reindex(by_customer.index)).agg(["size", "sum"])


def timed(work, n_runs: int) -> Seconds:  # type: ignore[no-untyped-def]
    """Median CPU seconds of a call, all threads together, and median wall seconds."""
    seconds = []
    for _ in range(n_runs):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        seconds.append((time.process_time() - cpu, time.perf_counter() - wall))
    first, second = zip(*seconds, strict=True)
    return median(first), median(second)
