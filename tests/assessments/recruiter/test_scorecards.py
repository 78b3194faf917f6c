import json

import pytest
from django.test import Client

from assessments import actions
from assessments.actions import scorecards
from assessments.models import AuditEntry, Scorecard
from assessments.recruiter.scorecard_views import FIRST, proposed_for
from questions.models import Question, QuestionVersion
from tests.assessments.conftest import make_question, make_report, words
from tests.assessments.recruiter.conftest import PARTIAL, signed_in

OPEN = {
    "context": "Whether they see it.",
    "prompt": "When is a **mean** better than a sum?",
    "rubric": [
        {"key": "a", "text": "Names the batch size.", "points": 1},
        {"key": "b", "text": "Names the learning rate.", "points": 1},
    ],
    "official_answer": "It depends on the batch.",
}


@pytest.fixture
def attempt(make_attempt):
    """Half of the code right, the quiz answered wrong."""
    return make_attempt("Ada", PARTIAL, option="b")


@pytest.fixture
def make_card(attempt, make_member):
    """The scorecard of a new member, with the questions that are proposed."""

    def make(email="i@acme.example", role="reviewer"):
        user = make_member(role, email=email)
        return scorecards.begin_scorecard(attempt, proposed_for(attempt), user)

    return make


def client_of(card):
    return signed_in(card.interviewer)


def save(card, content, revision=None):
    revision = card.revision if revision is None else revision
    body = json.dumps({"content": content, "revision": revision})
    address = f"/desk/scorecards/{card.pk}/draft/"
    return client_of(card).put(address, body, content_type="application/json")


def test_what_went_wrong_is_asked_about(attempt):
    found = proposed_for(attempt)

    gradient = next(each for each in found if "derive the gradient" in each["question"])
    assert "Gradients: 1 of 2 checks passed. Its gradient is that of the sum." in gradient["why"]
    assert "finite differences" in gradient["look_for"]
    quiz = next(each for each in found if "Let us go back" in each["question"])
    assert "It suggests: It is that." in quiz["why"]
    assert quiz["look_for"] == "This."


def test_open_questions_of_the_bank_lead_on_with_what_a_good_answer_says(attempt, coding):
    version = make_question("mean-or-sum", "open_text", OPEN)
    Question.objects.filter(pk=coding.question_id).update(related=["mean-or-sum"])

    found = next(each for each in proposed_for(attempt) if "better than a sum" in each["question"])

    assert found["question"] == "When is a mean better than a sum?"
    assert "Leads on from “Code-huber”" in found["why"]
    assert found["look_for"] == "- Names the batch size.\n- Names the learning rate."
    version.status = QuestionVersion.Status.RETIRED
    QuestionVersion.objects.filter(pk=version.pk).update(status="retired")
    assert not any("better than a sum" in each["question"] for each in proposed_for(attempt))


def test_a_strength_is_asked_about_and_only_that_where_nothing_went_wrong(make_attempt, attempt):
    found = proposed_for(make_attempt("Ben", make_report(), option="a"))

    assert [each["why"] for each in found] == ["A strength: everything was right here."]
    assert not any("strength" in each["why"] for each in proposed_for(attempt))


def test_a_scorecard_begins_with_the_first_questions_and_offers_the_others(recruiter, attempt):
    address = recruiter.post(f"/desk/attempts/{attempt.pk}/scorecards/begin/")["Location"]
    again = recruiter.post(f"/desk/attempts/{attempt.pk}/scorecards/begin/")["Location"]

    assert address == again
    card = Scorecard.objects.get()
    assert [item["question"] for item in card.items] == [
        each["question"] for each in proposed_for(attempt)[:FIRST]
    ]
    said = words(recruiter.get(address))
    assert "What to look for" in said
    assert "Explains the reason, with little help." in said


def test_a_draft_is_kept_on_top_of_the_one_before(make_card):
    card = make_card()
    key = card.items[0]["key"]
    content = {"rating": {key: "3"}, "note": {key: "Knew it."}, "recommendation": "yes"}

    answer = save(card, content)
    twice = save(card, content)

    card.refresh_from_db()
    assert answer.json()["revision"] == twice.json()["revision"] == card.revision == 1
    assert (card.items[0]["rating"], card.items[0]["note"]) == (3, "Knew it.")
    assert card.recommendation == "yes"


def test_a_draft_from_an_older_page_is_refused_with_what_is_kept(make_card):
    card = make_card()
    save(card, {"notes": "First."})

    answer = save(card, {"notes": "Second."}, revision=0)

    card.refresh_from_db()
    assert answer.status_code == 409
    assert answer.json()["content"] == {"notes": "First."}
    assert card.notes == "First."


@pytest.mark.parametrize(
    "content",
    [
        {"rating": {"k": "5"}},
        {"rating": {"k": 3}},
        {"note": "x"},
        {"recommendation": "maybe"},
        {"notes": "x" * 4001},
        {"other": "x"},
        [],
    ],
)
def test_what_a_scorecard_cannot_keep_is_refused(make_card, content):
    card = make_card()

    assert save(card, content).status_code == 422
    card.refresh_from_db()
    assert card.revision == 0


