import pytest

from segmentation.sources.columns import guess_amount_per, guess_columns
from segmentation.sources.linedoubts import tell_line_doubts
from segmentation.sources.readings import RawColumn, RawTable

# What an order has on each of its rows; six customers who come back, some on one day.
ORDERS = [
    (f"{i}", f"2024-01-{1 + i // 3:02d} 09:30:00", f"c{i % 3 % 2}{i % 4}", f"{20 + 7 * i}.90")
    for i in range(24)
]
PRODUCTS = {"Mug": 8, "Lamp": 50, "Rug": 31}


def cell(name, order, nth, product):
    """What a template such as "Total=amount" writes into a row."""
    number, at, customer, amount = order
    pieces = 1 + (int(number) // 3 + nth) % 3
    price = PRODUCTS[product]
    return {
        "order": f"A{number}",
        "row": f"R{number}{nth}",
        "date": at[:10],
        "time": at,
        "id": customer,
        "mail": f"{customer}@mail.com",
        "name": f"Ann {customer}",
        "last": "Meyer" if customer < "c1" else "Rossi",
        "amount": amount,
        "first": amount if nth == 0 else "",
        "fee": f"{float(amount) / 10:.2f}",
        "balance": f"{9000 + int(number)}.00",
        "pieces": str(pieces),
        "price": f"{price}.00",
        "line": f"{price * pieces}.00",
        "product": product,
        "code": f"P{price}",
        "kind": f"K{price // 20}",
        "place": f"{ord(customer[1]) * 100 + ord(customer[2])}",
        "card": f"{4000 + int(number) % 5}",
        "staff": f"E{int(number) % 3}",
        "stored": f"{44930 + int(number)}.4370",
        "shop": "owner@shop.com",
        "": "",
    }.get(name, name)


def written(template, n_lines=1):
    pairs = [part.partition("=")[::2] for part in template.split("|")]
    rows = [
        [cell(what, order, nth, list(PRODUCTS)[(int(order[0]) + nth) % 3]) for _, what in pairs]
        for order in ORDERS
        for nth in range(1 + int(order[0]) % n_lines)
    ]
    columns = tuple(
        RawColumn(name, "text", tuple(row[i] for row in rows)) for i, (name, _) in enumerate(pairs)
    )
    return RawTable("export.csv", (), columns, "select 1", "fingerprint")


LISTS = {
    "magento": "ID=order|Purchase Point=Main|Purchase Date=time|Bill-to Name=name|"
    "Grand Total (Base)=amount|Status=ok|Customer Email=mail -> mail time amount order",
    "magento, default columns": "ID=order|Purchase Date=time|Bill-to Name=name|Ship-to Name=name|"
    "Grand Total (Base)=amount -> name time amount order",
    "magento 1": "Order #=order|Purchased On=time|Bill to Name=name|G.T. (Base)=amount|"
    "G.T. (Purchased)=amount -> name time amount order",
    "prestashop": "ID=order|Reference=row|New client=0|Delivery=France|Customer=name|Total=amount|"
    "Payment=card|Status=ok|Date=time -> name time amount order",
    "prestashop in French": "Id=order|Référence=row|Client=name|Total=amount|Date=time"
    " -> name time amount order",
    "paypal": "Date=date|Name=name|Gross=amount|Fee=fee|Net=fee|From Email Address=mail|"
    "To Email Address=shop|Transaction ID=order|Insurance Amount=|Balance=balance"
    " -> mail date amount order",
    "paypal in German": "Datum=date|Name=name|Brutto=amount|Gebühr=fee|Netto=fee|"
    "Absender E-Mail-Adresse=mail|Transaktionscode=order|Guthaben=balance"
    " -> mail date amount order",
    "stripe without customers": "id=order|Created (UTC)=time|Amount=amount|Customer ID=|"
    "Customer Email=mail -> mail time amount order",
    "booking": "Book number=order|Booked by=name|Check-in=date|Booked on=time|Price=amount|"
    "Commission amount=fee|Cancellation date= -> name time amount order",
    "airbnb": "Date=date|Confirmation Code=order|Guest=name|Amount=amount"
    " -> name date amount order",
    "salesforce": "Id=order|AccountId=id|Name=row|Amount=amount|CloseDate=date|CreatedDate=time"
    " -> id date amount order",
    "hubspot": "Record ID=order|Deal Name=row|Close Date=date|Amount=amount|"
    "Associated Contact IDs=id -> id date amount order",
    "pipedrive": "Deal - Title=row|Deal - Value=amount|Deal - Contact person=name|"
    "Deal - Won time=time|Deal - ID=order -> name time amount order",
    "odoo invoices": "Number=order|Invoice Partner Display Name=name|Invoice/Bill Date=date|"
    "Untaxed Amount Signed=amount -> name date amount order",
    "dynamics": "No.=order|Sell-to Customer No.=id|Posting Date=date|Amount=amount"
    " -> id date amount order",
    "sage": "Account Reference=id|Date=date|Reference=order|Net Amount=amount|Tax Amount=fee"
    " -> id date amount order",
    "lexoffice": "Belegnummer=order|Rechnungsdatum=date|Kunde=name|Brutto=amount"
    " -> name date amount order",
    "clover": "Order Date=time|Order ID=order|Amount=amount|Card Number=XXXXXXXXXXXX1234|"
    "Customer Name=name -> name time amount order",
    "taobao": "订单编号=order|买家会员名=id|总金额=fee|买家实际支付金额=amount|订单创建时间=time"
    " -> id time amount order",
    "makeshop": "注文番号=order|注文日=date|会員ID=id|合計金額=amount -> id date amount order",
}


NEEDED = ("customer_id", "ordered_at", "amount", "order_id")


def split(given):
    """The template, and the first column in it for each kind of cell that is wanted."""
    template, _, wanted = given.partition(" -> ")
    names = {what: name for name, _, what in map(parted, reversed(template.split("|")))}
    return template, [names.get(what) for what in wanted.split()]


def parted(part):
    return part.partition("=")


@pytest.mark.parametrize("given", LISTS.values(), ids=LISTS)
def test_customer_date_amount_and_order_of_lists_of_orders(given):
    template, wanted = split(given)
    found = guess_columns(written(template))
    assert [found.get(ours) for ours in NEEDED] == wanted


LINES = {
    "magento items": "increment_id=order|customer_email=mail|created_at=time|grand_total=amount|"
    "sku=code|qty_ordered=pieces|price=price -> mail time amount order",
    "pakistan": "item_id=row|created_at=date|sku=code|price=price|qty_ordered=pieces|"
    "grand_total=amount|increment_id=order|Customer ID=id -> id date amount order",
    "tiendanube": "Número de orden=order|Email=mail|Fecha=time|Total=first|"
    "Nombre del producto=product|Precio del producto=price|Cantidad del producto=pieces"
    " -> mail time first order",
    "gambio": "orders_id=order|customers_email_address=mail|date_purchased=time|"
    "products_name=product|products_price=price|products_quantity=pieces|order_total=amount"
    " -> mail time amount order",
    "orders told by their cells": "Customer=id|Date=time|Kennung=order|Artikel=product|"
    "Menge=pieces|Einzelpreis=price|Summe=amount -> id time amount order",
    "xero": "*ContactName=name|*InvoiceNumber=order|*InvoiceDate=date|Total=amount|"
    "*Description=product|*Quantity=pieces|*UnitAmount=price -> name date amount order",
    "yahoo": "OrderId=order|OrderTime=time|BillMailAddress=mail|TotalPrice=amount|LineId=kind|"
    "Title=product|Quantity=pieces|UnitPrice=price -> mail time amount order",
    "rakuten": "注文番号=order|注文日時=time|請求金額=amount|注文者メールアドレス=mail|"
    "商品名=product|単価=price|個数=pieces -> mail time amount order",
}


@pytest.mark.parametrize("given", LINES.values(), ids=LINES)
def test_totals_that_lines_of_orders_name_once_or_repeat(given):
    template, wanted = split(given)
    raw = written(template, n_lines=3)
    found = guess_columns(raw)
    assert [found.get(ours) for ours in NEEDED] == wanted
    assert "quantity" in found
    assert guess_amount_per(raw, found) == "order"


ROWS = {
    "quickbooks": "Date=date|Type=Invoice|Num=order|Name=name|Item=product|Qty=pieces|"
    "Sales Price=price|Amount=line|Balance=balance -> name date line order",
    "netsuite": "Internal ID=row|Date=date|Document Number=order|Name=name|Item=product|"
    "Quantity=pieces|Amount=line -> name date line order",
    "sap": "VBELN=order|FKDAT=date|KUNNR=id|ARKTX=product|FKIMG=pieces|NETWR=line|WAERK=EUR"
    " -> id date line order",
    "sap in German": "Faktura=order|Fakturadatum=date|Auftraggeber=id|Bezeichnung=product|"
    "Fakturierte Menge=pieces|Nettowert=line -> id date line order",
    "sample sales": "ORDERNUMBER=order|QUANTITYORDERED=pieces|PRICEEACH=price|SALES=line|"
    "ORDERDATE=date|PRODUCTCODE=code|CUSTOMERNAME=name|POSTALCODE=place -> name date line order",
    "odoo": "Order Reference=order|Order Reference/Customer=name|Order Reference/Order Date=date|"
    "Product=product|Quantity=pieces|Subtotal=line -> name date line order",
    "ta-feng": "TRANSACTION_DT=date|CUSTOMER_ID=id|PRODUCT_ID=code|AMOUNT=pieces|SALES_PRICE=line"
    " -> id date line -",
    "prices of all pieces": "customer_id=id|invoice_date=date|invoice_no=row|quantity=pieces|"
    "category=product|price=line -> id date line row",
    "toast": "Email=mail|Order Date=date|Order Id=order|Menu Item=product|Net Price=line|"
    "Qty=pieces -> mail date line order",
    "no price of a piece": "Customer_Name=name|Customer_Category=kind|Date=date|Product=product|"
    "Total_Items=pieces|Total_Cost=line|Transaction_ID=row -> name date line row",
}


@pytest.mark.parametrize("given", ROWS.values(), ids=ROWS)
def test_amounts_of_each_row(given):
    template, wanted = split(given)
    raw = written(template, n_lines=3)
    found = guess_columns(raw)
    assert [found.get(ours) for ours in NEEDED] == wanted
    assert guess_amount_per(raw, found) == "row"


def test_a_price_that_does_not_grow_with_the_quantity_is_of_a_piece():
    found = guess_columns(written("Customer=id|Date=date|Product=product|Qty=pieces|Price=price"))
    assert (found["unit_price"], "amount" in found) == ("Price", False)


@pytest.mark.parametrize(
    "template",
    [
        "Account=shop|Date=date|Quantity=pieces|Description=product|Price (Gross)=line",
        "Order Id=order|Check Id=row|Server=staff|Order Date=date|Menu Item=product|Amount=line",
        "Receipt number=order|Date=date|Card last four=card|Product=product|Total=line",
        "Order ID=order|Date=date|Style=code|SKU=code|Amount=line",
        "Date=date|Order=order|Master Id=code|Item=product|Total=line",
        "Order=order|Date=date|Total=amount|Last Name=last",
        "Order=order|Date=date|Total=amount|Vorname=last|Name=last",
        "Merchant email=mail|Order=order|Date=date|Total=amount",
        "Consignment=order|Order=order|Date=date|Product=product|Total=line",
    ],
)
def test_files_without_customers_get_none(template):
    assert "customer_id" not in guess_columns(written(template, n_lines=2))


def test_a_number_of_rows_is_none_of_orders_where_rows_are_lines():
    found = guess_columns(written("ID=row|Customer=id|Date=date|Product=product|Amount=line"))
    assert "order_id" not in found


@pytest.mark.parametrize("other", ["row", "card", "id", "code", "fee", "staff", "stored"])
def test_what_is_not_of_one_customer_and_day_tells_no_orders(other):
    raw = written(f"Customer=id|Date=time|Kennung={other}|Menge=pieces|Summe=line", n_lines=3)
    assert "order_id" not in guess_columns(raw)


def told(raw, **columns):
    return list(tell_line_doubts(raw, {**guess_columns(raw), **columns}))


def test_an_orders_own_row_besides_its_lines_is_told():
    raw = written("Receipt=order|Customer=id|Date=date|Total=line", n_lines=3)
    rows = [*zip(*(column.samples for column in raw.columns), strict=True)]
    whole = {
        o: f"{sum(float(r[3]) for r in rows if r[0] == o):.2f}" for o in raw.columns[0].samples
    }
    firsts = {row[0]: row for row in reversed(rows)}
    rows = sorted([*rows, *((*row[:3], whole[order]) for order, row in firsts.items())])
    columns = [
        RawColumn(column.name, "text", cells)
        for column, cells in zip(raw.columns, zip(*rows, strict=True), strict=True)
    ]
    doubled = RawTable("export.csv", (), tuple(columns), "select 1", "fingerprint")
    [sentence] = told(doubled)
    assert "one row has what the others have together, and all of them count" in sentence
    assert told(raw) == []


def test_rows_that_leave_their_order_to_the_row_above_are_told():
    raw = written("Order=order|Customer=id|Date=date|Amount=line", n_lines=3)
    seen = set()
    is_first = [not (order in seen or seen.add(order)) for order in raw.columns[0].samples]
    columns = tuple(
        RawColumn(
            c.name, "text", tuple(v if f else "" for v, f in zip(c.samples, is_first, strict=True))
        )
        for c in raw.columns[:3]
    )
    below = RawTable("export.csv", (), (*columns, raw.columns[3]), "select 1", "fingerprint")
    [sentence] = told(below, order_id="Order")
    assert "have an amount, but neither customer nor date" in sentence


def test_an_id_of_many_people_is_told():
    raw = written("customer_id=id|email=row|date=date|total=amount|order_id=order")
    ids = tuple("0" if i % 2 else f"g{i}" for i in range(len(ORDERS)))
    columns = (RawColumn("customer_id", "text", ids), *raw.columns[1:])
    guests = RawTable("export.csv", (), columns, "select 1", "fingerprint")
    [sentence] = told(guests, email="email")
    assert sentence.startswith("“customer_id” 0 stands with 12 different e-mail addresses")
    assert told(raw, email="email") == []


def test_a_price_that_counts_as_it_stands_is_told():
    raw = written("Customer=id|Date=date|Product=product|Qty=pieces|Price=line")
    assert told(raw) == ["“Price” counts as it stands, and not times the quantity."]
