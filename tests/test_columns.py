import random

import pytest

from segmentation.errors import MissingColumn
from segmentation.sources.columns import check_columns, guess_amount_per, guess_columns
from segmentation.sources.readings import RawColumn, RawTable


def table(header, *rows, kinds=None):
    names = header if isinstance(header, list) else [name.strip() for name in header.split(",")]
    columns = tuple(
        RawColumn(name, (kinds or {}).get(name, "text"), tuple(row[i] for row in rows))
        for i, name in enumerate(names)
    )
    return RawTable("shop.csv", (), columns, "select 1", "fingerprint")


EXPORTS = {
    "shopify": (
        "Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,"
        "Total,Discount Code,Discount Amount,Created at,Lineitem quantity,Lineitem name,"
        "Lineitem price,Lineitem compare at price,Lineitem sku,Billing Name,Billing Street,"
        "Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,"
        "Shipping Name,Shipping City,Shipping Country,Refunded Amount,Vendor,Id,Phone",
        {
            "customer_id": "Email",
            "ordered_at": "Created at",
            "amount": "Total",
            "quantity": "Lineitem quantity",
            "unit_price": "Lineitem price",
            "order_id": "Name",
            "status": "Financial Status",
            "currency": "Currency",
            "product": "Lineitem name",
            "region": "Billing Province",
            "city": "Billing City",
            "country": "Billing Country",
            "customer_name": "Billing Name",
            "phone": "Phone",
        },
    ),
    "woocommerce orders": (
        "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),"
        "Last Name (Billing),Company (Billing),City (Billing),State Code (Billing),"
        "Country Code (Billing),Email (Billing),Phone (Billing),City (Shipping),"
        "Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Refund Amount,"
        "Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,Quantity,Item Cost",
        {
            "customer_id": "Email (Billing)",
            "ordered_at": "Order Date",
            "amount": "Order Total Amount",
            "quantity": "Quantity",
            "unit_price": "Item Cost",
            "order_id": "Order Number",
            "status": "Order Status",
            "product": "Item Name",
            "region": "State Code (Billing)",
            "city": "City (Billing)",
            "country": "Country Code (Billing)",
            "customer_name": "Last Name (Billing)",
            "phone": "Phone (Billing)",
        },
    ),
    "woocommerce analytics": (
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,"
        "Coupon(s),N. Revenue",
        {
            "customer_id": "Customer",
            "ordered_at": "Date",
            "amount": "N. Revenue",
            "quantity": "Items sold",
            "order_id": "Order #",
            "product": "Product(s)",
        },
    ),
    "stripe": (
        "id,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,Customer ID,"
        "Customer Email",
        {
            "customer_id": "Customer ID",
            "ordered_at": "Created (UTC)",
            "amount": "Amount",
            "order_id": "id",
            "status": "Status",
            "currency": "Currency",
            "email": "Customer Email",
        },
    ),
    "stripe, newer": (
        "id,Created date (UTC),Amount,Amount Refunded,Currency,Customer ID,Customer Email",
        {
            "customer_id": "Customer ID",
            "ordered_at": "Created date (UTC)",
            "amount": "Amount",
            "order_id": "id",
            "currency": "Currency",
            "email": "Customer Email",
        },
    ),
    "olist": (
        "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,"
        "order_delivered_customer_date,order_estimated_delivery_date,customer_unique_id,"
        "customer_zip_code_prefix,customer_city,customer_state,order_item_id,product_id,seller_id,"
        "shipping_limit_date,price,freight_value,payment_type,payment_installments,payment_value,"
        "product_category_name",
        {
            "customer_id": "customer_unique_id",
            "ordered_at": "order_purchase_timestamp",
            "amount": "payment_value",
            "unit_price": "price",
            "order_id": "order_id",
            "product": "product_id",
            "category": "product_category_name",
            "region": "customer_state",
            "city": "customer_city",
        },
    ),
    "olist without payments": (
        "order_id,customer_id,order_purchase_timestamp,product_id,price,freight_value",
        {
            "customer_id": "customer_id",
            "ordered_at": "order_purchase_timestamp",
            "amount": "price",
            "order_id": "order_id",
            "product": "product_id",
        },
    ),
    "online retail": (
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        {
            "customer_id": "CustomerID",
            "ordered_at": "InvoiceDate",
            "quantity": "Quantity",
            "unit_price": "UnitPrice",
            "order_id": "InvoiceNo",
            "product": "Description",
            "country": "Country",
        },
    ),
    "online retail II": (
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
        {
            "customer_id": "Customer ID",
            "ordered_at": "InvoiceDate",
            "quantity": "Quantity",
            "unit_price": "Price",
            "order_id": "Invoice",
            "product": "Description",
            "country": "Country",
        },
    ),
    "superstore": (
        "Row ID,Order ID,Ship Date,Order Date,Ship Mode,Customer ID,Customer Name,Segment,Country,"
        "City,State,Postal Code,Region,Product ID,Sub-Category,Category,Product Name,Sales,"
        "Quantity,Discount,Profit",
        {
            "customer_id": "Customer ID",
            "ordered_at": "Order Date",
            "amount": "Sales",
            "quantity": "Quantity",
            "order_id": "Order ID",
            "product": "Product Name",
            "category": "Category",
            "region": "Region",
            "city": "City",
            "country": "Country",
            "customer_name": "Customer Name",
        },
    ),
    "cdnow": (
        "customer_id,date,number_of_cds,dollar_value",
        {
            "customer_id": "customer_id",
            "ordered_at": "date",
            "amount": "dollar_value",
            "quantity": "number_of_cds",
        },
    ),
    "complete journey": (
        "household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,"
        "coupon_match_disc,week,transaction_timestamp",
        {
            "customer_id": "household_id",
            "ordered_at": "transaction_timestamp",
            "amount": "sales_value",
            "quantity": "quantity",
            "order_id": "basket_id",
            "product": "product_id",
        },
    ),
    "amazon": (
        "order-id,order-item-id,purchase-date,payments-date,buyer-email,buyer-name,sku,"
        "product-name,quantity-purchased,currency,item-price,item-tax,shipping-price,"
        "gift-wrap-price,recipient-name,ship-city,ship-state,ship-postal-code,ship-country",
        {
            "customer_id": "buyer-email",
            "ordered_at": "purchase-date",
            "amount": "item-price",
            "quantity": "quantity-purchased",
            "order_id": "order-id",
            "currency": "currency",
            "product": "product-name",
            "region": "ship-state",
            "city": "ship-city",
            "country": "ship-country",
            "customer_name": "buyer-name",
        },
    ),
    "etsy": (
        "Sale Date,Item Name,Buyer,Quantity,Price,Item Total,Transaction ID,Date Paid,Ship Name,"
        "Ship Zipcode,Order ID,SKU",
        {
            "customer_id": "Buyer",
            "ordered_at": "Sale Date",
            "amount": "Item Total",
            "quantity": "Quantity",
            "unit_price": "Price",
            "order_id": "Order ID",
            "product": "Item Name",
        },
    ),
    "the sample shop": (
        "Order_ID,Customer_ID,Customer_Name,Email,Order_Date,Product,Category,Quantity,Unit_Price,"
        "Sales,Customer_Age,Age_Group,Customer_City,Customer_Region,Country",
        {
            "customer_id": "Customer_ID",
            "ordered_at": "Order_Date",
            "amount": "Sales",
            "quantity": "Quantity",
            "unit_price": "Unit_Price",
            "order_id": "Order_ID",
            "product": "Product",
            "category": "Category",
            "region": "Customer_Region",
            "city": "Customer_City",
            "country": "Country",
            "age_group": "Age_Group",
            "customer_age": "Customer_Age",
            "customer_name": "Customer_Name",
            "email": "Email",
        },
    ),
}


