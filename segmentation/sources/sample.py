"""The sample shop: made-up sales of a made-up shop, the same on every run."""

import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

FIRST_DAY, N_DAYS = np.datetime64("2023-01-01"), 912
N_CUSTOMERS, N_GUESTS, MAX_ORDERS = 5_000, 850, 60
N_NO_DATE, N_NO_AMOUNT, RETURNED, COPIED, NO_MAIL = 12, 9, 0.03, 0.005, 0.015
CUSTOMER_COLUMNS = (
    *("Customer_ID", "Customer_Name", "Email"),
    *("Customer_Age", "Age_Group", "Customer_City", "Customer_Region", "Country"),
)
SALES_COLUMNS = ("Order_Date", "Product", "Category", "Quantity", "Unit_Price", "Sales")
COLUMNS = ("Order_ID", *CUSTOMER_COLUMNS[:3], *SALES_COLUMNS, *CUSTOMER_COLUMNS[3:])

# How busy the shop is: from January, from Monday, from midnight. Days on which prices rise.
MONTHS = (0.95, 0.6, 0.9, 0.95, 1.0, 0.95, 0.9, 0.85, 1.0, 1.1, 1.75, 1.9)
WEEKDAYS = (1.05, 0.95, 0.9, 0.95, 1.0, 1.2, 1.3)
HOURS = (*(2, 1, 1, 1, 1, 1, 2, 4, 6, 8, 10, 10), *(12, 10, 8, 8, 10, 12, 14, 16, 18, 16, 10, 6))
NEW_YEARS, PRICE_LEVELS = (365, 731), (1.0, 1.04, 1.07)


class Kind(NamedTuple):
    """A kind of customer: how many, the days between orders, and when they come and go."""

    share: float
    gap: float
    share_leaving: float
    begins: tuple[float, float] = (0, N_DAYS)
    ends: tuple[float, float] = (N_DAYS, N_DAYS)


KINDS = (
    Kind(0.09, 46, 0.002, begins=(0, 780)),  # champions
    Kind(0.33, 195, 0.03, begins=(0, 860)),  # regulars
    Kind(0.22, 85, 0.2, begins=(0, 780)),  # those who drift away
    Kind(0.05, 45, 0.0, begins=(0, 300), ends=(420, 790)),  # valuable, then gone
    Kind(0.08, 28, 0.35, begins=(840, N_DAYS)),  # new
    Kind(0.23, 1, 1.0),  # one order only
)
CHAMPION, ONCE = 0, 5

# Country, region, its weight, cities.
_PLACES = """
Germany, Berlin, 7, Berlin Potsdam
Germany, Bavaria, 11, Munich Nuremberg Augsburg
Germany, Hamburg, 7, Hamburg
Germany, North Rhine-Westphalia, 13, Cologne Düsseldorf Dortmund Münster
Germany, Saxony, 6, Dresden Leipzig
Austria, Vienna, 7, Vienna
France, Île-de-France, 9, Paris Versailles Saint-Denis
France, Brittany, 5, Rennes Brest Saint-Malo
Netherlands, North Holland, 6, Amsterdam Haarlem Zaandam
Netherlands, Utrecht, 4, Utrecht Amersfoort
Poland, Masovia, 5, Warsaw Płock Radom
Greece, Attica, 4, Athens Piraeus
Bulgaria, Sofia, 3, Sofia
Ireland, Leinster, 4, Dublin Drogheda Bray
"""
PLACES = [line.split(", ") for line in _PLACES.strip().split("\n")]
CHAMPION_REGIONS, CHAMPION_WEIGHT = ("Berlin", "Utrecht"), 30

