"""What is exported loads as what it was: nothing changes, whatever was asked."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.catalogue import CATALOGUE
from questions import files, reading, rows
from questions.actions import Loaded, load_entry
from questions.exporting import export
from questions.models import Question, QuestionVersion
from tests.orders import tried
from tests.questions.contents import EVERY, fields_of

pytestmark = pytest.mark.django_db


def bank(*arguments):
    out = StringIO()
    call_command("bank", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def parsed(path):
    return reading.parse(path.read_text())[0]


def test_the_whole_bank_is_exported_and_loaded_without_a_change(tmp_path):
    bank("load")
    count = Question.objects.count()
    before = list(QuestionVersion.objects.values())

    assert bank("export", tmp_path / "a") == [f"Exported: {count} questions to {tmp_path / 'a'}"]
    assert bank("load", tmp_path / "a") == [f"Loaded: {count} unchanged"]
    assert bank("load") == [f"Loaded: {count} unchanged"]
    bank("export", tmp_path / "b")

    assert list(QuestionVersion.objects.values()) == before
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    for path in files.paths():
        shipped, exported = parsed(path), parsed(tmp_path / "a" / path.name)
        assert exported == {name: value for name, value in shipped.items() if value != []}


def test_a_fresh_database_is_filled_from_an_export_alike(tmp_path):
    for kind in EVERY:
        load_entry(files.Entry(fields_of(kind, slug=f"q-{kind.replace('_', '-')}", title=kind)))
    export(tmp_path)
    first = list(QuestionVersion.objects.values_list("question__slug", "digest", "status"))
    QuestionVersion.objects.all().delete()
    Question.objects.all().delete()

    bank("load", tmp_path)

    again = list(QuestionVersion.objects.values_list("question__slug", "digest", "status"))
    assert again == first


@pytest.mark.parametrize("status", files.STATUSES)
@pytest.mark.parametrize("kind", EVERY)
def test_every_kind_in_every_state_is_exported_and_loaded_without_a_change(tmp_path, kind, status):
    load_entry(files.Entry(fields_of(kind, status=status)))
    before = list(QuestionVersion.objects.values())
    export(tmp_path)

    assert load_entry(files.read(tmp_path / "q.yaml")) is Loaded.UNCHANGED
    assert list(QuestionVersion.objects.values()) == before


def test_the_newest_version_is_exported_with_its_status(tmp_path):
    for changes in ({}, {"prompt": "Newer?"}, {"prompt": "Draft?", "status": "draft"}):
        load_entry(files.Entry(fields_of("single_choice", **changes)))

    assert export(tmp_path) == 1

    fields = parsed(tmp_path / "q.yaml")
    assert (fields["prompt"], fields["status"]) == ("Draft?", "draft")


def test_a_coding_question_is_exported_without_the_copy_of_its_row(tmp_path):
    huber = CATALOGUE["huber"]
    fields = rows.fields_of(huber)
    load_entry(rows.entry(fields))

    export(tmp_path)

    assert parsed(tmp_path / "code-huber.yaml") == fields


def is_kept(character):
    return character in "\t\n" or character >= " "


TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="$").filter(is_kept), min_size=1
)
WORDS = st.lists(TEXTS, unique=True, max_size=3)


@settings(max_examples=tried(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([kind for kind in EVERY if kind != "numeric"]),
    st.fixed_dictionaries(
        {
            "prompt": TEXTS,
            "context": TEXTS,
            "official_answer": TEXTS,
            "sources": WORDS,
            "tags": WORDS,
            "minutes": st.integers(1, 240),
            "topics": st.permutations(["vision", "margins", "ranking"]),
            "roles": st.lists(st.sampled_from(list(files.ROLES)), unique=True, min_size=1),
        },
        optional={"instruction": TEXTS},
    ),
)
def test_any_text_is_exported_and_loaded_without_a_change(tmp_path, kind, changes):
    fields = {**fields_of(kind), **changes}
    load_entry(files.Entry(fields))
    before = list(QuestionVersion.objects.values())
    export(tmp_path)

    entry = files.read(tmp_path / "q.yaml")

    assert load_entry(entry) is Loaded.UNCHANGED
    assert list(QuestionVersion.objects.values()) == before
    assert entry.content == files.Entry(fields).content


def test_the_schema_goes_with_an_export(tmp_path):
    export(tmp_path / "new" / "folder")

    assert json.loads((tmp_path / "new" / "folder" / "schema.json").read_text()) == files.schema()


@pytest.mark.parametrize("count", [1, 3])
def test_an_export_takes_two_queries_for_one_question_as_for_three(
    tmp_path, count, django_assert_num_queries
):
    for n in range(count):
        load_entry(files.Entry(fields_of("ordering", slug=f"q{n}")))

    with django_assert_num_queries(2):
        export(tmp_path)


def test_there_is_one_folder_to_export_to(tmp_path):
    with pytest.raises(CommandError, match="one folder"):
        bank("export", tmp_path / "a", tmp_path / "b")


def test_parameters_keep_their_order_whatever_the_database_makes_of_it(tmp_path):
    """One is made of those before it; PostgreSQL gives the shortest name first."""
    parameters = {"second": {"values": [2]}, "first": {"values": [1]}, "a": {"value": "second * 3"}}
    changes = {"parameters": parameters, "prompt": "{{a}}?", "answer": "a", "official_answer": "a"}
    load_entry(files.Entry(fields_of("numeric", **changes, misconceptions=[])))
    version = QuestionVersion.objects.get()
    version.content = dict(sorted(version.content.items()))
    version.content["parameters"] = dict(sorted(parameters.items()))

    assert version.rules.context(version.content, 0)["prompt"] == "6?"
    export(tmp_path)
    assert list(parsed(tmp_path / "q.yaml")["parameters"]) == ["second", "first", "a"]
