"""What an order's status says became of the order, in the languages of shops' exports."""

import re

from segmentation.sources.contents import cells_of
from segmentation.sources.names import words_of
from segmentation.sources.readings import RawColumn

# All are beginnings of words in small letters without accents, as `words_of` gives them.
_NOTHING_CAME = """
    cancel annul anul geannul storn estorn cancellat kanseller makuler abgebrochen avbr afbr void
    fail fehlgeschl echou fallid fallit falh mislukt nieudan misslyck mislykk
    declin denied reject refus refuse abgelehnt rechaz rifiutat recusad geweiger odrzuc nekad afvist
    expir abgelaufen caducad scadut verlopen wygas
"""
_PAID_BACK = """
    refund erstatte ruckerstatt zuruckerstatt rembours reembols rimbors terugbetaal zwroc zwrot
    aterbetal
"""
_PAYMENT_ERRORS = r"payment error|zahlungsfehler|erreur de paiement|error de pago|errore di pagam"
# Of a part only, or not or not yet so; and a refund that failed leaves the order as it was.
_UNSURE = re.compile(
    r"\b(?:parti|partly|parcial|parzial|teil|gedeelt|czesci|delvi|request|pending|await|progress"
    r"|cours|reversal|beantragt|angefragt|demand|solicit|richiest|aangevraagd|attempt"
    r"|(?:not|non|no|nicht|pas|niet|nie|ikke|inte)\b"
    r"|(?:refund|cancellation|erstattung|stornierung|storno|remboursement|annulation|reembolso"
    r"|cancelacion|anulacion|rimborso|annullamento)s? (?:(?:was|has|is) )?"
    r"(?:fail|declin|denied|reject|fehlg|abgel|echou|refus|rechaz|fallid|fallit|rifiut)"
    r"|deliver\w* (?:fail|declin|refus|reject)|(?:fail|declin|refus|reject)\w* deliver)"
    r"|^shipped\b"
)
# Goods or money that went back, which may be recorded in rows of their own.
_WENT_BACK = r"chargeback|charged back|reversed|returned|retour|devuelt|devolvid"
_UNDER_WAY = """
    complet paid payment pend process ship deliver fulfil unfulfil dispatch sent open clos hold
    approv authori confirm accept invoic creat plac receiv captur settl succe unpaid await draft
    ready pick pack partial finish transit submit
    bezahl offen versand versend versch geliefert zugestellt abgeschl bearbeitung erledigt
    paye termin expedi livre cours attente valid prepar pagad pagat complet enviad entreg
    envoye proces finaliz conclu aprob aprov spedit consegnat lavoraz attesa evas fatur
    pago betaald voltooid verzonden geleverd afgerond behandel wacht oplac zaplac zrealiz
    wysla dostarcz zakoncz oczek realiz betal skick lever slutfor afslut gennemf fuldf behandl
    sendt afsend vent
"""
# Words that provinces begin with, too.
_WHOLE = "^(?:new|done|neu|nouveau|nouvelle|nuevo|nuovo|novo|nieuw|nowe|nowy|ny)$"
_OF_CUSTOMERS = re.compile(r"\b(?:in)?(?:active|aktiv|actif|activo|attivo|ativo|aktywn)|\bsubscr")
_LONGEST = 40


def _begins(words: str, *patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join((*words.split(), *patterns))})")


_REFUNDED = _begins(_PAID_BACK)
_UNDONE = _begins(_NOTHING_CAME + _PAID_BACK, _PAYMENT_ERRORS)
_HINTS = _begins(_NOTHING_CAME + _PAID_BACK, _PAYMENT_ERRORS, _WENT_BACK)
_STATES = _begins(_NOTHING_CAME + _PAID_BACK + _UNDER_WAY, _PAYMENT_ERRORS, _WENT_BACK, _WHOLE)


def says_undone(status: str) -> bool:
    """Whether a status plainly says that nothing came of the order, or all was paid back.

    Examples
    --------
    >>> [says_undone(each) for each in ("wc-cancelled", "Erstattet", "partially_refunded", "paid")]
    [True, True, False, False]
    """
    words = words_of(status)
    return len(status) <= _LONGEST and bool(_UNDONE.search(words)) and not _UNSURE.search(words)


def says_refunded(status: str) -> bool:
    """Whether a status says that money was paid back."""
    return bool(_REFUNDED.search(words_of(status)))


def hints_undone(status: str) -> bool:
    """Whether a status says that an order was undone, be it in part or in rows of its own."""
    return len(status) <= _LONGEST and bool(_HINTS.search(words_of(status)))


def are_states(column: RawColumn) -> bool:
    """Whether the cells of a column that is called a status tell what became of orders.

    At least half of the different ones have to: what customers, provinces (the Spanish *estado*)
    or numbers are is something else.
    """
    found = {words_of(cell) for cell in cells_of(column)}
    known = sum(1 for words in found if _STATES.search(words))
    return 0 < known >= len(found) / 2 and not any(map(_OF_CUSTOMERS.search, found))