@pytest.mark.parametrize(("header", "expected"), EXPORTS.values(), ids=EXPORTS)
def test_columns_of_known_exports_are_found(header, expected):
    assert guess_columns(table(header)) == expected


@pytest.mark.parametrize(
    "header",
    [
        "Kundennummer,Bestelldatum,Menge,Einzelpreis,Gesamtpreis,Bestellnummer,Artikelbezeichnung,"
        "Ort,Land",
        "N° client,Date de commande,Quantité,Prix unitaire HT,Montant TTC,N° de commande,"
        "Désignation,Ville,Pays",
        "ID cliente,Fecha de pedido,Cantidad,Precio unitario,Importe total,Número de pedido,"
        "Producto,Ciudad,País",
        "Codice cliente,Data ordine,Quantità,Prezzo unitario,Importo totale,Numero ordine,"
        "Descrizione,Città,Paese",
        "Código do cliente,Data do pedido,Quantidade,Preço unitário,Valor total,Número do pedido,"
        "Produto,Cidade,País",
        "Klantnummer,Besteldatum,Aantal,Stuksprijs,Totaalbedrag,Bestelnummer,Omschrijving,Plaats,"
        "Land",
        "Nr klienta,Data zamówienia,Ilość,Cena jednostkowa,Wartość,Numer zamówienia,Nazwa produktu,"
        "Miasto,Kraj",
        "Kundnummer,Orderdatum,Antal,Styckpris,Belopp,Ordernummer,Produktnamn,Ort,Land",
        "Kundenummer,Ordredato,Antal,Stykpris,Beløb,Ordrenummer,Varenavn,By,Land",
        "Customer ID,Order Date,Quantity,Unit Price,Total,Order ID,Product Name,City,Country",
    ],
    ids=["de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da", "en"],
)
@pytest.mark.parametrize("written", [str, str.upper, lambda name: name.lower().replace(" ", "_")])
def test_names_are_known_in_many_languages(header, written):
    names = [written(name) for name in header.split(",")]
    ours = [
        "customer_id",
        "ordered_at",
        "quantity",
        "unit_price",
        "amount",
        "order_id",
        "product",
        "city",
        "country",
    ]
    assert guess_columns(table(names)) == dict(zip(ours, names, strict=True))


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("Umsatz (EUR)", "amount"),
        ("Total [£]", "amount"),
        ("orders.customer_id", "customer_id"),
        ("Order Date (local time)", "ordered_at"),
        ("Kundennr. intern", "customer_id"),
        ("fct_order_total_usd", "amount"),
        ("MESSAGE_DATE", "ordered_at"),
        ("  e-Mail  ", "email"),
    ],
)
def test_names_with_more_in_them_are_known(name, ours):
    rest = {"customer_id": "client", "ordered_at": "date", "amount": "total"}
    names = [name, *(theirs for mine, theirs in rest.items() if mine != ours)]
    assert guess_columns(table(names))[ours] == name


