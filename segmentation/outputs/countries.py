"""Names of countries, in any common language, to their codes of two letters."""

from collections.abc import Iterable
from functools import cache

# Names that sales files use and no list of countries has.
_OTHERS = {
    "eire": "IE",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "great britain": "GB",
    "usa": "US",
    "u.s.a.": "US",
    "united states of america": "US",
    "america": "US",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "russian federation": "RU",
    "korea": "KR",
    "republic of korea": "KR",
    "uae": "AE",
    "rsa": "ZA",
    "channel islands": "JE",
}


def country_codes(names: Iterable[str | None]) -> list[str | None]:
    """The ISO 3166-1 code of each country, such as ``"DE"``; None where it is not known.

    Parameters
    ----------
    names : iterable of str or None
        Codes of two letters, or names in any language that CLDR has them in.

    References
    ----------
    Unicode CLDR, as it comes with Google's libphonenumber.

    Examples
    --------
    >>> country_codes(["Germany", "Allemagne", "de", "EIRE", "Atlantis", None])
    ['DE', 'DE', 'DE', 'IE', None, None]
    """
    known = _codes()
    return [known.get(_key(name)) if name else None for name in names]


@cache
def country_names() -> dict[str, str]:
    """The English name of each country that has phone numbers, by its code, sorted by name."""
    from phonenumbers import SUPPORTED_REGIONS
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = {code: _english(code) for code in SUPPORTED_REGIONS if code in LOCALE_DATA}
    return dict(sorted(names.items(), key=lambda item: item[1]))


@cache
def _codes() -> dict[str, str]:
    """Codes by name; where languages disagree English has the say."""
    from phonenumbers.geodata.locale import LOCALE_DATA

    found: dict[str, str] = {}
    for code, names in LOCALE_DATA.items():
        for name in names.values():
            if not name.startswith("*"):
                found.setdefault(_key(name), code)
    found |= {_key(_english(code)): code for code in LOCALE_DATA}
    return found | _OTHERS | {code.casefold(): code for code in LOCALE_DATA}


def _english(code: str) -> str:
    from phonenumbers.geodata.locale import LOCALE_DATA

    # "*fr" stands for: as in French
    names = LOCALE_DATA[code]
    name = names.get("en", code)
    return names[name[1:]] if name.startswith("*") else name


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
