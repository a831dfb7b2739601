import pytest

from segmentation.sources.doubts import tell_doubts
from segmentation.sources.readings import RawColumn, RawTable

COLUMNS = {"customer_id": "Customer", "ordered_at": "Date", "amount": "Total"}


def told(columns=COLUMNS, left_out=(), **cells):
    named = {"Customer": "a b c d", "Date": "", "Total": "9.50 20.00 7.10 -7.10", **cells}
    texts = {name: tuple(text.split(" ")) for name, text in named.items()}
    raw = [
        RawColumn(name.replace("_", " "), "text", (*cells, "", "", "")[:4])
        for name, cells in texts.items()
    ]
    return list(
        tell_doubts(RawTable("shop.csv", (), tuple(raw), "select 1", ""), columns, left_out)
    )


def test_columns_that_are_called_so_need_no_telling():
    assert told() == []


@pytest.mark.parametrize(
    ("ours", "name"),
    [
        ("customer_id", "E-Mail"),
        ("customer_id", "Kundenname"),
        ("amount", "Preis"),
        ("amount", "Umsatz 2024 in EUR"),
    ],
)
def test_a_name_that_may_stand_for_it_needs_no_telling(ours, name):
    assert told({**COLUMNS, ours: name}) == []


def raw_without_a_name():
    cells = {"Column 3": ("k1", "k2", "k1", "k3"), "Date": ("2024-01-05",) * 4}
    cells |= {"Total": ("9.50", "20.00", "7.10", "-7.10"), "Till": ("t1", "t2", "t1", "t1")}
    raw = tuple(RawColumn(name, "text", texts) for name, texts in cells.items())
    return RawTable("shop.csv", (), raw, "select 1", "")


def test_what_somebody_chose_for_the_customer_needs_no_telling():
    assert list(tell_doubts(raw_without_a_name(), {**COLUMNS, "customer_id": "Till"})) == []


def test_what_is_taken_for_the_customer_by_its_cells_is_told():
    assert list(tell_doubts(raw_without_a_name(), {**COLUMNS, "customer_id": "Column 3"})) == [
        "“Column 3” is not called so, but taken for the customer by its cells."
    ]


@pytest.mark.parametrize("rounded", ["9.00720E+15", "9,0072E+15"])
def test_ids_that_a_spreadsheet_has_rounded_are_told(rounded):
    [sentence] = told(Customer=f"17850 {rounded} 17850 17850")
    assert f"holds numbers such as {rounded}: a spreadsheet has rounded them" in sentence
    assert told(Customer="1E5 12E+3 9.5 x") == []


@pytest.mark.parametrize(
    ("name", "cells", "sentence"),
    [
        ("Status", "Completed Cancelled Completed Completed", "says Cancelled in 1 of the first 3"),
        (
            "Financial_Status",
            "paid partially_refunded paid paid",
            "says partially_refunded in 1 of",
        ),
        ("Status", "offen storniert bezahlt offen", "says storniert in 1"),
        ("Type", "Sale Refund Sale Refund", "says Refund in 1 of the first 3 purchases"),
        ("Cancelled_at", " 2024-01-05  2024-01-06", "has an entry in 1 of the first 3 purchases"),
        ("Refunded_Amount", "0.00 20.00 0.00 0.00", "is above zero in 1 of the first 3 purchases"),
    ],
)
def test_purchases_that_a_column_says_were_undone_are_told(name, cells, sentence):
    [found] = told(**{name: cells})
    assert sentence in found


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Status", "Completed Shipped Completed Refunded"),
        ("Refund_date", "2024-01-05 2024-01-05 2024-01-05 2024-01-05"),
        ("Cancelled", "no No false 0"),
        ("Notes", "Cancelled Cancelled Cancelled Cancelled"),
    ],
)
def test_nothing_is_told_of_returns_below_zero_and_other_columns(name, cells):
    assert told(**{name: cells}) == []


CHOSEN = {**COLUMNS, "status": "Status"}
STATES = "Cancelled Completed Returned Refunded"


def test_orders_with_a_status_that_does_not_count_need_no_telling():
    assert told(CHOSEN, ["cancelled"], Status=STATES) == [
        "“Status” says Returned in 1 of the first 2 purchases, which count like the others."
    ]
    [first, _] = told(CHOSEN, Status=STATES)
    assert "says Cancelled in 1 of the first 3" in first


def test_other_columns_are_asked_about_the_orders_that_count():
    cells = {"Status": STATES, "Payment_status": "voided paid paid refunded"}
    assert told(CHOSEN, ["cancelled", "returned"], **cells) == []
    assert len(told(CHOSEN, ["returned"], **cells)) == 2
