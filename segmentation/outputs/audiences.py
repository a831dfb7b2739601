"""Audiences as the files that campaign tools take: headers, normalised cells, hashes.

The members come as a DataFrame indexed by customer_id, as `lists.build_customer_list` gives it,
with the column ``arm``.  They are written batch by batch; nothing is held twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.outputs.addresses import (
    clean_mails,
    clean_text,
    hash_cells,
    lower_bare,
    lower_closed,
    lower_closed_bare,
    split_names,
)
from segmentation.outputs.countries import country_codes, country_names
from segmentation.outputs.phones import e164_phones
from segmentation.tables import AUDIENCES

if TYPE_CHECKING:
    import pandas as pd

BATCH = 32_768
PLACES = ("city", "region", "country")
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Batch:
    """Some members, and their texts as campaign tools want them.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        With any of `tables.ATTRIBUTES`.
    country : str
        Code of the country of phone numbers without a country code, where the member's own
        country is not known.
    known_phones : Array of text or None, default=None
        E.164 numbers where they are worked out already.
    """

    members: "pd.DataFrame"
    country: str
    known_phones: pa.Array | None = None

    def raw(self, name: str) -> pa.Array:
        """A text column as it is; nulls where there is none."""
        if name == "customer_id":
            return pa.array(self.members.index, pa.large_string(), from_pandas=True)
        if name not in self.members:
            return pa.nulls(len(self.members), pa.large_string())
        cells = pa.array(self.members[name], from_pandas=True)
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.combine_chunks()
        if pa.types.is_dictionary(cells.type):
            cells = cells.dictionary_decode()
        return cells.cast(pa.large_string())

    def text(self, name: str) -> pa.Array:
        """A text column without invisible characters and blanks around; empty is null."""
        return clean_text(self.raw(name))

    @cached_property
    def mails(self) -> pa.Array:
        """E-mail addresses; null where there is none or it cannot be one."""
        return clean_mails(self.raw("email"))

    @cached_property
    def names(self) -> tuple[pa.Array, pa.Array]:
        """First and last names."""
        return split_names(self.text("customer_name"))

    @cached_property
    def countries(self) -> pa.Array:
        """Codes of two capital letters; null where the country is not known."""
        named = self.text("country").dictionary_encode()
        codes = pa.array(country_codes(named.dictionary.to_pylist()), pa.large_string())
        return codes.take(named.indices)

    @cached_property
    def phones(self) -> pa.Array:
        """E.164, read as numbers of the member's country; null where there is no such number."""
        if self.known_phones is not None:
            return self.known_phones
        written = self.text("phone")
        if written.null_count == len(written):
            return written
        known = pa.array(country_names(), pa.large_string())
        own = pc.if_else(pc.is_in(self.countries, known), self.countries, self.country)
        regions = pc.fill_null(own, self.country)
        found = pa.nulls(len(written), pa.large_string())
        for region in pc.unique(regions).to_pylist():
            there = pc.equal(regions, region)
            found = pc.replace_with_mask(found, there, e164_phones(written.filter(there), region))
        return found


def _plain(batch: Batch) -> dict[str, pa.Array]:
    """Every column of the members under its own name, the arm behind the segment."""
    names = [name for name in batch.members if name != "arm"]
    place = names.index("segment") + 1 if "segment" in names else 0
    columns = {"customer_id": batch.raw("customer_id")}
    for name in [*names[:place], "arm", *names[place:]]:
        columns[name] = _cells(batch, name)
    return columns


def _klaviyo(batch: Batch) -> dict[str, pa.Array]:
    """The two addresses, what Klaviyo knows by name, and all else as properties."""
    first, last = batch.names
    texts = {
        "email": {"Email": batch.mails},
        "phone": {"Phone Number": batch.phones},
        "customer_name": {"First Name": first, "Last Name": last},
        **{name: {AUDIENCES[name].label: batch.text(name)} for name in PLACES},
    }
    columns: dict[str, pa.Array] = {}
    for name, cells in texts.items():
        columns |= cells if name in batch.members else {}
    columns["Customer ID"] = batch.text("customer_id")
    for name in batch.members:
        if name in AUDIENCES and name not in texts:
            columns[AUDIENCES[name].label] = _cells(batch, name)
    return columns


def _mailchimp(batch: Batch) -> dict[str, pa.Array]:
    """Address, names, and segment and arm as tags, which a comma parts."""
    first, last = batch.names
    tags = [pc.replace_substring(batch.text(name), ",", " ") for name in ("segment", "arm")]
    joined = pc.binary_join_element_wise(
        *tags, pa.scalar(", ", pa.large_string()), null_handling="skip"
    )
    return {
        "Email Address": batch.mails,
        "First Name": first,
        "Last Name": last,
        "Tags": joined,
    }


