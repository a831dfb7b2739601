"""How a text file's bytes stand for letters, and a copy of it in UTF-8."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from segmentation.errors import InvalidChoice, UnreadableFile
from segmentation.sources.words import CURRENCIES

BLOCK_BYTES = 1 << 20
SAMPLE_BYTES = 1 << 18

LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16 (big-endian)",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32 (big-endian)",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac_roman": "Mac Roman",
    "cp932": "Shift-JIS (Japanese)",
}
# The four bytes of UTF-32 begin with the two of UTF-16: the longer ones come first.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Letters beyond ASCII of one language at a time: bytes read in the wrong code page give a
# mixture of letters that no language has.
WESTERN = (
    "äöüßÄÖÜ",
    "éèêëàâçùûüôîïœæÿÉÈÊÀÂÇÔÎŒ",
    "áéíóúñüÁÉÍÓÚÑ¿¡ªº",
    "ãõáéíóúâêôçàÃÕÁÉÍÓÚÂÊÔÇÀªº",
    "àèéìíòóùúÀÈÉÌÒÙ",
    "åäöæøéÅÄÖÆØÉ",
    "áðéíóúýþæöÁÐÉÍÓÚÝÞÆÖ",
)
CENTRAL = (
    "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",
    "áäčďéíĺľňóôŕšťúýžÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ",
    "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "ăâîşţĂÂÎŞŢ",
    "čćđšžČĆĐŠŽ",
)
TURKISH = ("çğıöşüâîûÇĞİÖŞÜÂÎÛ",)
CYRILLIC = ("абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўљњћџђј",)
ALPHABETS = {
    "cp1252": WESTERN,
    "cp1250": CENTRAL,
    "mac_roman": WESTERN,
    "cp1251": CYRILLIC,
    "cp1254": TURKISH,
}
PUNCTUATION = "–—‘’“”„«»…€£°·•™®©§\u00a0№²³½¼"
WORD = re.compile(r"\w+")
_SIGNS = "|".join(re.escape(sign) for sign in CURRENCIES if not sign.isascii())
# What decides between code pages in which all letters make sense: "12 Kč" and "12 Kè".
MONEY = re.compile(rf"[0-9]\s?(?:{_SIGNS})|(?:{_SIGNS})\s?[0-9]|[0-9]\u00a0[0-9]{{3}}")
# The sample may end within quotes.
QUOTED = re.compile(r'"[^"]*(?:"|\Z)')
GOOD_ENOUGH = 0.6


def guess_encoding(path: Path, name: str, whole: bool = False) -> str:
    """Name of the Python codec that reads a text file.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        What the analyst calls it.
    whole : bool
        Look at all bytes, not at the first 256 KB only.

    Raises
    ------
    UnreadableFile
        The bytes are no text.
    """
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head and (wide := _guess_wide(head)):
        return wide
    _check_text(head, name)
    if is_utf8(path) if whole else _is_utf8_so_far(head):
        return "utf-8"
    sample = _foreign_lines(path) if whole else head
    return "utf-8" if _is_mostly_utf8(sample) else _guess_code_page(sample)


def is_utf8(path: Path) -> bool:
    """Whether all bytes of a file are UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for block in _blocks(file):
                decoder.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True


def check_encoding(encoding: str) -> str:
    """The codec's name in our spelling.

    Raises
    ------
    InvalidChoice
        Python knows no such text encoding.
    """
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise InvalidChoice(
            f"There is no text encoding called {encoding}.", "Choose one such as utf-8 or cp1252."
        ) from error
    names = {codecs.lookup(known).name: known for known in LABELS}
    return names.get(found.name, found.name)


def ends_with_cr(path: Path, encoding: str) -> bool:
    """Whether a text's lines end with CR alone; its cells may have LF in them, as on old Macs."""
    with path.open("rb") as file:
        head = file.read(SAMPLE_BYTES).decode(encoding, "replace")[:-1]
    if "\r" in head and "\n" in head:
        head = QUOTED.sub("", head)
    return "\r" in head and "\n" not in head


def write_utf8(path: Path, encoding: str, target: Path) -> int:
    """Copy a text file as UTF-8 with LF line ends; the number of bytes that stood for no letter.

    A CR before an LF is dropped; where all lines end with CR alone, each CR becomes an LF.
    """
    n_unknown = 0
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    held = ""
    with_cr = ends_with_cr(path, encoding)
    with path.open("rb") as file, target.open("wb") as copy:
        for block in _blocks(file):
            text = held + decoder.decode(block, final=not block)
            held = "\r" if block and text.endswith("\r") else ""
            text = text.removesuffix(held).replace("\r\n", "\n")
            if with_cr:
                text = text.replace("\r", "\n")
            n_unknown += text.count("\ufffd")
            copy.write(text.removeprefix("\ufeff").encode("utf-8", "replace"))
    return n_unknown


