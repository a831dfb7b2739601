"""How the numbers of a column are written, from the shapes of its cells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from segmentation.sources.cells import CellForm, FormOption, Shape
from segmentation.sources.readings import literal
from segmentation.sources.words import CURRENCIES, CURRENCY_CODES

DECIMAL_POINT, DECIMAL_COMMA = "decimal_point", "decimal_comma"
MARKS = {DECIMAL_POINT: ".", DECIMAL_COMMA: ","}

# DuckDB also takes "nan", "inf" and "1_000" for numbers. Looking at the value is nearly free, and
# only what passes is searched: together under 0.1 s for 10 million cells.
PLAIN_SQL = (
    "case when isfinite(try_cast(cell as double)) then "
    "case when not contains(cell, '_') then try_cast(cell as double) end end"
)
# For a column of whole numbers: a later 9.990 may be 9990, so that it is not to be read unseen.
UNMARKED_SQL = PLAIN_SQL.replace(
    "'_') then",
    "'_') and (not contains(cell, '.') "
    "or not regexp_full_match(cell, '[ +-]*[1-9][0-9]{0,2}[.][0-9]{3} *')) then",
)
_PLAIN = re.compile(r" *[+-]?(9+(\.9*)?|\.9+)([eE][+-]?99?)? *")

# What is written the same in all countries: by programs for 2, and by Excel for any number cell.
_FLOAT = re.compile(r" *-?9+\.9 *")
_STORED = re.compile(r"-?9+\.9+")

_BLANKS = " \u00a0\u202f\u2009\t"
_GROUPERS = _BLANKS + "'’"
_MINUS = "[−–-]"
_SIGN = "|".join(
    re.escape(sign)
    for sign in sorted(
        [*CURRENCIES, *CURRENCY_CODES, *map(str.lower, CURRENCY_CODES)], key=lambda s: (-len(s), s)
    )
)
_SIGNS = ("c1", "c2", "c3", "c4", "c5")
_WRITTEN = re.compile(
    rf"(?:(?P<c4>{_SIGN})_(?=\())?(?P<open>\()?(?P<m1>[+−–-])?_(?P<c1>{_SIGN})?_(?P<m2>[+−–-])?_"
    rf"(?P<body>[.,]?9+(?:[.,{_GROUPERS}]9+)*)(?:(?P<dash>[.,][−–—-]{{1,2}})|(?P<mark>[.,]))?"
    rf"(?P<exponent>[eE][+-]?99?)?_(?P<percent>%)?_(?P<c2>{_SIGN})?_(?P<m3>{_MINUS})?_"
    rf"(?P<c3>{_SIGN})?(?:(?P<close>\))(?:_(?P<c5>{_SIGN}))?)?".replace("_", f"[{_BLANKS}]*")
)


@dataclass(frozen=True)
class Writing:
    """What the shapes of a column show: its marks, the signs around them and how often."""

    matches: tuple[tuple[re.Match[str], int], ...]
    votes: Counter[str]
    n_open: Counter[str]

    def found(self, *groups: str) -> set[str]:
        """All that stands in some groups of the matches."""
        return {match[group] for match, _ in self.matches for group in groups if match[group]}

    @property
    def mark(self) -> str:
        """The decimal mark of the cells that are certain of theirs; nothing where none is."""
        mark = max(".,", key=lambda mark: self.votes[mark])
        return mark if self.votes[mark] else ""

    @property
    def open_mark(self) -> str:
        """The mark of cells that may part thousands or decimals, where no cell is certain."""
        mark = max(".,", key=lambda mark: self.n_open[mark])
        return mark if self.n_open[mark] and not self.mark else ""


def is_plain(shapes: Sequence[Shape]) -> bool:
    """Whether all cells are numbers as computers write them, beyond doubt."""
    is_written_so = all(map(_PLAIN.fullmatch, (shape.text for shape in shapes)))
    return is_written_so and not _study(shapes).open_mark


def telling_mark(shapes: Sequence[Shape], are_stored: bool) -> str:
    """The decimal mark of a column, where it says how a person's other columns are written.

    Parameters
    ----------
    shapes : sequence of Shape
        Of cells that are not empty.
    are_stored : bool
        Whether they come from a workbook, whose number cells have a point in any country.
    """
    return _study([shape for shape in shapes if not _is_neutral(shape, are_stored)]).mark


def _is_neutral(shape: Shape, are_stored: bool) -> bool:
    if are_stored:
        return bool(_STORED.fullmatch(shape.text))
    is_whole = all(cell.rstrip().endswith(".0") for cell in (shape.low, shape.high))
    return is_whole and bool(_FLOAT.fullmatch(shape.text))


def is_number(shape: Shape) -> bool:
    """Whether cells of a shape are numbers, in whatever writing."""
    return _WRITTEN.fullmatch(shape.text.strip(_BLANKS)) is not None


def written_mark(shapes: Sequence[Shape]) -> tuple[str, bool]:
    """The decimal mark that cells are certain of, else "", and whether others have an open one."""
    writing = _study(shapes)
    return writing.mark, bool(writing.open_mark)


def number_form(
    shapes: Sequence[Shape],
    n_cells: int,
    may_ask: bool,
    chosen: str | None = None,
    settled: str = "",
) -> CellForm:
    """How the numbers with some shapes are to be read.

    Parameters
    ----------
    shapes : sequence of Shape
        Of all cells that are not empty.
    n_cells : int
        How many those are.
    may_ask : bool
        Whether to offer both readings where all cells with a mark look like 1,234 or 1.234.
    chosen : str, optional
        `DECIMAL_POINT` or `DECIMAL_COMMA`, where somebody said so.
    settled : {"", ".", ","}, default=""
        The decimal mark of the file's other columns, for cells that leave theirs open.
    """
    writing = _study(shapes)
    chosen = chosen if chosen in MARKS else None
    decimal = MARKS[chosen] if chosen else writing.mark or settled or "."
    open_mark = writing.open_mark if may_ask and not settled else ""
    told = {name for name, mark in MARKS.items() if writing.votes[mark]}
    sure = writing.mark or (settled if writing.open_mark else "")
    if decimal == "." and all(map(_PLAIN.fullmatch, (s.text for s in shapes))):
        sql = PLAIN_SQL if writing.mark or writing.open_mark else UNMARKED_SQL
        n_read = sum(shape.n for shape in shapes)
    else:
        pattern = _pattern(writing, decimal)
        readable = re.compile(pattern)
        value = _value(writing, decimal)
        sql = f"case when regexp_full_match(cell, {literal(pattern)}) then {value} end"
        n_read = sum(shape.n for shape in shapes if readable.fullmatch(shape.text))
        # In columns that are believed from samples no comma goes unseen, but a point may.
        told |= {DECIMAL_POINT} if writing.n_open.total() else set()
    options = _options(open_mark) if open_mark else ()
    notes = [
        f"{option.label}, as the other columns are written."
        for option in _options(writing.open_mark)
        if not chosen and writing.open_mark and settled == MARKS[option.name]
    ]
    return CellForm(
        "number",
        sql,
        _label(writing, decimal),
        n_cells - n_read,
        options,
        chosen,
        tuple(notes),
        _currency_sql(writing),
        frozenset(told),
        next((name for name, mark in MARKS.items() if mark == sure), ""),
    )


def _study(shapes: Sequence[Shape]) -> Writing:
    matches, votes, n_open = [], Counter[str](), Counter[str]()
    for shape in shapes:
        match = _WRITTEN.fullmatch(shape.text.strip(_BLANKS))
        if match and bool(match["open"]) == bool(match["close"]):
            matches.append((match, shape.n))
            mark, is_open = _decimal_mark(match, shape.low)
            (n_open if is_open else votes)[mark] += shape.n
    return Writing(tuple(matches), votes, n_open)


def _decimal_mark(match: re.Match[str], example: str) -> tuple[str, bool]:
    """The decimal mark that a shape speaks for, and whether it might as well part thousands."""
    ending = (match["dash"] or match["mark"] or "")[:1]
    if ending:
        return ending, False
    body = match["body"]
    marks = [c for c in body if c in ".,"]
    if not marks:
        return "", False
    last = marks[-1]
    other = "," if last == "." else "."
    if len(set(marks)) == 2:
        return (last if marks.count(last) == 1 else ""), False
    if len(marks) > 1:
        return other, False
    head, tail = body.split(last)
    if len(tail) != 3 or not 1 <= len(head) <= 3 or match["exponent"]:
        return last, False
    # No group of thousands begins with a 0.
    return last, not re.match(r"\D*0", example)


def _options(mark: str) -> tuple[FormOption, ...]:
    over_one, over_thousand = f"1{mark}234 is a little over one", f"1{mark}234 is over a thousand"
    if mark == ".":
        return (FormOption(DECIMAL_POINT, over_one), FormOption(DECIMAL_COMMA, over_thousand))
    return (FormOption(DECIMAL_POINT, over_thousand), FormOption(DECIMAL_COMMA, over_one))


def _groupers(writing: Writing, decimal: str) -> list[str]:
    bodies = "".join(writing.found("body"))
    return [mark for mark in ".," + _GROUPERS if mark != decimal and mark in bodies]


def _pattern(writing: Writing, decimal: str) -> str:
    """Pattern, the same for Python and DuckDB, of the cells that can be read."""
    blanks, mark = f"[{_BLANKS}]*", re.escape(decimal)
    signs = "|".join(map(re.escape, sorted(writing.found(*_SIGNS), key=lambda s: -len(s))))
    whole = "[0-9]+"
    if groups := "".join(_groupers(writing, decimal)):
        whole = (
            f"(?:[0-9]{{1,3}}(?:[{groups}][0-9]{{3}})+"
            f"|[0-9]{{1,2}}(?:[{groups}][0-9]{{2}})+[{groups}][0-9]{{3}}|[0-9]+)"
        )
    body = f"(?:{whole}(?:{mark}(?:[0-9]*|[−–—-]{{1,2}}))?|{mark}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?"
    before = f"(?:(?:{signs}){blanks})?" if signs else ""
    after = f"(?:{blanks}(?:{signs}|%))?" if signs else f"(?:{blanks}%)?"
    return (
        blanks
        + (
            rf"(?:{before}\({before}{body}{after}\){after}"
            rf"|[+−–-]?{blanks}{before}{body}{after}"
            rf"|{before}[+−–-]{blanks}{body}{after}"
            rf"|{before}{body}{after}{blanks}{_MINUS}{after})"
        )
        + blanks
    )


def _value(writing: Writing, decimal: str) -> str:
    """DuckDB expression for the value of a cell that has the pattern."""
    text = "cell"
    for sign in sorted(writing.found(*_SIGNS), key=lambda s: (-len(s), s)):
        text = f"replace({text}, {literal(sign)}, '')"
    for dash in sorted(writing.found("dash"), key=lambda s: (-len(s), s)):
        text = f"replace({text}, {literal(dash)}, '')"
    kept = decimal + "−–"
    gone = "".join(mark for mark in f".,{_GROUPERS}()%" if mark != decimal)
    text = f"translate({text}, {literal(kept + gone)}, '.--')"
    if writing.found("m3"):
        text = f"case when ends_with({text}, '-') then '-' || left({text}, -1) else {text} end"
    value = f"try_cast({text} as double)"
    if writing.found("open"):
        value = f"case when contains(cell, '(') then -{value} else {value} end"
    if writing.found("percent"):
        value = f"({value}) / case when contains(cell, '%') then 100 else 1 end"
    if writing.found("exponent"):
        value = f"case when isfinite({value}) then {value} end"
    return value


def _label(writing: Writing, decimal: str) -> str:
    bodies = writing.found("body")
    has_decimals = writing.found("dash", "mark") or any(decimal in body for body in bodies)
    groupers = _groupers(writing, decimal)
    return f"1{groupers[0] if groupers else ''}234" + (f"{decimal}56" if has_decimals else "")


def _currency_sql(writing: Writing) -> str | None:
    signs = sorted(writing.found(*_SIGNS), key=lambda s: (-len(s), s))
    codes = [(sign, CURRENCIES.get(sign) or sign.strip(".")) for sign in signs]
    cases = " ".join(
        f"when contains(cell, {literal(sign)}) then "
        f"{literal(code.upper() if code.upper() in CURRENCY_CODES else code.lower())}"
        for sign, code in codes
    )
    return f"case {cases} end" if cases else None