# First and last names of each country.
_NAMES = """
Germany: Anna Lukas Jürgen Käthe Björn Lena Max Mia Jörg Sophie Ayşe Emre Jonas Clara Felix Ida
    Müller Schmidt Schäfer Weiß Özdemir Köhler Wagner Hoffmann Großmann Becker Krüger Yılmaz
Austria: Elisabeth Florian Magdalena Josef Theresa Matthäus Valentina Tobias Franziska Simon
    Gruber Huber Pichler Steiner Moser Mayr Fuchs Hölzl Wörgötter Lechner Brandstätter Egger
France: Zoé François Éloïse Benoît Chloé Mathéo Inès Hélène Théo Manon Gaël Anaïs Luc Noémie
    Dupont Lefèvre D'Aubigné L'Hermite Bélanger Garçon Moreau Girard N'Diaye Faure Noël Petit
Netherlands: Sanne Daan Femke Joris Noor Bram Lotte Sven Maud Thijs Anouk Ruben Marieke Koen
    de_Vries Jansen Bakker Visser Smit in_'t_Veld Mulder de_Groot van_Dijk Bos Dekker Koster
Poland: Łukasz Małgorzata Zofia Paweł Agnieszka Michał Żaneta Stanisław Ewa Grażyna Jan Kinga
    Nowak Wójcik Kowalczyk Błaszczyk Śliwa Krawczyk Lis Mazur Zając Wróbel Pająk Gołąb Dudek
Greece: Ελένη Γιώργος Μαρία Νίκος Κατερίνα Δημήτρης Σοφία Κώστας Άννα Παύλος Ειρήνη Θανάσης
    Νικολάου Γεωργίου Οικονόμου Βασιλείου Δήμου Αθανασίου Ιωάννου Αλεξίου Παύλου Αντωνίου
Bulgaria: Мария Елена Десислава Цветелина Йоана Радка Ралица Гергана Виктория Снежана Яна
    Иванова Петрова Димитрова Георгиева Тодорова Колева Стоянова Ангелова Христова Илиева
Ireland: Aoife Seán Niamh Ciarán Siobhán Pádraig Róisín Conor Gráinne Oisín Máire Declan
    O'Brien O'Neill Murphy D'Arcy Byrne O'Sullivan Kelly Walsh O'Connor Ryan Doyle Nolan
"""
NAMES = {
    country: (first.split(), [name.replace("_", " ") for name in last.split()])
    for country, first, last in re.findall(r"(\w+): (.+)\n {4}(.+)", _NAMES)
}
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ß": "ss", "ı": "i"})
_SLUGS = {
    name: re.sub("[^a-z]", "", unicodedata.normalize("NFKD", name.translate(_LETTERS)).lower())
    for name in (name for parts in NAMES.values() for part in parts for name in part)
}

AGE_GROUPS = ("18–24", "25–34", "35–44", "45–54", "55–64", "65 and over")
AGE_STARTS, AGE_SHARES = (18, 25, 35, 45, 55, 65, 86), (0.1, 0.23, 0.24, 0.19, 0.14, 0.1)

