"""Loading brings the database up to the files, and never touches what was published."""

from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from questions import files, writing
from questions.actions import Loaded, load_entry, retire_without_file
from questions.models import Question, QuestionVersion
from tests.questions.contents import EVERY, fields_of

pytestmark = pytest.mark.django_db


def load(fields=None, *, shipped=False, **changes):
    fields = {**(fields or fields_of("single_choice")), **changes}
    fields = {name: value for name, value in fields.items() if value is not None}
    return load_entry(files.Entry(fields), shipped=shipped)


def edited_here(prompt="Edited?"):
    """What an author publishes in the browser."""
    newest = QuestionVersion.objects.newest().get()
    return QuestionVersion.objects.create(
        question=newest.question,
        number=newest.number + 1,
        kind=newest.kind,
        title=newest.title,
        content={**newest.content, "prompt": prompt},
        status=QuestionVersion.Status.PUBLISHED,
        published_at=newest.published_at,
    )


def versions():
    found = QuestionVersion.objects.order_by("number")
    return [(version.content["prompt"], version.status) for version in found]


def state():
    """All that the bank holds, but for the times."""
    questions = Question.objects.order_by("slug")
    return (
        list(questions.values()),
        list(Question.topics.through.objects.values_list("question", "topic").order_by("pk")),
        list(QuestionVersion.objects.order_by("pk").values()),
    )


@pytest.mark.parametrize("shipped", [True, False], ids=["shipped", "own"])
@pytest.mark.parametrize("kind", EVERY)
def test_loading_again_changes_nothing(kind, shipped):
    assert load(fields_of(kind), shipped=shipped) is Loaded.NEW
    before = state()

    assert load(deepcopy(fields_of(kind)), shipped=shipped) is Loaded.UNCHANGED
    assert state() == before


@pytest.mark.parametrize("kind", EVERY)
def test_another_order_of_fields_is_no_change(kind):
    load(fields_of(kind))

    assert load(dict(reversed(fields_of(kind).items()))) is Loaded.UNCHANGED


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "Which of {{p}}?"},
        {"title": "Another title"},
        {"instruction": "Guess."},
        {"instruction": None},
        {"context": "Whether they guess."},
        {"sources": []},
        {"official_answer": "Another."},
    ],
    ids=lambda change: "-".join(change),
)
def test_what_is_asked_or_explained_makes_a_version_and_the_old_one_stays(kind, change):
    load(fields_of(kind))
    old = QuestionVersion.objects.values().get()

    assert load(fields_of(kind), **change) is Loaded.CHANGED
    assert load(fields_of(kind), **change) is Loaded.UNCHANGED
    assert QuestionVersion.objects.filter(number=1).values().get() == old
    assert QuestionVersion.objects.latest_of("q").number == 2


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"roles": ["ai-engineer"]}, {"roles": ["ai-engineer"]}),
        ({"roles": None}, {"roles": []}),
        ({"tags": ["other"]}, {"tags": ["other"]}),
        ({"related": ["third", "second"]}, {"related": ["third", "second"]}),
        ({"difficulty": "hard"}, {"difficulty": 3}),
        ({"minutes": 9}, {"minutes": 9}),
    ],
    ids=lambda change: "-".join(change),
)
def test_what_only_sorts_a_question_makes_no_version(change, found):
    load()

    assert load(**change) is Loaded.UPDATED
    assert load(**change) is Loaded.UNCHANGED
    assert Question.objects.values(*found).get() == found
    assert QuestionVersion.objects.count() == 1


@pytest.mark.parametrize("topics", [["regression", "robustness"], ["vision"]], ids=str)
def test_topics_are_kept_in_their_order(topics):
    load()

    assert load(topics=topics) is Loaded.UPDATED
    assert load(topics=topics) is Loaded.UNCHANGED
    links = Question.topics.through.objects.order_by("pk")
    assert list(links.values_list("topic__slug", flat=True)) == topics