@pytest.mark.parametrize(
    "name", ["Ship Date", "Birth date", "Delivery Date", "Customer Segment", "Tax Total", "Row ID"]
)
def test_names_that_mean_something_else_are_left_alone(name):
    assert guess_columns(table([name])) == {}


STATES = ("Completed", "Cancelled", "Processing", "Completed")


@pytest.mark.parametrize(
    "name",
    [
        *("Status", "status", "Order Status", "order_status", "order-status", "Order.Status"),
        *("Financial Status", "Payment status", "fact_order_status", "State", "Status (order)"),
        *("Bestellstatus", "Zahlungsstatus", "Status der Bestellung", "Statut", "État"),
        *("Statut de la commande", "Estado", "Estado del pedido", "Stato", "Stato ordine"),
        *("Situação", "Status do pedido", "Bestelstatus", "Status zamówienia", "Orderstatus"),
    ],
)
def test_status_of_an_order_is_known_by_name_and_cells(name):
    rows = [("a", "2024-01-05", "9.50", state) for state in STATES]
    assert guess_columns(table(["customer", "date", "total", name], *rows))["status"] == name


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        *((name, STATES) for name in ("Fulfillment Status", "Customer status", "Lieferstatus")),
        *((name, STATES) for name in ("Delivery Status", "Estado de envío", "Subscription status")),
        *((name, STATES) for name in ("Type", "Marketing status", "Statut client", "Notes")),
        ("Status", ("active", "inactive", "active", "cancelled")),
        ("Status", ("gold", "silver", "gold", "gold")),
        ("Status", ("", "", "", "")),
    ],
)
def test_status_of_something_else_is_no_orders(name, cells):
    rows = [("a", "2024-01-05", "9.50", cell) for cell in cells]
    assert "status" not in guess_columns(table(["customer", "date", "total", name], *rows))


