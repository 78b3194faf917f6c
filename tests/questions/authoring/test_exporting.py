"""A choice of questions as a file for another program, with what that does not hold."""

import pytest
from django.urls import reverse
from django.utils import timezone

from questions.authoring import drafting, exporting, importing, reviewing
from questions.interchange import FORMATS, converting
from questions.models import Question, QuestionVersion
from questions.tasks import read_import
from tests.grader.own.examples import OWN
from tests.questions.authoring.conftest import make_shared, written
from tests.questions.contents import EVERY


def at(name, author):
    return reverse(f"authoring:{name}", args=[author.organisation.slug])


def slugs(form, data):
    return sorted(found.slug for found in converting.read(FORMATS[form], data).questions)


@pytest.fixture
def bank(ada, bo):
    """A shared question, an own one that is published, and a draft of which nothing is typed."""
    make_shared("shared", tags=["robust"])
    reviewing.publish(bo, reviewing.send(ada, written(ada, title="Ours")))
    drafting.create(ada, "numeric", "Empty")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, ["a-question"]),
        ({"whose": "own"}, ["a-question"]),
        ({"whose": "shared"}, ["shared"]),
        ({"whose": ""}, ["a-question", "shared"]),
        ({"whose": "", "q": "Ours"}, ["a-question"]),
        ({"whose": "", "status": "published", "kind": "single_choice"}, ["a-question", "shared"]),
    ],
    ids=str,
)
def test_the_file_holds_what_is_chosen(bank, ada, client_of, form, chosen, found):
    response = client_of(ada).get(at("export_file", ada), {**chosen, "format": form})

    assert slugs(form, response.content) == found
    suffix = FORMATS[form].suffix
    assert response["Content-Disposition"] == f'attachment; filename="acme-{form}-1{suffix}"'


def test_without_a_word_the_own_questions_are_shown(bank, ada, client_of):
    page = client_of(ada).get(at("export", ada))

    assert [each.version.question.slug for each in page.context["told"]] == ["a-question", "empty"]


def test_the_page_tells_what_each_format_does_not_hold(bank, ada, client_of):
    page = client_of(ada).get(at("export", ada), {"format": "gift", "whose": ""}).content.decode()

    assert "GIFT does not say, or says otherwise: " in page
    assert "misconception of options" in page
    assert "It is a draft that is not far enough for a file." in page


def test_what_is_not_held_can_be_kept_as_a_list(bank, ada, client_of):
    answer = client_of(ada).get(at("export_losses", ada), {"format": "qti3", "whose": "own"})

    lines = answer.content.decode().splitlines()
    assert lines[0] == ("empty: It is a draft that is not far enough for a file. It is left out.")
    assert lines[1].startswith("a-question: QTI 3.0 does not say, or says otherwise: ")
    assert answer["Content-Type"].startswith("text/plain")


def test_no_page_and_no_file_has_a_question_of_another_organisation(bank, eve, client_of):
    client = client_of(eve)

    for form in FORMATS:
        asked = {"format": form, "whose": ""}
        assert slugs(form, client.get(at("export_file", eve), asked).content) == ["shared"]
        assert "Ours" not in client.get(at("export", eve), asked).content.decode()
        assert "a-question" not in client.get(at("export_losses", eve), asked).content.decode()


@pytest.mark.parametrize("name", ["export", "export_file", "export_losses"])
def test_anothers_export_is_a_404(bank, ada, eve, client_of, name):
    assert client_of(eve).get(at(name, ada)).status_code == 404


@pytest.mark.parametrize("form", FORMATS)
def test_what_an_organisation_exports_comes_home_unchanged(ada, client_of, form):
    for kind in EVERY:
        if form != "gift" or kind not in ("coding", "plot_reading"):
            written(ada, kind)
    if form != "gift":
        version = written(ada, "coding")
        fields = drafting.read(version)
        del fields["task"]
        drafting.save(ada, version, drafting.text_of({**fields, "own": OWN}), 2)

    data = client_of(ada).get(at("export_file", ada), {"format": form, "whose": "own"}).content
    kept = importing.upload(ada, "home", "", data)
    read_import(kept.pk)

    outcomes = {row.slug: row.outcome for row in kept.questions.all()}
    assert set(outcomes.values()) == {"unchanged"}, outcomes
    assert len(outcomes) == Question.objects.count()


def test_a_large_choice_comes_in_parts(ada, client_of, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 2)
    for _ in range(3):
        written(ada)

    page = client_of(ada).get(at("export", ada)).content.decode()
    parts = [
        client_of(ada).get(at("export_file", ada), {"whose": "own", "part": number}).content
        for number in (1, 2)
    ]

    assert "Download part 2 of 2" in page
    found = [slug for part in parts for slug in slugs("moodle", part)]
    assert found == ["a-question", "a-question-2", "a-question-3"]


@pytest.mark.parametrize("asked", ["nonsense", "0", "-1", "9" * 30, "7"])
def test_a_part_that_there_is_not_is_no_error(bank, ada, client_of, asked):
    answer = client_of(ada).get(at("export_file", ada), {"part": asked, "format": asked})

    assert answer.status_code == 200


@pytest.mark.parametrize("count", [3, 60])
def test_export_takes_the_same_queries_for_any_number_of_questions(
    ada, client_of, django_assert_num_queries, count
):
    client = client_of(ada)
    for number in range(count):
        question = Question.objects.create(slug=f"q-{number}")
        QuestionVersion.objects.create(
            question=question, number=1, kind="true_false", title=f"Q {number}",
            content={
                "prompt": "It is.", "right": True, "rationale": "Yes.", "misconception": "No.",
                "official_answer": "True.",
            },
            status="published", published_at=timezone.now(),
        )  # fmt: skip

    # Session, user, member, writers, count, rows, contents, topics, count of the parts.
    with django_assert_num_queries(9):
        client.get(at("export", ada), {"whose": ""})
    # Session, user, member, writers, count, rows, contents, topics.
    with django_assert_num_queries(8):
        data = client.get(at("export_file", ada), {"whose": "", "format": "gift"}).content
    assert len(slugs("gift", data)) == count