@pytest.mark.parametrize("status", ["draft", "in_review"])
def test_a_draft_is_no_question_to_ask_until_its_file_says_published(status):
    assert load(status=status) is Loaded.NEW
    assert load(status=status) is Loaded.UNCHANGED
    assert not QuestionVersion.objects.published().exists()

    assert load(status="published") is Loaded.UPDATED
    assert versions() == [("Which are robust?", "published")]


def test_a_draft_beside_a_published_version_leaves_that_to_be_asked():
    load()
    load(status="draft", prompt="Which?")
    load(status="draft", prompt="Which?")

    assert versions() == [("Which are robust?", "published"), ("Which?", "draft")]
    assert QuestionVersion.objects.latest_of("q").number == 1


def test_what_is_published_becomes_no_draft_again():
    load()
    load(status="draft")
    load(status="draft")

    assert [status for _, status in versions()] == ["published", "draft"]


@pytest.mark.parametrize("status", ["retired", "leaked"])
def test_what_is_withdrawn_is_withdrawn_in_every_version(status):
    load()
    load(prompt="Which?")

    assert load(prompt="Which?", status=status) is Loaded.UPDATED
    assert load(prompt="Which?", status=status) is Loaded.UNCHANGED
    assert versions() == [("Which are robust?", status), ("Which?", status)]
    with pytest.raises(QuestionVersion.DoesNotExist):
        QuestionVersion.objects.latest_of("q")


@pytest.mark.parametrize("shipped", [True, False], ids=["shipped", "own"])
@pytest.mark.parametrize("change", [{}, {"prompt": "Mended?"}], ids=["same", "mended"])
@pytest.mark.parametrize("status", ["retired", "leaked"])
def test_what_was_withdrawn_comes_back_by_a_word_alone(status, change, shipped):
    load(shipped=shipped)
    QuestionVersion.objects.update(status=status)

    load(**change, minutes=7, shipped=shipped)
    assert not QuestionVersion.objects.published().exists()

    load(**change, minutes=7, status="published", shipped=shipped)
    assert QuestionVersion.objects.latest_of("q").status == "published"


def test_a_leaked_question_is_not_made_a_retired_one():
    load(status="leaked")
    load(prompt="Mended?", status="retired")

    assert [status for _, status in versions()] == ["leaked", "retired"]


def test_what_is_edited_here_stays_while_the_shipped_file_says_the_same():
    load(shipped=True)
    edited_here()

    assert load(shipped=True) is Loaded.UNCHANGED
    assert QuestionVersion.objects.latest_of("q").content["prompt"] == "Edited?"


def test_what_is_marked_and_sorted_here_stays_while_the_shipped_file_says_the_same():
    load(shipped=True, status="published")
    QuestionVersion.objects.update(status="leaked")
    Question.objects.update(minutes=30)

    assert load(shipped=True, status="published") is Loaded.UNCHANGED
    assert QuestionVersion.objects.get().status == "leaked"
    assert Question.objects.get().minutes == 30


def test_a_new_shipped_text_is_a_draft_beside_what_was_edited_here():
    load(shipped=True)
    edited_here()

    assert load(shipped=True, prompt="New?") is Loaded.DRAFTED
    assert load(shipped=True, prompt="New?") is Loaded.UNCHANGED
    assert load(shipped=True, prompt="New?", minutes=9) is Loaded.UPDATED
    assert versions()[1:] == [("Edited?", "published"), ("New?", "draft")]


def drafted_here():
    draft = edited_here()
    QuestionVersion.objects.filter(pk=draft.pk).delete()
    draft.pk, draft.status, draft.published_at = None, "draft", None
    draft.save()


def test_a_draft_written_here_makes_no_version_of_a_shipped_file_that_is_sorted_anew():
    load(shipped=True)
    drafted_here()

    assert load(shipped=True, minutes=9) is Loaded.UPDATED
    assert versions() == [("Which are robust?", "published"), ("Edited?", "draft")]


