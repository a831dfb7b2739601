import duckdb
import pytest

from segmentation.sources.cells import over
from segmentation.sources.forms import study_forms
from segmentation.sources.readings import FileReading, RawColumn, RawTable, literal


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'America/New_York'")
        yield connection


def table(cells, kind="text", sql_type="varchar", name="c"):
    values = ", ".join(f"({'null' if cell is None else literal(cell)})" for cell in cells)
    column = '"' + name.replace('"', '""') + '"'
    query = (
        f"select cast(v as {sql_type}) as {column}, 0 as file_index, null as line "
        f"from (values {values}) as t(v)"
    )
    samples = tuple(cell or "" for cell in cells[:1000])
    return RawTable("shop.csv", (), (RawColumn(name, kind, samples),), query, "fingerprint")


def study(connection, cells, ours="ordered_at", choice=None, whole=True, **column):
    raw = table(cells, **column)
    chosen = {ours: choice} if choice else None
    name = raw.columns[0].name
    form = study_forms(connection, raw, {ours: name}, chosen, whole)[ours]
    quoted = '"' + name.replace('"', '""') + '"'
    rows = connection.execute(f"select {over(form.sql, quoted)} from ({raw.query})").fetchall()
    values = [value for (value,) in rows]
    return form, [str(value) if ours == "ordered_at" else value for value in values]


# Values and forms of several columns of one file, each called as ours.
def study_together(connection, choices=None, whole=True, kind="text", **columns):
    names = list(columns)
    rows = [f"({', '.join(map(literal, row))})" for row in zip(*columns.values(), strict=True)]
    query = f"select *, 0 as file_index, null as line from (values {', '.join(rows)})"
    raw = RawTable(
        "shop.csv",
        (FileReading("shop.csv", kind),),
        tuple(RawColumn(name, "text", tuple(columns[name][:1000])) for name in names),
        f"{query} as t({', '.join(names)})",
        "fingerprint",
    )
    forms = study_forms(connection, raw, {name: name for name in names}, choices, whole)
    read = ", ".join(over(forms[name].sql, name) for name in names)
    found = connection.execute(f"select {read} from ({raw.query})").fetchall()
    return dict(zip(names, map(list, zip(*found, strict=True)), strict=True)), forms


def asked(forms):
    return [ours for ours, form in forms.items() if form.is_ambiguous]


def currencies(connection, cells):
    raw = table(cells)
    form = study_forms(connection, raw, {"amount": "c"})["amount"]
    query = f"select {over(form.currency, 'c')} from ({raw.query})"
    return [value for (value,) in connection.execute(query).fetchall()]


