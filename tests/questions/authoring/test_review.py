"""From draft to published, and what stands in between."""

import pytest
from django.test import Client

from assessments.models import AuditEntry
from questions.authoring import drafting, reviewing, withdrawing
from questions.authoring.text import fields_of as parsed
from questions.authoring.text import text_of
from questions.models import Comment, Question, QuestionVersion
from questions.published import PublishedIsFinal
from tests.questions.authoring.conftest import address, make_shared, written


def said(author, version, **changes):
    """The draft with other fields; None drops one."""
    version.draft.refresh_from_db()
    fields = parsed(version.draft.text) | changes
    fields = {name: value for name, value in fields.items() if value is not None}
    drafting.save(author, version, text_of(fields), version.draft.revision)


def test_a_second_person_publishes_what_the_first_wrote(ada, bo):
    version = reviewing.publish(bo, reviewing.send(ada, written(ada)))

    version.refresh_from_db()
    question = version.question
    assert (version.status, version.published_by) == ("published", bo.user)
    assert question.difficulty == Question.Difficulty.EASY
    assert [topic.slug for topic in question.topics.order_by("pk")] == ["robustness", "regression"]


def test_who_wrote_any_of_it_does_not_publish_it(ada, bo):
    version = written(ada)
    said(bo, version, minutes=3)
    reviewing.send(ada, version)

    for author in (ada, bo):
        with pytest.raises(reviewing.OwnWork):
            reviewing.publish(author, version)
    assert QuestionVersion.objects.get(pk=version.pk).status == "in_review"


def test_who_is_alone_publishes_their_own_and_is_told_why(eve, client_of):
    version = reviewing.send(eve, written(eve))

    page = client_of(eve).get(address("question", eve, version)).content.decode()
    client_of(eve).post(address("publish", eve, version))

    assert "You are the only one here" in page
    assert QuestionVersion.objects.get(pk=version.pk).status == "published"


