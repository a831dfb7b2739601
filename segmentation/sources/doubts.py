"""What a reader has to know of the columns that were chosen, as far as their first cells tell."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress

from segmentation.sources.columns import guess_columns
from segmentation.sources.contents import rough_value
from segmentation.sources.linedoubts import tell_line_doubts
from segmentation.sources.names import says, words_of
from segmentation.sources.readings import RawColumn, RawTable
from segmentation.sources.states import hints_undone

_THINGS = {"customer_id": "customer", "ordered_at": "date", "amount": "amount", "order_id": "order"}
# What may stand for the customer or the amount by a name of its own.
_ALSO = {"customer_id": ("email", "customer_name", "phone"), "amount": ("unit_price",)}
# 9.00720E+15, as a spreadsheet writes 9007199254740993.
_ROUNDED = re.compile(r"[0-9][.,][0-9]+[eE]\+[0-9]{2}")
# Words in the names of columns that say what became of an order, and what they say there.
_STATES = {"status", "statut", "stato", "estado", "situacao", "type", "typ", "tipo", "event"}
_CANCELLED = {"cancelled", "canceled", "voided", "storniert"}
_NOT = {"", "0", "no", "n", "false", "nein", "non"}
_REFUNDED, _NO_MONEY = {"refund", "refunded", "refunds"}, {"date", "at", "on", "id", "reason"}


def tell_doubts(
    raw: RawTable, columns: Mapping[str, str], left_out: Collection[str] = ()
) -> Iterator[str]:
    """What was taken for something by its cells, is rounded, or counts although it was undone.

    Parameters
    ----------
    raw : RawTable
        The files; of their rows only the samples are looked at.
    columns : mapping of str to str
        The file's column for each of ours.
    left_out : collection of str
        What the status says of orders that do not count, of which nothing needs telling.

    Yields
    ------
    str
        A sentence or two for the analyst, with the column's name.
    """
    by_name = {column.name: column for column in raw.columns}
    for ours, thing in _THINGS.items():
        name = columns.get(ours)
        if not name or any(says(name, each) for each in (ours, *_ALSO.get(ours, ()))):
            continue
        if guess_columns(raw).get(ours) == name:  # and nobody chose another
            yield f"“{name}” is not called so, but taken for the {thing} by its cells."
    for ours in ("customer_id", "order_id"):
        cells = by_name[columns[ours]].samples if columns.get(ours) in by_name else ()
        if rounded := next(filter(_ROUNDED.fullmatch, map(str.strip, cells)), None):
            yield (
                f"“{columns[ours]}” holds numbers such as {rounded}: a spreadsheet has rounded "
                "them, so that several may have become one. Export them as text."
            )
    yield from tell_line_doubts(raw, columns)
    paid = by_name.get(columns.get("amount") or columns.get("quantity", ""))
    if paid is None:
        return
    status, gone = by_name.get(columns.get("status", "")), {text.lower() for text in left_out}
    counts = [
        bool(rough_value(amount))
        and not re.search(r"[-−–(]", amount)
        and not (status and status.samples[place].strip().lower() in gone)
        for place, amount in enumerate(paid.samples)
    ]
    for column in raw.columns:
        is_free = column is status or column.name not in columns.values()
        if is_free and column.kind in ("text", "number"):
            bought = list(compress(map(str.strip, column.samples), counts))
            yield from _tell_undone(column, bought, column is status)


def _tell_undone(column: RawColumn, bought: Sequence[str], is_status: bool) -> Iterator[str]:
    """What a column says of rows that count as purchases, although they were undone."""
    words = {*words_of(column.name).split()}
    found: Counter[str] = Counter()
    if words & _REFUNDED and not words & _NO_MONEY:
        if n := sum(1 for cell in bought if rough_value(cell)):
            yield (
                f"“{column.name}” is above zero in {n:,} of the first {len(bought):,} purchases, "
                "and is not taken off."
            )
    elif words & _CANCELLED:
        found["has an entry"] = sum(1 for cell in bought if cell.lower() not in _NOT)
    elif words & _STATES or is_status:
        found.update(f"says {cell}" for cell in bought if hints_undone(cell))
    for told, n in (+found).most_common(3):
        yield (
            f"“{column.name}” {told} in {n:,} of the first {len(bought):,} purchases, which count "
            "like the others."
        )