DAY = "2024-01-05 00:00:00"
DATES = {
    "iso": ("2024-01-05", DAY),
    "iso without zeros": ("2024-1-5", DAY),
    "iso with slashes": ("2024/01/05", DAY),
    "iso with points": ("2024.01.05", DAY),
    "iso with time": ("2024-01-05 10:11:12", "2024-01-05 10:11:12"),
    "iso without seconds": ("2024-01-05 10:11", "2024-01-05 10:11:00"),
    "iso with T": ("2024-01-05T10:11:12", "2024-01-05 10:11:12"),
    "iso with milliseconds": ("2024-01-05T10:11:12.250", "2024-01-05 10:11:12.250000"),
    "iso with a comma": ("2024-01-05 10:11:12,250", "2024-01-05 10:11:12.250000"),
    "iso with nanoseconds": ("2024-01-05 10:11:12.250000000", "2024-01-05 10:11:12.250000"),
    "iso with Z": ("2024-01-05T10:11:12Z", "2024-01-05 10:11:12"),
    "iso with UTC": ("2024-01-05 10:11:12 UTC", "2024-01-05 10:11:12"),
    "iso with +02:00": ("2024-01-05T10:11:12+02:00", "2024-01-05 10:11:12"),
    "iso with +0200": ("2024-01-05 10:11:12+0200", "2024-01-05 10:11:12"),
    "iso with +02": ("2024-01-05 10:11:12+02", "2024-01-05 10:11:12"),
    "shopify": ("2024-01-05 00:11:12 +0100", "2024-01-05 00:11:12"),
    "iso with half an hour west": ("2024-01-05 10:11:12.5-03:30", "2024-01-05 10:11:12.500000"),
    "iso with PM": ("2024-01-05 10:11:12 PM", "2024-01-05 22:11:12"),
    "blanks around": ("  2024-01-05 ", DAY),
    "blanks that are not": ("2024-01-05\u202f10:11", "2024-01-05 10:11:00"),
    "apostrophe": ("'2024-01-05", DAY),
    "yyyymmdd": ("20240105", DAY),
    "yyyymmdd.0": ("20240105.0", DAY),
    "yyyymmddThhmmss": ("20240105T101112", "2024-01-05 10:11:12"),
    "yyyymmddhhmmss": ("20240105101112", "2024-01-05 10:11:12"),
    "yyyymmddhhmm": ("202401051011", "2024-01-05 10:11:00"),
    "yyyymm": ("202401", "2024-01-01 00:00:00"),
    "yyyy-mm": ("2024-01", "2024-01-01 00:00:00"),
    "mm/yyyy": ("01/2024", "2024-01-01 00:00:00"),
    "d.m.y": ("5.1.2024", DAY),
    "dd.mm.yy": ("05.01.24", DAY),
    "dd.mm.yyyy hh:mm": ("05.01.2024 10:11", "2024-01-05 10:11:00"),
    "german": ("Freitag, 5. Januar 2024 um 10:11 Uhr", "2024-01-05 10:11:00"),
    "german short": ("5. Jän. 2024", DAY),
    "german march": ("5. März 2024", "2024-03-05 00:00:00"),
    "french": ("vendredi 5 janvier 2024", DAY),
    "french first": ("1er août 2024", "2024-08-01 00:00:00"),
    "french short": ("5 févr. 2024", "2024-02-05 00:00:00"),
    "spanish": ("5 de enero de 2024", DAY),
    "spanish afternoon": ("5 ene 2024 1:05 p. m.", "2024-01-05 13:05:00"),
    "french tuesday": ("mar. 5 mars 2024", "2024-03-05 00:00:00"),
    "french tuesday in digits": ("mar. 05.03.2024 10:11", "2024-03-05 10:11:00"),
    "spanish tuesday": ("mar, 9 abr 2024", "2024-04-09 00:00:00"),
    "italian tuesday": ("mar 5 mar 2024", "2024-03-05 00:00:00"),
    "italian": ("5 gennaio 2024", DAY),
    "portuguese": ("5 de março de 2024", "2024-03-05 00:00:00"),
    "argentine": ("5 de enero de 2024 10:11 hs.", "2024-01-05 10:11:00"),
    "zone by its letters": ("05-Jan-2024 10:11 AM EST", "2024-01-05 10:11:00"),
    "portuguese monday": ("segunda-feira, 5 de março de 2024", "2024-03-05 00:00:00"),
    "dutch": ("5 mrt. 2024", "2024-03-05 00:00:00"),
    "polish": ("5 października 2024", "2024-10-05 00:00:00"),
    "polish monday": ("poniedziałek, 5 maja 2024", "2024-05-05 00:00:00"),
    "swedish": ("5 maj 2024", "2024-05-05 00:00:00"),
    "english": ("Jan 5, 2024", DAY),
    "english long": ("Friday, January 5th, 2024 1:05 PM", "2024-01-05 13:05:00"),
    "dd-Mon-yy": ("05-Jan-24", DAY),
    "ddMonyyyy": ("05JAN2024", DAY),
    "month as a word and year": ("Jan 2024", "2024-01-01 00:00:00"),
    "web server": ("05/Jan/2024:10:11:12 -0500", "2024-01-05 10:11:12"),
    "japanese": ("2024年1月5日", DAY),
    "excel": ("45296", DAY),
    "excel with a fraction": ("45296.333333333336", "2024-01-05 08:00:00"),
    "excel with a comma": ("45296,5", "2024-01-05 12:00:00"),
    "unix": ("1704449472", "2024-01-05 10:11:12"),
    "unix.0": ("1704449472.0", "2024-01-05 10:11:12"),
    "unix milliseconds": ("1704449472250", "2024-01-05 10:11:12.250000"),
    "unix milliseconds before 2001": ("852505872250", "1997-01-05 23:11:12.250000"),
    "long ago": ("1900-01-01", "1900-01-01 00:00:00"),
    "far away": ("2999-12-31", "2999-12-31 00:00:00"),
}


