"""Names that columns go by in the files that shops export."""

from segmentation.sources.otherscripts import OTHER_SCRIPTS

# Our column, then what it is called elsewhere, the surest name first. Names are compared without
# case, accents, blanks and punctuation, so "Customer ID" also stands for customer_id.
_IN_LATIN = {
    "customer_id": """
        customer unique id, customer id, customer no, customer nr, customer number, customer code,
        customer key, customer account, customer ref, cust id, cust no, customer, client id,
        client no, client number, client code, client, user id, buyer id, buyer user id, buyer,
        shopper id, member id,
        membership number, loyalty id, loyalty card, card number, contact id, account id,
        account number, household id, household key, visitor id, customer email,
        person id, party id, sold to, bill to customer, uid,
        Kundennummer, Kunden-Nr, Kunde Nr, Kdnr, Kd-Nr, Kunden-ID, Kunde ID, Kundencode, Kunde,
        Debitor, Debitorennummer, Debitornr, Käufer, Käufer ID, Mitgliedsnummer, Kontonummer,
        ID client, numéro client, num client, n° client, no client, code client,
        référence client, identifiant client, compte client, acheteur,
        id cliente, cliente id, número de cliente, num cliente, nº cliente, n cliente,
        código de cliente, código cliente, cod cliente, cliente, comprador,
        codice cliente, numero cliente, id do cliente, código do cliente, número do cliente,
        klantnummer, klant nr, klant id, klantcode, klant, debiteurnummer, debiteur,
        id klienta, numer klienta, nr klienta, kod klienta, klient, kontrahent, id kupującego,
        kundnummer, kund nr, kund id, kund, kundenummer, kunde id, asiakasnumero, asiakas,
        cliente codigo, zákazník, vevő, müşteri no, müşteri,
        sold to party, sold to customer no, sell to customer no, bill to customer no, account
        reference, account ref, shopper reference, cust code, full visitor id, buyer username, buyer
        login, username buyer, associated contact ids, associated company ids, kontakt id,
        auftraggeber, verk an deb nr, deb nr, kunnr, kunag, kunrg
    """,
    "ordered_at": """
        order purchase timestamp, transaction timestamp, ordered at, order date, order datetime,
        order timestamp, order creation date, order time, order created at, order placed at,
        order placed, date ordered, purchase date, purchased at, purchase timestamp,
        purchase datetime, date of purchase,
        invoice date, invoice datetime, transaction date, transaction datetime, transaction time,
        trans date, txn date, sale date, sales date, date of sale, sold at, sold on,
        bill date, billing date, receipt date, booking date, posting date,
        created at, created date utc, created utc, created, created on, date created,
        creation date, timestamp, datetime, date time, date, day, order day,
        event time, event timestamp, completed at, processed at, closed at, payment date, paid at,
        purchased on, booked on, booked at, date issued, issue date, invoice bill date, close date,
        closing date, date added, won time, transaction dt, t dat, fkdat, erdat, budat,
        Bestelldatum, Bestellt am, Auftragsdatum, Rechnungsdatum, Belegdatum, Kaufdatum,
        Verkaufsdatum, Buchungsdatum, Datum, Zeitpunkt, Erstellt am, Umsatzdatum,
        date de commande, date commande, date de la commande, date d'achat, date achat,
        date de facture, date facture, date de vente, date vente, créé le, date de création,
        fecha de pedido, fecha pedido, fecha del pedido, fecha de compra, fecha compra,
        fecha de factura, fecha factura, fecha de venta, fecha venta, fecha,
        data ordine, data dell'ordine, data acquisto, data fattura, data vendita, data,
        data do pedido, data pedido, data da compra, data de compra, data da venda, data venda,
        data da fatura, data de criação,
        orderdatum, besteldatum, aankoopdatum, factuurdatum, verkoopdatum,
        data zamówienia, data zakupu, data sprzedaży, data faktury, data transakcji,
        beställningsdatum, köpdatum, fakturadatum, ordredato, bestillingsdato, købsdato,
        fakturadato, dato, tilauspäivä, päivämäärä, tarih, sipariş tarihi,
        last order date, last order, last ordered at, last purchase date, last purchase,
        date of last order, letzte Bestellung, letzter Kauf, dernière commande, dernier achat,
        última compra, último pedido, ultimo ordine, ultimo acquisto, laatste bestelling
    """,
    "amount": """
        payment value, sales value, order total, order total amount, total order value,
        order amount, order value, total amount, total sales, sales amount, sales, sale amount,
        revenue, net revenue, gross revenue, n revenue, amount, net amount, gross amount,
        total paid, amount paid, total price, total value, total, grand total, line total,
        row total, item total, line amount, extended price, ext price, subtotal, sum,
        invoice amount, invoice total, invoice value, transaction amount, transaction value,
        purchase amount, purchase value, payment amount, paid, turnover, spend, spent,
        total spend, total spent, lifetime spend, amount spent, money spent, monetary,
        monetary value, dollar value, dollars, value, net sales, gross sales, billing amount,
        bill amount, basket value, cost total, gmv, gross merchandise value, price total,
        Umsatz, Gesamtumsatz, Nettoumsatz, Umsatz netto, Umsatz brutto, Betrag, Gesamtbetrag,
        Nettobetrag, Bruttobetrag, Rechnungsbetrag, Bestellwert, Bestellsumme, Summe, Gesamt,
        Gesamtpreis, Gesamtsumme, Zeilensumme, Warenwert, Erlös, Positionsbetrag,
        montant, montant total, montant ht, montant ttc, total ttc, total ht, chiffre d'affaires,
        CA, ca ht, ca ttc, prix total, valeur, somme,
        importe, importe total, monto, monto total, ventas, venta, ingresos, facturación,
        precio total, valor total, valor, total pedido, total factura, total linea,
        importo, importo totale, totale, totale ordine, fatturato, ricavo, ricavi, vendite,
        prezzo totale, valor pago, valor da venda, valor do pedido, preço total, receita, vendas,
        faturamento, montante, bedrag, totaalbedrag, totaal, omzet, orderbedrag, totaalprijs,
        kwota, wartość, wartość zamówienia, suma, łącznie, razem, cena łączna, sprzedaż,
        przychód, belopp, summa, totalbelopp, försäljning, omsättning, beløb, totalbeløb,
        omsætning, salg, i alt, total beløb, myynti, tutar, toplam,
        order item total, gross, gross earnings, brutto, total due, g t base, g t purchased, netto,
        net value, nettowert, netwr, toplam tutar, satış tutarı
    """,
    "order_id": """
        order id, id order, order number, order no, order nr, order code, order key, order ref,
        order reference, order name, order, orderid, purchase id, purchase order, po number,
        invoice no, invoice id, invoice number, invoice nr, invoice, invoice code,
        transaction id, transaction number, transaction no, transaction code, txn id, trans id,
        basket id, cart id, receipt id, receipt number, receipt no, receipt, ticket id,
        ticket number, ticket no, bill id, bill number, bill no, sale id, sales id, sales order,
        sales order number, session order id, payment id, charge id, document number, document no,
        Bestellnummer, Bestell-Nr, Bestell-ID, Bestellung, Auftragsnummer, Auftrag, Auftrags-Nr,
        Auftragsnr, Rechnungsnummer, Rechnungs-Nr, Rechnung, Belegnummer, Beleg-Nr, Beleg,
        numéro de commande, numéro commande, n° commande, n° de commande, no commande,
        num commande, id commande, commande, référence commande, numéro de facture,
        numéro facture, n° facture, facture, ticket,
        número de pedido, num pedido, nº pedido, n pedido, id pedido, pedido id, pedido,
        número de factura, nº factura, factura,
        numero ordine, num ordine, n ordine, id ordine, ordine, numero fattura, fattura,
        scontrino, número do pedido, id do pedido, nota fiscal, fatura,
        ordernummer, bestelnummer, bestelling, bestelling id, factuurnummer, factuur, bonnummer,
        numer zamówienia, nr zamówienia, id zamówienia, zamówienie, numer faktury, nr faktury,
        faktura, paragon, ordernr, beställningsnummer, fakturanummer, ordrenummer, ordre nr, ordre,
        bestillingsnummer, fakturanr, tilausnumero, sipariş no, fatura no,
        sipariş numarası, increment id, doc no, doc number, document id, billing document, vbeln,
        voucher no, voucher number, confirmation code, confirmation number, booking number, booking
        id, book number, reservation number, reservation id, deal id, opportunity id, check id,
        check number, merchant reference, psp reference, num, auftrags id, vorgangsnummer,
        transaktionscode, transaktionsnummer, transaktions id, número de orden, nº de orden, nro de
        orden, orden, de venta, no de venda
    """,
    "quantity": """
        quantity, qty, quantity ordered, ordered quantity, order quantity, quantity sold,
        lineitem quantity, item quantity, product quantity, units, units sold, unit sold,
        number of units, items, items sold, number of items, n items, pieces, pcs, count,
        number of cds, volume, order qty, order item quantity, item count, no of items,
        Menge, Anzahl, Stückzahl, Stück, Stk, Bestellmenge, Artikelanzahl,
        quantité, qté, qte, nombre, nb articles, cantidad, cant, unidades,
        quantità, qta, pezzi, quantidade, qtd, qtde, aantal, hoeveelheid, stuks,
        ilość, sztuk, szt, liczba sztuk, antal, kvantitet, mængde, antall, määrä, kpl, adet, miktar,
        qty ordered, total items, billed quantity, fakturierte menge, fkimg, kwmeng, quantidade
        comprada
    """,
    "unit_price": """
        unit price, price per unit, price per item, price each, item price, lineitem price,
        product price, selling price, sale price, sales price, list price, retail price,
        net price, item cost, unit cost, unit value, price, rate, avg price, price unit,
        Einzelpreis, Stückpreis, Preis pro Stück, Preis je Einheit, Artikelpreis, Verkaufspreis,
        VK-Preis, Preis, Einheitspreis, prix unitaire, prix unitaire ht, prix unitaire ttc, pu,
        pu ht, pu ttc,
        prix de vente, prix à l'unité, prix, precio unitario, precio por unidad, precio unidad,
        precio de venta, precio, prezzo unitario, prezzo di vendita, prezzo, preço unitário,
        valor unitário, preço, stuksprijs, eenheidsprijs, prijs per stuk, verkoopprijs, prijs,
        cena jednostkowa, cena za sztukę, cena, styckpris, pris per styck, á-pris, enhetspris,
        stykpris, enhedspris, pris pr stk, pris, yksikköhinta, hinta, birim fiyat, fiyat,
        unit amount, item rate, valor do produto, vk netto, vk brutto, birim fiyatı, netpr
    """,
    "currency": """
        currency, currency code, order currency, payment currency, presentment currency,
        Währung, Währungscode, Waehrung, devise, monnaie, moneda, divisa, valuta, moeda, waluta,
        valutakod, valutta, para birimi,
        waerk
    """,
    "product": """
        product name, product title, product description, item name, item description,
        lineitem name, item title, article name, article description, product s, products,
        product, item, description, title, product full name, name of product, sku name,
        Produktname, Produktbezeichnung, Artikelbezeichnung, Artikelname, Artikelbeschreibung,
        Bezeichnung, Produkt, Artikel, Ware, nom du produit, nom produit, libellé produit,
        libellé article, désignation, libellé, produit, article,
        nombre del producto, nombre producto, descripción del producto, descripción, producto,
        artículo, nome prodotto, descrizione prodotto, descrizione, prodotto, articolo,
        nome do produto, nome produto, descrição do produto, descrição, produto, artigo,
        productnaam, productomschrijving, omschrijving, artikelnaam, artikelomschrijving,
        nazwa produktu, nazwa towaru, produkt nazwa, towar, opis produktu, produktnamn,
        artikelnamn, beskrivning, benämning, produktnavn, varenavn, vare, vara, tuote, tuotenimi,
        ürün adı, ürün, product id, product code, product key, sku, stock code, stockcode,
        item id, item code, item number, article id, article number, asin, ean, upc, isbn,
        lineitem sku, Artikelnummer, Artikel-Nr, Produktnummer, référence produit, code article,
        référence article, référence, código de producto, código producto, codice prodotto,
        codice articolo, código do produto, productcode, productnummer, artikelcode,
        kod produktu, indeks, varenummer, menu item, arktx, matnr, material
    """,
    "category": """
        product category name english, product category name, product category, category name,
        category, categories, product category s, item category, main category, category 1,
        category l1, product group, product line, product type, product class, item group,
        department, department name, product family, family, commodity, assortment, group,
        Kategorie, Produktkategorie, Warengruppe, Produktgruppe, Artikelgruppe, Sortiment,
        Produktart, Sparte, catégorie, catégorie produit, catégorie de produit, famille, rayon,
        gamme, categoría, categoría de producto, categoría producto, familia, grupo, categoria,
        categoria prodotto, categoria do produto, reparto, famiglia, departamento, categorie,
        productcategorie, productgroep, artikelgroep, kategoria, kategoria produktu,
        grupa produktów, grupa towarowa, kategori, produktkategori, varugrupp, produktgrupp,
        varegruppe, produktgruppe, tuoteryhmä, sub category, subcategory,
        sales category, matkl
    """,
    "region": """
        region, customer region, sales region, region name, state province, state, province,
        customer state, customer province, billing province, billing state, shipping province,
        shipping state, state code billing, state name billing, province name, billing region,
        territory, sales territory, area, district, county, zone, market area, us state, location,
        Bundesland, Kanton, Gebiet, Verkaufsgebiet, Vertriebsgebiet, Land Region, Regierungsbezirk,
        région, département, secteur, región, provincia, comunidad autónoma, estado, zona,
        regione, região, distrito, UF, regio, provincie, gewest, województwo, regon, region klienta,
        län, landskap, landsdel, fylke, maakunta, bölge
    """,
    "city": """
        city, customer city, billing city, city billing, shipping city, city shipping, town,
        city name, ship city, store city, municipality, city of customer,
        Stadt, Ort, Wohnort, Rechnungsort, Kundenort, Lieferort, ville, ville client, commune,
        localité, ciudad, población, localidad, municipio, città, comune, località, cidade,
        município, localidade, stad, plaats, woonplaats, gemeente, miasto, miejscowość, ort kund,
        postort, by, kaupunki, şehir
    """,
    "country": """
        country, customer country, country name, billing country, country billing,
        country code billing, country name billing, shipping country, country shipping,
        country code, country region, ship country, nation, market, card issue country, geography,
        Land, Kundenland, Rechnungsland, Lieferland, Staat, Länderkennzeichen, pays, pays client,
        pays de facturation, país, pais, país cliente, paese, nazione, stato, país do cliente,
        landcode, kraj, kraj klienta, państwo, lantkod, landekode, maa, ülke
    """,
    "age_group": """
        age group, age band, age range, age bracket, age class, age category, customer age group,
        age segment, generation, age cohort, Altersgruppe, Altersklasse, Altersstufe,
        tranche d'âge, classe d'âge, groupe d'âge, grupo de edad, rango de edad, tramo de edad,
        fascia d'età, fascia di età, faixa etária, grupo etário, leeftijdsgroep,
        leeftijdscategorie, grupa wiekowa, przedział wiekowy, åldersgrupp, aldersgruppe, ikäryhmä
    """,
    "customer_age": """
        customer age, age, age years, age in years, client age, user age, Alter, Kundenalter,
        Alter in Jahren, âge, âge client, edad, edad cliente, età, età cliente, idade, leeftijd,
        wiek, wiek klienta, ålder, alder, ikä, yaş
    """,
    "customer_name": """
        customer name, customer full name, full name, client name, buyer name, contact name,
        billing name, billing full name, name of customer, shopper name, account name,
        user name, recipient name, shipping name, name,
        Kundenname, Name des Kunden, Rechnungsname, Käufername, Vor- und Nachname, Firma,
        nom client, nom du client, nom complet, nom, raison sociale, nombre cliente,
        nombre del cliente, nombre completo, nombre, nome cliente, nome completo, nome,
        ragione sociale, nome do cliente, klantnaam, naam klant, naam, nazwa klienta,
        imię i nazwisko, nazwisko, kundnamn, namn, kundenavn, navn, asiakkaan nimi, nimi,
        müşteri adı, bill to name, sell to customer name, ship to name, consumer name,
        retailer name,
        invoice partner display name, guest, guest name, guest names, guest name s, booked by,
        purchaser, contact person, associated contact, associated company, organization,
        organisation, company name, alıcı, name 1,
        last name, surname, last name billing, first name billing
    """,
    "email": """
        email, e-mail, email address, e-mail address, mail, customer email, customer e-mail,
        client email, billing email, email billing, contact email, user email, buyer email,
        E-Mail-Adresse, Mailadresse, Kunden-E-Mail, Kundenmail, courriel, adresse email,
        adresse e-mail, adresse mail, email client, mél, correo, correo electrónico, email cliente,
        posta elettronica, indirizzo email, endereço de email, correio eletrónico,
        emailadres, e-mailadres, adres email, adres e-mail, e-postadress, e-post, epost, eposta,
        mailadresse, sähköposti
    """,
    "phone": """
        phone, phone number, telephone, telephone number, tel, mobile, mobile number, mobile phone,
        cell phone, customer phone, billing phone, phone billing, contact number, contact phone,
        shipping phone, Telefon, Telefonnummer, Handy, Handynummer, Mobil, Mobilnummer, Rufnummer,
        téléphone, numéro de téléphone, portable, teléfono, móvil, número de teléfono, telefono,
        cellulare, telefone, celular, telemóvel, telefoon, telefoonnummer, mobiel, numer telefonu,
        komórka, mobilnummer, puhelin, puhelinnumero
    """,
}
ALIASES = {
    ours: ",".join([names, *([OTHER_SCRIPTS[ours]] if ours in OTHER_SCRIPTS else [])])
    for ours, names in _IN_LATIN.items()
}