# How much each age group likes a category, and its products with their price in 2023.
_CATALOGUE = """
Coffee & tea: 2 3 3 2 2 2: Espresso beans=21.90, Filter coffee=11.90, Darjeeling=9.50, Cup=8,
    Green tea=8.90, Chai mix=7.90, Hand grinder=54, French press=32, Moka pot=39, Travel mug=24.50
Kitchen: 1 2 4 3 3 2: Cast iron pan=64, Chef's knife=49, Chopping board=27.50, Salad bowl=29,
    Baking tin=16.90, Spice rack=22, Linen apron=26, Soup pot=79
Garden: 1 1 2 4 6 7: Tomato seeds=3.90, Lavender seeds=3.50, Herb planter=24.90, Secateurs=28,
    Watering can=19.90, Bird feeder=17.50, Garden gloves=12.50, Trowel=11.90
Toys & games: 2 5 6 2 1 2: Wooden train=39.90, Puzzle 1000 pieces=18.90, Memory game=14.50,
    Kite=21, Building blocks=34, Board game=32.90, Plush fox=16.90, Marble run=44
Beauty: 6 4 2 2 1 1: Hand cream=8.90, Solid shampoo=9.90, Face oil=24, Lip balm=4.50,
    Bath salts=12.90, Body lotion=14.90, Beard oil=16.50, Sun cream=15.90
Outdoor: 5 4 3 2 2 1: Water bottle=22.90, Daypack=69, Head torch=34.90, Camping mug=9.90,
    Hammock=54, Rain jacket=119, Trekking socks=16.90, Picnic blanket=36
Books & paper: 2 2 2 3 4 6: Notebook=12.90, Fountain pen=29.90, Calendar=17.90, Cookbook=29,
    Crime novel=14, Travel guide=19.90, Gift wrap=5.90, Cards=8.50, Desk lamp=59, Album=24.90
"""
_SHELVES = re.findall(r"^(\S.+?): (.+?): (.+(?:\n {4}.+)*)", _CATALOGUE, re.MULTILINE)
CATEGORIES = [category for category, _, _ in _SHELVES]
_TASTES = np.array([taste.split() for _, taste, _ in _SHELVES], float)
_SIZES = [products.count("=") for _, _, products in _SHELVES]
PRICES = {name: float(price) for name, price in re.findall(r"(\w[^,=:]*)=([\d.]+)", _CATALOGUE)}
PRODUCTS = list(PRICES)


class Lines(NamedTuple):
    """Rows of orders: one entry each; times in minutes since the first day, prices in cents."""

    order: np.ndarray
    customer: np.ndarray
    minute: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    price: np.ndarray

    def at(self, rows: np.ndarray) -> "Lines":
        """The lines asked for, in that order."""
        return Lines(*(values[rows] for values in self))


def build_sample_shop(seed: int = 20240601) -> pa.Table:
    """Sales of an online shop that is made up, from 2023-01-01 to 2025-06-30.

    About 60,000 rows, by time, of 5,000 customers with what real files have: seasons and growth,
    returns (negative quantity and sales, an order number of their own), guests without an id,
    exact duplicates, a few missing dates and amounts, one-time buyers, and valuable customers who
    have gone. Champions are more common in `CHAMPION_REGIONS`. Money in euros, age in years.

    Parameters
    ----------
    seed : int, default=20240601
        Another one makes another shop of the same kind.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    kind = rng.choice(len(KINDS), N_CUSTOMERS, p=[kind.share for kind in KINDS])
    kind = np.append(kind, np.full(N_GUESTS, ONCE))
    age_group = rng.choice(len(AGE_GROUPS), kind.size, p=AGE_SHARES)
    lines = _draw_lines(rng, age_group, *_draw_orders(rng, kind))
    lines, no_date, no_amount = _with_flaws(rng, _with_returns(rng, lines))
    columns = _sales_columns(lines, no_date, no_amount)
    for name, values in _customer_columns(rng, kind, age_group, lines.customer).items():
        columns[name] = pa.array(values).take(pa.array(lines.customer))
    return pa.table(columns).select(COLUMNS)


def write_sample_shop(path: Path) -> None:
    """The sample shop as a CSV file: UTF-8, a header, commas."""
    # no text of the shop needs quotes, and pyarrow would put them around all of it
    options = pa.csv.WriteOptions(include_header=False, quoting_style="none", batch_size=16_384)
    with path.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        pa.csv.write_csv(build_sample_shop(), file, options)


def _draw_orders(rng: np.random.Generator, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Customer and minute of each order, by time."""
    gap, leaving = (np.array([each[column] for each in KINDS])[kind] for column in (1, 2))
    begins, ends = (np.array([each[column] for each in KINDS])[kind].T for column in (3, 4))
    wait = rng.standard_exponential((kind.size, MAX_ORDERS), np.float32)
    wait *= (gap * rng.gamma(5, 1 / 5, kind.size))[:, None]
    # a power below 1 moves beginnings to later days: the shop grows
    wait[:, 0] = begins[0] + (begins[1] - begins[0]) * rng.random(kind.size) ** 0.8
    stays = rng.random(wait.shape, np.float32) >= leaving[:, None]
    stays[:, 0] = True
    at, last = np.cumsum(wait, axis=1), rng.uniform(*ends)
    customer, nth = np.nonzero((at <= last[:, None]) & np.logical_and.accumulate(stays, axis=1))
    minute = _calendar_days(at[customer, nth]) * 1440 + rng.integers(60, size=nth.size)
    minute += 60 * rng.choice(24, nth.size, p=np.array(HOURS) / sum(HOURS))
    by_time = np.argsort(minute, kind="stable")
    return customer[by_time], minute[by_time]


