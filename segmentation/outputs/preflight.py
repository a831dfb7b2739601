"""What a campaign tool will make of an audience, found before the file is taken away."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segmentation.campaigns.arms import CONTROL
from segmentation.errors import InvalidChoice
from segmentation.outputs.addresses import REJECTED, lower_closed
from segmentation.outputs.audiences import (
    Batch,
    Format,
    build_batches,
    sendable_mails,
    split_batches,
)
from segmentation.outputs.countries import country_names
from segmentation.outputs.csv_cells import find_risky
from segmentation.outputs.files import write_batches
from segmentation.tables import ADDRESS_PROBLEMS

if TYPE_CHECKING:
    import pandas as pd

PROBLEMS = tuple(ADDRESS_PROBLEMS)
NONE, WRONG, LETTERS, FORMULA, SAME, HELD_OUT, NO_MAIL, NO_PHONE = range(1, len(PROBLEMS) + 1)
FINE = 0


@dataclass(frozen=True)
class PreFlight:
    """What was found.

    Parameters
    ----------
    wanted : ndarray of bool, shape (n_members,)
        Who was to go in: all, or only those who are addressed.
    problem : ndarray of int8, shape (n_members,)
        0, or the place in `PROBLEMS` + 1 of why a member is not in the file.
    lost : ndarray of int8, shape (n_members,)
        Likewise for a second address that is left empty.
    n_risky : int
        Cells that a spreadsheet would run, were they not made harmless.
    n_rejected : int
        Cells with invisible characters, which are taken out for a tool.
    n_bytes : int
        Length of the file, where the tool limits it; else 0.
    phones : sequence of Array
        The E.164 numbers of each batch of the members, for a tool.
    """

    wanted: NDArray[np.bool_]
    problem: NDArray[np.int8]
    lost: NDArray[np.int8]
    n_risky: int
    n_rejected: int
    n_bytes: int
    phones: Sequence[pa.Array] = ()

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Who is in the file."""
        return self.wanted & (self.problem == FINE)

    @property
    def n_usable(self) -> int:
        """How many are in the file."""
        return int(self.usable.sum())

    def count_problems(self) -> dict[str, int]:
        """How many members have each of `tables.ADDRESS_PROBLEMS`; only those that occur."""
        found = np.bincount(self.problem[self.wanted], minlength=len(PROBLEMS) + 1)
        found = found + np.bincount(self.lost[self.usable], minlength=len(PROBLEMS) + 1)
        return {name: int(n) for name, n in zip(PROBLEMS, found[1:], strict=True) if n}


def check_audience(
    members: "pd.DataFrame", layout: Format, country: str, with_control: bool
) -> PreFlight:
    """What is wrong with the addresses and cells of an audience, for one tool.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        The audience, with the column ``arm``.
    layout : Format
        What the tool takes.
    country : str
        Code of the country of phone numbers without a country code.
    with_control : bool
        Whether those who are held out are to go in as well; never into hashed files.

    Raises
    ------
    InvalidChoice
        There is no such country.
    """
    if country not in country_names():
        raise InvalidChoice(f"“{country}” is no country with phones.", "Choose one of the list.")
    held = np.asarray(members["arm"] == CONTROL)
    everyone = with_control and not layout.is_hashed
    wanted = np.ones(len(members), bool) if everyone else ~held
    problem = np.zeros(len(members), np.int8)
    lost = np.zeros(len(members), np.int8)
    rejected = 0
    mails, phones = [], []
    for place, batch in split_batches(members, country) if layout.is_tool else ():
        cells = _Addresses(batch, layout)
        problem[place], lost[place] = cells.judge()
        mails.append(cells.mail_key)
        phones.append(cells.phone_key)
        rejected += cells.count_rejected()
    if mails:
        keys = _codes(mails), _codes(phones)
        _mark_shared(problem, wanted, held & ~wanted, *keys)
    checked = PreFlight(wanted, problem, lost, 0, rejected, 0, phones)
    if layout.is_hashed:
        return checked
    n_risky, n_bytes = _read_through(members, layout, country, checked)
    return replace(checked, n_risky=n_risky, n_bytes=n_bytes)


