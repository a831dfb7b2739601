"""How the dates of a column are written, from the shapes of its cells."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segmentation.sources.cells import Shape
from segmentation.sources.readings import literal
from segmentation.sources.words import DATE_FILLERS, MONTHS

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day_first", "month_first", "year_first"
PARTS, YEAR_MONTH_DAY = "parts", "year{gap}month{gap}day"

# Blanks that are not blanks, and the apostrophe that keeps a cell text in a spreadsheet.
_ODD_BLANKS = "\u00a0\u202f\u2009\u3000\u200e\t\r\n'’"
_PHRASES = {"a. m.": "am", "p. m.": "pm", "a.m.": "am", "p.m.": "pm", "-feira": " ", "hs.": " "}
# Letters that have no accent to take off.
_BARRED = str.maketrans("łø", "lo")
_WORD = re.compile(r"[^\W\d_]+")

_GAP = "[^0-9a-z]{1,6}"
# A month that is named is marked, so that no format takes it for the day, nor the day for it.
_MONTH = "m(?P<m>0[1-9]|1[0-2])"
# In French, Italian and Spanish a Tuesday is short for mar, as March is.
_TUESDAY = "m03[ ,.]+"
_ZONE = r"(?: ?(?:z|utc|gmt|(?P<z>[+-]99(?::?99)?)))?"
_CLOCK = rf"(?P<H>99?)[:.h](?P<M>99)(?:[:.](?P<S>99)(?:[.,](?P<f>9+))?)?(?P<p> *[ap]m)?{_ZONE}"
_TIME = rf"(?:(?:t|[ ,–/-]{{1,3}}|:){_CLOCK})"
_LAYOUTS = [
    # A weekday that was taken out leaves its comma.
    (kind, re.compile(f"[ ,.]*{weekday}{pattern}", re.IGNORECASE))
    for weekday in ("", _TUESDAY)
    for kind, pattern in {
        YEAR_MONTH_DAY: rf"(?P<Y>9999)(?P<gap>{_GAP})(?P<m>99?){_GAP}(?P<d>99?)日?{_TIME}?",
        PARTS: rf"(?P<a>99?)(?P<gap>{_GAP})(?P<b>99?){_GAP}(?P<c>9999|99)\.?{_TIME}?",
        "day, month as a word, year": rf"(?P<d>99?){_GAP}{_MONTH}{_GAP}(?P<Y>9999|99)\.?"
        rf"{_TIME}?",
        "month as a word, day, year": rf"{_MONTH}{_GAP}(?P<d>99?){_GAP}(?P<Y>9999|99)"
        rf"{_TIME}?",
        "year, month as a word, day": rf"(?P<Y>9999){_GAP}{_MONTH}{_GAP}(?P<d>99?){_TIME}?",
        "month as a word, year": rf"{_MONTH}{_GAP}(?P<Y>9999|99)",
        "year and month": rf"(?P<Y>9999){_GAP}(?P<m>99?)月?",
        "month and year": rf"(?P<m>99?){_GAP}(?P<Y>9999)",
        "year, month, day and time": r"(?P<Y>9999)(?P<m>99)(?P<d>99)[t ](?P<H>99):?(?P<M>99)"
        r"(?::?(?P<S>99))?z?",
    }.items()
]
_OFFSET = "' *[+-][0-9]{2}(:?[0-9]{2})? *$'"
_SPECIFIERS = {letter: f"%{letter}" for letter in "mdHMSz"} | {"p": "%p"}
_PART_ORDERS = {DAY_FIRST: "dmY", MONTH_FIRST: "mdY", YEAR_FIRST: "Ymd"}


@dataclass(frozen=True)
class Layout:
    """How the cells of one shape are written, for each order that its parts may have.

    Parameters
    ----------
    kind : str
        What a reader is told, or `PARTS` where the order of day and month is open.
    gap : str
        What stands between the parts.
    formats : dict of str to str
        The strptime format by `DAY_FIRST`, `MONTH_FIRST` and, for short years, `YEAR_FIRST`.
    """

    kind: str
    gap: str
    formats: dict[str, str]

    @property
    def is_iso(self) -> bool:
        """Whether year, month and day stand in digits, on one clock."""
        return self.kind == YEAR_MONTH_DAY and "%z" not in self.formats[DAY_FIRST]

    def label(self, order: str) -> str:
        """What to call it when its parts are read in `order`."""
        names = {"d": "day", "m": "month", "Y": "year"}
        if self.kind == PARTS:
            return self.gap.join(names[part] for part in _PART_ORDERS[order])
        if self.gap == "年":
            return "year年month月day日"
        return self.kind.format(gap=self.gap)


def find_swaps(shapes: Iterable[Shape]) -> dict[str, str]:
    """What to put for the words, marks and odd blanks in a column's cells, the longest first.

    Month names become m01 to m12; weekdays and words like "of" become blanks.
    """
    texts = [shape.text.lower() for shape in shapes]
    blanks = {mark: " " for mark in _ODD_BLANKS if any(mark in text for text in texts)}
    texts = [_cleaned(text, blanks) for text in texts]
    phrases = {old: new for old, new in _PHRASES.items() if any(old in text for text in texts)}
    words = {}
    for word in sorted({word for text in texts for word in _WORD.findall(text)}):
        plain = _plain(word)
        if plain in MONTHS:
            words[word] = f" m{MONTHS[plain]:02d} "
        elif plain in DATE_FILLERS:
            words[word] = " "
    return blanks | phrases | dict(sorted(words.items(), key=lambda swap: -len(swap[0])))


def read_layout(shape: Shape, swaps: dict[str, str]) -> Layout | None:
    """The layout of a shape once the words in it are swapped; None where it is no date."""
    text = _cleaned(shape.text, swaps).strip(" ")
    for kind, pattern in _LAYOUTS:
        match = pattern.fullmatch(text)
        if match:
            return Layout(
                kind, (match.groupdict().get("gap") or "").strip() or " ", _formats(match)
            )
    return None


def written_sql(
    layouts: Sequence[Layout], order: str, swaps: dict[str, str], is_local: bool = False
) -> str:
    """DuckDB expression over ``cell`` that reads written dates with their parts in one order.

    Parameters
    ----------
    layouts : sequence of Layout
        Those of the column, the most frequent first: each format that fails costs time.
    order : str
        One of `DAY_FIRST`, `MONTH_FIRST`, `YEAR_FIRST`.
    swaps : dict of str to str
        As `find_swaps` gives them.
    is_local : bool, default=False
        Whether times with an offset are read as written, else on the UTC clock.
    """
    cell = _swapped_sql(swaps)
    formats = dict.fromkeys(layout.formats[order] for layout in layouts if order in layout.formats)
    # strptime reads 24 as the year 24 where four digits are asked for, so short years go last
    # and whatever lies before 1000 is given to them. It also makes moments of the words
    # "infinity" and "epoch": 1900-01-01, or what they say where offsets are read.
    groups = [
        [f for f in formats if year in f and ("%z" in f) == has_offset]
        for year in ("%Y", "%y")
        for has_offset in (False, True)
    ]
    readings = [_strptime(cell, group, is_local) for group in groups if group]
    return readings[0] if len(readings) == 1 else f"coalesce({', '.join(readings)})"


def _strptime(cell: str, formats: list[str], is_local: bool) -> str:
    if is_local and "%z" in formats[0]:
        cell = f"regexp_replace({cell}, {_OFFSET}, '')"
        formats = [each.replace("%z", "").rstrip(" ") for each in formats]
    moment = f"try_strptime({cell}, [{', '.join(map(literal, formats))}])"
    if "%z" in formats[0]:
        moment = f"({moment} at time zone 'UTC')"
    elif any("%n" in each for each in formats):
        moment = f"cast({moment} as timestamp)"
    if "%y" in formats[0] or "%z" in formats[0]:
        moment = f"case when regexp_matches(cell, '[0-9]') then {moment} end"
    if "%y" in formats[0]:
        return moment
    return (
        f"case when {moment} > timestamp '1900-01-01' then {moment} "
        f"when {moment} >= timestamp '1000-01-01' and contains(cell, '1') then {moment} end"
    )


def _formats(match: re.Match[str]) -> dict[str, str]:
    parts = match.groupdict()
    year = "%y" if len(parts.get("Y") or parts.get("c") or "") == 2 else "%Y"
    specifiers = _SPECIFIERS | {
        "Y": year,
        "H": "%I" if parts.get("p") else "%H",
        "p": " %p" if (parts.get("p") or "").startswith(" ") else "%p",
        "f": "%f" if len(parts.get("f") or "") <= 6 else "%n",
    }
    if "a" not in parts:
        text = _format(match, specifiers)
        return dict.fromkeys((DAY_FIRST, MONTH_FIRST, YEAR_FIRST), text)
    return {
        order: _format(
            match, specifiers | {p: specifiers[s] for p, s in zip("abc", letters, strict=True)}
        )
        for order, letters in _PART_ORDERS.items()
        if order != YEAR_FIRST or year == "%y"
    }


def _format(match: re.Match[str], specifiers: dict[str, str]) -> str:
    pieces, end = [], 0
    for name, text in match.groupdict().items():
        if text is not None and name in specifiers:
            between = match.string[end : match.start(name)].replace("%", "%%")
            pieces += [between, specifiers[name]]
            end = match.end(name)
    return re.sub(" +", " ", "".join([*pieces, match.string[end:]]))


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word).translate(_BARRED)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _cleaned(text: str, swaps: dict[str, str]) -> str:
    if any(_WORD.search(old) for old in swaps):
        text = text.lower()
    for old, new in swaps.items():
        text = text.replace(old, new)
    return text


def _swapped_sql(swaps: dict[str, str]) -> str:
    sql = "lower(cell)" if any(_WORD.search(old) for old in swaps) else "cell"
    for old, new in swaps.items():
        sql = f"replace({sql}, {literal(old)}, {literal(new)})"
    return sql