def _calendar_days(at: np.ndarray) -> np.ndarray:
    """Days since the first day, from days of a clock that runs faster the busier the shop is."""
    days = FIRST_DAY + np.arange(N_DAYS)
    month, weekday = days.astype("datetime64[M]").astype(int) % 12, (days.astype(int) + 3) % 7
    busy = np.cumsum(np.take(MONTHS, month) * np.take(WEEKDAYS, weekday))
    return np.minimum(np.searchsorted(busy * N_DAYS / busy[-1], at), N_DAYS - 1)


def _draw_lines(
    rng: np.random.Generator, age_group: np.ndarray, customer: np.ndarray, minute: np.ndarray
) -> Lines:
    appetite = rng.gamma(4, 0.45, age_group.size)[customer]
    order = np.repeat(np.arange(customer.size), 1 + np.minimum(rng.poisson(appetite), 7))
    popularity = np.concatenate([np.arange(2, size + 2) ** -0.7 for size in _SIZES])
    odds = np.cumsum(np.repeat(_TASTES, _SIZES, axis=0).T * popularity, axis=1)
    # the age groups' odds one behind the other, so that one search serves all of them
    odds = odds / odds[:, -1:] + np.arange(len(AGE_GROUPS))[:, None]
    drawn = np.searchsorted(odds.ravel(), age_group[customer[order]] + rng.random(order.size))
    # a product stands once in an order: the only exact duplicates are those made on purpose
    lines = np.unique(order * len(PRODUCTS) + drawn % len(PRODUCTS))
    order, product = np.divmod(lines, len(PRODUCTS))
    year = np.searchsorted(NEW_YEARS, minute[order] // 1440, "right")
    price = np.take(list(PRICES.values()), product) * np.take(PRICE_LEVELS, year)
    quantity = rng.choice(np.arange(1, 6), order.size, p=(0.66, 0.21, 0.07, 0.04, 0.02))
    cents = np.rint(price * 10).astype(int) * 10
    return Lines(order, customer[order], minute[order], product, quantity, cents)


def _with_returns(rng: np.random.Generator, lines: Lines) -> Lines:
    """Lines by time, some of them sent back in part or whole some weeks later."""
    later = lines.minute + rng.integers(5 * 1440, 40 * 1440, lines.minute.size)
    in_time = np.flatnonzero(later < N_DAYS * 1440)
    n_returns = round(RETURNED / (1 - RETURNED) * later.size)
    rows = np.sort(rng.choice(in_time, n_returns, replace=False))
    pieces = rng.integers(1, lines.quantity[rows] + 1)
    back = lines.at(rows)._replace(minute=later[rows], quantity=-pieces)
    both = Lines(*(np.concatenate(pair) for pair in zip(lines, back, strict=True)))
    return both.at(np.argsort(both.minute, kind="stable"))


def _with_flaws(rng: np.random.Generator, lines: Lines) -> tuple[Lines, np.ndarray, np.ndarray]:
    """Lines with exact duplicates, and for each line whether its date or amount is missing."""
    n_copies = round(COPIED * lines.order.size)
    sound = np.flatnonzero((lines.customer < N_CUSTOMERS) & (lines.quantity > 0))
    rows = rng.choice(sound, n_copies + N_NO_DATE + N_NO_AMOUNT, replace=False)
    copied, no_date, no_amount = np.split(rows, [n_copies, n_copies + N_NO_DATE])
    kept = np.sort(np.append(np.arange(lines.order.size), copied))
    return lines.at(kept), np.isin(kept, no_date), np.isin(kept, no_amount)


def _sales_columns(lines: Lines, no_date: np.ndarray, no_amount: np.ndarray) -> dict[str, pa.Array]:
    category = np.repeat(np.arange(len(CATEGORIES)), _SIZES)[lines.product]
    prefix = pa.array(["SO-", "RT-"]).take(pa.array((lines.quantity < 0).astype(int)))
    number = pa.array(100_001 + lines.order).cast(pa.string())
    at = FIRST_DAY.astype("datetime64[s]") + lines.minute * np.timedelta64(60, "s")
    return {
        "Order_ID": pc.binary_join_element_wise(prefix, number, ""),
        "Order_Date": pa.array(at, mask=no_date),
        "Product": pa.array(PRODUCTS).take(pa.array(lines.product)),
        "Category": pa.array(CATEGORIES).take(pa.array(category)),
        "Quantity": pa.array(lines.quantity),
        "Unit_Price": _money(lines.price, no_amount),
        "Sales": _money(lines.price * lines.quantity, no_amount),
    }


def _money(cents: np.ndarray, missing: np.ndarray) -> pa.Array:
    """Cents as exact decimals, which are integers of 128 bits in Arrow."""
    halves = np.stack([cents, cents >> 63], axis=1)
    there = np.packbits(~missing, bitorder="little")
    buffers = [pa.py_buffer(part.tobytes()) for part in (there, halves)]
    return pa.Array.from_buffers(pa.decimal128(10, 2), cents.size, buffers)


def _draw_places(rng: np.random.Generator, kind: np.ndarray) -> list[list[str]]:
    """An entry of `PLACES` for each customer."""
    shares = np.array([place[2] for place in PLACES], float)
    liked = shares * [CHAMPION_WEIGHT if place[1] in CHAMPION_REGIONS else 1 for place in PLACES]
    usual = rng.choice(len(PLACES), kind.size, p=shares / shares.sum())
    champions = rng.choice(len(PLACES), kind.size, p=liked / liked.sum())
    return [PLACES[place] for place in np.where(kind == CHAMPION, champions, usual)]


def _customer_columns(
    rng: np.random.Generator, kind: np.ndarray, age_group: np.ndarray, buyer: np.ndarray
) -> dict[str, tuple]:
    """What is known of each customer; of guests, who come last, only where they live."""
    number = 10_001 + np.argsort(np.argsort(np.unique(buyer, return_index=True)[1]))
    age = rng.integers(np.take(AGE_STARTS, age_group), np.take(AGE_STARTS, age_group + 1))
    chances = rng.random((kind.size, 4)).tolist()
    rows = []
    for i, (country, region, _, cities) in enumerate(_draw_places(rng, kind)):
        known: tuple = (None,) * 5
        if i < N_CUSTOMERS:
            who = _person(country, int(number[i]), chances[i])
            known = (*who, int(age[i]), AGE_GROUPS[age_group[i]])
        towns = cities.split()
        rows.append((*known, towns[int(chances[i][3] ** 2 * len(towns))], region, country))
    return dict(zip(CUSTOMER_COLUMNS, zip(*rows, strict=True), strict=True))


def _person(country: str, number: int, chances: list[float]) -> tuple[str, str, str | None]:
    firsts, lasts = NAMES[country]
    first, last = firsts[int(chances[0] * len(firsts))], lasts[int(chances[1] * len(lasts))]
    mail = f"{_SLUGS[first]}.{_SLUGS[last]}{number}@example.{'com' if number % 3 else 'org'}"
    return f"C-{number}", f"{first} {last}", mail.lstrip(".") if chances[2] > NO_MAIL else None
