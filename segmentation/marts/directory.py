"""All customers by id, name and e-mail, to find one while it is being typed."""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NAMED_BY = ("customer_name", "email")
# Stands before, between and after the fields of a customer; nobody types it.
EDGE = "\x1f"
# Letters that Unicode takes for letters of their own, by what is typed where a keyboard lacks them.
TYPED_AS = {"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}


class Directory:
    """Customers, to be found by a part of their id, name or e-mail.

    One long text with a line a customer, searched by `bytes.find`: at a million customers a search
    that finds nothing reads it through in some ten milliseconds, one that finds stops early.

    Parameters
    ----------
    ids, folded : LargeStringArray
        The customers, best first, as they are and as they are compared.
    lines : LargeStringArray
        Each customer's fields, folded, with an EDGE on both sides.
    """

    def __init__(
        self, ids: pa.LargeStringArray, folded: pa.LargeStringArray, lines: pa.LargeStringArray
    ) -> None:
        self.ids = ids
        self.folded = folded
        _, offsets, text = lines.buffers()
        self.starts: NDArray[np.int64] = np.frombuffer(offsets, np.int64)
        self.text = text.to_pybytes() if text else b""

    def find(self, typed: str, limit: int) -> list[str]:
        """Ids of customers that fit what was typed.

        Parameters
        ----------
        typed : str
            One or more words; case and accents do not matter.
        limit : int
            How many customers at most.

        Returns
        -------
        list of str
            First the one whose id is what was typed, then those of which a field begins with it,
            then those that have all its words somewhere; best first in each.
        """
        words = fold(pa.array([typed], pa.large_string()))[0].as_py().split()
        if not words:
            return []
        whole = " ".join(words)
        first = {word: self.text.find(word.encode()) for word in words}
        if min(first.values()) < 0:
            return []
        # The word that comes up last is the rarest, as far as one can tell without counting.
        rarest = max(words, key=lambda word: first[word])
        found = self._places(rarest, words, limit, first[rarest])
        # Fewer than the limit are all there are; of more, those that fit best are looked for.
        if len(found) >= limit:
            exact = pc.index(self.folded, pa.scalar(whole, pa.large_string())).as_py()
            found += [*self._places(f"{EDGE}{whole}", words, limit), *([exact] * (exact >= 0))]
        found = list(dict.fromkeys(found))
        ranked = sorted(found, key=lambda place: self._rank(place, whole))
        return [self.ids[place].as_py() for place in ranked[:limit]]

    def _places(self, part: str, words: list[str], limit: int, at: int = 0) -> list[int]:
        """The first places, from a byte on, of customers whose line holds a text and all words."""
        found: list[int] = []
        sought, others = part.encode(), [word.encode() for word in words]
        while len(found) < limit and (at := self.text.find(sought, at)) >= 0:
            place = int(np.searchsorted(self.starts, at, side="right")) - 1
            start, at = int(self.starts[place]), int(self.starts[place + 1])
            if all(self.text.find(word, start, at) >= 0 for word in others):
                found.append(place)
        return found

    def _rank(self, place: int, whole: str) -> tuple[bool, bool, int]:
        """What to sort by: is a field what was typed, does one begin with it, then the place."""
        line = self.text[self.starts[place] : self.starts[place + 1]]
        begun = f"{EDGE}{whole}".encode()
        return begun + EDGE.encode() not in line, begun not in line, place


def fold(texts: pa.Array) -> pa.Array:
    """Texts as they are compared: small letters, no accents, usual forms of the characters.

    Examples
    --------
    >>> fold(pa.array(["Zoë ÅNGSTRÖM", "Łukasz", "Søren"])).to_pylist()
    ['zoe angstrom', 'lukasz', 'soren']
    """
    # Taking a pattern out of every text would take longer than all the rest together.
    odd = pc.invert(pc.string_is_ascii(texts))
    if not pc.any(odd).as_py():
        return pc.ascii_lower(texts)
    plain = pc.utf8_normalize(texts.filter(odd), form="NFKD")
    plain = pc.utf8_lower(pc.replace_substring_regex(plain, r"\p{M}+", ""))
    for letter, typed in TYPED_AS.items():
        plain = pc.replace_substring(plain, letter, typed)
    return pc.replace_with_mask(pc.ascii_lower(texts), odd, plain)


def build_directory(customers: "pd.DataFrame", attributes: "pd.DataFrame") -> Directory:
    """The customers by id, name and e-mail, ready to be searched; those who spent most first.

    Parameters
    ----------
    customers : DataFrame
        As `marts.customers.build_customers` gives it.
    attributes : DataFrame
        As `marts.customers.build_attributes` gives it.
    """
    ids = pa.array(customers.index, pa.large_string())
    known = attributes.reindex(customers.index)
    named = [pa.array(known[name], pa.large_string()) for name in NAMED_BY if name in known]
    fields = [fold(pc.fill_null(field, "")) for field in (ids, *named)]
    edge, empty = (pa.scalar(text, pa.large_string()) for text in (EDGE, ""))
    lines = pc.binary_join_element_wise(empty, *fields, empty, edge)
    ranked = pa.array(np.argsort(-customers["total_spend"].to_numpy(), kind="stable"))
    return Directory(ids.take(ranked), fields[0].take(ranked), lines.take(ranked))