@pytest.mark.parametrize(("cell", "expected"), DATES.values(), ids=DATES)
@pytest.mark.parametrize("whole", [True, False])
def test_dates_are_read_as_they_are_written(connection, cell, expected, whole):
    form, values = study(connection, [cell, "", None, cell], whole=whole)
    assert values == [expected, "None", "None", expected]
    assert form.n_unreadable in ({0} if whole else {0, None})
    assert not form.is_ambiguous


@pytest.mark.parametrize(
    ("cell", "choice", "expected"),
    [
        ("05/01/2024", "day_first", DAY),
        ("01/05/2024", "month_first", DAY),
        ("1/5/24", "month_first", DAY),
        ("5 1 2024", "day_first", DAY),
        ("05-01-2024 10:11", "day_first", "2024-01-05 10:11:00"),
        ("1/5/2024 12:05 AM", "month_first", "2024-01-05 00:05:00"),
        ("1/5/2024, 1:05:06\u202fPM", "month_first", "2024-01-05 13:05:06"),
    ],
)
def test_where_day_and_month_are_open_a_choice_decides(connection, cell, choice, expected):
    assert study(connection, [cell])[0].is_ambiguous
    form, values = study(connection, [cell], choice=choice)
    assert values == [expected]
    assert form.chosen == choice
    assert not form.is_ambiguous


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (["05/01/2024", "13/01/2024"], "day/month/year"),
        (["05/01/2024", "01/13/2024"], "month/day/year"),
        (["5-1-24 9:30", "31-1-24 9:30"], "day-month-year"),
        (["05.01.2024", "06.02.2024"], "day.month.year"),
        (["05.01.2024", "06.13.2024"], "month.day.year"),
        (["05/05/2024", "06/06/2024"], "day/month/year"),
    ],
)
def test_the_order_of_day_and_month_follows_from_all_cells(connection, cells, label):
    form, _ = study(connection, cells)
    assert (form.label, form.is_ambiguous) == (label, False)


MIXED = {
    "after and before the day": ["Mar 5 2024", "6 Mar 2024", "Apr 7 2024", "9 Apr 2024"],
    "with short years": ["Mar 5 24", "6 Mar 24", "Apr 7 24", "9 Apr 24"],
    "with the year in front": ["2024 Mar 5", "6 Mar 2024", "Apr 7, 2024", "2024 Apr 9"],
    "with a time": ["5 mars 2024 0:00", "mars 6 2024 0:00", "7 avr. 2024 0:00", "avr. 9 2024 0:00"],
    "among tuesdays": ["mar 5 mar 2024", "mar 6 2024", "7 apr 2024", "mar 9 apr 2024"],
}


@pytest.mark.parametrize("cells", MIXED.values(), ids=MIXED)
def test_a_month_that_is_named_is_the_month_wherever_it_stands(connection, cells):
    form, values = study(connection, cells)
    assert values == [f"2024-{day} 00:00:00" for day in ("03-05", "03-06", "04-07", "04-09")]
    assert form.n_unreadable == 0


def test_when_both_orders_occur_the_more_frequent_wins(connection):
    cells = ["13/01/2024", "14/01/2024", "01/13/2024"]
    form, values = study(connection, cells)
    assert values == ["2024-01-13 00:00:00", "2024-01-14 00:00:00", "None"]
    assert form.n_unreadable == 1
    assert form.notes[0].startswith("1 dates have a day over 12 where the others have the month")


def test_one_order_of_all_dates_needs_no_note(connection):
    cells = ["13/01/2024", "14/01/2024", "01/12/2024", "32/01/2024"]
    assert study(connection, cells)[0].notes == ()


