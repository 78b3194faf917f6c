"""What is done with many candidates at once, and the labels that are put on them."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from assessments import actions
from assessments.models import Attempt, AuditEntry, Decision, Label, User
from assessments.recruiter import bulk_views
from tests.assessments.recruiter.conftest import PARTIAL

ATTEMPTS = reverse("recruiter:attempt_list")
BULK = reverse("recruiter:attempt_bulk")
LABELS = reverse("recruiter:label_list")


@pytest.fixture
def three(make_attempt):
    return [make_attempt(name, PARTIAL) for name in ("Ada", "Ben", "Cleo")]


def do(client, what, attempts=(), **fields):
    ticked = [str(attempt.pk) for attempt in attempts]
    return client.post(BULK, {"do": what, "attempt": ticked} | fields, follow=True)


def ticked(answer):
    return re.findall(r'id="pick-(\S+)"[^>]* checked', answer.text)


def labelled():
    return {label.name: label.attempts.count() for label in Label.objects.all()}


def verbs():
    return list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))


def test_a_label_is_made_and_put_on_those_that_were_ticked(recruiter, three):
    answer = do(recruiter, "put_on", three[:2], label=" short  list ", query="sort=-score")

    assert labelled() == {"short list": 2}
    assert answer.redirect_chain[0][0] == f"{ATTEMPTS}?sort=-score"
    assert "2 candidates have the label “short list” now, 2 of them new." in answer.text
    assert {"label.made", "label.put_on"} <= set(verbs())
    do(recruiter, "put_on", three, label="Short List")
    assert labelled() == {"short list": 3}


def test_a_label_is_put_on_all_that_match_and_taken_off(recruiter, three):
    do(recruiter, "put_on", three[:1], label="x", all="yes", query="q=b")
    assert [attempt.candidate.name for attempt in Label.objects.get().attempts.all()] == ["Ben"]

    answer = do(recruiter, "take_off", three, label="X")

    assert labelled() == {"x": 0}
    assert "taken off 1 of 3" in answer.text


def test_nobody_ticked_changes_nothing(recruiter, three):
    assert "Tick the candidates first." in do(recruiter, "put_on", label="x").text
    assert labelled() == {}


@pytest.mark.parametrize("name", ["", "x" * 41])
def test_a_label_without_a_proper_name_is_refused(recruiter, three, name):
    assert "The label:" in do(recruiter, "put_on", three, label=name).text
    assert labelled() == {}


def test_attempts_of_others_are_never_touched(recruiter, three, sign_in, stranger):
    other = sign_in("owner", organisation=stranger, email="s@other.example")

    assert "Tick the candidates first." in do(other, "put_on", three, label="x").text
    assert labelled() == {}


def test_reviewers_put_on_the_labels_that_there_are(sign_in, recruiter, three):
    do(recruiter, "put_on", three[:1], label="x")
    reviewer = sign_in("reviewer", email="v@acme.example")

    do(reviewer, "put_on", three, label="x")
    refused = do(reviewer, "put_on", three, label="new")

    assert labelled() == {"x": 3}
    assert "There is no label “new”" in refused.text


def test_many_are_decided_at_once_with_a_reason(recruiter, three):
    do(recruiter, "decide", three[:2], outcome="advance", reason="Both are good.")

    made = Decision.objects.values_list("attempt", "outcome", "reason")
    assert sorted(made) == sorted(
        (attempt.pk, "advance", "Both are good.") for attempt in three[:2]
    )


def test_what_was_decided_is_in_the_overview(recruiter, three, version):
    do(recruiter, "decide", three[:2], outcome="advance", reason="Both are good.")

    page = recruiter.get(version.assessment.get_absolute_url())

    assert page.status_code == 200
    assert "2 advance" in " ".join(strip_tags(page.text).lower().split())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"outcome": "advance", "reason": " "}, "kept with its reason"),
        ({"outcome": "", "reason": "Good."}, "Choose what is decided"),
        ({"outcome": "marry", "reason": "Good."}, "Choose what is decided"),
    ],
)
def test_a_decision_that_lacks_something_is_none(recruiter, three, fields, words):
    assert words in do(recruiter, "decide", three, **fields).text
    assert not Decision.objects.exists()


def test_all_or_none_are_decided(recruiter, three, make_attempt):
    running = make_attempt("Dee", finish=False)

    answer = do(recruiter, "decide", [*three, running], outcome="hold", reason="Wait.")

    assert "a decision waits until it is over" in answer.text
    assert not Decision.objects.exists()


def test_a_few_hundred_are_decided_at_most(recruiter, three, monkeypatch):
    monkeypatch.setattr(bulk_views, "MOST_DECIDED", 2)

    answer = do(recruiter, "decide", three, outcome="hold", reason="Wait.")

    assert "At most 2 are decided at once; these are 3, and nothing was decided." in answer.text
    assert not Decision.objects.exists()


def test_what_was_ticked_and_typed_is_there_again_once_where_it_could_not_be_done(recruiter, three):
    answer = do(recruiter, "decide", three[:2], outcome="", reason="A “good” start.")

    assert set(ticked(answer)) == {str(attempt.pk) for attempt in three[:2]}
    assert 'value="A “good” start."' in answer.text
    assert ticked(recruiter.get(ATTEMPTS)) == []


def test_more_than_six_are_not_compared_and_stay_ticked(recruiter, three, monkeypatch):
    monkeypatch.setattr(bulk_views, "MOST", 2)

    answer = do(recruiter, "compare", three)

    assert "At most 2 are compared at once; these are 3." in answer.text
    assert len(ticked(answer)) == 3


def test_a_reviewer_does_not_decide(sign_in, three):
    answer = do(sign_in("reviewer"), "decide", three, outcome="hold", reason="Wait.")

    assert answer.status_code == 404
    assert not Decision.objects.exists()


def test_those_that_were_ticked_are_compared_in_their_order(recruiter, three):
    answer = do(recruiter, "compare", reversed(three))

    shown = [attempt.candidate.name for attempt in answer.context["comparison"].attempts]
    assert shown == ["Cleo", "Ben", "Ada"]


# The page of labels ---------------------------------------------------------------------------


def test_labels_are_made_renamed_and_deleted(recruiter, three):
    recruiter.post(LABELS, {"name": "shortlist"})
    label = Label.objects.get()
    actions.put_on(label, [three[0].pk], by=User.objects.first())

    page = recruiter.get(LABELS)
    assert "on 1 attempt<" in page.text
    recruiter.post(reverse("recruiter:label_rename", args=[label.pk]), {"name": "final"})
    assert labelled() == {"final": 1}
    recruiter.post(reverse("recruiter:label_delete", args=[label.pk]))
    assert labelled() == {}
    assert Attempt.objects.count() == 3
    assert [verb for verb in verbs() if verb.startswith("label")] == [
        "label.made", "label.put_on", "label.renamed", "label.deleted",
    ]  # fmt: skip


def test_a_name_that_is_taken_is_said_at_the_field(recruiter):
    recruiter.post(LABELS, {"name": "shortlist"})

    page = recruiter.post(LABELS, {"name": "Shortlist"})

    assert page.status_code == 422
    assert "There is a label of that name already." in page.text
    assert 'value="Shortlist"' in page.text


def test_a_label_is_renamed_to_itself_in_other_letters(recruiter):
    recruiter.post(LABELS, {"name": "shortlist"})
    label = Label.objects.get()

    recruiter.post(reverse("recruiter:label_rename", args=[label.pk]), {"name": "Shortlist"})

    assert labelled() == {"Shortlist": 0}


def test_two_organisations_may_use_the_same_word(recruiter, sign_in, stranger):
    recruiter.post(LABELS, {"name": "x"})
    other = sign_in("owner", organisation=stranger, email="s@other.example")

    other.post(LABELS, {"name": "x"})

    assert Label.objects.count() == 2
    assert "on 0 attempts" in other.get(LABELS).text