def list_problems(members: "pd.DataFrame", found: PreFlight) -> "pd.DataFrame":
    """Every address that is not in the file, and why: problem, in_file, email, phone."""
    import pandas as pd

    parts = []
    for codes, inside in ((found.problem, False), (found.lost, True)):
        rows = np.flatnonzero(found.wanted & (codes > 0) & (found.usable == inside))
        names = [PROBLEMS[code - 1] for code in codes[rows]]
        parts.append(
            pd.DataFrame(
                {
                    "problem": names,
                    "in_file": "yes" if inside else "no",
                    **{
                        name: members[name].to_numpy()[rows] if name in members else None
                        for name in ("email", "phone")
                    },
                },
                index=members.index[rows],
            )
        )
    return pd.concat(parts)


class _Addresses:
    """The addresses of a batch as one tool sees them."""

    def __init__(self, batch: Batch, layout: Format) -> None:
        self.batch, self.layout = batch, layout
        mails = batch.mails
        if layout.has_ascii_mails:
            mails = sendable_mails(mails)
        self.mail_key = lower_closed(mails)
        takes_phones = "phone" in layout.addresses
        self.phone_key = batch.phones if takes_phones else pa.nulls(len(mails), mails.type)

    def judge(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Why each member has no usable address, and which second address is lost."""
        mail_written, phone_written = (
            _there(self.batch.text(name)) & (name in self.layout.addresses)
            for name in ("email", "phone")
        )
        mail, phone = _there(self.mail_key), _there(self.phone_key)
        formula = _true(pc.match_substring_regex(self.batch.mails, r"^[=+\-@]"))
        problem = np.full(len(mail), LETTERS, np.int8)
        problem[formula] = FORMULA
        problem[~_there(self.batch.mails)] = WRONG
        problem[~(mail_written | phone_written)] = NONE
        problem[mail | phone] = FINE
        lost = np.zeros(len(mail), np.int8)
        lost[mail_written & ~mail & phone] = NO_MAIL
        lost[phone_written & ~phone & mail] = NO_PHONE
        return problem, lost

    def count_rejected(self) -> int:
        """Cells with a character that no one sees."""
        names = ("customer_name", "email", "phone", "city", "region", "country")
        found = (pc.match_substring_regex(self.batch.raw(name), REJECTED) for name in names)
        return sum(pc.sum(cells).as_py() or 0 for cells in found)


def _mark_shared(
    problem: NDArray[np.int8],
    wanted: NDArray[np.bool_],
    held: NDArray[np.bool_],
    mails: NDArray[np.int64],
    phones: NDArray[np.int64],
) -> None:
    """Mark members whose address is that of someone held out, or of someone further up."""
    for codes in (mails, phones):
        seen = np.zeros(codes.max(initial=-1) + 2, bool)
        seen[codes[held]] = True
        seen[-1] = False
        problem[wanted & (problem == FINE) & seen[codes]] = HELD_OUT
    keys = np.where(mails >= 0, mails, phones + mails.max(initial=-1) + 1)
    rows = np.flatnonzero(wanted & (problem == FINE))
    first = rows[np.unique(keys[rows], return_index=True)[1]]
    again = np.zeros(len(problem), bool)
    again[rows] = True
    again[first] = False
    problem[again] = SAME


def _codes(keys: list[pa.Array]) -> NDArray[np.int64]:
    """A number for each different key; −1 for none."""
    indices = pa.chunked_array(keys).combine_chunks().dictionary_encode().indices
    return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)


class _Counter(io.BytesIO):
    """A file that only counts what is written to it."""

    n_bytes = 0

    def write(self, content: object) -> int:
        """Count some bytes."""
        length = memoryview(content).nbytes  # type: ignore[arg-type]
        self.n_bytes += length
        return length


def _read_through(
    members: "pd.DataFrame", layout: Format, country: str, checked: PreFlight
) -> tuple[int, int]:
    """Cells that a spreadsheet would run, and the length of the file where that matters."""
    counter, n_risky = _Counter(), 0
    for cells in build_batches(members, layout, country, checked.usable, checked.phones):
        for column in cells.columns:
            if pa.types.is_large_string(column.type):
                n_risky += pc.sum(find_risky(column)).as_py() or 0
        if layout.max_bytes:
            write_batches([cells], cells.schema.names, counter)
    return n_risky, counter.n_bytes


def _there(cells: pa.Array) -> NDArray[np.bool_]:
    return pc.is_valid(cells).to_numpy(zero_copy_only=False)


def _true(cells: pa.Array) -> NDArray[np.bool_]:
    return pc.fill_null(cells, False).to_numpy(zero_copy_only=False)