def test_status_that_is_called_the_orders_or_the_payments_goes_before_others():
    names = ["customer", "date", "total", "Shipping status", "Status", "Payment status"]
    rows = [("a", "2024-01-05", "9.50", state, state, state) for state in STATES]
    assert guess_columns(table(names, *rows))["status"] == "Payment status"
    assert guess_columns(table([*names, "order-status"], *[(*r, r[-1]) for r in rows]))[
        "status"
    ] == ("order-status")


@pytest.mark.parametrize("name", ["Estado", "State", "Stato"])
def test_provinces_under_a_name_of_states_are_no_status(name):
    rows = [("a", "2024-01-05", "9.50", cell) for cell in ("Jalisco", "Nuevo León", "Puebla")]
    found = guess_columns(table(["cliente", "fecha", "importe", name], *rows))
    assert {ours for ours, theirs in found.items() if theirs == name} <= {"region", "country"}
    assert name in found.values()


def test_no_column_of_the_file_stands_for_two_of_ours():
    found = guess_columns(table("Customer,Date,Total,Total amount,Order,Price"))
    assert len(set(found.values())) == len(found)


def test_unit_price_without_a_quantity_is_the_amount():
    found = guess_columns(table("customer_id,date,price"))
    assert found == {"customer_id": "customer_id", "ordered_at": "date", "amount": "price"}


def test_a_column_that_cannot_hold_it_is_passed_over():
    rows = [("Ann", "new", "2024-01-05", "9.50"), ("Ben", "open", "2024-01-06", "3.00")]
    found = guess_columns(table("customer,order date,paid on,total", *rows))
    assert found == {"customer_id": "customer", "ordered_at": "paid on", "amount": "total"}


def test_an_empty_column_is_passed_over_for_one_with_cells():
    rows = [("", "7", "2024-01-05", "9.50"), ("", "7", "2024-01-06", "3.00")]
    assert guess_columns(table("customer id,client,date,total", *rows))["customer_id"] == "client"


def test_email_stands_for_the_customer_where_there_is_no_id():
    found = guess_columns(table("E-mail,Date,Total"))
    assert found == {"customer_id": "E-mail", "ordered_at": "Date", "amount": "Total"}


@pytest.mark.parametrize(
    ("header", "email"),
    [
        ("Customer,Date,Total", "Customer"),
        ("Name,Email,Created at,Lineitem name,Lineitem price,Total", "Email"),
        ("Customer,E-mail,Date,Total", "E-mail"),
    ],
    ids=["any", "shopify", "with a column of its own"],
)
def test_a_customer_told_by_their_email_has_that_email(header, email):
    names = header.split(",")
    row = ["ann@x.org" if name in ("Customer", "Email", "E-mail") else "7" for name in names]
    row = [
        "2024-01-05" if name in ("Date", "Created at") else cell
        for name, cell in zip(names, row, strict=True)
    ]
    assert guess_columns(table(header, tuple(row)))["email"] == email


CDNOW = [
    ("00001", "19970101", "1", "11.77"),
    ("00002", "19970112", "1", "12.00"),
    ("00002", "19970112", "5", "77.00"),
    ("00003", "19970102", "2", "20.76"),
    ("00003", "19970330", "2", "20.76"),
    ("00004", "19970402", "2", "19.54"),
]


def test_without_a_header_the_cells_decide():
    found = guess_columns(table("Column 1,Column 2,Column 3,Column 4", *CDNOW))
    expected = {"customer_id": "Column 1", "ordered_at": "Column 2", "amount": "Column 4"}
    assert found == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("customer,date,amount,zzz", {"amount": "amount"}),
        ("customer,date,unit price,zzz", {"amount": "unit price"}),
        (
            "customer,date,quantity,unit price,zzz",
            {"quantity": "quantity", "unit_price": "unit price"},
        ),
    ],
)
def test_other_decimals_are_no_amount_where_a_name_says_which_is(header, expected):
    rows = [["c1", "2024-01-05", *["2"] * (header.count(",") - 3), "1.50", "1000.25"]] * 4
    found = guess_columns(table(header, *rows))
    assert found == {"customer_id": "customer", "ordered_at": "date", **expected}