def test_an_author_of_two_gets_no_button_and_no_way_round_it(ada, bo, client_of):
    version = reviewing.send(ada, written(ada))
    client = client_of(ada)

    page = client.get(address("question", ada, version)).content.decode()
    client.post(address("publish", ada, version))

    assert "another owner or author reads and publishes it" in page
    assert address("publish", ada, version) not in page
    assert QuestionVersion.objects.get(pk=version.pk).status == "in_review"
    assert (
        address("publish", bo, version)
        in client_of(bo).get(address("question", bo, version)).content.decode()
    )


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"prompt": None}, ("prompt",), "Fill this in."),
        ({"minutes": "long"}, ("minutes",), "Write a whole number."),
        ({"topics": ["cooking"]}, ("topics", 0), "Choose one of the list."),
        ({"difficulty": "fiendish"}, ("difficulty",), "Choose one of the list."),
        ({"options": []}, ("options",), "Fill this in."),
        ({"slug": "Two Words"}, ("slug",), "Small letters and digits"),
        ({"slug": "shared"}, ("slug",), "Another question is called so"),
        ({"related": ["nowhere"]}, ("related", 0), "is no other question"),
        ({"prompt": "What is $\\foo$?"}, ("prompt",), "unknown command"),
        ({"official_answer": "The $x"}, ("official_answer",), "holds a $ alone"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_beside_its_field(ada, client_of, changes, field, sentence):
    make_shared("shared")
    version = written(ada)
    said(ada, version, **changes)

    with pytest.raises(reviewing.NotReady) as refused:
        reviewing.send(ada, version)
    form = client_of(ada).get(address("edit", ada, version)).context["form"]

    assert [(each.field, sentence in each.sentence) for each in refused.value.found] == [
        (field, True)
    ]
    nodes = [node for node in form.nodes() if node.faults]
    assert [node.path for node in nodes] == [field[:1]]
    page = client_of(ada).post(address("send", ada, version))
    assert page.status_code == 422
    assert "It is not ready yet" in page.content.decode()


def test_a_fault_in_a_row_stands_in_that_row(ada, client_of):
    version = written(ada)
    options = [dict(option) for option in parsed(version.draft.text)["options"]]
    del options[1]["rationale"]
    said(ada, version, options=options)

    form = client_of(ada).get(address("edit", ada, version)).context["form"]

    faulty = [(node.name, [f.sentence for f in node.faults]) for node in form.nodes()]
    assert [each for each in faulty if each[1]] == [("options.1.rationale", ["Fill this in."])]


def test_a_reviewer_sends_it_back_with_a_remark(ada, bo, client_of):
    version = reviewing.send(ada, written(ada))

    client_of(bo).post(address("send_back", bo, version), {"text": "Too long."})

    page = client_of(ada).get(address("question", ada, version)).content.decode()
    assert QuestionVersion.objects.get(pk=version.pk).status == "draft"
    assert "Too long." in page
    assert Comment.objects.get().author == bo.user


def test_what_is_in_review_is_checked_once_more(ada, bo):
    """Somebody may take its short name in between."""
    version = written(ada)
    said(ada, version, slug="soon-taken")
    reviewing.send(ada, version)
    make_shared("soon-taken")

    with pytest.raises(reviewing.NotReady):
        reviewing.publish(bo, version)


def test_an_edit_of_what_is_published_makes_a_new_version(ada, bo, client_of):
    first = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    content = first.content

    client_of(ada).post(address("edit", ada, first))
    draft = first.question.versions.latest("number")
    said(ada, draft, prompt="Which are not robust?", topics=["classification"])

    assert (draft.number, draft.status) == (2, "draft")
    first.refresh_from_db()
    assert first.content == content
    assert [topic.slug for topic in first.question.topics.all()] != ["classification"]
    reviewing.publish(bo, reviewing.send(ada, draft))
    assert [topic.slug for topic in first.question.topics.all()] == ["classification"]
    first.refresh_from_db()
    assert (first.content, first.status) == (content, "published")
    with pytest.raises(PublishedIsFinal):
        first.save()


def test_the_short_name_stays_once_it_is_published(ada, bo):
    first = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    draft = drafting.edit(ada, first.question)
    said(ada, draft, slug="another-name")

    with pytest.raises(reviewing.NotReady) as refused:
        reviewing.send(ada, draft)

    assert "keeps that name" in refused.value.found[0].sentence


def test_the_history_shows_the_words_that_changed(ada, bo, client_of):
    first = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    draft = drafting.edit(ada, first.question)
    said(ada, draft, prompt="Which are very robust?")

    page = client_of(ada).get(address("version", ada, draft, number=2)).content.decode()

    assert "What changed since version 1" in page
    assert "Which are <ins>very </ins>robust?" in page


def test_a_draft_is_thrown_away_and_what_was_published_is_not(ada, bo, client_of):
    first = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    drafting.edit(ada, first.question)
    client = client_of(ada)

    client.post(address("discard", ada, first))
    assert [v.number for v in first.question.versions.all()] == [1]
    client.post(address("discard", ada, first))
    assert [v.number for v in first.question.versions.all()] == [1]

    unpublished = written(ada, title="Never")
    client.post(address("discard", ada, unpublished))
    assert not Question.objects.filter(pk=unpublished.question_id).exists()


def test_what_leaked_is_asked_no_more_until_it_is_brought_back(ada, bo, client_of):
    version = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    client = client_of(ada)

    client.post(address("withdraw", ada, version), {"status": "leaked", "reason": "A forum"})
    version.refresh_from_db()
    assert version.status == "leaked"
    page = client.get(address("question", ada, version)).content.decode()
    assert "A forum" in page
    client.post(address("withdraw", ada, version), {"status": "published"})
    version.refresh_from_db()
    assert version.status == "published"


@pytest.mark.parametrize(
    "sent",
    [{"status": "leaked", "reason": " "}, {"status": "draft", "reason": "x"}, {"reason": "x"}, {}],
    ids=str,
)
def test_nothing_is_withdrawn_without_a_reason_or_to_another_status(ada, bo, client_of, sent):
    version = reviewing.publish(bo, reviewing.send(ada, written(ada)))

    client_of(ada).post(address("withdraw", ada, version), sent)

    version.refresh_from_db()
    assert version.status == "published"


def test_what_is_published_and_withdrawn_is_in_the_log(ada, bo):
    version = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    withdrawing.take_back(ada, version.question, "leaked", "A forum")
    withdrawing.bring_back(bo, version.question)

    told = AuditEntry.objects.of(ada.organisation).order_by("pk").values_list("actor", "verb")
    assert list(told) == [
        ("Bo", "question.published"),
        ("Ada", "question.leaked"),
        ("Bo", "question.brought_back"),
    ]
    assert {each.target_id for each in AuditEntry.objects.all()} == {str(version.question_id)}


def test_what_leaked_is_not_merely_retired_afterwards(ada, bo):
    version = reviewing.publish(bo, reviewing.send(ada, written(ada)))
    withdrawing.take_back(ada, version.question, "leaked", "A forum")

    with pytest.raises(withdrawing.NotWithdrawn):
        withdrawing.take_back(ada, version.question, "retired", "Old")


def test_a_draft_that_a_file_brought_is_edited_from_what_it_says(ada):
    version = written(ada)
    version.draft.delete()

    draft = drafting.edit(ada, version.question).draft

    assert parsed(draft.text)["prompt"] == "Which are robust?"


def test_a_forged_form_changes_nothing(ada):
    version = written(ada)
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada.user)

    assert client.post(address("send", ada, version)).status_code == 403
