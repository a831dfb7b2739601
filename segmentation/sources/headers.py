"""Where the header and the data of a table begin, and which lines around them are neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low, mode

from segmentation.labels import listed

Cells = Sequence[str]
Row = tuple[int, Cells]

_CURRENCY = r"(?:[A-Z]{3}|US\$|kr\.?|zł|Kč|Fr\.?|[$€£¥₹₽₩₺])"
_NUMBER = re.compile(
    rf"[-+(]?\s*{_CURRENCY}?\s*[-+]?(?:\d[\d.,'’\s]*|[.,]\d+)(?:[eE][-+]?\d+)?\s*"
    rf"(?:%|{_CURRENCY})?\)?-?"
)
_TIME = r"(?:[T ,]\s*\d{1,2}[:.h]\d{2}.*)?"
_DATE = re.compile(
    rf"(?:\d{{1,4}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,4}}\.?|"
    rf"(?:[^\W\d]+\.?,? )?\d{{1,2}}(?:st|nd|rd|th)?\.?[-/. ]?[^\W\d]{{3,12}}\.?,?[-/. ]?\d{{2,4}}|"
    rf"[^\W\d]{{3,12}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日){_TIME}"
)
_RULER = re.compile(r"[-=_*+#~.|\s]*")
_UNIT = re.compile(r"[\[(<{].*[\])>}]|[$€£¥%]|[A-Z]{3}|(?i:text|string|date|number|int|float|pcs)|")
_TOTAL = re.compile(
    r"(?i)\W*(?:grand[ -]?total|sub[ -]?total|totale?s?|totaal|sum(?:me|ma)?|gesamt\w*|"
    r"insgesamt|celkem|razem|suma|итого|всего|合計|総計)\b.*"
)
_KNOWN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"cust|client|kund|klient|buyer|member|household|user|e-?mail|клиент|顧客",
        r"date|datum|fecha|\bdata\b|time|_at\b|_on\b|day|tag\b|дата|日付",
        r"amount|betrag|umsatz|pri[cx]|preis|precio|total|sales|revenue|value|spen[dt]|montant|"
        r"importe|kwota|dollar|eur\b|сумма|цена|金額",
        r"order|invoice|bestell|rechnung|commande|facture|pedido|qty|quant|menge|product|artikel|"
        r"item|sku|categor|country|region|city|заказ|注文",
    )
)
_AMOUNT = 2
HEAD_ROWS = 50
TYPED_ROWS = 500
LONGEST_NAME = 200
FOOT_ROWS = 100


@dataclass(frozen=True)
class Layout:
    """Where a table stands among the rows of a file.

    Parameters
    ----------
    header_line, first_line : int
        Lines of the header (0 is none) and of the first row of data, from 1.
    headers : tuple of str
        The header's cells, tidied, one a column; '' where a column has none.
    usual : int
        How many cells a row of data usually fills.
    has_sparse_rows : bool
        Rows with one or two filled cells occur among the data, so they are no sign of its end.
    notes : tuple of str
        What was skipped at the head.
    """

    header_line: int
    first_line: int
    headers: tuple[str, ...]
    usual: int
    has_sparse_rows: bool
    notes: tuple[str, ...]


def guess_layout(rows: Sequence[Row], header_line: int | None = None) -> Layout | None:
    """Find the header and the first row of data; None where no row of data follows.

    Parameters
    ----------
    rows : sequence of (line, cells)
        The first rows of a file, blank ones too.
    header_line : int or None
        Line of the header if the analyst said so; 0 is none.
    """
    filled = [(line, cells) for line, cells in rows if count_filled(cells)]
    body = [cells for _, cells in filled]
    if not body:
        return None
    usual = _usual_filled(body)
    header = _guess_header(body, usual) if header_line is None else _find(filled, header_line)
    first = _first_data(body, header, usual)
    if first is None:
        return None
    data = body[first:]
    return Layout(
        header_line=0 if header is None else filled[header][0],
        first_line=filled[first][0],
        headers=_headers(body, header, data),
        usual=usual,
        has_sparse_rows=_has_sparse_rows(data),
        notes=tuple(_head_notes(filled, header, first)),
    )


def count_filled(cells: Cells) -> int:
    """How many cells hold more than blanks."""
    return sum(map(bool, map(str.strip, cells)))


def is_ruler(cells: Cells) -> bool:
    """Whether a row only draws a line, as in "-----;-----"."""
    text = "".join(cells)
    return len(text) > 2 and _RULER.fullmatch(text) is not None and not text.isspace()


def is_foot(cells: Cells, layout: Layout) -> bool:
    """Whether a row, if it comes last, is a total or a remark rather than data."""
    n_filled = count_filled(cells)
    if n_filled == 0 or is_ruler(cells):
        return True
    if layout.usual < 3 or n_filled >= layout.usual:
        return False
    first = next(cell for cell in cells if cell and not cell.isspace())
    if _TOTAL.fullmatch(first):
        return True
    # With a date it is a poor row of data, such as a guest's, but no remark and no sum.
    if any(_DATE.fullmatch(cell.strip()) for cell in cells if len(cell) <= 40):
        return False
    is_remark = n_filled == 2 and layout.usual > 3 and (not cells[0].strip() or not is_typed(first))
    return not layout.has_sparse_rows and (n_filled == 1 or is_remark)


def count_kinds(headers: Cells) -> int:
    """How many of customer, date, amount and order the headers sound like: 0 to 4."""
    return sum(1 for kind in _KNOWN if any(_sounds_like(kind, header) for header in headers))


def is_amount(header: str) -> bool:
    """Whether a header sounds like money."""
    return _sounds_like(_KNOWN[_AMOUNT], header)


def _sounds_like(kind: re.Pattern[str], header: str) -> bool:
    # A cell can be megabytes long.
    return kind.search(header, 0, LONGEST_NAME) is not None


def skipped_note(rows: Sequence[Row], where: str) -> str:
    """A sentence for the analyst about rows that were left out."""
    lines = [line for line, _ in rows]
    what = f"line {lines[0]:,}" if len(lines) == 1 else f"{len(lines):,} lines"
    opening = next((cell.strip() for cell in rows[0][1] if cell.strip()), "")
    start = "" if len(lines) == 1 else f"lines {listed(lines, 5)}, "
    shown = opening if len(opening) <= 40 else f"{opening[:39]}…"
    return f"Skipped {what} {where} ({start}beginning with “{shown}”)."


def is_typed(cell: str) -> bool:
    """Whether a cell is written like a number or a date."""
    text = cell.strip()
    if len(text) > 40 or not any(character.isdigit() for character in text):
        return False
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))


def _usual_filled(body: Sequence[Cells]) -> int:
    """Cells that a row of data usually fills, whatever titles and remarks there are besides."""
    counts = sorted(count_filled(cells) for cells in body)
    large = counts[len(counts) * 3 // 4]
    return median_low(count for count in counts if count * 2 >= large)


def _find(filled: Sequence[Row], header_line: int) -> int | None:
    if header_line == 0:
        return None
    at_or_after = (i for i, (line, _) in enumerate(filled) if line >= header_line)
    return next(at_or_after, len(filled) - 1)


def _typed_columns(body: Sequence[Cells]) -> list[int]:
    """Columns that are mostly numbers or dates; the head of the file counts little in them."""
    width = max(len(cells) for cells in body)
    typed = []
    for i in range(width):
        cells = [row[i] for row in body if i < len(row) and row[i].strip()]
        n_typed = sum(map(is_typed, cells))
        if n_typed and n_typed >= 0.5 * (len(cells) - 1):
            typed.append(i)
    return typed


def _guess_header(body: Sequence[Cells], usual: int) -> int | None:
    typed = _typed_columns(body[:TYPED_ROWS])
    head = body[:HEAD_ROWS]
    if not typed:
        first = next(
            i for i, cells in enumerate(head) if _is_full(cells, usual) or i == len(head) - 1
        )
        return first if _may_be_header(head[first], usual) else None
    best: tuple[float, int] | None = None
    for i, cells in enumerate(head):
        if _is_full(cells, usual) and _is_data(cells, typed):
            break
        if _may_be_header(cells, usual):
            score = count_filled(cells) + 0.5 * count_kinds(cells)
            if best is None or score > best[0]:
                best = (score, i)
    return None if best is None else best[1]


def _is_full(cells: Cells, usual: int) -> bool:
    return count_filled(cells) * 2 >= usual


def _is_data(cells: Cells, typed: Sequence[int]) -> bool:
    found = [cells[i] for i in typed if i < len(cells) and cells[i].strip()]
    return sum(map(is_typed, found)) * 2 >= max(1, len(found))


def _may_be_header(cells: Cells, usual: int) -> bool:
    names = [cell.strip() for cell in cells if cell.strip()]
    n_typed = sum(map(is_typed, names))
    is_distinct = len(set(names)) * 4 >= len(names) * 3
    return (
        _is_full(cells, usual)
        and n_typed * 4 <= len(names)
        and (is_distinct or count_kinds(names) > 2)
        and not is_ruler(cells)
        and max(map(len, names)) <= LONGEST_NAME
    )


def _first_data(body: Sequence[Cells], header: int | None, usual: int) -> int | None:
    if header is None:
        full = (i for i, cells in enumerate(body) if _is_full(cells, usual) and not is_ruler(cells))
        return next(full, None)
    for i in range(header + 1, len(body)):
        if not _is_between(body[i], usual, len(body) - i):
            return i
    return None


def _is_between(cells: Cells, usual: int, n_left: int) -> bool:
    """Lines between header and data: rulers, units, or a single cell in a wide table."""
    if is_ruler(cells):
        return True
    if n_left == 1:
        return False
    if usual >= 3 and count_filled(cells) == 1:
        return True
    texts = [cell.strip() for cell in cells if cell.strip()]
    return len(texts) * 2 >= usual and all(_UNIT.fullmatch(text) for text in texts)


def _headers(body: Sequence[Cells], header: int | None, data: Sequence[Cells]) -> tuple[str, ...]:
    width = mode(_width(cells) for cells in data)
    if header is None:
        return ("",) * max(width, mode(len(cells) for cells in data))
    names = [" ".join(cell.replace("\0", "").split()) for cell in body[header]]
    n_named = _width(body[header])
    if width == n_named + 1 and _is_counting([cells[0] for cells in data if cells]):
        return ("", *names[:n_named])  # row numbers without a header, as R writes them
    widest = max(len(cells) for cells in data)
    while len(names) > widest and not names[-1]:
        names.pop()
    return (*names, *[""] * (width - len(names)))


def _width(cells: Cells) -> int:
    """Number of cells up to the last filled one."""
    return next((i for i in range(len(cells), 0, -1) if cells[i - 1].strip()), 0)


def _is_counting(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(
        cell.strip() == str(i) for i, cell in enumerate(cells[:20], start=int(cells[0] == "1"))
    )


def _has_sparse_rows(data: Sequence[Cells]) -> bool:
    inner = data[: max(len(data) - FOOT_ROWS, len(data) * 3 // 4)]
    return sum(1 for cells in inner if count_filled(cells) <= 2) * 100 > len(inner)


def _head_notes(filled: Sequence[Row], header: int | None, first: int) -> list[str]:
    notes = []
    above = filled[: first if header is None else header]
    between = [] if header is None else filled[header + 1 : first]
    if above:
        notes.append(
            skipped_note(above, "above the header" if header is not None else "at the top")
        )
    if between:
        notes.append(skipped_note(between, "between the header and the data"))
    if header is None:
        notes.append("No header was found, so the columns are numbered.")
    return notes