@pytest.mark.parametrize(
    "ids", ["17001.0 17002.0 17003.0", "gid://shop/1 gid://shop/2 gid://shop/3"]
)
def test_ids_without_a_header_are_customers_and_no_amounts(ids):
    first, second, third = ids.split()
    rows = [
        (first, "2024-01-05", "SO-1", "258.00"),
        (first, "2024-01-05", "SO-1", "7.16"),
        (second, "2024-01-06", "SO-2", "7.00"),
        (third, "2024-01-07", "SO-3", "0.76"),
        (first, "2024-01-08", "SO-4", "84.50"),
        (second, "2024-01-09", "SO-5", "1.70"),
    ]
    raw = table("Column 1,Column 2,Column 3,Column 4", *rows)
    found = guess_columns(raw)
    assert (found["customer_id"], found["amount"]) == ("Column 1", "Column 4")


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Date Paid", "2024-01-05 2024-01-06 2024-01-05 2024-01-07"),
        ("Column 4", "2024-01-05 2024-01-06 2024-01-05 2024-01-07"),
        ("Tax", "1.90 0.38 1.90 2.47"),
        ("Column 4", "1.90 0.38 1.90 2.47"),
        ("Column 4", "10:30 11:15 10:30 12:00"),
        ("Cashier", "E1 E2 E1 E3"),
        ("ship-postal-code", "98101 98102 98101 98103"),
        ("SKU", "S1 S2 S1 S3"),
    ],
)
def test_what_only_repeats_as_customers_do_is_none(name, cells):
    amounts = ("3.50", "2.00", "3.70", "9.10")
    given = zip("abcd", amounts, cells.split(), strict=True)
    rows = [(f"2024-02-0{i}", f"Mug {it}", *rest) for i, (it, *rest) in enumerate(given, 1)]
    assert "customer_id" not in guess_columns(table(f"Date,Product,Total,{name}", *rows))


@pytest.mark.parametrize("name", ["Weight", "VAT", "Rabatt", "Latitude", "Cost"])
def test_decimals_of_something_else_are_no_amounts(name):
    rows = [("a", "2024-01-05", "2", "1.90"), ("b", "2024-01-06", "1", "0.38")]
    assert "amount" not in guess_columns(table(f"Customer,Date,Quantity,{name}", *rows))


@pytest.mark.parametrize("name", ["Date of birth", "DOB", "Geburtsdatum"])
def test_days_of_birth_are_no_orders(name):
    rows = [("a", "1984-01-05", "2.50"), ("b", "1991-11-16", "1.20")]
    assert "ordered_at" not in guess_columns(table(f"Customer,{name},Total", *rows))


def test_customers_are_told_from_their_orders_by_cells():
    rows = [
        ("A1", "ann@x.org", "05.01.2024", "4,50"),
        ("A1", "ann@x.org", "05.01.2024", "5,50"),
        ("A2", "ann@x.org", "06.01.2024", "4,50"),
        ("A3", "ben@x.org", "07.01.2024", "4,00"),
    ]
    found = guess_columns(table("w,x,y,z", *rows))
    assert found == {"customer_id": "x", "ordered_at": "y", "amount": "z", "email": "x"}
    without_mail = [(row[0], row[1][:3] + "7", *row[2:]) for row in rows] + [
        ("A4", "cia7", "08.01.2024", "1,25")
    ]
    assert guess_columns(table("w,x,y,z", *without_mail))["customer_id"] == "x"


def test_a_file_with_one_row_a_customer_has_orders_and_dates_of_its_own():
    rows = [
        ("1", "3", "2023-01-05", "2024-01-05", "90.00"),
        ("2", "1", "2023-02-05", "2023-02-05", "20.00"),
        ("3", "9", "2022-01-05", "2024-03-05", "500.00"),
    ]
    header = "Customer ID,Total Orders,First Order Date,Last Order Date,Total Spent"
    assert guess_columns(table(header, *rows)) == {
        "customer_id": "Customer ID",
        "ordered_at": "Last Order Date",
        "amount": "Total Spent",
        "n_orders": "Total Orders",
        "first_ordered_at": "First Order Date",
    }
    assert "n_orders" not in guess_columns(table(header, rows[0], rows[0], rows[1], rows[2]))
    assert "n_orders" not in guess_columns(table(header, *rows[:2]))


