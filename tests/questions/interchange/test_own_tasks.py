"""Coding questions with a task of their own: handed on without running it, and read back whole."""

import json

import pytest

from grader.sandbox import Sandbox
from questions.interchange import FORMATS, converting
from questions.interchange.carrying import Carried
from tests.grader.own.examples import MODULE, OWN
from tests.questions.contents import fields_of

FORMS = ["moodle", "qti2", "qti3"]


@pytest.fixture
def fields():
    said = fields_of("coding", own=OWN)
    del said["task"]
    return said


@pytest.fixture(autouse=True)
def _no_sandbox(monkeypatch):
    monkeypatch.setattr(Sandbox, "__init__", pytest.fail)


@pytest.mark.parametrize("form", FORMS)
def test_it_is_read_back_word_by_word(fields, form):
    writing = converting.write(FORMATS[form], [fields])

    reading = converting.read(FORMATS[form], writing.data)

    assert writing.refused == reading.refused == []
    assert [found.fields for found in reading.questions] == [fields]


def test_moodle_gets_the_worked_examples_as_tests(fields):
    text = converting.write(FORMATS["moodle"], [fields]).data.decode()

    assert text.count("<testcase ") == 2
    assert "expected = 1.25" in text
    assert "expected = [0.5, 1.0]" in text
    assert "weight * np.mean(0.5 * e**2)" in text


def test_an_edit_elsewhere_keeps_the_task(fields):
    data = converting.write(FORMATS["moodle"], [fields]).data
    edited = data.replace(b"Write it.", b"Write it in NumPy.")

    (found,) = converting.read(FORMATS["moodle"], edited).questions

    assert found.fields["prompt"] == "Write it in NumPy."
    assert found.fields["own"] == OWN


def test_without_what_we_carried_it_is_refused_with_the_reason(fields, monkeypatch):
    monkeypatch.setattr(Carried, "text", lambda carried: "gone")
    data = converting.write(FORMATS["moodle"], [fields]).data

    (remark,) = converting.read(FORMATS["moodle"], data).refused

    assert "the file does not bring it along" in remark.sentence


@pytest.mark.parametrize(
    "spoilt",
    [
        {**OWN, "examples": [{"arguments": [[1]], "value": "x", "working": ""}]},
        {**OWN, "arguments": []},
        {**OWN, "module": 7},
        {"slug": "half-squares"},
        [],
    ],
    ids=["example", "no arguments", "no text", "nothing", "a list"],
)
def test_a_damaged_definition_is_refused_and_not_run(fields, spoilt, monkeypatch):
    monkeypatch.setattr(
        Carried, "text", lambda carried: json.dumps({"fields": {**carried.fields, "own": spoilt}})
    )
    data = converting.write(FORMATS["moodle"], [fields]).data

    reading = converting.read(FORMATS["moodle"], data)

    assert len(reading.refused) + len(reading.questions) == 1
    assert MODULE not in str(reading.questions)