def _blocks(file) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    while block := file.read(BLOCK_BYTES):
        yield block
    yield b""


def _guess_wide(head: bytes) -> str | None:
    """UTF-16 without a mark: decodable, and its line ends and digits are where they should be."""
    n_even, n_odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if n_odd > n_even else "utf-16-be"
    if max(n_even, n_odd) * 10 < len(head) or min(n_even, n_odd) * 20 > max(n_even, n_odd):
        return None
    text = head[: len(head) // 2 * 2].decode(encoding, "replace")
    return None if text.count("\ufffd") > 1 + len(text) // 1000 else encoding


def _check_text(head: bytes, name: str) -> None:
    """Refuse bytes of which too many are control characters."""
    controls = sum(head.count(bytes([byte])) for byte in range(32) if byte not in b"\t\n\r\f\x1a")
    if controls * 20 > len(head):
        raise UnreadableFile(
            f"{name} is not a table: its bytes are no text.",
            "Check what kind of file it is, and save the table as CSV or .xlsx.",
        )
    if not head.strip(b" \t\r\n\f\0\x1a"):
        raise UnreadableFile(
            f"{name} holds nothing but blanks.", "Choose a file with a header and rows."
        )


def _is_utf8_so_far(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < SAMPLE_BYTES)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    """UTF-8 that was damaged in a few places, as by cutting cells at a number of bytes."""
    text = sample.decode("utf-8", "replace")
    n_letters = sum(1 for character in text if character > "\x7f" and character != "\ufffd")
    return n_letters > 10 * text.count("\ufffd")


def _foreign_lines(path: Path) -> bytes:
    """Lines with bytes beyond ASCII, up to a sample's size."""
    found: list[bytes] = []
    size = 0
    with path.open("rb") as file:
        for block in _blocks(file):
            for match in re.finditer(rb"[^\r\n]*[\x80-\xff][^\r\n]*", block):
                found.append(match[0][:2000])
                size += len(found[-1])
                if size > SAMPLE_BYTES:
                    return b"\n".join(found)
    return b"\n".join(found)


def _guess_code_page(sample: bytes) -> str:
    scores = {encoding: _score(sample, encoding) for encoding in (*ALPHABETS, "cp932")}
    # The first of equals wins, so the commoner code pages stand first.
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best][0] >= GOOD_ENOUGH:
        return best
    from charset_normalizer import from_bytes

    match = from_bytes(sample[:65536]).best()
    if match is None or match.encoding in ("ascii", "utf_8"):
        return best
    return check_encoding(match.encoding)


def _score(sample: bytes, encoding: str) -> tuple[float, int]:
    """Share (0 to 1) of the characters beyond ASCII that make sense in words of one language.

    With it goes how often such characters belong to an amount of money.
    """
    text = sample.decode(encoding, "replace")
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0, 0
    words = [word for word in WORD.findall(text) if not word.isascii()]
    if encoding == "cp932":
        n_good = sum(map(_count_japanese, words)) + sum(c in "、。「」・ー　〜" for c in foreign)
    else:
        n_good = max(_count_letters(words, alphabet) for alphabet in ALPHABETS[encoding])
        n_good += sum(character in PUNCTUATION for character in foreign)
    share = max(0.0, n_good / len(foreign) - text.count("\ufffd") / len(foreign))
    return share, len(MONEY.findall(text))


def _count_letters(words: list[str], alphabet: str) -> int:
    """Letters of the alphabet in words that have no capital within and do not mix scripts."""
    is_cyrillic = alphabet in CYRILLIC
    n_good = 0
    for word in words:
        if is_cyrillic and re.search("[A-Za-z]", word):
            continue
        if word.isalpha() and not (word.islower() or word.isupper() or word[1:].islower()):
            continue
        letters = word.lower() if is_cyrillic else word
        n_good += sum(letter in alphabet for letter in letters if letter > "\x7f")
    return n_good


def _count_japanese(word: str) -> int:
    """Kana and kanji of a word without Latin letters; half-width kana count little."""
    if re.search("[A-Za-z]", word):
        return 0
    return sum(
        1 for letter in word if "\u3041" <= letter <= "\u30fe" or "\u4e00" <= letter <= "\u9fff"
    )
