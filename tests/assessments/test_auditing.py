"""The audit log: who did what, and who looked at whose personal data."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from assessments import actions
from assessments.models import AuditEntry, Decision
from assessments.models.audit import EntryIsFinal


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

    assert not AuditEntry.objects.filter(verb="invitation.revoked").exists()


def test_the_same_look_is_noted_once_in_ten_minutes(attempt, make_member, clock):
    member = make_member()

    for _ in range(2):
        actions.note_look(attempt, by=member, what="report")
    assert AuditEntry.objects.looks().get().verb == "attempt.seen"
    clock.forward(minutes=11)
    actions.note_look(attempt, by=member, what="report")

    assert AuditEntry.objects.looks().count() == 2
    assert AuditEntry.objects.looks().earliest("at").at + timedelta(minutes=11) == clock.now


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
    assert not AuditEntry.objects.changes().filter(verb__contains="seen").exists()


def test_an_entry_is_neither_changed_nor_taken_out(invitation):
    entry = actions.record("invitation.revoked", invitation, by=None)
    entries = AuditEntry.objects.filter(pk=entry.pk)

    for attempted in (entry.save, entry.delete, entries.delete, lambda: entries.update(verb="x")):
        with pytest.raises(EntryIsFinal):
            attempted()

    assert entries.get().verb == "invitation.revoked"


def test_the_database_itself_keeps_what_an_entry_says(invitation):
    entry = actions.record("invitation.revoked", invitation, by=None)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_auditentry SET actor = 'Somebody else'")

    entry.refresh_from_db()
    assert entry.actor == ""


def test_an_entry_outlives_whom_it_names(invitation, make_member, organisation):
    member = make_member()
    token, _ = actions.issue_token(organisation, "hiring system", ["invite"])
    for by in (member, token):
        actions.record("invitation.sent", invitation, by=by)

    member.delete()
    token.delete()

    told = AuditEntry.objects.filter(verb="invitation.sent").values_list("actor", "member", "token")
    assert set(told) == {("r@acme.example", None, None), ("hiring system", None, None)}


def test_a_log_goes_with_its_organisation(organisation, stranger):
    for each in (organisation, stranger):
        actions.record("organisation.changed", each, by=None)

    stranger.delete()

    assert AuditEntry.objects.get().organisation == organisation


def entry_of(verb):
    """What the log says of `verb`: who, of which kind of thing, and more."""
    entry = AuditEntry.objects.get(verb=verb)
    return entry.actor, entry.target_kind, entry.detail


def test_a_published_assessment_is_in_the_log(make_version, organisation, make_member, choice):
    member = make_member()
    version = make_version(organisation).assessment.versions.create(number=2, title="x", minutes=9)
    version.questions.create(question_version=choice, position=1)

    actions.publish_assessment(version, by=member)

    told = AuditEntry.objects.filter(verb="assessment.published").values_list("actor", "detail")
    assert ("r@acme.example", {"number": 2}) in told


def test_accommodations_and_requests_are_in_the_log_without_what_was_granted(
    invitation, make_member
):
    member = make_member()
    asked = actions.ask_accommodation(invitation, "I read slowly.")

    actions.answer_request(asked, member, True, "Yes.", extra_percent=50, note="slow")

    assert entry_of("accommodation_request.granted") == ("r@acme.example", "invitation", {})
    assert entry_of("accommodation.granted") == ("r@acme.example", "invitation", {})


def test_a_link_that_is_sent_again_is_in_the_log(invitation, make_member, client):
    client.force_login(make_member())

    client.post(f"/desk/invitations/{invitation.pk}/send/")

    assert entry_of("invitation.sent") == ("r@acme.example", "invitation", {})


def test_another_system_that_grants_is_named(api, invitation):
    address = f"/api/v1/invitations/{invitation.pk}/accommodation/"
    put = api.put(address, {"extra_minutes": 5}, format="json", headers={"If-Match": "*"})
    assert put.status_code == 200

    assert entry_of("accommodation.granted") == ("test", "invitation", {})


def test_answered_problem_reports_are_in_the_log_without_their_words(attempt, make_member):
    report = actions.report_problem(attempt, None, "It broke.")

    actions.answer_problem(report, make_member(), "We mended it.")

    assert entry_of("problem_report.answered") == ("r@acme.example", "attempt", {"told": True})


def test_settings_are_in_the_log_with_what_they_were(organisation, make_member):
    actions.change_organisation(
        organisation, by=make_member("owner"), name="Acme", retention_days=90, notice="New."
    )
    actions.change_organisation(organisation, name="Acme")

    detail = {"retention_days": {"from": 365, "to": 90}, "notice": True}
    assert entry_of("organisation.changed") == ("r@acme.example", "organisation", detail)


def test_tokens_are_in_the_log_without_their_secrets(organisation, make_member):
    owner = make_member("owner")
    token, text = actions.issue_token(organisation, "hiring system", ["invite"], by=owner)

    for _ in range(2):
        actions.revoke_token(token, by=owner)

    assert entry_of("token.revoked") == ("r@acme.example", "apitoken", {"name": "hiring system"})
    assert text.rpartition("_")[2] not in str(entry_of("token.issued"))
    assert actions.token_for(text) is None


def test_an_erased_candidate_is_in_the_log_without_a_name(invitation, make_member):
    actions.erase_candidate(invitation.candidate, by=make_member())

    who, kind, detail = entry_of("candidate.erased")
    assert (who, kind, detail) == ("r@acme.example", "candidate", {"invitations": 1})


def test_who_chooses_to_see_names_is_in_the_log_once(make_member):
    member = make_member().memberships.get()

    for hides in (True, True, False):
        actions.hide_names(member, hides)

    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["names.hidden", "names.shown"]


def test_a_followed_link_is_a_look_at_each_of_its_attempts(attempt, make_member):
    member = make_member()
    attempt = actions.finish_attempt(attempt)
    link, _ = actions.share([attempt], by=member, name="Kim", days=3)

    for _ in range(2):
        assert actions.view_share(link, network="198.51.100.0/24", browser="Firefox")

    look = AuditEntry.objects.looks().get()
    assert (look.member, look.actor, look.target_id) == (None, "", str(attempt.pk))
    assert look.detail == {"what": "share"}
