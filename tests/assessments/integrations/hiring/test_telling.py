"""Systems are told how an order stands: once it is so, until they hear it, nowhere else."""

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments import actions
from assessments.actions import hiring_connections, hiring_sending
from assessments.actions.hiring_errors import Trouble, forget_hiring, note_error
from assessments.actions.hiring_outcomes import note, tell_again
from assessments.actions.hiring_sending import tell_round
from assessments.actions.ordering import Wanted, cancel_order, place_order, take_message
from assessments.integrations.parcels import Outcome
from assessments.models import (
    Email,
    HiringConnection,
    HiringError,
    HiringOrder,
    Invitation,
    Submission,
)
from tests.assessments.conftest import make_report

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(connect, receiver):
    return connect(settings={"hosts": ["127.0.0.1"]})


@pytest.fixture
def place(system, receiver, version):
    def placed(key="1", path="/hook", connection=system.connection, **changes):
        wanted = Wanted(
            version.assessment, key, "Ada", f"ada{key}@example.com",
            callback_url=receiver.url(path), **changes,
        )  # fmt: skip
        return place_order(connection, wanted)[0]

    return placed


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_greenhouse_is_told_by_a_patch_once_there_is_a_score(system, place, receiver, sit):
    order = place()
    assert tell_round() == 0
    order = sit(order)

    assert tell_round() == 1
    [(headers, body)] = receiver.to()
    assert body == b""
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == (
        f"{system.key}:".encode()
    )
    order = fresh(order)
    assert (order.state, order.telling, order.score) == ("completed", "delivered", 0.625)
    assert fresh(system.connection).told_at == order.told_at
    assert tell_round() == 0


def test_another_score_is_told_anew(place, receiver, sit, make_member):
    order = sit(place())
    tell_round()
    attempt = order.invitation.attempt
    actions.override_score(attempt, None, 0.25, "It was copied.", make_member("owner"))

    assert tell_round() == 1
    assert len(receiver.to()) == 2


def test_what_is_rolled_back_is_not_told_and_what_commits_rings_once(place, broker, committed, sit):
    order = place()
    broker.clear()
    with committed():
        sit(order)

    rung = [each["task"] for each in broker.headers("default")]
    assert rung.count("assessments.tasks.tell_hiring_systems") == 1


def test_a_system_that_fails_is_tried_by_the_schedule_and_then_left_to_a_person(
    system, place, receiver, sit, clock, make_member
):
    make_member("owner", email="o@acme.example")
    receiver.answers["/hook"] = (500, {}, b"ada1@example.com is on holiday")
    order, waits = sit(place()), []
    for _ in HiringOrder.PAUSES:
        assert tell_round() == 1
        order = fresh(order)
        waits.append(order.due_at - clock())
        assert order.telling == "pending"
        clock.to(order.due_at)
    Email.objects.all().delete()
    assert tell_round() == 1

    assert fresh(order).telling == "failed"
    for waited, pause in zip(waits, HiringOrder.PAUSES, strict=True):
        assert pause <= waited <= pause * 1.2
    letter = Email.objects.get()
    assert (letter.to, "can't be told results" in letter.subject) == ("o@acme.example", True)
    errors = HiringError.objects.filter(order=order)
    assert {each.answer for each in errors} == {"(address) is on holiday"}
    assert fresh(system.connection).failing_since
    receiver.answers.clear()
    assert tell_again(order, by=None)
    assert tell_round() == 1
    assert fresh(order).telling == "delivered"
    assert fresh(system.connection).failing_since is None


def test_a_system_that_is_out_of_reach_is_left_alone_and_holds_up_no_other(
    system, connect, place, receiver, sit, clock
):
    receiver.answers["/busy"] = (503, {"Retry-After": "600"}, b"")
    other = connect(settings={"hosts": ["127.0.0.1"]})
    sit(place("1", "/busy"))
    sit(place("2", "/busy"))
    sit(place("3", connection=other.connection))

    assert tell_round() == 2
    assert (len(receiver.to("/busy")), len(receiver.to())) == (1, 1)
    clock.forward(seconds=599)
    assert tell_round() == 0
    clock.forward(seconds=2)
    assert tell_round() == 1


