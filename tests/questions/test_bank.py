"""The bank's files: what they say wrong is named with line and field."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from grader.catalogue import CATALOGUE
from questions import files, rows
from questions.actions import load_entry
from questions.models import Question, QuestionVersion

HUBER = CATALOGUE["huber"]
GOOD = """\
slug: q
kind: single_choice
title: A question
topics: [regression]
difficulty: easy
minutes: 2
context: Whether they know.
prompt: Which one?
options:
  - {key: a, text: "One", right: true, rationale: "It is."}
  - {key: b, text: "Two", rationale: "No.", misconception: "It is two."}
  - {key: c, text: "Three", rationale: "No.", misconception: "It is three."}
official_answer: One.
"""


@pytest.fixture
def write(tmp_path):
    def write(text=GOOD, name="q"):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        return path

    return write


def bank(action, *paths):
    out, err = StringIO(), StringIO()
    call_command("bank", action, *map(str, paths), stdout=out, stderr=err)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("path", files.paths(), ids=lambda path: path.stem)
def test_every_shipped_file_is_fine(path):
    entry = files.read(path)

    Draft202012Validator(files.schema()).validate(dict(entry.fields))


def test_the_published_schema_is_the_one_that_files_are_read_by():
    assert json.loads((files.BANK / "schema.json").read_text()) == files.schema()
    Draft202012Validator.check_schema(files.schema())


@pytest.mark.parametrize(
    "task", [task for task in CATALOGUE.values() if task.brief], ids=lambda task: task.slug
)
def test_every_task_makes_a_coding_question(task):
    entry = rows.entry(rows.fields_of(task))

    Draft202012Validator(files.schema()).validate(dict(entry.fields))
    assert set(task.brief.topics) <= set(files.topics())
    assert entry.content["prompt"] == task.brief.prompt
    assert entry.content["shown"]["rules"] == list(task.rules)


def test_a_row_whose_topic_is_unknown_makes_no_question():
    fields = {**rows.fields_of(HUBER), "topics": ["regresion"]}

    with pytest.raises(files.BadFile, match=r"code-huber.*no topic 'regresion'"):
        rows.entry(fields)


def test_a_file_of_its_own_takes_the_place_of_a_row(tmp_path):
    assert "code-huber" in {fields["slug"] for fields in rows.questions(tmp_path)}

    (tmp_path / "code-huber.yaml").touch()

    assert "code-huber" not in {fields["slug"] for fields in rows.questions(tmp_path)}


@pytest.mark.django_db
def test_a_mended_row_makes_a_new_version_and_the_old_one_stays(monkeypatch):
    entry = rows.entry(rows.fields_of(HUBER))
    assert [load_entry(entry), load_entry(entry)] == ["new", "unchanged"]

    monkeypatch.setitem(CATALOGUE, "huber", replace(HUBER, rules=("Another rule.",)))

    assert [load_entry(entry), load_entry(entry)] == ["changed", "unchanged"]
    old, new = QuestionVersion.objects.order_by("number")
    assert old.content["shown"]["rules"] == list(HUBER.rules)
    assert new.content["shown"]["rules"] == ["Another rule."]


@pytest.mark.django_db
def test_the_whole_bank_is_loaded_and_loaded_again():
    first, again = bank("load"), bank("load")

    count = Question.objects.count()
    assert first[-1] == f"Loaded: {count} new"
    assert again == [f"Loaded: {count} unchanged"]
    slugs = {path.stem for path in files.paths()} | {f"code-{slug}" for slug in CATALOGUE}
    assert {question.slug for question in Question.objects.all()} == slugs


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        pytest.param("slug: q", "slug: other", 1, "slug", id="slug is not the file's name"),
        pytest.param("kind: single_choice", "kind: essay", 2, "kind", id="unknown kind"),
        pytest.param("[regression]", "[regresion]", 4, "topics.0", id="unknown topic"),
        pytest.param("minutes: 2", "minutes: soon", 6, "minutes", id="a word for a number"),
        pytest.param("official_answer: One.\n", "", 1, "", id="a field is missing"),
        pytest.param("prompt:", "promt:", 1, "", id="a misspelt field"),
        pytest.param('rationale: "No.", misconception: "It is two."', 'rationale: ""',
                     11, "options.1.rationale", id="an empty rationale"),
        pytest.param(", right: true", "", 9, "options", id="no right option"),
        pytest.param(', misconception: "It is three."', "", 12, "options.2",
                     id="a distractor without misconception"),
        pytest.param("minutes: 2", "minutes: 2\nminutes: 3", 7, "", id="a field twice"),
        pytest.param("title: A", "title: A: B", 3, "", id="not YAML"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_field(write, old, new, line, field):
    assert old in GOOD

    with pytest.raises(files.BadFile) as caught:
        files.read(write(GOOD.replace(old, new)))

    assert (line, field) in [(fault.line, fault.field) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"", "no fields", id="empty"),
        pytest.param(b"- a\n", "no fields", id="a list"),
        pytest.param(b"\xff\xfe", "can't be read", id="not UTF-8"),
        pytest.param(b"a: &a [1]\nb: *a\n", "no aliases", id="an alias"),
        pytest.param(b"a: !!python/name:os.system\n", "are plain", id="a Python object"),
        pytest.param(b"a: " + b"x" * 300_000, "larger than", id="too large"),
    ],
)
def test_a_file_that_is_no_question_is_refused(tmp_path, content, sentence):
    path = tmp_path / "q.yaml"
    path.write_bytes(content)

    with pytest.raises(files.BadFile, match=sentence):
        files.read(path)