def test_a_draft_written_here_is_kept_when_the_shipped_text_changes():
    load(shipped=True)
    drafted_here()

    assert load(shipped=True, prompt="New?") is Loaded.CHANGED
    assert versions()[1:] == [("Edited?", "draft"), ("New?", "published")]


def test_a_leak_told_by_the_shipped_bank_withdraws_what_was_edited_here():
    load(shipped=True)
    edited_here()

    load(shipped=True, status="leaked")

    assert {status for _, status in versions()} == {"leaked"}


def test_a_file_of_ones_own_is_loaded_as_it_says_and_not_undone_by_the_shipped_one():
    load(shipped=True)

    assert load(prompt="Ours?") is Loaded.CHANGED
    assert load(shipped=True) is Loaded.UNCHANGED
    assert QuestionVersion.objects.latest_of("q").content["prompt"] == "Ours?"


def test_a_question_whose_file_is_gone_is_retired_and_comes_back_with_it():
    load(shipped=True)
    load(fields_of("ordering", slug="ours"))

    assert retire_without_file([]) == ["q"]
    assert retire_without_file([]) == []
    assert [v.question.slug for v in QuestionVersion.objects.published()] == ["ours"]

    assert load(shipped=True) is Loaded.UPDATED
    assert QuestionVersion.objects.latest_of("q").number == 1


def test_a_leaked_question_whose_file_went_and_came_back_stays_leaked():
    load(shipped=True)
    QuestionVersion.objects.update(status="leaked")
    retire_without_file([])

    load(shipped=True)

    assert QuestionVersion.objects.get().status == "leaked"


def test_a_question_is_loaded_whole_or_not_at_all(monkeypatch):
    load()
    before = state()

    def fail(*args, **kwargs):
        raise RuntimeError("The power is gone.")

    monkeypatch.setattr(QuestionVersion.objects, "create", fail)
    with pytest.raises(RuntimeError):
        load(prompt="New?", topics=["vision"], minutes=9)

    assert state() == before


def test_a_question_suits_the_roles_that_it_names_or_all():
    load()
    load(fields_of("ordering", slug="for-all", roles=None))

    def suited(role):
        return [question.slug for question in Question.objects.for_role(role)]

    assert suited("data-scientist") == ["for-all", "q"]
    assert suited("ai-engineer") == ["for-all"]


def bank(*arguments, **options):
    out = StringIO()
    call_command("bank", *map(str, arguments), stdout=out, stderr=StringIO(), **options)
    return out.getvalue().splitlines()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A shipped bank of two files, and no rows."""
    for slug in ("a", "b"):
        fields = fields_of("single_choice", slug=slug, title=slug)
        (tmp_path / f"{slug}.yaml").write_text(writing.text(fields))
    monkeypatch.setattr(files, "BANK", tmp_path)
    monkeypatch.setattr("questions.rows.questions", list)
    return tmp_path


def test_the_command_tells_what_became_of_each_question(folder):
    assert bank("load") == ["a: new", "b: new", "Loaded: 2 new"]
    assert bank("load") == ["Loaded: 2 unchanged"]


def test_one_bad_file_stops_no_other_and_retires_nothing(folder):
    bank("load")
    before = state()
    (folder / "a.yaml").write_text("kind: nonsense\n")
    (folder / "c.yaml").write_text(
        writing.text(fields_of("single_choice", slug="c", title="c", minutes=3))
    )

    with pytest.raises(CommandError, match="Faults"):
        bank("load")

    assert {question.slug for question in Question.objects.all()} == {"a", "b", "c"}
    assert state()[2][:2] == before[2]


def test_a_file_removed_from_the_bank_is_retired_by_the_command(folder):
    bank("load")
    (folder / "a.yaml").unlink()

    assert bank("load")[0] == "a: retired, for its file is gone"
    assert bank("load") == ["Loaded: 1 unchanged"]
    assert Question.objects.count() == 2


def test_loading_named_files_retires_nothing(folder, tmp_path):
    bank("load")

    assert bank("load", folder / "b.yaml") == ["Loaded: 1 unchanged"]
    assert QuestionVersion.objects.published().count() == 2
