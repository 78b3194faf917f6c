"""Inviting as other systems do it: once each, on terms, and with nothing that was granted."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from assessments import actions
from assessments.models import Accommodation, Candidate, Email, Invitation, RememberedAnswer
from tests.assessments.api.endpoint_table import type_of

pytestmark = pytest.mark.django_db

URL = "/api/v1/invitations/"
ONCE = {"Idempotency-Key": "k1"}


@pytest.fixture
def person(version):
    return {
        "assessment": str(version.assessment.pk), "name": "Emmy", "email": "Emmy@example.org"
    }  # fmt: skip


def invite(api, person, key="k1", **changes):
    return api.post(URL, person | changes, headers={"Idempotency-Key": key})


def one(invitation):
    return f"{URL}{invitation.pk}/"


def test_who_is_invited_gets_a_link_that_opens(api, client, person):
    response = invite(api, person, expires_in_days=3)

    body = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{URL}{body['id']}/"
    assert (body["candidate"]["email"], body["state"], body["is_open"]) == (
        "emmy@example.org", "sent", True
    )  # fmt: skip
    invitation = Invitation.objects.get()
    assert body["link"] == invitation.link
    assert client.get(invitation.get_absolute_url()).status_code == 200
    assert timedelta(days=2, hours=23) < invitation.expires_at - timezone.now() < timedelta(days=3)
    assert not Email.objects.exists()


def test_send_e_mails_the_message_in_the_language(api, person):
    invite(api, person, send=True, message="Good luck!", language="de")

    [email] = Email.objects.all()
    assert (email.to, email.kind) == ("emmy@example.org", "invitation")
    assert "Good luck!" in email.text


def test_what_is_granted_holds_and_is_in_no_answer(make_api, organisation, person):
    api, reader = make_api(organisation, "invite"), make_api(organisation, "read")
    pk = invite(api, person, accommodation={"extra_percent": 37}).json()["id"]

    assert Accommodation.objects.get().extra_percent == 37
    for client in (api, reader):
        for url in (URL, f"{URL}{pk}/"):
            assert "37" not in str({**client.get(url).json()}.get("accommodation", ""))
            assert "accommodation" not in client.get(url).content.decode()
            assert "extra" not in client.get(url).content.decode()
    assert reader.get(f"{URL}{pk}/accommodation/").status_code == 403


def test_the_link_is_for_who_may_invite(make_api, organisation, invitation):
    for scopes, link in ((["read"], None), (["invite"], invitation.link)):
        api = make_api(organisation, *scopes)
        assert api.get(one(invitation)).json()["link"] == link
        assert api.get(URL).json()["results"][0]["link"] == link


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": 7}, "name"),
        ({"email": "nobody"}, "email"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": "5"}, "expires_in_days"),
        ({"expires_in_days": True}, "expires_in_days"),
        ({"expires_in_days": 5, "expires_at": "2090-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2090-01-01"}, "expires_at"),
        ({"send": "yes"}, "send"),
        ({"language": "tlh"}, "language"),
        ({"message": "a\x00b"}, "message"),
        ({"accommodation": {"extra": 1}}, "accommodation.extra"),
        ({"accomodation": {}}, "accomodation"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_invited(api, person, changes, field):
    response = invite(api, person, **changes)

    assert response.status_code == 400
    assert [each["field"] for each in response.json()["errors"]] == [field]
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"expires_at": "2020-01-01T00:00:00Z"}, id="over"),
        pytest.param({"expires_at": "9999-12-31T23:59:59Z"}, id="far off"),
        pytest.param({"opens_at": "2100-01-01T00:00:00Z"}, id="opens too late"),
    ],
)
def test_terms_that_make_no_sense_are_a_conflict(api, person, changes):
    assert invite(api, person, **changes).status_code == 409
    assert not Candidate.objects.exists()


def test_attempts_that_are_used_up_are_a_conflict_unless_one_more_is_granted(api, person, version):
    actions.start_attempt(actions.invite(version, "Emmy", "emmy@example.org"))

    assert invite(api, person).status_code == 409
    assert invite(api, person, one_more=True).status_code == 201


# Once --------------------------------------------------------------------------------------------


def test_an_invitation_needs_a_key(api, person):
    response = api.post(URL, person)

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


def test_the_same_key_invites_and_sends_once(api, person):
    first, again = invite(api, person, send=True), invite(api, person, send=True)
    other = invite(api, person | {"name": "Else"}, send=True)

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert other.status_code == 422
    assert Invitation.objects.count() == Email.objects.count() == 1


def test_sending_again_is_once_a_key(api, invitation):
    for key in ("a", "a", "b"):
        assert (
            api.post(f"{one(invitation)}send/", headers={"Idempotency-Key": key}).status_code == 200
        )

    assert Email.objects.count() == 2
    assert api.post(f"{one(invitation)}send/").status_code == 400


def test_what_was_remembered_of_somebody_goes_with_them(api, person):
    invite(api, person)
    assert "Emmy" in str(RememberedAnswer.objects.get().answer)

    actions.erase_candidate(Candidate.objects.get())

    assert not RememberedAnswer.objects.exists()


@pytest.mark.on_postgresql  # SQLite lets one request write at a time
@pytest.mark.django_db(transaction=True)
def test_a_key_whose_request_is_still_being_answered_is_a_conflict(api, person, monkeypatch):
    inside, answers = Barrier(2, timeout=20), []
    carried_out = actions.invite

    def slowly(*args, **kwargs):
        inside.wait()  # the first request has its key
        inside.wait()  # the second one was answered
        return carried_out(*args, **kwargs)

    monkeypatch.setattr(actions, "invite", slowly)

    def first():
        answers.append(invite(api, person))
        connection.close()

    thread = Thread(target=first)
    thread.start()
    inside.wait()
    second = APIClient(headers={"Authorization": api._credentials["HTTP_AUTHORIZATION"]})
    busy = invite(second, person)
    inside.wait()
    thread.join()

    assert (busy.status_code, busy.json()["type"]) == (409, type_of("in-progress"))
    assert answers[0].status_code == 201
    assert Invitation.objects.count() == 1


# Afterwards --------------------------------------------------------------------------------------


def test_who_changes_an_invitation_has_read_it(api, invitation):
    read = api.get(one(invitation))["ETag"]
    late = (timezone.now() + timedelta(days=30)).isoformat()

    changed = api.patch(
        one(invitation), {"message": "Take your time.", "expires_at": late},
        headers={"If-Match": read},
    )  # fmt: skip
    stale = api.patch(one(invitation), {"message": "No."}, headers={"If-Match": read})
    blind = api.patch(one(invitation), {"message": "No."})

    assert (changed.status_code, stale.status_code, blind.status_code) == (200, 412, 428)
    assert changed["ETag"] == api.get(one(invitation))["ETag"]
    invitation.refresh_from_db()
    assert invitation.message == "Take your time."
    assert invitation.expires_at.isoformat() == late.replace("Z", "+00:00")


def test_what_did_not_change_is_not_sent_again(api, invitation):
    read = api.get(one(invitation))["ETag"]
    again = api.get(one(invitation), headers={"If-None-Match": read})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", read)


def test_it_is_extended_and_revoked_until_it_is_followed(api, invitation):
    extended = api.post(f"{one(invitation)}extend/", {"expires_in_days": 60})
    revoked = api.post(f"{one(invitation)}revoke/")
    again = api.post(f"{one(invitation)}revoke/")
    late = api.post(f"{one(invitation)}extend/", {"expires_in_days": 60})

    assert extended.json()["expires_at"] > invitation.expires_at.isoformat()
    assert (revoked.json()["state"], revoked.json()["is_open"]) == ("revoked", False)
    assert (again.status_code, late.status_code) == (200, 409)


def test_a_followed_invitation_can_be_changed_no_more(api, attempt):
    url = one(attempt.invitation)
    answers = [
        api.post(f"{url}revoke/"),
        api.post(f"{url}send/", headers=ONCE),
        api.patch(url, {"opens_at": None}, headers={"If-Match": "*"}),
    ]

    assert [each.status_code for each in answers] == [409, 409, 409]


def test_the_list_is_narrowed(api, version, invitation):
    actions.revoke_invitation(actions.invite(version, "Ben", "ben@example.com"))
    soon = (timezone.now() + timedelta(days=1)).isoformat().replace("+00:00", "Z")

    def emails(query):
        return {line["candidate"]["email"] for line in api.get(URL, query).json()["results"]}

    assert emails({}) == {"ada@example.com", "ben@example.com"}
    assert (
        emails({"state": "revoked"}) == emails({"email": "BEN@example.com"}) == {"ben@example.com"}
    )
    assert len(emails({"assessment": str(version.assessment.pk)})) == 2
    assert emails({"assessment": str(invitation.pk)}) == emails({"created_after": soon}) == set()
    assert len(emails({"created_before": soon})) == 2
    for wrong in ({"state": "lost"}, {"state": ""}, {"assessment": "x"}, {"created_after": "now"}):
        assert api.get(URL, wrong).status_code == 400
