"""Words and signs in the cells of shops' files: months, weekdays and currencies."""

import re

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier janv enero ene gennaio gen janeiro januari styczen stycznia"
            " sty janner",
            "feb february februar fevrier fevr fev febrero febbraio fevereiro februari luty lutego"
            " lut feber febr",
            "mar march marz maerz mrz mars marzo marco maart mrt marzec marca marts",
            "apr april avril avr abril abr aprile kwiecien kwietnia kwi",
            "may mai mayo maggio mag maio mei maj maja",
            "jun june juni juin junio giugno giu junho czerwiec czerwca cze",
            "jul july juli juillet juil julio luglio lug julho lipiec lipca lip",
            "aug august aout agosto ago augustus augusti sierpien sierpnia sie",
            "sep sept september septembre septiembre setiembre settembre set setembro wrzesien"
            " wrzesnia wrz",
            "oct october oktober okt octobre octubre ottobre ott outubro out pazdziernik"
            " pazdziernika paz",
            "nov november novembre noviembre novembro listopad listopada lis",
            "dec december dezember dez decembre diciembre dic dicembre dezembro grudzien grudnia"
            " gru",
        ),
        start=1,
    )
    for name in names.split()
}

# Weekdays, and what stands between the parts of a date. No single letters: they would be cut out
# of "am" and "utc" too.
_FILLERS = """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat
    sun montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
    lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim lunes martes
    miercoles jueves viernes sabado domingo mie jue vie sab dom lunedi martedi mercoledi giovedi
    venerdi sabato domenica gio segunda terca quarta quinta sexta feira seg ter qua qui sex maandag
    dinsdag woensdag donderdag vrijdag zaterdag zondag ma wo vr za zo poniedzialek wtorek sroda
    czwartek piatek sobota niedziela pon wt czw sob niedz pn sr pt mandag tisdag onsdag torsdag
    fredag lordag sondag tirsdag man tis tir ons tor tors fre lor son st nd rd th of the de
    del den der le el er at um uhr kl alle las hs cet cest est edt cst cdt mst mdt pst pdt bst
"""
DATE_FILLERS = frozenset(_FILLERS.split())

# Signs and codes, and the code that each stands for; None where it stands for several.
CURRENCIES = {
    "R$": "BRL", "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR",
    "₽": "RUB", "₺": "TRY", "₩": "KRW", "₪": "ILS", "₫": "VND", "₴": "UAH", "₱": "PHP",
    "₦": "NGN", "฿": "THB", "₿": "BTC", "zł": "PLN", "zl": "PLN", "Kč": "CZK", "Ft": "HUF",
    "SFr.": "CHF", "Fr.": "CHF", "SFr": "CHF", "Fr": "CHF", "lei": "RON", "лв": "BGN",
    "руб.": "RUB", "руб": "RUB", "грн": "UAH", "TL": "TRY", "Euro": "EUR", "euro": "EUR",
    "円": "JPY", "원": "KRW", "$": None, "¥": None, "￥": None, "kr.": None, "kr": None, "Kr": None,
    "Rs.": None, "Rs": None,
}  # fmt: skip
_CODES = """
    AED ARS AUD BGN BHD BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HRK HUF IDR ILS INR ISK JPY
    KES KRW KWD MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TND TRY TWD
    UAH USD UYU VND ZAR
"""
CURRENCY_CODES = frozenset(_CODES.split())


def named_currency(header: str) -> str | None:
    """The code of the one currency that a column's name speaks of, as ``Total (EUR)`` does."""
    words = {word.upper() for word in re.findall(r"[^\W\d_]+", header)}
    # The longest: R$ is no $.
    signs = sorted((sign for sign in CURRENCIES if not sign.isalpha() and sign in header), key=len)
    found = words & CURRENCY_CODES | {CURRENCIES[sign] for sign in signs[-1:]} - {None}
    return found.pop() if len(found) == 1 else None
