"""A typed client of a server that runs."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from assessments import actions
from assessments.models import Invitation, Submission
from minima_client import (
    AnswerLost,
    Client,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    Patience,
    RateLimited,
    Stale,
    TimedOut,
    Unauthenticated,
)
from tests.assessments.conftest import make_report


def ada(version, **more):
    return {"assessment": version.assessment.pk, "name": "Ada", "email": "ada@example.com"} | more


def test_inviting_and_changing(minima, version):
    made = minima.invitations.create(**ada(version, accommodation={"extra_percent": 25}))
    read = minima.invitations.get(made.id)
    later = read.expires_at + timedelta(days=1)
    changed = minima.invitations.change(read, expires_at=later, message="Good luck.")

    assert made == read
    assert made.link.startswith("http")
    assert made.link not in repr(made)
    assert (changed.expires_at, changed.message) == (later, "Good luck.")
    with pytest.raises(Stale, match="read it again"):
        minima.invitations.change(read, message="Somebody was quicker.")
    [listed] = minima.invitations.list(state="sent", assessment=version.assessment.pk)
    assert minima.invitations.change(listed, message="From a list.").message == "From a list."

    granted = minima.invitations.accommodation(made.id)
    assert (granted.extra_percent, granted.untimed) == (25, False)
    untimed = minima.invitations.accommodate(made.id, granted, untimed=True)
    assert (untimed.extra_percent, untimed.untimed) == (0, True)
    with pytest.raises(Stale):
        minima.invitations.accommodate(made.id, granted, untimed=False)

    assert minima.invitations.send(made.id).id == made.id
    longer = minima.invitations.extend(made.id, expires_in_days=100)
    assert longer.expires_at > later
    assert minima.invitations.revoke(made.id).state == "revoked"
    with pytest.raises(Conflict):
        minima.invitations.send(made.id)
    candidate = minima.candidates.get(made.candidate.id)
    assert [each.state for each in candidate.invitations] == ["revoked"]
    minima.candidates.erase(candidate.id)
    assert minima.candidates.get(candidate.id).erased_at is not None


def test_lists_go_on_over_pages(minima, version):
    for number in range(3):
        actions.invite(version, f"C{number}", f"c{number}@example.com")

    found = minima.invitations.list(page_size=1, created_after=datetime(2020, 1, 1, tzinfo=UTC))
    assert [each.candidate.name for each in found] == ["C2", "C1", "C0"]
    assert [each.slug for each in minima.assessments.list(archived=False)] == ["first"]
    detail = minima.assessments.get(version.assessment.pk)
    assert [each.kind for each in detail.version.questions] == ["single_choice", "coding"]
    [question] = minima.questions.list(kind="coding")
    assert minima.questions.get(question.id).content
    assert minima.tasks.get(minima.tasks.list()[0].slug).formula
    with pytest.raises(ValueError, match="no zone"):
        list(minima.invitations.list(created_after=datetime(2020, 1, 1)))  # noqa: DTZ001


def test_what_candidates_did_and_what_people_said_of_it(
    minima, version, choice_question, make_member
):
    owner = make_member("owner")
    attempt = actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))
    actions.save_answer(attempt, choice_question, {"option": "a"}, 0)
    actions.finish_attempt(attempt)

    [listed] = minima.attempts.list(state="finished", score_min=0)
    decided = minima.attempts.decide(
        listed.id, outcome="hold", reason="Let us talk.", decided_by=owner.email
    )

    assert listed.candidate.name == "Ada"
    assert minima.attempts.report(listed.id).decision == decided == minima.decisions.get(decided.id)
    assert [each.question for each in minima.attempts.get(listed.id).questions] == [
        "which-one", "code-huber",
    ]  # fmt: skip
    assert [each.content for each in minima.attempts.answers(listed.id)] == [{"option": "a"}]
    assert [each.outcome for each in minima.decisions.list(in_force=True)] == ["hold"]
    assert list(minima.reviews.list(attempt=listed.id)) == []
    assert [each.role for each in minima.members.list()] == ["owner"]


def test_refusals_are_typed_and_say_what_to_do(minima, live_server, version, make_token):
    with pytest.raises(NotFound, match="Check the id"):
        minima.invitations.get("../members")
    with pytest.raises(Invalid) as refused:
        minima.invitations.create(**ada(version, email="nobody", expires_in_days=0))
    assert {each.field for each in refused.value.errors} == {"email", "expires_in_days"}
    minima.submissions.create("huber", "x = 1", key="k")
    with pytest.raises(KeyReused):
        minima.submissions.create("huber", "x = 2", key="k")
    with (
        Client(live_server.url, make_token("grade")) as narrow,
        pytest.raises(Forbidden, match="scope"),
    ):
        list(narrow.attempts.list())
    wrong = "mnm_" + "x" * 30
    with (
        Client(live_server.url, wrong) as unknown,
        pytest.raises(Unauthenticated) as denied,
    ):
        unknown.tasks.list()
    assert wrong not in f"{denied.value} {unknown!r} {unknown.sender!r}"


def grade(submission, **report):
    actions.store_report(str(submission.pk), submission.ticket, make_report(**report))


def test_grading_is_waited_for(minima, broker, slept):
    bell = threading.Timer(0.3, lambda: grade(Submission.objects.get()))
    sent = minima.submissions.create("huber", "x = 1")
    bell.start()
    graded = minima.submissions.wait(sent.id, timeout=20)
    bell.join()

    assert (sent.status, sent.report) == ("queued", None)
    assert (graded.report.verdict, graded.report.score) == ("passed", 1.0)
    assert [each.verdict for each in minima.submissions.list(task="huber")] == ["passed"]
    with pytest.raises(TimedOut, match="goes on at the server"):
        minima.submissions.wait(minima.submissions.create("huber", "x = 2").id, timeout=0)
    assert slept == []


def test_a_batch_is_followed_to_its_results(live_server, make_token, broker):
    told = []

    def grade_one(seconds):
        grade(Submission.objects.filter(status="queued").first())

    with Client(live_server.url, make_token("grade"), sleep=grade_one) as minima:
        batch = minima.batches.create(
            [{"id": name, "task": "huber", "source": "x = 1"} for name in "abc"]
        )
        minima.batches.wait(batch.id, progress=lambda found: told.append(found.graded))
        results = list(minima.batches.results(batch.id, page_size=2))

    assert told == [0, 1, 2, 3]
    assert [each.id for each in results] == ["a", "b", "c"]
    assert {each.submission.report.verdict for each in results} == {"passed"}


def test_a_post_whose_answer_was_lost_is_repeated_and_creates_once(make_distant, courier, version):
    minima = make_distant(patience=Patience(first_wait=0.01))
    lost = iter(["lose", "lose"])
    courier.fate = lambda method, path: next(lost, "deliver")

    made = minima.invitations.create(**ada(version))

    keys = {headers["Idempotency-Key"] for _, _, headers in courier.carried}
    assert (len(courier.carried), len(keys)) == (3, 1)
    assert [str(each.pk) for each in Invitation.objects.all()] == [made.id]


def test_a_change_whose_answer_was_lost_is_not_made_again(make_distant, courier, version):
    minima = make_distant()
    invitation = minima.invitations.get(actions.invite(version, "Ada", "ada@example.com").pk)
    courier.fate = lambda method, path: "lose" if method == "PATCH" else "deliver"

    with pytest.raises(AnswerLost, match="Read it again"):
        minima.invitations.change(invitation, message="Hello.")

    assert len(courier.paths("PATCH")) == 1
    assert Invitation.objects.get().message == "Hello."


def test_limits_are_waited_out_within_a_bound(live_server, make_token, settings, organisation):
    settings.API_REQUESTS_PER_MINUTE = 0
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        settings.API_REQUESTS_PER_MINUTE = 100

    token = make_token()
    with Client(live_server.url, token, sleep=sleep) as minima:
        assert minima.tasks.list()
    assert len(slept) == 1
    assert 0 < slept[0] <= 62

    settings.API_REQUESTS_PER_MINUTE = 0
    with (
        Client(live_server.url, token, patience=Patience(longest_wait=0), sleep=sleep) as hasty,
        pytest.raises(RateLimited, match="Try again in") as refused,
    ):
        hasty.tasks.list()
    assert 0 < refused.value.retry_after <= 61
    assert len(slept) == 1


def test_endpoints_of_webhooks_are_run(minima):
    made = minima.webhooks.create(
        url="https://hooks.example.org/a", event_types=["attempt.graded"], key="once"
    )
    read = minima.webhooks.get(made.id)
    off = minima.webhooks.change(read, enabled=False)

    assert made.secret.startswith("whsec_")
    assert made.secret not in repr(made)
    assert minima.webhooks.rotate(made.id).secret != made.secret
    assert [each.id for each in minima.webhooks.list(enabled=False)] == [off.id]
    with pytest.raises(Conflict):
        minima.webhooks.test(made.id)
    with pytest.raises(Stale):
        minima.webhooks.change(read, enabled=True)
    minima.webhooks.change(minima.webhooks.get(made.id), enabled=True)
    sent = minima.webhooks.test(made.id)
    assert minima.deliveries.get(sent.id).data == {"endpoint": made.id}
    assert [each.type for each in minima.deliveries.list(state="pending")] == ["webhook.test"]
    assert minima.webhooks.replay(made.id).number == 0
    minima.webhooks.remove(made.id)
    assert list(minima.webhooks.list()) == []
