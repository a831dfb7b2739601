import pytest

from segmentation.sources.readings import RawColumn
from segmentation.sources.states import are_states, hints_undone, says_undone


@pytest.mark.parametrize(
    "status",
    [
        *(
            "Cancelled",
            "canceled",
            "CANCELED",
            "wc-cancelled",
            "Order cancelled",
            "CancelledByBuyer",
        ),
        *("voided", "wc-failed", "Payment failed", "payment_error", "declined", "Payment expired"),
        *("refunded", "Fully refunded", "Cancelled - out of stock", "Refund"),
        *("storniert", "Abgebrochen", "Fehlgeschlagen", "Zahlung abgelehnt", "Rückerstattet"),
        *("Annulé", "annulée", "Échoué", "Remboursée", "Erreur de paiement"),
        *("Cancelado", "Anulado", "Reembolsado", "Rechazado", "Pago fallido"),
        *("Annullato", "Rimborsato", "Pagamento rifiutato", "Estornado", "Recusado"),
        *("Geannuleerd", "Terugbetaald", "Mislukt", "Anulowane", "Zwrócone", "Makulerad"),
    ],
)
def test_status_that_says_plainly_that_nothing_came_of_an_order(status):
    assert says_undone(status)
    assert hints_undone(status)


@pytest.mark.parametrize(
    ("status", "is_hint"),
    [
        *(
            (each, True)
            for each in ("partially_refunded", "Partial refund", "Teilerstattet storno")
        ),
        *((each, True) for each in ("teilweise erstattet", "Partiellement remboursé")),
        *((each, True) for each in ("Refund pending", "Cancel requested", "Canceled Reversal")),
        *((each, True) for each in ("Refund failed", "Cancellation declined", "Storno abgelehnt")),
        *((each, True) for each in ("not cancelled", "Delivery failed", "Returned", "Chargeback")),
        *((each, True) for each in ("Shipped - Rejected by Buyer", "Retour")),
        *((each, False) for each in ("paid", "Completed", "pending", "closed", "unavailable", "")),
        ("The customer asked whether it can still be cancelled", False),
    ],
)
def test_status_of_an_order_that_counts_all_the_same(status, is_hint):
    assert not says_undone(status)
    assert hints_undone(status) == is_hint


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("delivered|shipped|canceled|unavailable|invoiced", True),
        ("paid|refunded|voided|partially_paid", True),
        ("Completed", True),
        ("Neu|Bezahlt|Offen", True),
        ("Pago|Aguardando pagamento|Cancelado", True),
        ("Aguascalientes|Nuevo León|Jalisco", False),
        ("New York|New Jersey", False),
        ("Italia|Francia", False),
        ("active|cancelled", False),
        ("gold|silver", False),
        ("1|2|3", False),
        ("|", False),
    ],
)
def test_column_of_orders_states_is_known_by_its_cells(cells, expected):
    assert are_states(RawColumn("Status", "text", tuple(cells.split("|")))) == expected
