"""Ashby and Workable, as others act them by their descriptions, against ours over HTTP."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from assessments import actions
from assessments.actions.hiring_sending import tell_round
from assessments.actions.ordering import Wanted, place_order
from assessments.integrations.hiring.ashby import Ashby
from assessments.models import Email, HiringError, HiringOrder, Invitation
from tests.peers.ashby import Refused, ashby
from tests.peers.workable import Refused as Rejected
from tests.peers.workable import workable


@pytest.fixture(autouse=True)
def on_this_machine(settings, broker):
    settings.WEBHOOKS_ALLOW_PRIVATE = True


@pytest.fixture
def ashby_of_ours(live_server, connect, monkeypatch):
    system = connect("ashby", their_key="theirs")
    with ashby(f"{live_server.url}/integrations/ashby/v1", system.key) as made:
        made.api_key = "theirs"
        monkeypatch.setattr(Ashby, "address", f"http://{made.host}/assessment.update")
        yield made


@pytest.fixture
def workable_of_ours(live_server, connect):
    system = connect("workable", settings={"hosts": ["127.0.0.1"]}, their_key="theirs")
    with workable(f"{live_server.url}/integrations/workable/v1", system.key) as made:
        made.token = "theirs"
        yield made


def ordered(key):
    return HiringOrder.objects.with_invitation().get(pk=key)


def tell_until_heard(key, clock):
    for _ in range(15):
        clock.forward(days=1)
        tell_round()
        if ordered(key).telling == HiringOrder.Telling.DELIVERED:
            return


def test_ashby_gets_on_with_ours(ashby_of_ours, version, sit, clock):
    peer = ashby_of_ours
    [kind] = [each["assessment_type_id"] for each in peer.list()]
    ada = peer.start(kind)
    assert (ada.status, ada.started_at, ada.result) == ("Invited", None, None)
    assert peer.repeat(ada.body) is ada
    assert Email.objects.count() == 1
    with pytest.raises(Refused) as conflict:
        peer.start(kind)  # Ada again, of another application
    with pytest.raises(Refused) as unknown:
        peer.start(str(uuid.uuid4()), email="x@example.com")
    assert (conflict.value.status, unknown.value.status) == (409, 422)

    actions.start_attempt(ordered(ada.assessment_id).invitation)
    assert tell_round() == 1
    assert (ada.status, ada.result) == ("Started", None)
    assert ada.started_at == ada.updates[-1]["timestamp"]
    with pytest.raises(Refused, match="422: The candidate has started"):
        peer.cancel(ada)

    peer.answers = ["no", "drop", 500, 429, 401]
    sit(ordered(ada.assessment_id), 0.5)
    tell_until_heard(ada.assessment_id, clock)
    assert (peer.answers, peer.wrong) == ([], [])
    assert (ada.status, ada.result, ada.fields["passed"]) == ("Completed", 62.5, True)
    assert ada.url.endswith(f"/desk/attempts/{ordered(ada.assessment_id).invitation.attempt.pk}/")

    bob = peer.start(kind, first_name="Bob", email="bob@example.com")
    assert peer.cancel(bob).cancelled == "The invitation was withdrawn."
    assert peer.cancel(bob) is bob
    assert tell_round() == 0  # the answer has said it
    anew = peer.repeat(bob.body)
    assert anew.assessment_id != bob.assessment_id
    actions.erase_candidate(ordered(anew.assessment_id).invitation.candidate)
    assert tell_round() == 0
    for verb in ("assessment.list", "assessment.start", "assessment.cancel"):
        assert peer.raw(verb, ada.body, key="another")[0] == 401
    assert peer.wrong == []


def test_workable_gets_on_with_ours(workable_of_ours, version, sit, clock):
    peer = workable_of_ours
    [test] = [each["id"] for each in peer.tests()]
    grace = peer.send(test)
    assert peer.repeat(grace) is grace
    assert Email.objects.count() == 1
    assert peer.shared_link(grace)["url"] == ordered(grace.assessment_id).invitation.link
    with pytest.raises(Rejected) as conflict:
        peer.send(test)
    with pytest.raises(Rejected) as unknown:
        peer.send("1", email="x@example.com")
    assert (conflict.value.status, unknown.value.status) == (409, 422)

    peer.answers = [500, "drop", 503]
    sit(ordered(grace.assessment_id), 0.5)
    tell_until_heard(grace.assessment_id, clock)
    assert (peer.answers, peer.wrong) == ([], [])
    [result] = grace.results
    assert (grace.status, result["assessment"]["score"]) == ("completed", "62.5")
    assert result["assessment"]["grade"] == "passed"

    linus = peer.send(test, email="linus@example.com")
    actions.revoke_invitation(ordered(linus.assessment_id).invitation)
    assert tell_round() == 1
    assert linus.status == "rejected"
    assert peer.raw("GET", "/tests", key="another")[0] == 401
    assert peer.wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("system", ["ashby", "workable"])
def test_our_own_key_is_never_what_they_are_called_with(connect, version, sit, system):
    connection = connect(system, settings={"hosts": ["example.com"]}).connection
    wanted = Wanted(
        version.assessment, "1", "Ada", "a@x.example", callback_url="https://example.com/1"
    )
    sit(place_order(connection, wanted)[0])

    assert tell_round() == 0

    error = HiringError.objects.get()
    assert (error.status, error.answer.split()[0]) == (None, "Enter")
    assert HiringOrder.objects.get().telling == HiringOrder.Telling.PENDING


@pytest.mark.on_postgresql
def test_the_same_start_at_the_same_time_is_one_order(ashby_of_ours, version):
    body = ashby_of_ours.body(str(version.assessment_id))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ashby_of_ours.raw, ["assessment.start"] * 4, [body] * 4))

    keys = {json.loads(text)["results"]["assessment_id"] for _, _, text in found}
    assert (len(keys), Invitation.objects.count(), Email.objects.count()) == (1, 1, 1)
