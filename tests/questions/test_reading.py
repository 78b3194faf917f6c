"""YAML is read as plain data with its lines, and written so that it reads back."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from questions import files, reading, writing
from questions.reading import Unreadable
from tests.questions.contents import EVERY, fields_of


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        pytest.param("", 1, "no fields", id="empty"),
        pytest.param("- a\n", 1, "no fields", id="a list"),
        pytest.param("a: &a [1]\nb: *a\n", 2, "no aliases", id="an alias"),
        pytest.param("a: &a {b: *a}\n", 1, "no aliases", id="an alias of itself"),
        pytest.param("a: " + "[" * 100_000, 1, "nested", id="lists without end"),
        pytest.param("a: " + "{b: " * 50_000, 1, "nested", id="fields without end"),
        pytest.param("a: 1\nb: 2\na: 3\n", 3, "'a' is given twice", id="a field twice"),
        pytest.param("a:\n  b: 1\n  b: 2\n", 3, "'b' is given twice", id="an inner field twice"),
        pytest.param("a: x: y\n", 1, "not allowed", id="two colons"),
        pytest.param("a: x\n---\nb: y\n", 2, "document", id="two documents"),
        pytest.param("a: 1\n2: x\n", 2, "in quotes", id="a number for a name"),
        pytest.param("yes: x\n", 1, "in quotes", id="a name that reads as true"),
        pytest.param("[a]: x\n", 1, "in quotes", id="a list for a name"),
        pytest.param("<<: {a: 1}\n", 1, "in quotes", id="a merge"),
        pytest.param("a: 2020-01-31\n", 1, "a date", id="a date"),
        pytest.param("a: [1, .inf]\n", 1, "no plain number", id="infinity"),
        pytest.param("a: .NaN\n", 1, "no plain number", id="NaN"),
        pytest.param("a: 1.0e+999\n", 1, "no plain number", id="more than a float holds"),
        pytest.param("a: 1:30\n", 1, "no plain number", id="a number in base 60"),
        pytest.param("a: 012\n", 1, "no plain number", id="an octal number"),
        pytest.param(f"a: {'9' * 5000}\n", 1, "no plain number", id="5,000 digits"),
        pytest.param("a: !!int x\n", 1, "no plain number", id="a word marked as a number"),
        pytest.param("a: !!python/name:os.system\n", 1, "are plain", id="a Python object"),
        pytest.param("a: !!set {b}\n", 1, "are plain", id="a set"),
        pytest.param("a: !!binary aGk=\n", 1, "are plain", id="bytes"),
        pytest.param('a: "\\0"\n', 1, "cannot be kept", id="a null character"),
        pytest.param('a: "\\ud800"\n', 1, "character", id="half a surrogate pair"),
    ],
)
def test_what_is_no_plain_data_is_refused_with_its_line(text, line, sentence):
    with pytest.raises(Unreadable, match=sentence) as caught:
        reading.parse(text)

    assert caught.value.line == line
    assert caught.value.sentence.endswith(".")
    assert len(caught.value.sentence) < 120


def test_every_field_has_its_line():
    _, lines = reading.parse("a: 1\nb:\n  - c: 2\n    d: |\n      text\n  - 3\n")

    assert lines[("a",)] == 1
    assert lines[("b",)] == 2
    assert (lines[("b", 0, "c")], lines[("b", 0, "d")], lines[("b", 1)]) == (3, 4, 6)


def is_kept(character):
    return character in "\t\n" or character >= " "


TEXTS = st.text(st.characters(exclude_categories=["Cs"]).filter(is_kept), max_size=200)
# What YAML takes for something else, in every order.
TRAPS = st.lists(
    st.sampled_from(
        ["a", "word ", "\n", "\n\n", "  ", "\t", "#", " #", "- ", ": ", "? ", "|", ">", "'", '"',
         "{{p}}", "[", "*", "&", "%", "!", "@", "`c`", "$x$", "0", "1e5", "no", "~", "2020-01-01",
         "...", "---", "é", "\x85", "\u2028", "\ufeff", "some words that make a line long "]
    ),
    max_size=30,
).map("".join)  # fmt: skip
SCALARS = (
    TEXTS
    | TRAPS
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
)
DATA = st.recursive(
    SCALARS,
    lambda data: st.lists(data, max_size=4) | st.dictionaries(TEXTS | TRAPS, data, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(list(EVERY)), DATA, TEXTS | TRAPS)
def test_whatever_is_written_reads_back_as_it_was(kind, data, title):
    fields = {"kind": kind, "title": title, "prompt": data, "sources": [title]}

    assert reading.parse(writing.text(fields))[0] == fields


@pytest.mark.parametrize("kind", EVERY)
def test_a_file_has_its_fields_in_one_order_and_says_where_the_schema_is(kind):
    fields = fields_of(kind, status="draft")
    text = writing.text(fields)

    assert text == writing.text(dict(reversed(fields.items())))
    assert text.startswith("# yaml-language-server: $schema=schema.json\nslug: q\nstatus: draft\n")
    assert list(reading.parse(text)[0])[-3:] == ["related", "tags", "sources"]


def test_markdown_of_several_lines_is_written_as_it_is_read():
    prompt = "First: a line.\n\n- $\\delta$\n- `code`\n"

    text = writing.text(fields_of("single_choice", prompt=prompt))

    assert "prompt: |\n  First: a line.\n\n  - $\\delta$\n  - `code`\n" in text


JUNK = st.none() | SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXTS, SCALARS)


def places(value, way=()):
    """The way to everything in `value`."""
    if isinstance(value, dict | list):
        names = value if isinstance(value, dict) else range(len(value))
        for name in names:
            yield (*way, name)
            yield from places(value[name], (*way, name))


@given(st.sampled_from(list(EVERY)), st.data())
def test_a_good_file_with_anything_anywhere_is_good_or_a_bad_file(tmp_path_factory, kind, data):
    fields = reading.parse(writing.text(fields_of(kind)))[0]
    way = data.draw(st.sampled_from(list(places(fields))))
    holder = fields
    for name in way[:-1]:
        holder = holder[name]
    holder[way[-1]] = data.draw(JUNK)
    path = tmp_path_factory.getbasetemp() / "q.yaml"
    path.write_text(yaml.safe_dump(fields, sort_keys=False), encoding="utf-8")

    assert all(1 <= fault.line <= 100 and fault.sentence for fault in faults_of(path))


def faults_of(path):
    try:
        files.read(path)
    except files.BadFile as bad:
        return bad.faults
    return []
