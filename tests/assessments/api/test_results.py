"""What other systems read of candidates, and how they decide and erase."""

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import AuditEntry, Candidate, Decision

pytestmark = pytest.mark.django_db

ATTEMPTS = "/api/v1/attempts/"


def zulu(moment):
    return moment.isoformat().replace("+00:00", "Z")


@pytest.fixture
def found(api):
    """The candidates of the attempts that a query finds."""

    def find(**query):
        response = api.get(ATTEMPTS, query)
        assert response.status_code == 200, response.content
        return {line["candidate"]["name"] for line in response.json()["results"]}

    return find


def test_attempts_are_narrowed(found, graded, version):
    ada, ben = graded("Ada", 1.0), graded("Ben", 0.2)
    actions.start_attempt(actions.invite(version, "Eve", "eve@example.com"))

    assert found() == {"Ada", "Ben", "Eve"}
    assert found(state="in_progress") == {"Eve"}
    assert found(candidate=str(ada.candidate.pk)) == {"Ada"}
    assert found(assessment=str(version.assessment.pk)) == {"Ada", "Ben", "Eve"}
    assert found(assessment=str(ada.pk)) == set()
    assert found(score_min="0.5") == {"Ada"}
    assert found(score_max=str(ben.score)) == {"Ben"}
    assert found(finished_after=zulu(ada.finished_at)) == {"Ben"}
    assert found(finished_before=zulu(ben.finished_at)) == {"Ada"}


WRONG = {
    "score_min": "nan",
    "score_max": "2",
    "state": "x",
    "finished_after": "2026-11-21",
    "candidate": "1",
}


@pytest.mark.parametrize("wrong", [{name: value} for name, value in WRONG.items()], ids=str)
def test_a_filter_that_makes_no_sense_is_refused_by_its_name(api, wrong):
    response = api.get(ATTEMPTS, wrong)

    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == list(wrong)


def test_what_was_graded_or_decided_later_was_updated(found, graded, make_member):
    ada, _ = graded("Ada"), graded("Ben")
    since = zulu(timezone.now())

    assert found(updated_since=since) == set()
    actions.decide([ada], "hold", "Later.", make_member("owner"))
    assert found(updated_since=since) == {"Ada"}


def test_a_report_has_parts_reviews_and_the_decision_in_force(api, graded, make_member):
    attempt, by = graded("Ada"), make_member("owner")
    url = f"{ATTEMPTS}{attempt.pk}/report/"
    before = api.get(url).json()
    actions.decide([attempt], "hold", "Later.", by)
    actions.decide([attempt], "advance", "Now.", by)

    report = api.get(url).json()

    assert before["decision"] is None
    assert (report["score"], report["pass_mark"], report["stage"]) == (
        attempt.score, 0.6, "graded"
    )  # fmt: skip
    assert {part["key"] for part in report["parts"]} >= {"values", "gradients"}
    assert report["reviews"] == {"handed_in": 0, "begun": 0}
    assert (report["decision"]["outcome"], report["decision"]["made_by"]) == ("advance", by.email)


def test_answers_are_as_they_were_entered(api, attempt, choice_question):
    actions.save_answer(attempt, choice_question, {"option": "b"}, 0)

    [answer] = api.get(f"{ATTEMPTS}{attempt.pk}/answers/").json()

    assert (answer["question"], answer["content"]) == ("which-one", {"option": "b"})


# Decisions ---------------------------------------------------------------------------------------


@pytest.fixture
def recruiter(make_member):
    return make_member("recruiter", email="rea@acme.example")


def decide(api, attempt, by="rea@acme.example", **headers):
    body = {"outcome": "advance", "reason": "Well done.", "decided_by": by}
    return api.post(f"{ATTEMPTS}{attempt.pk}/decisions/", body, headers=headers)


def test_a_decision_is_a_members_and_the_log_says_through_which_system(api, graded, recruiter):
    response = decide(api, graded("Ada"))

    assert response.status_code == 201
    made = Decision.objects.get()
    assert (made.outcome, made.reason, made.made_by) == ("advance", "Well done.", recruiter)
    entry = AuditEntry.objects.get(verb="decision.made")
    assert (entry.member, entry.detail["through"]) == (recruiter, "test")
    assert api.get("/api/v1/decisions/", {"in_force": "true"}).json()["results"] == [
        response.json()
    ]


def test_only_who_may_decide_decides(api, graded, make_member, stranger):
    make_member("reviewer", email="rob@acme.example")
    make_member("owner", organisation=stranger, email="olu@other.example")
    attempt = graded("Ada")

    for nobody in ("rob@acme.example", "olu@other.example", "no@acme.example"):
        assert decide(api, attempt, nobody).status_code == 409
    assert not Decision.objects.exists()


def test_an_attempt_that_goes_on_is_not_decided(api, attempt, recruiter):
    assert decide(api, attempt).status_code == 409


def test_a_decision_that_is_sent_again_is_made_once(api, graded, recruiter):
    attempt = graded("Ada")
    answers = [decide(api, attempt, **{"Idempotency-Key": "k"}).json() for _ in range(2)]

    assert answers[0] == answers[1]
    assert Decision.objects.count() == 1


# Candidates --------------------------------------------------------------------------------------


def test_a_candidate_is_erased(api, graded):
    attempt = graded("Ada")
    url = f"/api/v1/candidates/{attempt.candidate.pk}/"
    known = api.get(url).json()

    assert api.delete(url).status_code == 204
    assert known["invitations"][0]["attempt"] == str(attempt.pk)
    assert api.get(url).json()["email"].endswith("@erased.invalid")
    assert Candidate.objects.get().erased_at is not None
    assert AuditEntry.objects.get(verb="candidate.erased").actor == "test"


def test_nobody_is_erased_while_they_sit(api, attempt):
    assert api.delete(f"/api/v1/candidates/{attempt.candidate.pk}/").status_code == 409
    assert Candidate.objects.get().erased_at is None


# Questions ---------------------------------------------------------------------------------------


def test_what_is_right_is_for_authors_alone(make_api, organisation, choice):
    reader, author = make_api(organisation, "read"), make_api(organisation, "author")
    url = f"/api/v1/questions/{choice.pk}/"

    read, written = reader.get(url), author.get(url)

    assert read.json()["content"] is None
    assert {option["key"] for option in read.json()["shown"]["options"]} == {"a", "b", "c"}
    for secret in ("rationale", "official_answer", '"right"', "misconception"):
        assert secret not in read.content.decode()
        assert secret in written.content.decode()


def test_a_coding_question_shows_its_task(api, coding):
    shown = api.get(f"/api/v1/questions/{coding.pk}/").json()["shown"]

    assert shown["task"]["formula"]
    assert "def loss" in shown["task"]["starter"]


def test_an_assessment_has_its_sections_and_questions(api, version):
    [line] = api.get("/api/v1/assessments/").json()["results"]
    detail = api.get(f"/api/v1/assessments/{line['id']}/").json()

    assert line["title"] == detail["version"]["title"] == "First"
    assert [each["question"] for each in detail["version"]["questions"]] == [
        "which-one", "code-huber"
    ]  # fmt: skip
    version.assessment.archived_at = timezone.now() - timedelta(days=1)
    version.assessment.save()
    for archived, number in (("true", 1), ("false", 0)):
        narrowed = api.get("/api/v1/assessments/", {"archived": archived}).json()
        assert len(narrowed["results"]) == number
