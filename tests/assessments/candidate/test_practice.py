"""The practice: the pages of a sitting, and nothing that ever counts."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from assessments.actions import start_attempt, store_report
from assessments.candidate.practice import CHOICE, TASKS, exercises
from assessments.models import Answer, Attempt, Invitation, Practice, Submission
from grader.catalogue import CATALOGUE
from questions import kinds
from questions.models import Exposure
from tests.assessments.conftest import CODING, SOURCE, make_question, make_report, words

BY_HTMX = {"HX-Request": "true"}


@pytest.fixture
def save(client, sit):
    """Saves a draft of the practice as sitting.js does."""

    def put(position, content, revision):
        body = {"content": content, "revision": revision}
        return client.put(sit(f"practice/{position}/draft/"), body, content_type="application/json")

    return put


def test_the_practice_has_a_question_and_a_small_task(client, sit):
    assert CHOICE["prompt"] in words(client.get(sit("practice/1/")))
    page = client.get(sit("practice/2/")).content.decode()
    assert "Mean squared error" in page
    assert 'data-editor="python"' in page
    assert "data-deadline" not in page
    assert not Practice.objects.exists()


def test_the_quiz_question_is_as_sound_as_one_of_the_bank():
    assert kinds.get("single_choice").validate(CHOICE) == []


@pytest.mark.parametrize(
    ("asked", "practised"),
    [([], TASKS[0]), (TASKS[:1], TASKS[1]), (TASKS[:2], TASKS[2]), (TASKS, TASKS[-1])],
    ids=["none of them", "the first", "the first two", "all of them"],
)
def test_the_task_is_none_that_the_assessment_asks(version, asked, practised):
    version = version.assessment.versions.create(number=2, title="Asks them", minutes=30)
    for position, task in enumerate(asked, start=1):
        question = make_question(f"code-{task}-x", "coding", {**CODING, "task": task})
        version.questions.create(question_version=question, position=position)

    assert exercises(version)[1].content["task"] == practised
    assert practised in CATALOGUE


def test_a_draft_is_saved_by_revisions_as_in_a_sitting(save):
    assert save(1, {"option": "a"}, 0).json() | {"saved_at": ""} == {
        "content": {"option": "a"}, "revision": 1, "answered": True, "said": CHOICE["options"][0]
        ["text"], "saved_at": "",
    }  # fmt: skip
    again, stale = save(1, {"option": "a"}, 0), save(1, {"option": "b"}, 0)

    assert (again.status_code, again.json()["revision"]) == (200, 1)
    assert (stale.status_code, stale.json()["content"]) == (409, {"option": "a"})
    assert save(1, {"option": "b"}, 1).json()["revision"] == 2


@pytest.mark.parametrize("content", [{"option": "z"}, {"source": "x"}, {"option": 1}, [], None])
def test_an_unusable_draft_is_refused(save, content):
    response = save(1, content, 0)

    assert response.status_code == 422
    assert response.json()["detail"]


@pytest.mark.parametrize(
    ("option", "said"), [("a", "That is right."), ("b", "That is not right."), (None, "not answer")]
)
def test_feedback_comes_at_once_with_a_reason_for_each_option(client, sit, save, option, said):
    if option:
        save(1, {"option": option}, 0)

    page = words(client.get(sit("practice/1/feedback/")))

    assert said in page
    for each in CHOICE["options"]:
        assert each["rationale"] in page


def test_without_scripts_an_answer_leads_to_its_feedback(client, sit):
    response = client.post(sit("practice/1/"), {"option": "a", "revision": "0"}, follow=True)

    assert response.redirect_chain[-1][0] == sit("practice/1/feedback/")
    assert "That is right." in words(response)
    stale = client.post(sit("practice/1/"), {"option": "b", "revision": "0"})
    assert stale.status_code == 409
    assert CHOICE["options"][0]["text"] in words(stale)


@pytest.mark.parametrize(("button", "sample"), [("run", True), ("submit", False)])
def test_run_and_submit_use_the_queue_and_sandbox_of_a_sitting(
    client, sit, broker, committed, button, sample
):
    with committed():
        response = client.post(sit(f"practice/2/{button}/"), {"source": SOURCE}, headers=BY_HTMX)

    submission = Submission.objects.get()
    assert (submission.purpose, submission.sample) == ("practice", sample)
    assert broker.bodies("run")[0][0] == [TASKS[0], SOURCE, submission.seed, sample]
    assert f'hx-get="{sit(f"submissions/{submission.pk}/")}?wait"' in response.content.decode()


def test_submit_tells_the_page_the_revision_that_it_made(client, sit, save, broker):
    save(2, {"source": "x = 1"}, 0)

    response = client.post(sit("practice/2/submit/"), {"source": SOURCE}, headers=BY_HTMX)

    saved = json.loads(response["HX-Trigger"])["answer:saved"]
    assert (saved["revision"], saved["content"]) == (2, {"source": SOURCE})


def test_without_scripts_run_loses_nothing_that_was_typed(client, sit, broker):
    response = client.post(sit("practice/2/run/"), {"source": SOURCE, "revision": "0"}, follow=True)

    assert "Reload this page" in words(response)
    assert Practice.objects.get().answers["2"]["content"] == {"source": SOURCE}


def test_results_are_shown_in_full(client, sit, broker):
    for button in ("run", "submit"):
        client.post(sit(f"practice/2/{button}/"), {"source": SOURCE}, headers=BY_HTMX)
    for submission in Submission.objects.all():
        assert store_report(str(submission.pk), submission.ticket, make_report(0.4, "partial"))

    page = words(client.get(sit("practice/2/")))

    for text in ["0 of 1 sample checks passed", "a vector", "Partial", "Values", "Gradients"]:
        assert text in page


def test_practising_is_limited_a_minute(client, sit, broker):
    sent = []
    for number in range(11):
        response = client.post(sit("practice/2/run/"), {"source": f"x = {number}"}, headers=BY_HTMX)
        sent.append("often in one minute" not in words(response))
        Submission.objects.filter(status="queued").update(
            status="graded", graded_at=timezone.now(), report={}
        )

    assert sent == [True] * 10 + [False]
    Submission.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    client.post(sit("practice/2/run/"), {"source": SOURCE}, headers=BY_HTMX)
    assert Submission.objects.count() == 11


def test_starting_over_forgets_answers_and_results(client, sit, save, broker):
    save(1, {"option": "a"}, 0)
    client.post(sit("practice/2/run/"), {"source": SOURCE}, headers=BY_HTMX)

    assert client.post(sit("practice/over/"))["Location"] == sit("practice/")

    assert Practice.objects.get().answers == {}
    assert "Running" not in words(client.get(sit("practice/2/")))
    assert save(1, {"option": "b"}, 0).json()["revision"] == 1


def test_nothing_of_a_practice_counts_anywhere(client, sit, save, broker, api, organisation):
    save(1, {"option": "a"}, 0)
    client.post(sit("practice/2/submit/"), {"source": SOURCE}, headers=BY_HTMX)
    submission = Submission.objects.get()
    assert store_report(str(submission.pk), submission.ticket, make_report())

    assert not Attempt.objects.exists()
    assert not Answer.objects.exists()
    assert not Exposure.objects.filter(candidates__gt=0).exists()
    assert not Submission.objects.counted().exists()
    assert Invitation.objects.get().state == Invitation.State.SENT
    assert api.get("/api/v1/submissions/").json()["results"] == []
    assert api.get(f"/api/v1/submissions/{submission.pk}/").status_code == 404


PAGES = ["practice/", "practice/1/", "practice/2/", "practice/1/feedback/"]


@pytest.mark.parametrize("rest", PAGES)
def test_the_practice_ends_with_the_start(client, sit, invitation, rest):
    assert client.get(sit(rest)).status_code == 200
    start_attempt(invitation)

    assert client.get(sit(rest))["Location"] == sit()


@pytest.mark.parametrize("rest", [*PAGES, f"check/run/{UUID(int=1)}/"])
def test_a_closed_invitation_has_no_practice(client, sit, invitation, rest):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    assert client.get(sit(rest))["Location"] == sit()


def test_an_unknown_question_is_not_found(client, sit):
    assert client.get(sit("practice/3/")).status_code == 404


def test_anothers_practice_is_not_shown(client, sit, broker, version):
    from_other = Submission.objects.create(
        organisation=version.assessment.organisation, task="huber", source="secret = 1",
        purpose="practice", practice=Practice.objects.create(
            invitation=Invitation.objects.create(
                organisation=version.assessment.organisation, assessment_version=version,
                candidate=version.assessment.organisation.candidates.create(name="Eve"),
                expires_at=timezone.now() + timedelta(days=1),
            )
        ),
    )  # fmt: skip

    assert client.get(sit(f"submissions/{from_other.pk}/")).status_code == 404
    assert "secret" not in words(client.get(sit("practice/2/")))
