"""Names that columns go by in files with one row a customer."""

# As in `aliases`, the surest name first.
CUSTOMER_ALIASES = {
    "n_orders": """
        n orders, number of orders, orders count, order count, total orders, orders, num orders,
        no of orders, count of orders, total number of orders, lifetime orders, frequency,
        number of purchases, n purchases, purchases, purchase count, total purchases,
        total transactions, number of transactions, transactions, n transactions,
        Anzahl Bestellungen, Bestellungen, Anzahl Käufe, Anzahl Aufträge, Käufe,
        nombre de commandes, nb commandes, nb de commandes, commandes, nombre d'achats,
        número de pedidos, pedidos, total pedidos, número de compras, compras,
        numero ordini, numero di ordini, ordini, numero acquisti, número de encomendas,
        aantal bestellingen, aantal orders, bestellingen, liczba zamówień, zamówienia,
        antal ordrar, antal beställningar, antal ordrer, antal køb
    """,
    "first_ordered_at": """
        first order date, first order, first ordered at, first purchase date, first purchase,
        date of first order, date of first purchase, customer since, first order at, acquired at,
        acquisition date, erste Bestellung, Erstkauf, erster Kauf, Erstbestellung, Kunde seit,
        première commande, premier achat, date de première commande, client depuis,
        primer pedido, primera compra, primo ordine, primo acquisto, cliente dal,
        primeira compra, primeiro pedido, eerste bestelling, eerste aankoop, klant sinds,
        pierwsze zamówienie, pierwszy zakup, första köp, första order, første køb, første ordre
    """,
    "ordered_at": """
        last order date, last order, last ordered at, last purchase date, last purchase,
        date of last order, date of last purchase, last order at, most recent order,
        most recent purchase, latest order, latest purchase, last transaction date,
        last transaction, last active, last seen,
        letzte Bestellung, letzter Kauf, letztes Bestelldatum, letzter Einkauf,
        dernière commande, dernier achat, date de dernière commande, date dernier achat,
        último pedido, última compra, fecha última compra, fecha último pedido,
        ultimo ordine, ultimo acquisto, data ultimo ordine, data ultimo acquisto,
        data da última compra, laatste bestelling, laatste aankoop, ostatnie zamówienie,
        ostatni zakup, senaste köp, senaste order, seneste køb, seneste ordre
    """,
    "amount": """
        total spent, total spend, lifetime spend, lifetime revenue, amount spent, total revenue,
        total sales, monetary, monetary value, total value, customer lifetime value, total amount,
        total purchase amount, money spent, spent, spend, revenue, aov total,
        Gesamtumsatz, Umsatz gesamt, Umsatz, Gesamtausgaben, dépenses totales, total dépensé,
        montant total, chiffre d'affaires, CA total, total gastado, gasto total, importe total,
        totale speso, spesa totale, fatturato, total gasto, totale uitgaven, totaal besteed,
        totale omzet, omzet, łączne wydatki, suma zakupów, total försäljning, samlet køb,
        samlet omsætning
    """,
}