def _google(batch: Batch) -> dict[str, pa.Array]:
    """Customer Match: hashes of all but the country; there is no postcode in the data."""
    first, last = batch.names
    return {
        "Email": hash_cells(lower_closed(batch.mails)),
        "Phone": hash_cells(batch.phones),
        "First Name": hash_cells(lower_closed(first)),
        "Last Name": hash_cells(lower_closed(last)),
        "Country": batch.countries,
        "Zip": pa.nulls(len(batch.members), pa.large_string()),
    }


def _meta(batch: Batch) -> dict[str, pa.Array]:
    """Custom audience: hashes of everything, phones without their plus."""
    first, last = batch.names
    return {
        "email": hash_cells(pc.utf8_lower(batch.mails)),
        "phone": hash_cells(pc.utf8_ltrim(batch.phones, "+")),
        "fn": hash_cells(lower_bare(first)),
        "ln": hash_cells(lower_bare(last)),
        "ct": hash_cells(lower_closed_bare(batch.text("city"))),
        "st": hash_cells(lower_closed_bare(batch.text("region"))),
        "country": hash_cells(pc.utf8_lower(batch.countries)),
    }


def _cells(batch: Batch, name: str) -> pa.Array:
    """A column as text, numbers or days."""
    values = batch.members[name]
    if values.dtype.kind == "M":
        return pa.array(values.to_numpy().astype("datetime64[D]"), from_pandas=True)
    if values.dtype.kind in "iuf":
        return pa.array(values.to_numpy(), from_pandas=True)
    return batch.raw(name)


@dataclass(frozen=True)
class Format:
    """What one tool takes.

    Parameters
    ----------
    label : str
        The tool, for people.
    columns : callable
        Header and cells of a batch.
    addresses : tuple of str
        Of "email" and "phone", those by which the tool knows a person; none for lists that
        need no address.
    is_hashed : bool, default=False
        Whether the file holds hashes; then it has no place for the arm, and only those who are
        to be addressed go in.
    has_ascii_mails : bool, default=False
        Whether letters outside ASCII in an address are refused.
    min_people : int, default=0
        Below this the tool does nothing with a list.
    max_bytes : int or None, default=None
        The longest file it takes; more go into several.
    is_by_segment : bool, default=False
        Whether each segment gets a file of its own.
    """

    label: str
    columns: Callable[[Batch], dict[str, pa.Array]]
    addresses: tuple[str, ...]
    is_hashed: bool = False
    has_ascii_mails: bool = False
    min_people: int = 0
    max_bytes: int | None = None
    is_by_segment: bool = False

    @property
    def is_tool(self) -> bool:
        """Whether a campaign tool reads the file, and not a person."""
        return bool(self.addresses)


FORMATS = {
    "plain": Format("Plain CSV", _plain, ()),
    "by_segment": Format("CSV per segment (zip)", _plain, (), is_by_segment=True),
    "klaviyo": Format(
        "Klaviyo",
        _klaviyo,
        ("email", "phone"),
        has_ascii_mails=True,
        max_bytes=50 * MEGABYTE,
    ),
    "mailchimp": Format("Mailchimp", _mailchimp, ("email",), has_ascii_mails=True),
    "google": Format("Google Ads Customer Match", _google, ("email", "phone"), is_hashed=True),
    "meta": Format(
        "Meta custom audience", _meta, ("email", "phone"), is_hashed=True, min_people=100
    ),
}


def split_batches(
    members: "pd.DataFrame", country: str, phones: Sequence[pa.Array] = ()
) -> Iterator[tuple[slice, Batch]]:
    """The members in batches, each with its place; one of nobody where there are none."""
    for start in range(0, max(len(members), 1), BATCH):
        place = slice(start, min(start + BATCH, len(members)))
        known = phones[start // BATCH] if phones else None
        yield place, Batch(members.iloc[place], country, known)


def build_batches(
    members: "pd.DataFrame",
    layout: Format,
    country: str,
    usable: np.ndarray,
    phones: Sequence[pa.Array] = (),
) -> Iterator[pa.RecordBatch]:
    """The cells of the members that go into a file, batch by batch, under the tool's headers.

    Parameters
    ----------
    members : DataFrame indexed by customer_id
        The audience, with the column ``arm``.
    layout : Format
        What the tool takes.
    country : str
        Code of the country of phone numbers without a country code.
    usable : ndarray of bool, shape (n_members,)
        Who goes in, as `preflight.check_audience` found.
    phones : sequence of Array, optional
        The E.164 numbers of each batch, which it found as well.
    """
    for place, batch in split_batches(members, country, phones):
        chosen = pa.array(usable[place])
        cells = layout.columns(batch)
        mail = next((name for name in cells if name.startswith("Email")), None)
        if mail and layout.has_ascii_mails:
            cells[mail] = sendable_mails(cells[mail])
        yield pa.RecordBatch.from_pydict(cells).filter(chosen)


def sendable_mails(mails: pa.Array) -> pa.Array:
    """Addresses that can stand in an open file: plain letters, and no formula to a spreadsheet."""
    good = pc.and_not(pc.string_is_ascii(mails), pc.match_substring_regex(mails, r"^[=+\-@]"))
    return pc.if_else(good, mails, pa.scalar(None, pa.large_string()))
