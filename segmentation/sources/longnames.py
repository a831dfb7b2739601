"""Words by which a column is known although its name has more in it."""

# What a longer name may have in it, such as "fact customer id" or "Umsatz 2024 in EUR".
PART_ALIASES = {
    "customer_id": """customer id, customer no, customer nr, customer number, customer code,
        customer key, customer email, cust id, client id, client no, user id, member id, buyer id,
        household, kundennummer, kundennr, kunden nr, kunden id, numero client, num client,
        id client, id cliente, codigo cliente, codice cliente, klantnummer, klant id, id klienta,
        numer klienta, kundnummer, kundenummer, customer, kunde, cliente, klient""",
    "ordered_at": """order date, purchase date, invoice date, transaction date, bestelldatum,
        date, datetime, timestamp, datum, fecha, data, dato, created, time""",
    "amount": """total, amount, revenue, sales, turnover, spend, umsatz, betrag, gesamtbetrag,
        montant, importe, ventas, importo, fatturato, bedrag, omzet, kwota, wartosc, belopp, belob,
        valor, value""",
    "order_id": """order id, order no, order nr, order number, invoice no, invoice number,
        invoice id, transaction id, transaction no, receipt no, receipt number, basket id,
        bestellnummer, bestell nr, auftragsnummer, rechnungsnummer, belegnummer, numero commande,
        numero de commande, numero pedido, numero de pedido, numero ordine, ordernummer,
        bestelnummer, numer zamowienia, ordrenummer""",
    "quantity": """quantity, qty, units, pieces, menge, anzahl, stuckzahl, quantite, cantidad,
        quantita, quantidade, aantal, ilosc, antal""",
    "unit_price": """unit price, einzelpreis, prix unitaire, precio unitario, prezzo unitario,
        preco unitario, stuksprijs, cena jednostkowa, price, preis, prix, precio, prezzo, prijs""",
    "status": """order status, order state, financial status, payment status, bestellstatus,
        auftragsstatus, zahlungsstatus, statut commande, estado pedido, stato ordine, status,
        statut, estado, stato, situacao, state""",
    "product": """product name, product title, product description, item name, item description,
        produktname, produktbezeichnung, artikelbezeichnung, nom produit, nombre producto,
        nome prodotto, productnaam, nazwa produktu, produktnamn, produktnavn, product, artikel""",
    "category": "category, kategorie, categorie, categoria, kategoria, kategori, warengruppe",
    "region": "region, state, province, bundesland, provincia, provincie",
    "city": "city, town, stadt, ville, ciudad, citta, cidade, stad, miasto",
    "country": "country, pays, pais, paese, kraj",
    "age_group": "age group, age band, age range, altersgruppe",
    "email": "email, e mail, mail address",
    "phone": "phone, telephone, mobile, telefon, telefono, telephone",
}

# Words in the names of columns whose cells alone might be ours, but are something else.
NOT_BY_CELLS = {
    "customer_id": """tax vat price cost fee rate discount shipping amount total time paid shipped
        channel store shop till register terminal cashier employee staff seller vendor warehouse
        supplier carrier tracking listing coupon voucher product item sku asin ean mwst rabatt line
        position style size brand barcode account card device menu check table server session
        internal digits suffix shipment settlement fulfillment postcode postalcode zipcode pincode
        branch outlet location merchant
        filiale kasse kassierer mitarbeiter lieferant plz uhrzeit tva remise caisse magasin
        vendeur""",
    "ordered_at": """birth birthday birthdate dob geburtsdatum geburtstag naissance nacimiento
        nascita nascimento geboortedatum urodzenia expiry expires expiration""",
    "order_id": """tracking shipment package delivery coupon voucher phone telefon time day week
        month year datum lieferdatum versanddatum uhrzeit fecha hora dato weight gewicht""",
    "amount": """vat mwst tva iva btw taxes weight gewicht poids peso gewichts waga size length
        width height rating score latitude longitude lat lon lng distance age hours balance saldo
        guthaben""",
}

# What is only a part of a customer's name, and what is where such a part stands beside it.
HALF_NAMES = """last name, surname, family name, first name, given name, last name billing,
    first name billing, billing last name, billing first name, customer last name,
    customer first name, Nachname, Familienname, Vorname, nom de famille, prénom, apellido,
    apellidos, cognome, sobrenome, achternaam, voornaam, nazwisko, imię, efternamn, förnamn,
    efternavn, fornavn, sukunimi, etunimi, фамилия, имя"""
BARE_NAMES = "name, nom, nombre, nome, naam, namn, navn, nimi"

# Numbers of orders only where each row is one.
ROW_IDS = """id, order, record id, no, nr, number, numero, numer, nummer, reference, référence,
    referencia, ref"""

# Words that make a longer name mean something else.
STRANGERS = {
    "customer_id": """name type segment group country city region state age note notes since
        gender date order orders status count zip postal address language score rating value
        total amount spend merchant category class tier level income rank lifestage""",
    "ordered_at": """ship shipped shipping delivery delivered due birth dob updated update
        modified cancelled canceled cancellation expiry expires return returned refund refunded
        liefer livraison versand approved estimated limit carrier""",
    "amount": """tax discount shipping refund refunded fee fees tip count quantity freight id no
        number num rep person date orders items units share percent rate rank channel unit
        cost insurance balance outstanding due remaining offen commission profit margin steuer
        rabatt versand""",
    "order_id": "date status total",
    "quantity": "price total refund refunded return returned per",
    "unit_price": "total tax discount list compare cost sum gesamt shipping gift",
    "status": """customer client cliente kunden kunde klant user account member contact lead
        marketing email newsletter consent opt subscription abo abonnement suscripcion fulfillment
        fulfilment delivery shipping shipment tracking dispatch versand lieferung lieferstatus
        livraison expedition envio entrega spedizione consegna levering verzending wysylki dostawy
        leverans return returns refund stock inventory product item line lineitem marital civil
        employment tax risk fraud review loyalty billing date time at zip code ship store seller""",
    "product": "price quantity qty category date count total weight width height photos cost",
    "category": "customer id code date count",
    "region": "code id store seller warehouse order status current item",
    "city": "store seller warehouse code id",
    "country": "store seller warehouse origin id",
    "email": """marketing accepts status opt consent date sent opened to owner seller
        merchant vendor staff employee agent store shop""",
    "phone": "type brand model service",
    "age_group": "",
}
