"""What a column's first cells say it holds: dates, numbers, e-mail addresses or customers."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from math import log, prod
from statistics import fmean
from typing import NamedTuple

from segmentation.sources.cells import Shape, sample_shapes
from segmentation.sources.datenumbers import NUMBERED, read_numbered
from segmentation.sources.dates import find_swaps, read_layout
from segmentation.sources.numbers import is_number
from segmentation.sources.readings import RawColumn

_DECIMALS = re.compile(r"\D*[0-9][0-9.,' ]*[.,][0-9]{1,2}\D*")
# What a spreadsheet or a notebook makes of ids.
_FLOAT = re.compile(r"[0-9]+\.0")
_STORED = re.compile(r"[0-9]+[.,][0-9]+")
_ROUGH = re.compile(r"(?s)(.*?)(?:[.,]([0-9]{1,2})[^0-9]*)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Rows with a price and a quantity below which nothing is read from them.
_FEW = 12
# Orders of several rows that tell their numbers from what is alike by chance.
_FEW_ORDERS = 5
_ID = re.compile(r"(?![0-9]{1,2}:[0-9]{2})[\w./#:-]*[0-9][\w./#:-]*")


def cells_of(column: RawColumn) -> list[str]:
    """The samples that are not empty, without blanks around them."""
    return [cell for sample in column.samples if (cell := sample.strip())]


def is_dates(column: RawColumn) -> bool:
    """Whether a column that is called a date may be one: at least half of its cells are."""
    if column.kind in ("date", "timestamp"):
        return True
    shapes = sample_shapes(column.samples)
    swaps = find_swaps(shapes)
    return _share(shapes, lambda s: bool(read_layout(s, swaps) or read_numbered(s))) >= 0.5


def is_numbers(column: RawColumn) -> bool:
    """Whether a column that is called a number may be one: at least half of its cells are."""
    if column.kind != "text":
        return column.kind == "number"
    return _share(sample_shapes(column.samples), is_number) >= 0.5


def is_emails(column: RawColumn) -> bool:
    """Whether at least half of the cells are e-mail addresses."""
    cells = cells_of(column)
    return column.kind == "text" and 2 * sum(map(bool, map(_EMAIL.fullmatch, cells))) >= len(cells)


def is_legible(column: RawColumn) -> bool:
    """Whether cells tell things apart, unlike card numbers such as XXXXXXXXXXXX1234."""
    return _fraction(cells_of(column), re.compile("(?:X|\\*|•|x){4}").search) < 0.5


def is_unique(column: RawColumn) -> bool:
    """Whether hardly any cell stands twice, as where each row is a customer."""
    cells = cells_of(column)
    return len(cells) >= 3 and len(set(cells)) >= 0.95 * len(cells)


def find_dates(columns: Sequence[RawColumn]) -> RawColumn | None:
    """The first column that surely holds dates, whatever it is called."""
    for sure in (_has_written_dates, _has_numbered_days):
        for column in columns:
            if sure(column):
                return column
    return None


def find_amounts(columns: Sequence[RawColumn]) -> RawColumn | None:
    """The column with decimals; of several, that with the largest numbers."""
    decimals = [column for column in columns if is_numbers(column) and _has_fractions(column)]
    return max(decimals, key=_typical_length, default=None)


def find_customers(columns: Sequence[RawColumn]) -> RawColumn | None:
    """The column whose ids come back: e-mail addresses, else codes that are no dates or money.

    A column that has one value of another for each of its own is finer than that, as orders are
    finer than their customers.
    """
    for column in columns:
        if len(set(cells_of(column))) > 1 and is_emails(column):
            return column
    codes = [
        c
        for c in columns
        if _repeats(c)
        and _fraction(cells_of(c), _ID.fullmatch) >= 0.9
        and not (_has_written_dates(c) or _has_fractions(c))
    ]
    coarse = [c for c in codes if not any(_decides(c, other) for other in codes if other != c)]
    return max(coarse or codes, key=_share_distinct, default=None)


def grow_with_quantity(
    prices: RawColumn, quantities: RawColumn, products: RawColumn | None
) -> bool:
    """Whether prices are of all pieces of a row: a product's are twice as high for two of them.

    In logarithms the slope within a product is 1 then, and 0 or a little below for the price of
    one piece. It counts where it is within 0.2 of 1 and five times its standard error.
    """
    found = defaultdict(list)
    whose = products.samples if products else prices.samples and ("",) * len(prices.samples)
    for price, quantity, product in zip(prices.samples, quantities.samples, whose, strict=True):
        if (amount := rough_value(price)) and (pieces := rough_value(quantity)):
            found[product.strip()].append((log(pieces), log(amount)))
    within = []
    for rows in found.values():
        usual, cost = map(fmean, zip(*rows, strict=True))
        within += [(pieces - usual, amount - cost) for pieces, amount in rows]
    spread = sum(pieces**2 for pieces, _ in within)
    if not spread or len(within) < _FEW:
        return False
    slope = sum(pieces * amount for pieces, amount in within) / spread
    error = sum((amount - slope * pieces) ** 2 for pieces, amount in within)
    free = max(1, len(within) - len(found) - 1)
    return 0.8 < slope < 1.2 and slope**2 * spread > 25 * error / free


def find_orders(
    columns: Sequence[RawColumn], customers: RawColumn, days: RawColumn
) -> RawColumn | None:
    """The first column whose codes stand on several rows, all of one customer and one day."""
    for column in columns:
        cells = cells_of(column)
        if (
            sum(n > 1 for n in Counter(cells).values()) >= _FEW_ORDERS
            and _fraction(cells, _ID.fullmatch) >= 0.9 > _fraction(cells, _STORED.fullmatch)
            and not _has_written_dates(column)
            and has_one_name(column, customers)
            and has_one_name(column, days)
        ):
            return column
    return None


class Line(NamedTuple):
    """A row of an order: amount, quantity and unit price, and product, as they stand."""

    amount: str
    details: tuple[str, ...]
    product: str


def group_lines(
    orders: Sequence[str],
    amounts: Sequence[str],
    details: Sequence[tuple[str, ...]],
    products: Sequence[str],
) -> list[list[Line]]:
    """The lines of each order; `details` are quantity and unit price, where there are any."""
    found = defaultdict(list)
    for order, amount, detail, product in zip(orders, amounts, details, products, strict=True):
        if order.strip():
            found[order.strip()].append(Line(amount.strip(), detail, product.strip()))
    return list(found.values())


def are_order_totals(orders: Sequence[list[Line]]) -> bool:
    """Whether the amounts of orders with several lines are totals, written once or repeated."""
    several = [lines for lines in orders if len(lines) > 1]
    once = [lines for lines in several if sum(bool(line.amount) for line in lines) == 1]
    if once and len(once) >= 0.9 * len(several):
        return True
    repeated = [
        lines for lines in several if lines[0].amount and len({line.amount for line in lines}) == 1
    ]
    n_sums = sum(map(_is_sum, repeated))
    if n_sums and 2 * n_sums >= len(repeated) >= 0.95 * len(several):
        return True
    telling = [lines for lines in repeated if len({line.details for line in lines}) > 1]
    if len(telling) < 10 and _change_by_order(orders) and _grow_with_lines(orders):
        telling = [lines for lines in repeated if len({line[1:] for line in lines}) > 1]
    # A shop where everything has one price shows the same amounts on all lines as well.
    n_amounts = len({lines[0].amount for lines in telling})
    return len(telling) >= 10 and n_amounts >= 5 and len(repeated) >= 0.95 * len(several)


def _is_sum(lines: list[Line]) -> bool:
    """Whether an order's amount is about its lines' quantity × price together, and not of each."""
    if len(lines[0].details) < 2:
        return False
    worths = [prod(map(rough_value, line.details)) for line in lines]
    amount, whole = rough_value(lines[0].amount), sum(worths)
    # Shipping, taxes and discounts come on top of the lines.
    n_off = len(lines) * abs(amount - whole)
    return 4 * abs(amount - whole) < whole and 2 * n_off < sum(abs(amount - w) for w in worths)


def _change_by_order(orders: Sequence[list[Line]]) -> bool:
    """Whether the products of orders with several lines have other amounts in other orders."""
    amounts, together = defaultdict(list), set()
    for lines in orders:
        for product in {line.product for line in lines}:
            amounts[product].append(lines[0].amount)
            together |= {product} if len(lines) > 1 else set()
    again = [amounts[product] for product in together if len(amounts[product]) > 1]
    return 2 * sum(len(set(found)) > 1 for found in again) >= len(again)


def _grow_with_lines(orders: Sequence[list[Line]]) -> bool:
    """Whether orders with more lines have larger amounts, as totals do.

    Twice the lines make about twice the total, while a price is the same on any number of them:
    in logarithms the slope is 1 or 0. It counts where it is three times its standard error.
    """
    from statistics import correlation, linear_regression

    found = [(len(lines), rough_value(lines[0].amount)) for lines in orders]
    sizes = [log(size) for size, amount in found if amount]
    amounts = [log(amount) for _, amount in found if amount]
    if len(set(sizes)) < 2 or len(set(amounts)) < 2:
        return False
    explained = correlation(sizes, amounts) ** 2
    is_certain = explained * (len(sizes) - 2) > 9 * (1 - explained)
    return is_certain and linear_regression(sizes, amounts).slope > 0.5


def rough_value(cell: str) -> float:
    """The digits of an amount as a number, the last one or two behind a mark as its decimals."""
    whole, decimals = _ROUGH.fullmatch(cell).groups("")  # type: ignore[union-attr]
    digits = re.sub("[^0-9]", "", whole)
    return float(f"0{digits}.{decimals}0")


def _share(shapes: Sequence[Shape], holds: Callable[[Shape], bool]) -> float:
    total = sum(shape.n for shape in shapes)
    return sum(shape.n for shape in shapes if holds(shape)) / total if total else 1.0


def _fraction(cells: Sequence[str], holds: Callable[[str], object]) -> float:
    return sum(1 for cell in cells if holds(cell)) / len(cells) if cells else 0.0


def _has_fractions(column: RawColumn) -> bool:
    cells = [cell for cell in cells_of(column) if not _FLOAT.fullmatch(cell)]
    return 0.3 * len(cells_of(column)) <= sum(map(bool, map(_DECIMALS.fullmatch, cells))) > 0


def _has_written_dates(column: RawColumn) -> bool:
    if column.kind in ("date", "timestamp"):
        return True
    shapes = sample_shapes(column.samples)
    swaps = find_swaps(shapes)
    return bool(shapes) and _share(shapes, lambda s: read_layout(s, swaps) is not None) >= 0.8


def _has_numbered_days(column: RawColumn) -> bool:
    pattern = re.compile(NUMBERED["day"].pattern)
    return _fraction(cells_of(column), pattern.fullmatch) >= 0.9


def _typical_length(column: RawColumn) -> float:
    cells = cells_of(column)
    return sum(len(re.sub(r"\D", "", cell)) for cell in cells) / len(cells)


def _share_distinct(column: RawColumn) -> float:
    cells = cells_of(column)
    return len(set(cells)) / len(cells) if cells else 0.0


def _repeats(column: RawColumn) -> bool:
    return 0.01 < _share_distinct(column) < 1 and len(set(cells_of(column))) > 2


def _decides(column: RawColumn, other: RawColumn) -> bool:
    """Whether each value of a column stands with one value of the other, but not the reverse."""
    return _is_function(column, other) and not _is_function(other, column)


def are_the_same(column: RawColumn, other: RawColumn) -> bool:
    """Whether two columns name the same things: each value of one stands with one of the other."""
    pairs = has_one_name(column, other) and has_one_name(other, column)
    return pairs and len(set(cells_of(other))) > 1


def has_one_name(ids: RawColumn, names: RawColumn) -> bool:
    """Whether each id stands with one name only, as a customer's does."""
    seen: dict[str, str] = {}
    pairs = zip(map(str.strip, ids.samples), map(str.strip, names.samples), strict=True)
    return all(seen.setdefault(key, name) == name for key, name in pairs if key and name)


def _is_function(column: RawColumn, other: RawColumn) -> bool:
    seen = defaultdict(set)
    for key, value in zip(column.samples, other.samples, strict=True):
        if key.strip():
            seen[key.strip()].add(value.strip())
    return all(len(values) == 1 for values in seen.values())
