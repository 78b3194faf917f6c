"""The audit log: who did what, and who looked at whose personal data."""

from datetime import timedelta

import pytest
from django.db import transaction

from assessments import actions
from assessments.models import AuditEntry, Decision


def test_an_entry_says_who_did_what_to_which(invitation, make_member):
    member = make_member()

    entry = actions.record("invitation.extended", invitation, by=member, days=3)

    entry.refresh_from_db()
    assert (entry.member, entry.token, entry.actor) == (member, None, "r@acme.example")
    assert entry.organisation == invitation.organisation
    assert (entry.verb, entry.target_kind) == ("invitation.extended", "invitation")
    assert entry.target_id == str(invitation.pk)
    assert entry.detail == {"days": 3}
    assert not entry.is_access


def test_a_token_acts_under_its_name(invitation, organisation):
    token, _ = actions.issue_token(organisation, "hiring system", ["invite"])

    entry = actions.record("invitation.revoked", invitation, by=token)

    assert (entry.member, entry.token, entry.actor) == (None, token, "hiring system")


def test_details_are_kept_as_json_holds_them(invitation):
    entry = actions.record("invitation.extended", invitation, by=None, to=invitation.expires_at)

    entry.refresh_from_db()
    assert entry.detail["to"].startswith(f"{invitation.expires_at:%Y-%m-%dT%H:%M}")
    assert entry.actor == ""


def test_the_organisation_is_found_by_what_a_thing_belongs_to(attempt, organisation, make_member):
    decision = Decision.objects.create(attempt=attempt, outcome="hold", reason="Wait.")

    for target in (decision, attempt.version, organisation):
        assert actions.record("thing.changed", target, by=None).organisation == organisation


def test_another_organisation_can_be_named(choice, organisation):
    entry = actions.record("question.leaked", choice, by=None, organisation=organisation)

    assert entry.organisation == organisation


def test_what_is_rolled_back_leaves_no_entry(invitation):
    @transaction.atomic
    def revoke_and_fail():
        actions.record("invitation.revoked", invitation, by=None)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        revoke_and_fail()

    assert not AuditEntry.objects.exists()


def test_the_same_look_is_noted_once_in_ten_minutes(attempt, make_member, clock):
    member = make_member()

    for _ in range(2):
        actions.note_look(attempt, by=member, what="report")
    assert AuditEntry.objects.looks().get().verb == "attempt.seen"
    clock.forward(minutes=11)
    actions.note_look(attempt, by=member, what="report")

    assert AuditEntry.objects.looks().count() == 2
    assert AuditEntry.objects.earliest("at").at + timedelta(minutes=11) == clock.now


def test_another_viewer_another_thing_and_another_look_are_each_noted(attempt, make_member):
    first, second = make_member(), make_member(email="s@acme.example")

    for target, viewer, what in [
        (attempt, first, "report"),
        (attempt, second, "report"),
        (attempt, first, "export"),
        (attempt.candidate, first, "report"),
        (attempt, None, "report"),
    ]:
        assert actions.note_look(target, by=viewer, what=what).detail == {"what": what}

    assert AuditEntry.objects.looks().count() == 5
    assert not AuditEntry.objects.changes().exists()