def test_questions_are_added_and_removed_and_what_was_typed_is_kept(make_card):
    card = make_card()
    client, key = client_of(card), card.items[0]["key"]
    form = {"revision": 0, f"note.{key}": "Good.", "notes": "So far."}

    client.post(f"/desk/scorecards/{card.pk}/add/0/", form)
    card.refresh_from_db()
    own = card.items[-1]["key"]
    client.post(
        f"/desk/scorecards/{card.pk}/remove/{card.items[1]['key']}/",
        {"revision": card.revision, f"note.{key}": "Good.", f"question.{own}": "And you?"},
    )

    card.refresh_from_db()
    assert card.items[0]["note"] == "Good."
    assert card.items[-1]["question"] == "And you?"
    assert len(card.items) == len(proposed_for(card.attempt))


def test_a_removed_question_is_offered_again(make_card):
    card = make_card()
    asked = card.items[0]["question"]
    client = client_of(card)
    client.post(f"/desk/scorecards/{card.pk}/remove/{card.items[0]['key']}/", {"revision": 0})

    page = client.get(f"/desk/scorecards/{card.pk}/")
    assert [each["question"] for each in page.context["offered"]] == [asked]
    card.refresh_from_db()
    client.post(f"/desk/scorecards/{card.pk}/add/1/", {"revision": card.revision})

    card.refresh_from_db()
    assert card.items[-1]["question"] == asked


def test_handing_in_needs_a_recommendation_and_is_final(make_card):
    card = make_card()
    client, key = client_of(card), card.items[0]["key"]
    address = f"/desk/scorecards/{card.pk}/hand-in/"

    refused = client.post(address, {"revision": 0, f"rating.{key}": "2"})
    client.post(address, {"revision": 0, f"rating.{key}": "2", "recommendation": "no"})

    assert refused.status_code == 422
    assert "Please say what you recommend." in words(refused)
    card.refresh_from_db()
    assert card.submitted_at is not None
    assert card.items[0]["rating"] == 2
    assert save(card, {"notes": "Late."}).status_code == 410
    entry = AuditEntry.objects.get(verb="scorecard.handed_in")
    assert entry.detail == {"recommends": "no"}


def test_taking_it_back_is_noted(make_card):
    card = make_card()
    scorecards.hand_in_scorecard(card, scorecards.Marks(recommendation="no"))
    client = client_of(card)

    address = client.post(f"/desk/scorecards/{card.pk}/reopen/")["Location"]

    card.refresh_from_db()
    assert card.submitted_at is None
    assert "You took it back on" in words(client.get(address))
    assert AuditEntry.objects.filter(verb="scorecard.reopened").count() == 1


def test_others_are_read_once_ones_own_is_handed_in(make_card, attempt):
    mine, other = make_card(), make_card("other@acme.example")
    marks = scorecards.Marks(summary="Very good talk.", recommendation="strong_yes")
    scorecards.hand_in_scorecard(other, marks)
    client, address = client_of(mine), f"/desk/attempts/{attempt.pk}/scorecards/"

    before = words(client.get(address))
    scorecards.hand_in_scorecard(mine, scorecards.Marks(recommendation="no"))
    after = words(client.get(address))

    assert "Very good talk." not in before
    assert "1 was handed in. You read it once yours is" in before
    assert "Very good talk." in after
    assert "Strong yes: 1" in after
    assert "No: 1" in after


def test_the_report_says_nothing_of_others_before_that_either(make_card, attempt):
    mine, other = make_card(), make_card("other@acme.example")
    scorecards.hand_in_scorecard(other, scorecards.Marks(recommendation="strong_yes"))

    said = words(client_of(mine).get(attempt.get_absolute_url()))

    assert "Interview scorecards 1 handed in" in said
    assert "strong yes" not in said


def test_a_manager_without_a_scorecard_reads_what_was_handed_in(recruiter, make_card, attempt):
    card = make_card()
    scorecards.hand_in_scorecard(card, scorecards.Marks(summary="Fine.", recommendation="yes"))

    assert "Fine." in words(recruiter.get(f"/desk/attempts/{attempt.pk}/scorecards/"))
    assert "yes: 1" in words(recruiter.get(attempt.get_absolute_url()))


def test_nobody_opens_the_scorecard_of_another(recruiter, make_card):
    card = make_card()

    for way in ("", "draft/", "hand-in/", "reopen/", "add/0/", "remove/x/"):
        address = f"/desk/scorecards/{card.pk}/{way}"
        answers = {recruiter.get(address).status_code, recruiter.post(address).status_code}
        assert answers <= {404, 405}


def test_reviewers_interview_without_names_where_these_are_hidden(make_card):
    card = make_card()

    html = client_of(card).get(f"/desk/scorecards/{card.pk}/").content.decode()

    assert "Ada" not in html
    assert "Interview with" in html


def test_an_attempt_that_goes_on_has_no_interview_yet(recruiter, make_attempt):
    running = make_attempt("Ben", finish=False)

    assert recruiter.get(f"/desk/attempts/{running.pk}/scorecards/").status_code == 404
    assert recruiter.post(f"/desk/attempts/{running.pk}/scorecards/begin/").status_code == 404


def test_after_erasure_nothing_is_added(make_card):
    card = make_card()
    actions.erase_candidate(card.attempt.candidate)

    assert save(card, {"notes": "Ada was here."}).status_code == 410
    card.refresh_from_db()
    assert (card.items, card.notes) == ([], "")


def test_a_stranger_has_no_scorecards(attempt, make_member, stranger):
    other = Client()
    other.force_login(make_member("owner", organisation=stranger, email="x@x.example"))

    assert other.get(f"/desk/attempts/{attempt.pk}/scorecards/").status_code == 404
    assert other.post(f"/desk/attempts/{attempt.pk}/scorecards/begin/").status_code == 404