def test_open_order_is_offered_with_the_dates_each_reading_gives(connection):
    form, _ = study(connection, ["05/01/2024", "06/02/2024"])
    assert [(o.name, o.label, str(o.first), str(o.last)) for o in form.options] == [
        ("day_first", "day/month/year", "2024-01-05", "2024-02-06"),
        ("month_first", "month/day/year", "2024-05-01", "2024-06-02"),
    ]


def test_twelve_hour_clocks_put_the_month_first_but_still_ask(connection):
    form, _ = study(connection, ["05/01/2024 1:05 PM"])
    assert [option.name for option in form.options] == ["month_first", "day_first"]


def test_short_years_in_front_are_offered(connection):
    form, _ = study(connection, ["24-01-05", "23-11-30", "24-02-06"])
    assert [option.name for option in form.options] == ["year_first", "day_first"]
    assert study(connection, ["24-01-05"], choice="year_first")[1] == [DAY]
    form, values = study(connection, ["99-01-05", "98-11-30"])
    assert values == ["1999-01-05 00:00:00", "1998-11-30 00:00:00"]
    assert not form.is_ambiguous


@pytest.mark.parametrize(
    "cell",
    [
        "31.02.2024",
        "2024-02-30",
        "20240231",
        "2023-02-29",
        "2024-13-01",
        "00.01.2024",
        "0000-00-00",
        "2024-01-05 25:00",
        "2024-01-05 10:61",
        "infinity",
        "-infinity",
        "epoch",
        "now",
        "today",
        "NaT",
        "2024-01-05 BC",
        "2024-01-05 10:11:12 Europe/Berlin",
        "24-1-5 10:11",
        "1.1.202",
        "2024",
        "12345678",
        "99999999",
        "5",
        "<b>",
    ],
)
def test_what_is_no_date_is_counted_and_never_shifted(connection, cell):
    form, values = study(connection, [cell, "2024-01-05", "2024-01-06", "2024-01-07"])
    assert values[0] == "None"
    assert values[1] == DAY
    assert form.n_unreadable == 1


@pytest.mark.parametrize("cell", ["infinity", "-infinity", "epoch"])
@pytest.mark.parametrize("date", ["05.01.24", "2024-01-05 10:11:12+02", "5/1/24 10:11 +0200"])
def test_words_are_no_dates_however_the_others_are_written(connection, cell, date):
    form, values = study(connection, [cell, date, date])
    assert (values[0], form.n_unreadable) == ("None", 1)
    assert values[1].startswith("2024-01-05")


@pytest.mark.parametrize("cell", ["infinity", "epoch", "24-1-5", "2024-01-05 10:11 PM", "x"])
def test_forms_from_samples_read_nothing_wrongly(connection, cell):
    cells = ["2024-01-05"] * 1000 + [cell]
    form, values = study(connection, cells, whole=False)
    assert form.n_unreadable is None
    assert values[-1] in ("None", "2024-01-05 22:11:00")


def test_a_later_cell_with_an_offset_is_not_read_as_if_it_had_none(connection):
    cells = ["2024-01-05 10:11:12"] * 1000 + ["2024-01-05 10:11:12+02:00"]
    assert study(connection, cells, whole=False)[1][-1] == "None"
    form, values = study(connection, cells)
    assert (values[0], values[-1]) == ("2024-01-05 10:11:12", "2024-01-05 08:11:12")
    assert form.label.endswith("on the UTC clock")
    assert len(form.notes) == 1
    assert form.notes[0].startswith("Times with an offset were put on one clock, UTC")


