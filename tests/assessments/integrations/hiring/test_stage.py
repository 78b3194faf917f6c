"""Webhooks of systems without an assessment module: proved, read as agreed, acted on once."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from assessments import actions
from assessments.actions.hiring_connections import pause_connection, replace_key
from assessments.actions.hiring_sending import tell_round
from assessments.integrations.hiring.proofs import signing_secret
from assessments.models import HiringError, HiringMessage, HiringOrder, Invitation

pytestmark = pytest.mark.django_db
FIELDS = {"name": "who.name", "email": "who.mail", "key": "id", "stage": "stage"}


@pytest.fixture
def stage(connect, version):
    """Makes a system that says who came to which stage, proved as told."""

    def make(proof="standard", **settings):
        stages = [{"stage": "Take-home", "assessment": str(version.assessment_id)}]
        made = connect(
            "stage",
            settings={"proof": proof, "fields": FIELDS, "stages": stages} | settings,
        )
        made.path = f"{made.connection.pk}/"
        return made

    return make


def message(key="app-1", stage="take-home", **changes):
    who = {"name": "Ada", "mail": "ada@example.com"} | changes
    return json.dumps({"id": key, "stage": stage, "who": who, "more": [1]})


def standard(system, body, number="msg_1", at=None, key=None):
    moment = at or datetime.now(UTC)
    sign = Webhook(signing_secret(key or system.key)).sign(number, moment, body)
    return {
        "webhook-id": number,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": sign,
    }


def post(system, body, path=None, **headers):
    return system("POST", path or system.path, body, **headers)


def test_who_comes_to_the_stage_is_invited_and_nobody_else(stage, version):
    system, body, other = stage(), message(), message(stage="Offer", mail=None)

    said = post(system, other, **standard(system, other, "msg_0"))
    assert said == (200, {"outcome": "ignored", "why": "The stage “Offer” invites to nothing."})
    status, answer = post(system, body, **standard(system, body))

    order = HiringOrder.objects.get()
    assert (status, answer) == (200, {"outcome": "invited", "order": str(order.pk)})
    assert (order.name, order.email, order.reference) == (
        "Ada",
        "ada@example.com",
        {"key": "app-1"},
    )
    assert order.version == version


def test_a_repetition_does_nothing_even_after_the_order_was_withdrawn(stage):
    system, body = stage(), message()
    sent = standard(system, body)
    post(system, body, **sent)
    assert post(system, body, **sent)[1]["outcome"] == "repeated"
    assert post(system, body, **standard(system, body, "msg_2"))[1]["outcome"] == "known"
    actions.revoke_invitation(Invitation.objects.get())

    assert post(system, body, **sent)[1]["outcome"] == "repeated"
    assert Invitation.objects.count() == 1
    assert post(system, body, **standard(system, body, "msg_3"))[1]["outcome"] == "invited"


def hmac_of(system, body, key=None):
    return hmac.new((key or system.key).encode(), body.encode(), hashlib.sha256)


FORGED = {
    "nothing": lambda system, body: {},
    "another key": lambda system, body: standard(system, body, key="mnh_other"),
    "another body": lambda system, body: standard(system, body + " "),
    "ten minutes ago": lambda system, body: standard(
        system, body, at=datetime.now(UTC) - timedelta(minutes=10)
    ),
    "in ten minutes": lambda system, body: standard(
        system, body, at=datetime.now(UTC) + timedelta(minutes=10)
    ),
    "another version": lambda system, body: (
        standard(system, body)
        | {
            "webhook-signature": standard(system, body)["webhook-signature"].replace("v1", "v2"),
        }
    ),
    "no id": lambda system, body: standard(system, body) | {"webhook-id": ""},
    "nonsense": lambda system, body: standard(system, body) | {"webhook-signature": "v1,\xff v2"},
    "no time": lambda system, body: standard(system, body) | {"webhook-timestamp": "soon"},
}


def test_what_is_forged_or_old_is_refused_and_counted(stage):
    system, body = stage(), message()

    for name, made in FORGED.items():
        assert post(system, body, **made(system, body))[0] == 401, name

    assert not Invitation.objects.exists()
    assert not HiringMessage.objects.exists()
    errors = list(HiringError.objects.values_list("status", "times"))
    assert len(errors) == 2
    assert sum(times for _, times in errors) == len(FORGED)


def test_a_signature_of_the_body_alone_is_taken_as_hex_and_base64(stage):
    system = stage("hmac", signature_header="X-Signature")
    for number, spelled in enumerate(
        [
            lambda made: made.hexdigest(),
            lambda made: f"sha256={made.hexdigest()}",
            lambda made: f"sha256 {made.hexdigest()}",
            lambda made: base64.b64encode(made.digest()).decode(),
        ]
    ):
        body = message(f"app-{number}", mail=f"ada{number}@example.com")
        header = {"x-signature": spelled(hmac_of(system, body))}
        assert post(system, body, **header)[1]["outcome"] == "invited"
        assert post(system, body, **header)[1]["outcome"] == "repeated"
    wrong = hmac_of(system, body, "mnh_other").hexdigest()
    for given in ("", "sha256=", wrong, "\xe9"):
        assert post(system, body, **{"x-signature": given})[0] == 401


def test_an_address_can_be_the_secret(stage, connect):
    system, other, body = stage("address"), stage("address"), message()
    right = f"{system.path}{system.key}/"

    for path in (system.path, f"{system.path}mnh_wrong/", f"{system.path}{other.key}/"):
        assert post(system, body, path)[0] == 401
    assert post(system, body, right)[1]["outcome"] == "invited"
    assert post(system, body, right)[1]["outcome"] == "repeated"
    assert system("GET", right)[0] == 405
    assert post(system, body, "00000000-0000-0000-0000-000000000000/")[0] == 404


def test_for_a_day_both_keys_sign(stage):
    system, body = stage(), message()
    new = replace_key(system.connection, by=None)

    assert post(system, body, **standard(system, body))[0] == 200
    assert post(system, body, **standard(system, body, "msg_2", key=new))[0] == 200


BROKEN = [
    ("{", 400),
    ("[]", 400),
    (message(mail="nobody"), 400),
    (message(name="\x00"), 400),
    (message(key=""), 400),
    (message(stage=None), 400),
    (json.dumps({"stage": {"take": "home"}}), 400),
    ('"' + "x" * 300_000 + '"', 413),
]


def test_what_can_not_be_read_is_refused_noted_and_may_come_again(stage):
    system = stage()
    for number, (body, status) in enumerate(BROKEN):
        said = post(system, body, **standard(system, body, f"msg_{number}"))
        assert said[0] == status, body[:50]

    assert not HiringMessage.objects.exists()
    body = message()
    assert post(system, body, **standard(system, body, "msg_2"))[1]["outcome"] == "invited"


def test_what_is_closed_or_paused_invites_nobody_and_can_be_sent_again(stage, version):
    system, body = stage(), message()
    actions.archive(version.assessment, by=None)
    assert post(system, body, **standard(system, body))[0] == 422
    actions.unarchive(version.assessment, by=None)
    pause_connection(system.connection, by=None)
    assert post(system, body, **standard(system, body))[0] == 403
    assert not Invitation.objects.exists()


def test_an_address_for_results_hears_of_orders_alone(stage, receiver, sit):
    system = stage(results_url=receiver.url())
    body = message()
    post(system, body, **standard(system, body))
    order = sit(HiringOrder.objects.with_invitation().get(), 0.5)

    assert tell_round() == 1
    [(headers, told)] = receiver.to()
    told = Webhook(signing_secret(system.key)).verify(told, headers)
    assert told["type"] == "order.updated"
    assert told["data"].pop("completed_at")
    assert told["data"] == {
        "order": str(order.pk),
        "key": "app-1",
        "assessment": str(order.version.assessment_id),
        "status": "completed",
        "score": 62.5,
        "passed": True,
        "report_url": told["data"]["report_url"],
        "sections": [],
    }


def test_without_such_an_address_nothing_is_sent(stage, sit):
    system, body = stage(), message()
    post(system, body, **standard(system, body))
    sit(HiringOrder.objects.with_invitation().get())

    assert tell_round() == 0
    assert HiringOrder.objects.get().telling == "nothing"
    assert not HiringError.objects.exists()