def test_what_changes_while_it_is_told_is_told_again(place, receiver, sit, make_member):
    order = sit(place())
    [(taken, _parcel)] = hiring_sending._take(1)
    actions.override_score(order.invitation.attempt, None, 0.5, "Late.", make_member("owner"))

    note(taken, Outcome(204))

    assert fresh(order).telling == "pending"
    assert tell_round() == 1


def test_two_workers_tell_it_once_and_the_death_of_one_leaves_it_due(place, receiver, sit, clock):
    sit(place())
    [_] = hiring_sending._take(1)
    assert list(hiring_sending._take(1)) == []
    clock.forward(seconds=61)

    assert tell_round() == 1


def test_nothing_is_sent_to_a_host_that_is_not_allowed_any_more(system, place, receiver, sit):
    order = sit(place())
    connection = fresh(system.connection)
    terms = hiring_connections.Terms(name="Ours", settings={"hosts": ["greenhouse.io"]})
    hiring_connections.change_connection(connection, terms, by=None)

    assert tell_round() == 0
    assert receiver.came == []
    assert "not among the hosts" in HiringError.objects.get(order=order).answer


def test_what_happens_while_a_connection_is_paused_waits(system, place, receiver, sit):
    order = place()
    hiring_connections.pause_connection(system.connection, by=None)
    sit(order)
    assert tell_round() == 0
    assert system("GET", "list_tests") == (403, {"error": "This connection is paused."})

    hiring_connections.resume_connection(system.connection, by=None)
    assert tell_round() == 1


def test_both_keys_let_in_for_a_day_and_the_new_one_is_sent(system, place, receiver, sit, clock):
    new = hiring_connections.replace_key(system.connection, by=None)
    assert system("GET", "list_tests")[0] == 200
    sit(place())
    tell_round()
    [(headers, _)] = receiver.to()
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == f"{new}:".encode()
    clock.forward(hours=25)
    assert system("GET", "list_tests")[0] == 401


def test_an_order_that_is_asked_for_again_after_it_expired_can_be_followed(place, clock):
    order = place()
    clock.forward(days=15)
    assert order.standing == "expired"

    again = place()

    assert again == order
    assert again.standing == "invited"
    assert fresh(again.invitation).expires_at == clock() + timedelta(days=14)


def test_an_order_is_cancelled_once_and_not_after_it_began(place, sit):
    order = place()
    assert cancel_order(cancel_order(order)).state == "cancelled"
    assert Invitation.objects.get().state == "revoked"
    begun = sit(place("2"))

    with pytest.raises(actions.InvitationClosed):
        cancel_order(begun)


def test_a_score_that_is_taken_back_is_not_there_until_it_comes(place, receiver, sit):
    order = place()
    attempt = actions.start_attempt(order.invitation)
    assert fresh(order).state == "started"
    coding = attempt.version.questions.get(position=2)
    sent = actions.submit_code(attempt, coding, "def loss(): ...", "submit")
    actions.finish_attempt(attempt)
    assert fresh(order).state == "finished"
    assert tell_round() == 0
    actions.store_report(str(sent.pk), Submission.objects.get().ticket, make_report())
    assert fresh(order).state == "completed"
    assert HiringConnection.objects.free().filter(pk=order.connection_id).exists()
    assert timezone.now() >= fresh(order).due_at


def test_errors_are_forgotten_after_a_month_and_messages_after_more_than_a_year(place, clock):
    order = place()
    note_error(order.connection, Trouble(HiringError.Side.OURS, "tell", 500, "No.", order=order))
    take_message(order.connection, "0" * 64)
    clock.forward(days=29)
    assert forget_hiring() == 0
    clock.forward(days=2)
    assert forget_hiring() == 1
    assert not take_message(order.connection, "0" * 64)
    clock.forward(days=370)
    assert forget_hiring() == 1