# By cells: how they are written, and how they are read.
OFFSETS = {
    "winter and summer": (
        ["2024-01-31T00:30:00+01:00", "2024-03-31T00:30:00+01:00", "2024-07-01T01:30:00+02:00"],
        ["2024-01-31 00:30:00", "2024-03-31 00:30:00", "2024-07-01 01:30:00"],
    ),
    "west": (["2024-01-31 23:30 -0500", "2024-07-01 23:30 -0400"], "as written"),
    "London": (["2024-01-31T23:30:00Z", "2024-07-01T00:30:00+01:00"], "as written"),
    "day first, halves of the day": (
        ["13/07/2024 11:30 PM +05:30", "01/02/2024 12:30 AM +05:30"],
        ["2024-07-13 23:30:00", "2024-02-01 00:30:00"],
    ),
    "nanoseconds": (["2024-01-05T00:11:12.250000000+01:00"], ["2024-01-05 00:11:12.250000"]),
    "several places": (
        ["2024-01-31T00:30:00+01:00", "2024-01-31T00:30:00+03:00"],
        ["2024-01-30 23:30:00", "2024-01-30 21:30:00"],
    ),
    "both sides of UTC": (
        ["2024-01-31T00:30:00+01:00", "2024-01-31T23:30:00-0030"],
        ["2024-01-30 23:30:00", "2024-02-01 00:00:00"],
    ),
}


@pytest.mark.parametrize(("cells", "expected"), OFFSETS.values(), ids=OFFSETS)
def test_times_with_the_offsets_of_one_place_are_read_as_written(connection, cells, expected):
    form, values = study(connection, cells)
    if expected == "as written":
        expected = [f"{cell[:10]} {cell[11:16]}:00" for cell in cells]
    assert values == expected
    is_local = values[0][-8:-3] in cells[0] or " PM" in cells[0]
    assert ("as written" in form.notes[0]) == is_local
    assert form.label.endswith("on the UTC clock") != is_local


def test_excel_numbers_among_written_dates_are_read(connection):
    form, values = study(connection, ["2024-01-05", "2024-01-06", "45298"])
    assert values[-1] == "2024-01-07 00:00:00"
    assert form.label == "year-month-day and Excel day numbers"
    assert form.notes == ("The dates are written in more than one way.",)


def test_a_few_numbers_among_other_unreadable_cells_are_not_taken_for_dates(connection):
    form, values = study(connection, ["2024-01-05", "2024-01-06", "45298", "x", "y", "z"])
    assert values[2:] == ["None"] * 4
    assert form.n_unreadable == 4


@pytest.mark.parametrize("dates", [["45296", "45328"], ["2024-05-01", "2024-06-02"]])
def test_dates_that_a_spreadsheet_half_swapped_are_pointed_out(connection, dates):
    form, values = study(connection, ["13/01/2024", "25/02/2024", "26/02/2024", *dates])
    assert "None" not in values
    assert "2 cells are dates already, none with a day over 12" in form.notes[-1]


def test_no_note_where_both_halves_have_all_days(connection):
    form, _ = study(connection, ["13/01/2024", "05/02/2024", "2024-01-06", "2024-02-25"])
    assert form.notes == ("The dates are written in more than one way.",)


