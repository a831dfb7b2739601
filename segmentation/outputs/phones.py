"""Phone numbers as people write them, to E.164, many at a time.

Google's libphonenumber has the rules but takes 60 µs a number.  So numbers that are plainly right
by its own patterns are settled column by column, and only the others are handed to it one by one.
"""

from functools import cache, lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

_WRITTEN = r"^\+?[0-9 ().\-/\x{a0}]+$"
_TYPES = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)


class Plan(NamedTuple):
    """How the numbers of a country are written and which there are, as patterns for RE2."""

    calling_code: str
    abroad: str
    trunk: str
    is_abroad_plain: bool
    is_rewritten: bool
    general: str
    valid: str
    possible: str


def e164_phones(written: pa.Array, region: str) -> pa.Array:
    """Phone numbers with plus and country code; null where there is no such number.

    Parameters
    ----------
    written : Array of text, shape (n,)
        As people write them, in any script's digits.
    region : str
        Code of the country whose numbers they are where no country code stands in front.

    Returns
    -------
    Array of text, shape (n,)
        Such as ``"+16505551212"``.

    References
    ----------
    ITU-T E.164; Google's libphonenumber for each country's numbers.
    """
    written = written.cast(pa.large_string())
    plain = pc.match_substring_regex(written, _WRITTEN)
    digits = pc.replace_substring_regex(written, r"[^0-9+]", "")
    settled = pc.if_else(plain, _settled(digits, region), pa.scalar(None, pa.large_string()))
    left = pc.and_not(pc.is_valid(written), pc.is_valid(settled))
    if pc.any(left).as_py():
        left = pc.and_not(left, pc.fill_null(pc.and_(plain, _hopeless(digits, region)), False))
    if not pc.any(left).as_py():
        return settled
    asked = written.filter(left).dictionary_encode()
    answers = pa.array(
        [_ask(text, region) for text in asked.dictionary.to_pylist()], pa.large_string()
    )
    return pc.replace_with_mask(settled, pc.fill_null(left, False), answers.take(asked.indices))


def _settled(digits: pa.Array, region: str) -> pa.Array:
    """E.164 of the numbers that need no second look; null for all others."""
    plan = _plan(region)
    abroad = pc.match_substring_regex(digits, plan.abroad)
    international = pc.replace_substring_regex(digits, plan.abroad, r"+\1")
    nothing = pa.scalar(None, pa.large_string())
    if not plan.is_abroad_plain:
        international = pc.if_else(abroad, nothing, international)
    international = _confirmed(pc.if_else(abroad, international, digits))
    trunk = pc.match_substring_regex(digits, plan.trunk)
    national = pc.replace_substring_regex(digits, plan.trunk, "", max_replacements=1)
    # A trunk prefix that is replaced by something else, not just dropped, needs a second look.
    sure = pc.or_(pc.invert(trunk), not plan.is_rewritten)
    sure = pc.and_(sure, pc.match_substring_regex(national, plan.general))
    sure = pc.and_(sure, pc.match_substring_regex(national, plan.valid))
    national = pc.if_else(sure, _joined(f"+{plan.calling_code}", national), nothing)
    return pc.if_else(pc.or_(abroad, pc.starts_with(digits, "+")), international, national)


def _hopeless(digits: pa.Array, region: str) -> pa.Array:
    """Whether no reading of the digits gives a number: with or without country code and trunk."""
    plan = _plan(region)
    national = pc.invert(pc.match_substring_regex(digits, plan.possible))
    national = pc.and_(national, plan.is_abroad_plain and not plan.is_rewritten)
    bare = pc.replace_substring_regex(digits, plan.abroad, r"+\1")
    codes = pc.struct_field(pc.extract_regex(bare, _code_pattern()), "code")
    hopeless = pc.and_(national, pc.invert(pc.starts_with(bare, "+")))
    for code in pc.unique(codes.drop_null()).to_pylist():
        there = pc.fill_null(pc.equal(codes, code), False)
        wrong = pc.invert(pc.match_substring_regex(bare, _possible(code)))
        hopeless = pc.or_(hopeless, pc.and_(pc.and_(there, wrong), plan.is_abroad_plain))
    return hopeless


@cache
def _possible(code: str) -> str:
    """What stands behind a plus where it is a number at all; everything where that is not plain."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    main = COUNTRY_CODE_TO_REGION_CODE[int(code)][0]
    data: Any = None if main == "001" else PhoneMetadata.metadata_for_region(main)
    if data is not None and data.national_prefix_transform_rule is not None:
        return ""
    trunk = (data.national_prefix_for_parsing if data is not None else None) or ""
    return rf"^\+{code}(?:{trunk}){{0,2}}{_valid(code)[1:]}"


def _confirmed(international: pa.Array) -> pa.Array:
    """Numbers with a plus that a country's plan has; null for others."""
    kept = pa.nulls(len(international), pa.large_string())
    codes = pc.struct_field(pc.extract_regex(international, _code_pattern()), "code")
    for code in pc.unique(codes.drop_null()).to_pylist():
        there = pc.match_substring_regex(international, rf"^\+{code}{_valid(code)[1:]}")
        kept = pc.if_else(pc.fill_null(there, False), international, kept)
    return kept


def _joined(before: str, cells: pa.Array) -> pa.Array:
    nothing = pa.scalar("", pa.large_string())
    return pc.binary_join_element_wise(pa.scalar(before, pa.large_string()), cells, nothing)


@lru_cache(maxsize=100_000)
def _ask(text: str, region: str) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@cache
def _plan(region: str) -> Plan:
    from phonenumbers import PhoneMetadata

    data: Any = PhoneMetadata.metadata_for_region(region)
    trunk = data.national_prefix_for_parsing
    return Plan(
        str(data.country_code),
        rf"^(?:{data.international_prefix or '00'})([1-9])",
        f"^(?:{trunk})" if trunk else "^$",
        (data.international_prefix or "").isdigit(),
        data.national_prefix_transform_rule is not None,
        f"^(?:{data.general_desc.national_number_pattern})$",
        _valid(str(data.country_code)),
        f"^(?:{data.country_code})?(?:{trunk or ''}){{0,2}}{_valid(str(data.country_code))[1:]}",
    )


@cache
def _valid(code: str) -> str:
    """The numbers behind a country code: all types of every region with it."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    patterns = set()
    for each in COUNTRY_CODE_TO_REGION_CODE[int(code)]:
        data = (
            PhoneMetadata.metadata_for_nongeo_region(int(code))
            if each == "001"
            else PhoneMetadata.metadata_for_region(each)
        )
        found = [getattr(data, kind) for kind in _TYPES]
        patterns |= {desc.national_number_pattern for desc in found if desc is not None}
    return f"^(?:{'|'.join(sorted(patterns - {None, 'NA'}))})$"


@cache
def _code_pattern() -> str:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    return rf"^\+(?P<code>{'|'.join(map(str, sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True)))})"
