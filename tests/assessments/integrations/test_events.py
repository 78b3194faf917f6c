"""What happens is told: in the transaction of the change, and nothing of what was rolled back."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from assessments import actions
from assessments.actions import webhooks
from assessments.actions.reviewing import Points
from assessments.integrations.events import body_of
from assessments.models import (
    EventType,
    Invitation,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from assessments.models.webhook import TEST
from tests.assessments.conftest import SOURCE, make_report
from tests.assessments.essays import FULL, essays, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(organisation):
    return webhooks.add_webhook(organisation, "https://hooks.example.com/minima", by=None)[0]


def told():
    """The types of all events, in the order in which they were written."""
    deliveries = WebhookDelivery.objects.order_by("pk")
    return list(deliveries.values_list("event__type", flat=True))


def last():
    return WebhookDelivery.objects.order_by("pk").last().event.data


def sat(attempt, score=1.0):
    """Hand in both answers, and have the code graded."""
    choice, coding = attempt.version.questions.order_by("position")
    actions.save_answer(attempt, choice, {"option": "a"}, 0)
    sent = actions.submit_code(attempt, coding, SOURCE, "submit")
    actions.finish_attempt(attempt)
    return sent, make_report(score)


def test_an_attempt_is_told_from_its_invitation_to_its_score(endpoint, version, settings):
    invitation = actions.invite(version, "Ada", "ada@example.com")
    attempt = actions.start_attempt(invitation)
    sent, report = sat(attempt, 0.5)

    assert told() == ["invitation.created", "attempt.started", "attempt.submitted"]
    assert (last()["state"], last()["score"], last()["passed"]) == ("finished", None, None)
    actions.store_report(str(sent.pk), sent.ticket, report)

    assert told()[3:] == ["attempt.graded"]
    assert last() == {
        "attempt": str(attempt.pk),
        "invitation": str(invitation.pk),
        "candidate": str(invitation.candidate_id),
        "assessment": str(version.assessment_id),
        "version": 1,
        "state": "finished",
        "score": 0.625,
        "passed": True,
        "report_url": f"{settings.BASE_URL}/desk/attempts/{attempt.pk}/",
    }
    actions.rescore_attempt(attempt)
    assert told()[4:] == []  # it had its score


def test_an_attempt_that_the_clock_closes_is_told_of_too(endpoint, attempt, past_deadline):
    past_deadline(attempt, 60)

    actions.close_overdue()

    # Nothing was handed in, so that there is nothing to wait for.
    assert told()[-2:] == ["attempt.submitted", "attempt.graded"]
    assert (last()["state"], last()["score"]) == ("timed_out", 0.0)


def test_what_people_do_with_an_attempt_is_told(endpoint, organisation, make_member, client):
    owner = make_member("owner")
    answer = written(essays(organisation))
    before = len(told())

    actions.hand_in_review(answer, owner, Points({"0": FULL, "1": FULL, "2": FULL}))
    attempt = type(answer.attempt).objects.get(pk=answer.attempt_id)
    actions.override_score(attempt, None, 0.25, "It was copied.", owner)
    assert last()["score"] == 0.25
    actions.take_back_review(answer, owner)
    actions.reopen_attempt(attempt, 10, reason="A power cut.", by=owner)
    attempt = actions.finish_attempt(attempt)
    actions.decide([attempt], "decline", "Too little.", owner)

    assert last()["outcome"] == "decline"
    assert told()[before:] == [
        "review.completed",
        "attempt.graded",
        "report.updated",
        "attempt.reopened",
        "attempt.submitted",
        "attempt.graded",
        "decision.made",
    ]


def test_a_revoked_invitation_is_told_of_once(endpoint, invitation):
    actions.revoke_invitation(invitation)
    actions.revoke_invitation(invitation)

    assert told() == ["invitation.created", "invitation.revoked"]


def test_an_invitation_that_expires_is_told_of_once_and_again_after_it_was_extended(
    endpoint, invitation, clock
):
    clock.forward(days=13)
    assert actions.announce_expired() == 0
    clock.forward(days=2)
    assert actions.announce_expired() == 1
    assert actions.announce_expired() == 0
    actions.extend_invitation(invitation, clock() + timedelta(days=1))
    assert actions.announce_expired() == 0
    clock.forward(days=2)
    assert actions.announce_expired() == 1

    assert told() == ["invitation.created", "invitation.expired", "invitation.expired"]
    assert last()["invitation"] == str(invitation.pk)


def test_everybody_on_a_list_is_told_of_in_one_go(endpoint, version, django_assert_max_num_queries):
    people = "\n".join(f"P{n} <p{n}@example.com>" for n in range(30))
    made = actions.keep_list(version.assessment, people, {"days": 7}, by=None)

    with django_assert_max_num_queries(40):
        actions.confirm_list(made, by=None)

    assert told() == ["invitation.created"] * 30


def test_who_joins_by_an_open_link_is_told_of(endpoint, version):
    link = actions.create_link(
        version.assessment, name="Fair", cap=5, expires_at=timezone.now() + timedelta(days=2),
        days=7, by=None,
    )  # fmt: skip

    actions.join(link, name="Ada", email="ada@example.com")

    assert told() == ["invitation.created"]


def test_an_erased_candidate_is_told_of_by_a_key_alone(endpoint, invitation):
    actions.erase_candidate(invitation.candidate)

    assert told()[-1] == "candidate.erased"
    assert last() == {"candidate": str(invitation.candidate_id)}


def test_no_event_holds_what_is_personal(endpoint, attempt):
    sent, report = sat(attempt)
    actions.store_report(str(sent.pk), sent.ticket, report)

    text = json.dumps([event.data for event in WebhookEvent.objects.all()])

    found = [each for each in ("Ada", "ada@", attempt.invitation.token) if each in text]
    assert found == []


def test_previews_are_nobodys_business(endpoint, version, make_member):
    invitation = actions.begin_preview(version, make_member("owner"))
    attempt = actions.start_attempt(invitation)
    sent, report = sat(attempt)
    actions.store_report(str(sent.pk), sent.ticket, report)
    Invitation.objects.filter(pk=invitation.pk).update(
        expires_at=timezone.now() - timedelta(1), state="sent"
    )

    assert actions.announce_expired() == 0
    assert told() == []


def test_an_endpoint_hears_of_what_it_wants_and_of_its_own_organisation(
    organisation, stranger, version
):
    other, _ = webhooks.add_webhook(stranger, "https://hooks.example.com/other", by=None)
    some, _ = webhooks.add_webhook(
        organisation, "https://hooks.example.com/some", [EventType.ATTEMPT_STARTED], by=None
    )
    actions.start_attempt(actions.invite(version, "Ada", "ada@example.com"))

    assert told() == ["attempt.started"]
    assert not other.deliveries.exists()
    assert some.deliveries.count() == WebhookEvent.objects.count() == 1


def test_what_is_rolled_back_is_neither_written_nor_sent(endpoint, version, broker, committed):
    def fails_after_it():
        with transaction.atomic():
            actions.invite(version, "Ada", "ada@example.com")
            assert told() == ["invitation.created"]
            raise RuntimeError

    with committed() as callbacks, pytest.raises(RuntimeError):
        fails_after_it()

    assert told() == []
    assert callbacks == []
    assert broker.messages("default") == []


def test_a_worker_is_rung_for_once_it_is_committed(endpoint, version, broker, committed):
    with committed():
        actions.invite(version, "Ada", "ada@example.com")

    assert [each["task"] for each in broker.headers("default")] == [
        "assessments.tasks.send_webhooks"
    ]


def test_a_test_event_goes_to_its_endpoint_alone(endpoint, organisation):
    webhooks.add_webhook(organisation, "https://hooks.example.com/second", by=None)

    delivery = webhooks.send_test_event(endpoint, by=None)

    assert told() == [TEST]
    assert json.loads(body_of(delivery.event)) == {
        "type": "webhook.test",
        "timestamp": delivery.event.timestamp.isoformat().replace("+00:00", "Z"),
        "data": {"endpoint": str(endpoint.pk)},
    }


def test_what_happens_while_an_endpoint_is_off_waits_for_it(endpoint, version):
    webhooks.disable_webhook(endpoint, by=None)
    actions.invite(version, "Ada", "ada@example.com")

    off = WebhookEndpoint.objects.with_something_due()
    assert not off.free().exists()
    webhooks.enable_webhook(endpoint, by=None)
    assert list(off.free()) == [endpoint]
