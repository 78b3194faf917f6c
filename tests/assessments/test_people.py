"""Lists of people as they are pasted, exported and mistyped."""

import csv
import io
from datetime import UTC, datetime

import pytest

from assessments.people import (
    MOST_BYTES,
    Unreadable,
    as_table,
    decoded,
    person_of,
    read_people,
)
from assessments.recruiter.plain_csv import csv_lines


def read(text):
    return [person_of(row) for row in read_people(text).rows]


def who(text):
    return [(person.name, person.email) for person in read(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ada <ada@x.org>", [("Ada", "ada@x.org")]),
        ("Ada, ada@x.org", [("Ada", "ada@x.org")]),
        ("Ada; ADA@X.org", [("Ada", "ada@x.org")]),
        ("ada@x.org, Ada", [("Ada", "ada@x.org")]),
        ("Ada\tada@x.org", [("Ada", "ada@x.org")]),
        ('"Lovelace, Ada" <ada@x.org>', [("Lovelace, Ada", "ada@x.org")]),
        ("Ada <ada@x.org>; Bo <bo@x.org>;", [("Ada", "ada@x.org"), ("Bo", "bo@x.org")]),
        ("Ada <ada@x.org>, Bo <bo@x.org>", [("Ada", "ada@x.org"), ("Bo", "bo@x.org")]),
        ("\n\r\nAda <ada@x.org>\r\n\rBo <bo@x.org>", [("Ada", "ada@x.org"), ("Bo", "bo@x.org")]),
        ("grace.hopper@x.org", [("Grace Hopper", "grace.hopper@x.org")]),
    ],
)
def test_people_are_read_as_mail_programs_and_people_write_them(text, found):
    assert who(text) == found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "names",
    [
        ["name", "email", "extra_percent", "expires", "large_type", "language", "phone"],
        [
            "Name",
            "E-Mail-Adresse",
            "Zusatzzeit %",
            "gültig bis",
            "Große Schrift",
            "Sprache",
            "Tel.",
        ],
    ],
    ids=["English", "German"],
)
def test_a_table_names_its_columns(delimiter, names):
    cells = ["Ada", "ada@x.org", "25 %", "31.12.2030", "ja", "Deutsch", "1"]
    text = "\n".join(delimiter.join(line) for line in [names, cells])

    [person] = read(text)

    assert (person.name, person.email, person.faults) == ("Ada", "ada@x.org", ())
    assert person.sets == {
        "extra_percent": 25,
        "expires": datetime(2030, 12, 31, 23, 59, tzinfo=UTC),
        "large_type": True,
        "language": "de",
    }
    assert read_people(text).unknown == (names[-1],)


def test_first_and_last_names_are_one_name_and_spreadsheets_say_their_delimiter():
    assert who("sep=;\nVorname;Nachname;Mail\nAda;Lovelace;ada@x.org") == [
        ("Ada Lovelace", "ada@x.org")
    ]


def test_a_row_is_named_by_the_line_where_it_begins():
    rows = read_people('name,email,message\nAda,a@x.org,"two\nlines"\n\nBo,b@x.org,').rows

    assert [(row.line, row.cells["name"]) for row in rows] == [(2, "Ada"), (5, "Bo")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name,email\n,ada@x.org", "The name is missing."),
        ("; ada@x.org", "The name is missing."),
        ("name,email\nAda,", "The e-mail address is missing."),
        ("Ada Lovelace", "The e-mail address is missing."),
        ("Ada, ada@x", "“ada@x” is no e-mail address."),
        ("Ada <ada@@x.org>", "“ada@@x.org” is no e-mail address."),
        ("Ada, ada@x.org, 25", "More than a name and an address"),
        ("email,extra_percent\na@x.org,500", "no number of extra percent from 0 to 400"),
        ("email,extra_minutes\na@x.org,-5", "no number of extra minutes"),
        ("email,untimed\na@x.org,maybe", "neither yes nor no"),
        ("email,expires\na@x.org,soon", "is no day"),
        ("email,language\na@x.org,fr", "is no language of ours: en, de."),
    ],
)
def test_what_is_wrong_with_a_row_is_said(text, fault):
    [person] = read(text)

    assert fault in " ".join(person.faults)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"]
)
def test_a_file_is_read_in_whichever_encoding_it_comes(encoding):
    text = "Name;E-Mail\nJürgen Müller;j@x.org\n"

    assert who(decoded(text.encode(encoding))) == [("Jürgen Müller", "j@x.org")]


@pytest.mark.parametrize(
    "content", [b"x" * (MOST_BYTES + 1), b"PK\x03\x04\x14\x00\x00\x00"], ids=["large", "a workbook"]
)
def test_what_is_no_text_is_refused(content):
    with pytest.raises(Unreadable):
        decoded(content)


@pytest.mark.parametrize("text", ["", "\n \n", "name,email\n"])
def test_a_list_of_nobody_is_refused(text):
    with pytest.raises(Unreadable, match="nobody"):
        read_people(text)


def test_a_list_ends_at_two_thousand():
    people = [f"p{number}@x.org" for number in range(2001)]

    assert len(read_people("\n".join(people[:2000])).rows) == 2000
    with pytest.raises(Unreadable, match="2,001"):
        read_people("\n".join(people))


def test_rows_that_were_left_out_come_back_mended_and_are_never_formulas():
    hostile = '=HYPERLINK("http://x")'
    quoted = hostile.replace(chr(34), 2 * chr(34))
    rows = read_people(f'name,email,extra_percent\n"{quoted}",,25\n').rows
    file = "".join(csv_lines(as_table([(rows[0], "=why")])))

    table = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
    assert table[0]["name"] == f"'{hostile}"
    assert table[0]["reason"] == "'=why"
    [again] = read_people(file).rows
    assert again.cells["name"] == hostile
    assert again.cells["extra_percent"] == "25"
