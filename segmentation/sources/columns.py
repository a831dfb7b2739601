"""Which of a file's columns is which of ours: guessed from names and cells, and checked."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence

from segmentation.errors import MissingColumn
from segmentation.labels import listed
from segmentation.sources import contents, fallbacks
from segmentation.sources.aliases import ALIASES
from segmentation.sources.customeraliases import CUSTOMER_ALIASES
from segmentation.sources.exports import EXPORTS
from segmentation.sources.longnames import PART_ALIASES
from segmentation.sources.names import by_part_of_name, by_whole_name
from segmentation.sources.readings import RawColumn, RawTable
from segmentation.sources.states import are_states
from segmentation.tables import FIELDS

_FITS: dict[str, Callable[[RawColumn], bool]] = {
    "customer_id": contents.is_legible,
    "ordered_at": contents.is_dates,
    "first_ordered_at": contents.is_dates,
    "amount": contents.is_numbers,
    "quantity": contents.is_numbers,
    "unit_price": contents.is_numbers,
    "customer_age": contents.is_numbers,
    "n_orders": contents.is_numbers,
    "email": contents.is_emails,
    "status": are_states,
}
_MOST_LISTED, _MOST_UNKNOWN = 20, 3


def guess_columns(raw: RawTable) -> dict[str, str]:
    """The file's column for each of ours that was found.

    Parameters
    ----------
    raw : RawTable
        The files; of their rows only the samples are looked at.

    Returns
    -------
    dict of str to str
        By our names, in the order of `tables.FIELDS`; a column of the file stands twice only
        where it is both the customer and their e-mail address.
    """
    found = _known_export(raw) or _customers_file(raw)
    filled = [column for column in raw.columns if not _is_vacant(column)]
    for ours, aliases in ALIASES.items():
        _find(filled, ours, found, by_whole_name(aliases))
    for ours in PART_ALIASES:
        _find(filled, ours, found, by_part_of_name(ours))
    fallbacks.find_row_ids(raw, found)
    empty = _find_empty(raw, found)
    if {"customer_id", "email"} & {*empty, *found}:
        fallbacks.let_stand_in(raw, found)
    found = empty | found
    if "unit_price" not in found:
        _find(filled, "amount", found, by_whole_name("total cost"))
    fallbacks.find_by_cells(raw, found)
    fallbacks.let_stand_in(raw, found)
    if "email" not in found and _holds_emails(raw, found.get("customer_id")):
        found["email"] = found["customer_id"]
    if "amount" not in found and "unit_price" in found and fallbacks.is_of_all_pieces(raw, found):
        found["amount"] = found.pop("unit_price")
    return {ours: found[ours] for ours in FIELDS if ours in found}


def guess_amount_per(raw: RawTable, columns: Mapping[str, str]) -> str:
    """Whether the amount is the row's ("row") or the whole order's ("order").

    It is the order's in exports that are known to have it so, where it stands on one of the order's
    rows only, and where it repeats: as the sum of the rows' quantities × prices, or on at least ten
    orders although those differ. Where they have no column, products must differ, and amounts by
    order, growing with its rows: several tickets to one event have one amount as well.

    Parameters
    ----------
    raw : RawTable
        The files; of their rows only the samples are looked at.
    columns : mapping of str to str
        The file's column for each of ours.
    """
    if not {"order_id", "amount"} <= columns.keys():
        return "row"
    if has_order_lines(raw, columns) and _known_export(raw).get("amount") == columns["amount"]:
        return "order"
    samples = {column.name: column.samples for column in raw.columns}
    nothing = ("",) * len(samples[columns["order_id"]])
    details = [samples[columns[ours]] for ours in ("quantity", "unit_price") if ours in columns]
    lines = contents.group_lines(
        samples[columns["order_id"]],
        samples[columns["amount"]],
        list(zip(*(details or [nothing]), strict=True)),
        samples[columns["product"]] if "product" in columns else nothing,
    )
    return "order" if contents.are_order_totals(lines) else "row"


def has_order_lines(raw: RawTable, columns: Mapping[str, str]) -> bool:
    """Whether it is an export that is known to say once what holds for all lines of an order.

    Parameters
    ----------
    raw : RawTable
        The files.
    columns : mapping of str to str
        The file's column for each of ours; without its order numbers nothing is known of lines.
    """
    known = _known_export(raw)
    return "unit_price" in known and columns.get("order_id") == known["order_id"]


def check_columns(raw: RawTable, columns: Mapping[str, str]) -> None:
    """See that all that every segment needs has a column, and that all columns named are there.

    Raises
    ------
    MissingColumn
        With everything that is missing or unknown in one message.
    """
    problems = [*_missing(raw, columns), *_unknown(raw, columns)]
    if problems:
        raise MissingColumn(
            " ".join(problems),
            "Choose the columns, or add them to the file.",
        )


def _missing(raw: RawTable, columns: Mapping[str, str]) -> Iterator[str]:
    things = [
        thing
        for ours, thing in {"customer_id": "the customer", "ordered_at": "the date"}.items()
        if ours not in columns
    ]
    parts = {"quantity": "the quantity", "unit_price": "the unit price"}
    if "amount" not in columns and not parts.keys() <= columns.keys():
        absent = [thing for ours, thing in parts.items() if ours not in columns]
        things.append(absent[0] if len(absent) == 1 else "the amount")
    if things:
        names = listed([column.name for column in raw.columns], _MOST_LISTED)
        nouns = " and ".join(
            f"none for {thing}" if i else f"no column for {thing}" for i, thing in enumerate(things)
        )
        if len(things) == 3:
            nouns = nouns.replace(" and ", ", ", 1)
        yield f"{raw.name} has {nouns}: its columns are {names}."
        yield from _misfits(raw, columns)


def _misfits(raw: RawTable, columns: Mapping[str, str]) -> Iterator[str]:
    """What is called a date or an amount, but cannot be read as one."""
    for ours, things in {"ordered_at": "dates", "amount": "numbers"}.items():
        found = dict(columns)
        _find(raw.columns, ours, found, by_whole_name(ALIASES[ours]), fits=lambda column: True)
        column = fallbacks.named(raw, found.get(ours))
        if ours in columns or column is None or _FITS[ours](column):
            continue
        for cell in contents.cells_of(column)[:1]:
            told = f"its first cell is “{cell[:40]}”"
            yield f"“{column.name}” holds no {things} that can be read: {told}."


def _unknown(raw: RawTable, columns: Mapping[str, str]) -> Iterator[str]:
    names = [column.name for column in raw.columns]
    absent = [theirs for theirs in columns.values() if theirs not in names]
    if len(absent) > _MOST_UNKNOWN:
        # A recipe of other data: a sentence and a guess for each would be a wall of text.
        told = listed([f"“{theirs}”" for theirs in absent], _MOST_UNKNOWN)
        yield f"{raw.name} has no columns {told}: its columns are {listed(names, _MOST_LISTED)}."
    else:
        for theirs in absent:
            yield f"{raw.name} has no column “{theirs}”.{_suggestion(theirs, names)}"
    for ours in (ours for ours in columns if ours not in FIELDS):
        yield f"“{ours}” is not a column of ours.{_suggestion(ours, list(FIELDS))}"


def _suggestion(name: str, names: list[str]) -> str:
    folded = {other.casefold(): other for other in reversed(names)}
    close = difflib.get_close_matches(str(name).casefold(), folded, n=1)
    return f" Did you mean “{folded[close[0]]}”?" if close else ""


def _known_export(raw: RawTable) -> dict[str, str]:
    names = {column.name for column in raw.columns}
    filled = {column.name for column in raw.columns if not _is_vacant(column)}
    for signature, columns in EXPORTS:
        if names.issuperset(signature):
            return {ours: theirs for ours, theirs in columns.items() if theirs in filled}
    return {}


def _customers_file(raw: RawTable) -> dict[str, str]:
    """Columns of a file with one row a customer; nothing where it is another kind of file."""
    found: dict[str, str] = {}
    for ours, aliases in CUSTOMER_ALIASES.items():
        _find(raw.columns, ours, found, by_whole_name(aliases))
    for ours in ("customer_id", "email"):
        _find(raw.columns, ours, found, by_whole_name(ALIASES[ours]))
    who = found.get("customer_id") or found.get("email")
    ids = fallbacks.named(raw, who)
    if not {"n_orders", "ordered_at", "amount"} <= found.keys() or ids is None:
        return {}
    return found if contents.is_unique(ids) else {}


def _find(
    columns: Sequence[RawColumn],
    ours: str,
    found: dict[str, str],
    rank: Callable[[str], float | None],
    fits: Callable[[RawColumn], bool] | None = None,
) -> None:
    """Add the best named column that is free and holds what it should."""
    if ours in found:
        return
    fits = fits or _FITS.get(ours, lambda column: True)
    taken = set(found.values())
    ranked = [
        (not contents.cells_of(column), place, position, column)
        for position, column in enumerate(columns)
        if column.name not in taken and (place := rank(column.name)) is not None and fits(column)
    ]
    if ranked:
        found[ours] = min(ranked, key=lambda candidate: candidate[:3])[-1].name


def _is_vacant(column: RawColumn) -> bool:
    return bool(column.samples) and not contents.cells_of(column)


def _holds_emails(raw: RawTable, name: str | None) -> bool:
    column = fallbacks.named(raw, name)
    return column is not None and bool(contents.cells_of(column)) and contents.is_emails(column)


def _find_empty(raw: RawTable, found: Mapping[str, str]) -> dict[str, str]:
    """Columns without cells that are called what no other column is."""
    everything = dict(found)
    for ours, aliases in ALIASES.items():
        _find(raw.columns, ours, everything, by_whole_name(aliases))
    return {ours: name for ours, name in everything.items() if ours not in found}