NUMBERS = {
    "plain": (["1", "2.50", "-3", "+4", ".5", "6."], [1, 2.5, -3, 4, 0.5, 6]),
    "scientific": (["1e3", "1.5E-3"], [1000, 0.0015]),
    "decimal comma": (["1,5", "1,234", "-2,00"], [1.5, 1.234, -2]),
    "leading zero": (["0,500", "1,250"], [0.5, 1.25]),
    "long before the comma": (["1234,567", "1,250"], [1234.567, 1.25]),
    "german": (["1.234,56", "5,00", "1.000.000,00", "7"], [1234.56, 5, 1_000_000, 7]),
    "english": (["1,234.56", "5.00", "1,000,000", "7"], [1234.56, 5, 1_000_000, 7]),
    "many points": (["1.234.567", "1.234"], [1234567, 1234]),
    "swiss": (["1'234.50", "1’234.50"], [1234.5, 1234.5]),
    "french": (["1 234,50", "1\u00a0234,50", "1\u202f234,50"], [1234.5] * 3),
    "indian": (["1,00,000.00", "12,34,567"], [100_000, 1_234_567]),
    "brackets": (["(3.20)", "($3.20)", "$(3.20)", "3.20"], [-3.2, -3.2, -3.2, 3.2]),
    "accounting": (
        [" $(1,003.20)", "$ (3.20)", "(3.20) USD", "$5.00", "5.00)", "$)", "-$(3.20)"],
        [-1003.2, -3.2, -3.2, 5, None, None, None],
    ),
    "trailing minus": (["4,10-", "4,10 -", "4,10"], [-4.1, -4.1, 4.1]),
    "unicode minus": (["−5.5", "–5.5", "5.5"], [-5.5, -5.5, 5.5]),
    "percent": (["12%", "5.5 %", "-1%"], [0.12, 0.055, -0.01]),
    "no cents": (["12,-", "12,--", "1.234,-", "0,50"], [12, 12, 1234, 0.5]),
    "euro": (["€ 1.234,50", "5 €", "-€ 3,00", "€ -3,00", "EUR 7,5"], [1234.5, 5, -3, -3, 7.5]),
    "dollar": (["$1,234.50", "-$5", "US$ 2", "USD 3", "4 usd"], [1234.5, -5, 2, 3, 4]),
    "pound and yen": (["£2.50", "¥300", "￥300"], [2.5, 300, 300]),
    "zloty": (["1 234,50 zł", "5,00 PLN"], [1234.5, 5]),
    "yen and won as words": (["1200円", "300 円", "¥500", "20원"], [1200, 300, 500, 20]),
    "krona": (["1 234,50 kr", "12,- kr.", "kr 5,25"], [1234.5, 12, 5.25]),
    "real": (["R$ 1.234,50", "R$ 5,00"], [1234.5, 5]),
    "franc": (["CHF 1'234.50", "Fr. 5.25", "12.- SFr."], [1234.5, 5.25, 12]),
    "blanks around": (["  5.5 ", "\t6.5"], [5.5, 6.5]),
}


@pytest.mark.parametrize(("cells", "expected"), NUMBERS.values(), ids=NUMBERS)
@pytest.mark.parametrize("whole", [True, False])
def test_numbers_are_read_as_they_are_written(connection, cells, expected, whole):
    form, values = study(connection, [*cells, "", None], ours="amount", whole=whole)
    assert values == [*expected, None, None]
    assert form.n_unreadable in (expected.count(None), None)
    assert not form.is_ambiguous


@pytest.mark.parametrize(
    "cell",
    ["nan", "NaN", "inf", "-inf", "infinity", "1_000", "0x1A", "1e999", "1 2", "x", "-", "€"],
)
@pytest.mark.parametrize("others", [["1.5", "2.5"], ["1,5", "2,5"], ["€1.50", "€2.50"]])
def test_what_is_no_number_is_counted(connection, cell, others):
    form, values = study(connection, [cell, *others], ours="amount")
    assert values == [None, 1.5, 2.5]
    assert form.n_unreadable == 1


@pytest.mark.parametrize("cell", ["nan", "-inf", "1_000", "0x1A", "1e999", "1,234", "€5"])
def test_plain_numbers_from_samples_read_nothing_wrongly(connection, cell):
    form, values = study(connection, ["1.5"] * 1000 + [cell], ours="amount", whole=False)
    assert (form.n_unreadable, values[-1]) == (None, None)


def test_a_number_that_breaks_the_columns_rule_is_unreadable_not_misread(connection):
    cells = ["1,234.50", "2.50", "3.50", "1,5", "12,34"]
    form, values = study(connection, cells, ours="amount")
    assert values == [1234.5, 2.5, 3.5, None, None]
    assert form.n_unreadable == 2


@pytest.mark.parametrize(
    ("cells", "by_point", "by_comma"),
    [(["1,234", "12,500"], [1234, 12500], [1.234, 12.5]), (["1.234"], [1.234], [1234])],
)
def test_amounts_that_may_be_thousands_or_thousandths_are_asked_about(
    connection, cells, by_point, by_comma
):
    form, values = study(connection, cells, ours="amount", whole=False)
    assert form.is_ambiguous
    assert values == by_point
    assert study(connection, cells, ours="amount", choice="decimal_point")[1] == by_point
    form, values = study(connection, cells, ours="amount", choice="decimal_comma")
    assert values == by_comma
    assert not form.is_ambiguous