HOSTILE = ['a"b', "'; drop table x; --", "<script>alert(1)</script>", "🛒", "名前", "", "%s {0}"]


def test_hostile_names_do_no_harm():
    names = ["customer", "date", "total", *HOSTILE]
    assert set(guess_columns(table(names)).values()) == {"customer", "date", "total"}
    with pytest.raises(MissingColumn) as error:
        check_columns(table(HOSTILE), {})
    assert "<script>" in str(error.value)


SHOPIFY = [
    ("#1001", "30.00", "2", "10.00"),
    ("#1001", "", "1", "10.00"),
    ("#1002", "5.00", "1", "5.00"),
    ("#1003", "7.00", "1", "4.00"),
    ("#1003", "", "1", "3.00"),
]
PER_ORDER = {"order_id": "o", "amount": "a", "quantity": "q", "unit_price": "p"}


SUMS = [("1", "12.50", "1", "10.00"), ("1", "12.50", "5", "0.50"), ("2", "4.00", "2", "2.00")]


def repeated(n_orders, amount=lambda order: str(order * 10)):
    return [
        (str(order), amount(order), "1", price) for order in range(n_orders) for price in ("3", "4")
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (SHOPIFY, "order"),
        (repeated(12), "order"),
        (repeated(9), "row"),
        (repeated(12, amount=lambda order: "9.99"), "row"),
        ([(o, a, "1", "3") for o, a, _, _ in repeated(12)], "row"),
        (SUMS, "order"),
        ([(o, a.replace("12.50", "15.49"), q, p) for o, a, q, p in SUMS], "order"),
        ([(o, a.replace("12.50", "10.00"), q, "10.00") for o, a, q, _ in SUMS], "row"),
        ([*SUMS, ("3", "5.00", "1", "5.00"), ("3", "6.00", "1", "6.00")], "row"),
        ([(str(i // 2), str(i), "1", str(i)) for i in range(40)], "row"),
        ([(str(i), str(i), "1", str(i)) for i in range(40)], "row"),
        ([], "row"),
    ],
    ids=[
        "on the first line",
        "repeated on each line",
        "too few orders",
        "all cost the same",
        "lines do not differ",
        "sum of an order's lines",
        "sum and shipping",
        "one price whatever the quantity",
        "sum in one order and not in another",
        "amounts of rows",
        "orders of one line",
        "no rows",
    ],
)
def test_totals_of_orders_are_told_from_amounts_of_rows(rows, expected):
    assert guess_amount_per(table("o,a,q,p", *rows), PER_ORDER) == expected
    assert guess_amount_per(table("o,a,q,p", *rows[::-1]), PER_ORDER) == expected


SETS = [
    (order, size, line) for order in range(30) for size in (1, 2, 3, 4, 5) for line in range(size)
]


# Orders of one to four lines; what a line's amount is, given the order and the prices of its lines.
def sold(amount, n_orders=200, seed=1, product=lambda order, line, price: f"item {price}"):
    chance = random.Random(seed)
    for order in range(n_orders):
        prices = [chance.choice([19, 25, 35, 49, 59, 79, 99]) for _ in range(chance.randint(1, 4))]
        for line, price in enumerate(prices):
            yield str(order), f"{amount(prices, price)}.00", product(order, line, price)


def seat(order, line, price):
    return f"Seat {order % 40 + line}"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (sold(lambda prices, price: prices[0], product=seat), "row"),
        (sold(lambda prices, price: prices[0], product=lambda o, n, p: f"{o} {n}"), "row"),
        (sold(lambda prices, price: len(prices) * 10, 40, product=lambda o, n, p: "one"), "row"),
        (sold(lambda prices, price: price), "row"),
        (sold(lambda prices, price: sum(prices)), "order"),
        (sold(lambda prices, price: sum(prices), product=seat), "order"),
        (sold(lambda prices, price: sum(prices), 12), "row"),
        (
            [(f"{o} {size}", str(size * 10), f"{size} {n}") for o, size, n in SETS],
            "row",
        ),
    ],
    ids=[
        "tickets at the event's price",
        "tickets that each are their own",
        "one product",
        "prices",
        "totals",
        "totals of products that cost now this, now that",
        "too few orders",
        "a product has one amount whatever the order",
    ],
)
def test_without_quantities_and_prices_totals_grow_with_the_rows_of_an_order(rows, expected):
    columns = {"order_id": "o", "amount": "a", "product": "p"}
    for given in (rows := list(rows), rows[::-1]):
        assert guess_amount_per(table("o,a,p", *given), columns) == expected


WOO = "Order Number,Email (Billing),Order Date,Order Total Amount,Item Name,Quantity,Item Cost"


@pytest.mark.parametrize("total", ["30.00", "0.00"])
def test_totals_of_a_known_export_need_no_telling_from_its_rows(total):
    rows = [("1", "a@b.de", "2024-01-05", total, item, "1", "15.00") for item in "xy"]
    raw = table(WOO, *rows)
    assert guess_amount_per(raw, guess_columns(raw)) == "order"
    assert guess_amount_per(raw, {**guess_columns(raw), "amount": "Item Cost"}) == "row"


def test_without_an_order_number_amounts_are_of_rows():
    assert guess_amount_per(table("o,a,q,p", *SHOPIFY), {"amount": "a"}) == "row"


ALL_THREE = "shop.csv has no column for the customer, none for the date and none for the amount: "


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, ALL_THREE + "its columns are a, b and c."),
        (
            {"amount": "a"},
            "shop.csv has no column for the customer and none for the date: "
            "its columns are a, b and c.",
        ),
        (
            {"customer_id": "a", "ordered_at": "b", "quantity": "c"},
            "shop.csv has no column for the unit price: its columns are a, b and c.",
        ),
    ],
)
def test_all_that_is_missing_is_said_at_once(columns, message):
    with pytest.raises(MissingColumn) as error:
        check_columns(table("a,b,c"), columns)
    assert str(error.value) == message
    assert error.value.hint == "Choose the columns, or add them to the file."


