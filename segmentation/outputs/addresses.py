"""E-mail addresses, names and places as campaign tools compare them, and their hashes."""

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

_LETTER, _ATOM = r"[\p{L}\p{M}\p{N}]", r"[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+"
_LABEL = rf"{_LETTER}(?:[\p{{L}}\p{{M}}\p{{N}}-]*{_LETTER})?"
_MAIL = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?:[\p{{L}}\p{{M}}]{{2,}}|(?i:xn--[a-z0-9-]+))$"
_LONGEST_MAIL, _LONGEST_BEFORE_AT = 254, r"^[^@]{65}"
# Control characters, and those without a width, which no one sees and every comparison does.
REJECTED = r"[\p{Cc}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2064}\x{feff}\x{fffd}]"
BLANKS = r"[\s\x{85}\p{Z}]+"
_PUNCTUATION = r"[\p{P}\p{S}]+"


def clean_text(cells: pa.Array) -> pa.Array:
    """Text in NFC without blanks around it and without invisible characters; empty is null."""
    cells = cells.cast(pa.large_string())
    if pc.any(pc.match_substring_regex(cells, REJECTED)).as_py():
        cells = pc.replace_substring_regex(cells, REJECTED, " ")
    if not pc.all(pc.string_is_ascii(cells)).as_py():
        cells = pc.utf8_normalize(cells, form="NFC")
    return _without_empty(pc.utf8_trim_whitespace(cells))


def clean_mails(cells: pa.Array) -> pa.Array:
    """E-mail addresses without blanks around them; null where the cell cannot be one."""
    trimmed = clean_text(cells)
    fits = pc.match_substring_regex(trimmed, _MAIL)
    fits = pc.and_(fits, pc.less_equal(pc.binary_length(trimmed), _LONGEST_MAIL))
    fits = pc.and_not(fits, pc.match_substring_regex(trimmed, _LONGEST_BEFORE_AT))
    return pc.if_else(pc.fill_null(fits, False), trimmed, _nothing())


def lower_closed(cells: pa.Array) -> pa.Array:
    """Text in lower case without any blanks, as Google compares e-mails and names."""
    return _without_empty(pc.replace_substring_regex(pc.utf8_lower(cells), BLANKS, ""))


def lower_bare(cells: pa.Array) -> pa.Array:
    """Text in lower case without punctuation, as Meta compares names."""
    bare = pc.replace_substring_regex(pc.utf8_lower(cells), _PUNCTUATION, "")
    return _without_empty(pc.utf8_trim_whitespace(bare))


def lower_closed_bare(cells: pa.Array) -> pa.Array:
    """Text in lower case without punctuation or blanks, as Meta compares places."""
    return lower_closed(lower_bare(cells))


def split_names(cells: pa.Array) -> tuple[pa.Array, pa.Array]:
    """First and last names out of full ones: ``Anna de Vries``, or ``de Vries, Anna``.

    The first word is the first name and all else the last; a single word is the first name.
    """
    words = pc.split_pattern_regex(cells, BLANKS, max_splits=1)
    first, last = (_part(words, place) for place in (0, 1))
    if pc.any(pc.match_substring(cells, ",")).as_py():
        halves = pc.extract_regex(cells, r"^(?P<last>[^,]*[^,\s])\s*,\s*(?P<first>[^,]*[^,\s])$")
        turned = pc.fill_null(pc.is_valid(halves), False)
        first = pc.if_else(turned, pc.struct_field(halves, "first"), first)
        last = pc.if_else(turned, pc.struct_field(halves, "last"), last)
    return first, last


def _part(words: pa.Array, place: int) -> pa.Array:
    """One word of each list; null where there are fewer."""
    there = pc.fill_null(pc.greater(pc.list_value_length(words), place), False)
    at = pc.if_else(there, pc.add(words.offsets[:-1], place), pa.scalar(None, words.offsets.type))
    return words.values.take(at)


def hash_cells(cells: pa.Array) -> pa.Array:
    """SHA-256 of each cell's UTF-8 bytes as 64 hexadecimal digits; empty cells stay empty."""
    sha256 = hashlib.sha256
    return pa.array(
        [sha256(cell.encode()).hexdigest() if cell else None for cell in cells.to_pylist()],
        pa.large_string(),
    )


def _without_empty(cells: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(cells, ""), _nothing(), cells)


def _nothing() -> pa.Scalar:
    return pa.scalar(None, pa.large_string())