@pytest.mark.parametrize(
    "cells",
    [
        ["990", "9.990", "19.990"],
        ["0", "9.990", "19.990"],
        ["1990", "9.990"],
        ["$990", "$9.990", "$19.990"],
        ["990", "9,990", "19,990"],
        ["-", "9.990", "x"],
        ["9.990", "9,990"],
        ["990"] * 1000 + ["9.990"],
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_whole_numbers_beside_open_ones_decide_nothing(connection, cells, whole):
    form, values = study(connection, cells, ours="amount", whole=whole)
    # From samples of whole numbers alone, a later open one is unread, which has all cells studied.
    assert form.is_ambiguous or values[-1] is None
    assert study(connection, cells, ours="amount")[0].is_ambiguous


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["9.990", "0.500", "7"], [9.99, 0.5, 7]),
        (["9.990", "00.125", "7"], [9.99, 0.125, 7]),
        (["9,990", "$0,500", "$7"], [9.99, 0.5, 7]),
        (["1.234E+05", "7"], [123400, 7]),
        (["9.990", "1.234.567"], [9990, 1234567]),
        (["9.990", "1990.5"], [9.99, 1990.5]),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_one_cell_that_is_certain_decides(connection, cells, expected, whole):
    form, values = study(connection, cells, ours="amount", whole=whole)
    assert (values, form.options, form.notes) == (expected, (), ())


@pytest.mark.parametrize("ours", ["quantity", "unit_price", "n_orders"])
@pytest.mark.parametrize("whole", [True, False])
def test_quantities_that_may_be_thousands_or_thousandths_are_asked_about(connection, ours, whole):
    assert study(connection, ["1,234", "12"], ours=ours, whole=whole)[0].is_ambiguous
    assert study(connection, ["1,234", "12"], ours, "decimal_comma")[1] == [1.234, 12]


@pytest.mark.parametrize(
    ("quantities", "prices", "expected"),
    [
        (["1,000", "2"], ["3,50", "1.200,00"], [1, 2]),
        (["1,250", "0"], ["3,50", "4,5"], [1.25, 0]),
        (["1.250", "2"], ["3,50", "4,5"], [1250, 2]),
        (["1,000", "2"], ["3.50", "4.5"], [1000, 2]),
        (["1.000", "2"], ["3.50", "4.5"], [1, 2]),
        (["1,000", "2"], ["$3.50", "$1,200.00"], [1000, 2]),
        (["1,000", "2"], ["7", "0,125"], [1, 2]),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_column_that_is_certain_settles_the_open_ones_of_its_file(
    connection, quantities, prices, expected, whole
):
    for name in ("unit_price", "amount", "customer_age"):
        values, forms = study_together(
            connection, whole=whole, quantity=quantities, **{name: prices}
        )
        assert values["quantity"] == expected
        assert not asked(forms)
        [note] = forms["quantity"].notes
        assert note.endswith(", as the other columns are written.")


def test_a_certain_cell_after_the_samples_settles_the_open_columns_too(connection):
    prices = ["7"] * 1000 + ["3,50"]
    values, forms = study_together(
        connection, whole=False, quantity=["1,000"] * 1001, unit_price=prices
    )
    assert set(values["quantity"]) == {1}
    assert not asked(forms)


@pytest.mark.parametrize(
    ("kind", "others"),
    [
        ("text", {"unit_price": ["3,500", "4"]}),
        ("text", {"unit_price": ["3,50", "4"], "amount": ["3.50", "8"]}),
        ("text", {"customer_age": ["34.0", "51.0"]}),
        ("workbook", {"unit_price": ["3.5", "4.25"]}),
    ],
    ids=["all open", "two that differ", "whole numbers as floats", "number cells of a workbook"],
)
def test_columns_that_do_not_tell_leave_the_others_open(connection, kind, others):
    forms = study_together(connection, kind=kind, quantity=["1,000", "2"], **others)[1]
    assert "quantity" in asked(forms)


@pytest.mark.parametrize(("mark", "expected"), [("comma", [1, 3.5]), ("point", [1000, 3500])])
@pytest.mark.parametrize("ours", ["quantity", "unit_price", "amount"])
def test_an_answer_for_one_column_holds_for_the_other_open_ones(connection, ours, mark, expected):
    values, forms = study_together(
        connection, {ours: f"decimal_{mark}"}, quantity=["1,000"], unit_price=["3,500"]
    )
    assert [values["quantity"][0], values["unit_price"][0]] == expected
    assert not asked(forms)


def test_an_answer_wins_over_what_other_columns_say(connection):
    values, forms = study_together(
        connection, {"quantity": "decimal_point"}, quantity=["1,000"], unit_price=["3,50"]
    )
    assert (values["quantity"], values["unit_price"]) == ([1000], [3.5])
    assert not asked(forms)


@pytest.mark.parametrize(
    ("cells", "label"),
    [
        (["1"], "1234"),
        (["1.5"], "1234.56"),
        (["1.234,5"], "1.234,56"),
        (["1,234.5"], "1,234.56"),
        (["1'234.5"], "1'234.56"),
        (["1,5"], "1234,56"),
    ],
)
def test_labels_show_a_number(connection, cells, label):
    assert study(connection, cells, ours="amount")[0].label == label


def test_currencies_written_with_amounts_are_found(connection):
    cells = ["5 €", "EUR 5", "eur 5", "$5", "US$5", "5 zł", "R$5", "5 kr.", "5"]
    expected = ["EUR", "EUR", "EUR", "$", "USD", "PLN", "BRL", "kr", None]
    assert currencies(connection, cells) == expected
    assert study(connection, ["5"], ours="amount")[0].currency is None


@pytest.mark.parametrize(
    ("ours", "kind", "sql_type", "cell", "expected"),
    [
        ("ordered_at", "timestamp", "timestamp", "2024-01-05 10:11:12", "2024-01-05 10:11:12"),
        ("ordered_at", "date", "date", "2024-01-05", DAY),
        ("ordered_at", "number", "integer", "20240105", DAY),
        ("ordered_at", "number", "double", "45296.5", "2024-01-05 12:00:00"),
        ("ordered_at", "number", "bigint", "1704449472250", "2024-01-05 10:11:12.250000"),
        ("amount", "number", "decimal(9, 2)", "5.25", 5.25),
        ("amount", "number", "double", "5.25", 5.25),
    ],
)
def test_typed_columns_are_taken_as_they_are(connection, ours, kind, sql_type, cell, expected):
    form, values = study(connection, [cell, None], ours=ours, kind=kind, sql_type=sql_type)
    assert values == [expected, "None" if ours == "ordered_at" else None]
    assert form.n_unreadable == 0


def test_a_column_without_any_date_gives_none(connection):
    form, values = study(connection, ["x", "", "y"])
    assert values == ["None"] * 3
    assert (form.label, form.n_unreadable) == ("no dates", 2)


def test_an_empty_column_has_nothing_unreadable(connection):
    assert study(connection, ["", None])[0].n_unreadable == 0
    assert study(connection, ["", None], ours="amount")[0].n_unreadable == 0


def test_the_order_of_rows_does_not_matter(connection):
    dates = ["13/01/2024", "05/02/2024", "2024-01-06", "45296", "x", "5 janvier 2024"] * 3
    amounts = ["1.234,50", "5 €", "1,5", "(7)", "x", "1.234"] * 3
    for ours, cells in (("ordered_at", dates), ("amount", amounts)):
        there, values = study(connection, cells, ours=ours)
        back, reverse = study(connection, cells[::-1], ours=ours)
        assert there == back
        assert values == reverse[::-1]


@pytest.mark.parametrize("name", ['a"b', "'; drop table x; --", "cell", "🛒", "<b>"])
@pytest.mark.parametrize(
    ("ours", "cell"), [("ordered_at", "5 janvier 2024"), ("amount", "'1 234,50 €"), ("amount", "5")]
)
def test_hostile_names_and_cells_do_no_harm(connection, name, ours, cell):
    study(connection, [cell, "'; drop table x; --", 'cell"'], ours=ours, name=name)