def test_what_is_called_so_but_cannot_be_read_is_named_with_a_cell():
    raw = table("id,Order date,Total", ("7", "", "1.50 quid"), ("8", "2024-W05", "3 quid"))
    with pytest.raises(MissingColumn) as error:
        check_columns(raw, {"customer_id": "id"})
    assert str(error.value).endswith(
        "“Order date” holds no dates that can be read: its first cell is “2024-W05”. "
        "“Total” holds no numbers that can be read: its first cell is “1.50 quid”."
    )


@pytest.mark.parametrize("kind", ["text", "flag"])
def test_what_can_be_read_or_is_empty_is_not_said_to_be_unreadable(kind):
    raw = table("id,Order date,Total", ("7", "2024-01-05", ""), kinds={"Total": kind})
    with pytest.raises(MissingColumn, match=r"Order date and Total\.$"):
        check_columns(raw, {"customer_id": "id"})


def test_a_column_that_is_not_there_is_named_with_the_nearest_that_is():
    raw = table("Customer,Date,Total")
    columns = {"customer_id": "Custmer", "ordered_at": "Date", "amount": "Zzz", "amuont": "Total"}
    with pytest.raises(MissingColumn) as error:
        check_columns(raw, columns)
    assert str(error.value) == (
        "shop.csv has no column “Custmer”. Did you mean “Customer”? "
        "shop.csv has no column “Zzz”. "
        "“amuont” is not a column of ours. Did you mean “amount”?"
    )


def test_many_columns_that_are_not_there_are_one_sentence():
    columns = dict(
        zip(("customer_id", "ordered_at", "amount", "region", "city"), "vwxyz", strict=True)
    )
    with pytest.raises(MissingColumn) as error:
        check_columns(table("a,b,c"), columns)
    assert str(error.value) == (
        "shop.csv has no columns “v”, “w”, “x” and 2 more: its columns are a, b and c."
    )


def test_a_long_list_of_columns_is_cut():
    with pytest.raises(MissingColumn, match="c19 and 80 more"):
        check_columns(table([f"c{i}" for i in range(100)]), {})


def test_enough_columns_pass():
    needed = {"customer_id": "a", "ordered_at": "b"}
    check_columns(table("a,b,c,d"), needed | {"amount": "c"})
    check_columns(table("a,b,c,d"), needed | {"quantity": "c", "unit_price": "d"})
