"""Exports of shop systems in which some names mean something else than they say."""

# The names that give a file away, then which of ours is which.
EXPORTS: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (
        ("Name", "Email", "Created at", "Lineitem name", "Lineitem price"),
        {
            "order_id": "Name",
            "status": "Financial Status",
            "customer_id": "Email",
            "ordered_at": "Created at",
            "amount": "Total",
            "quantity": "Lineitem quantity",
            "unit_price": "Lineitem price",
            "product": "Lineitem name",
            "currency": "Currency",
            "city": "Billing City",
            "region": "Billing Province",
            "country": "Billing Country",
            "customer_name": "Billing Name",
            "phone": "Phone",
        },
    ),
    (
        ("Order Number", "Email (Billing)", "Item Name"),
        {
            "order_id": "Order Number",
            "status": "Order Status",
            "customer_id": "Email (Billing)",
            "ordered_at": "Order Date",
            "amount": "Order Total Amount",
            "quantity": "Quantity",
            "unit_price": "Item Cost",
            "product": "Item Name",
            "city": "City (Billing)",
            "country": "Country Code (Billing)",
            "region": "State Code (Billing)",
            "phone": "Phone (Billing)",
        },
    ),
    *(
        (
            ("id", created, "Amount", "Customer ID"),
            {
                "order_id": "id",
                "status": "Status",
                "customer_id": "Customer ID",
                "ordered_at": created,
                "amount": "Amount",
                "currency": "Currency",
                "email": "Customer Email",
            },
        )
        for created in ("Created (UTC)", "Created date (UTC)")
    ),
    # Ta-Feng's AMOUNT is the number of pieces, and SALES_PRICE what was paid for them.
    (
        ("TRANSACTION_DT", "CUSTOMER_ID", "AMOUNT", "SALES_PRICE"),
        {"quantity": "AMOUNT", "amount": "SALES_PRICE", "customer_id": "CUSTOMER_ID"},
    ),
    # Amazon's item-price is what was paid for all pieces of a row, not for one.
    *(
        (
            (order, "purchase-date", "item-price", pieces),
            {
                "order_id": order,
                "status": "order-status",
                "ordered_at": "purchase-date",
                "amount": "item-price",
                "quantity": pieces,
            },
        )
        for order in ("amazon-order-id", "order-id")
        for pieces in ("quantity", "quantity-purchased", "quantity-shipped")
    ),
)
