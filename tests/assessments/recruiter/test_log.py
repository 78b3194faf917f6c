"""The log: what owners read of who did what, and who looked at whose data."""

import csv
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import AuditEntry, InvitationList, Label, Regrade, Scorecard
from tests.assessments.conftest import words

LOG, EXPORT = reverse("recruiter:log"), reverse("recruiter:log_export")


@pytest.fixture
def robin(make_member):
    member = make_member("recruiter", email="robin@acme.example")
    member.name = "Robin Recruiter"
    member.save()
    return member


@pytest.fixture
def owner(sign_in):
    return sign_in("owner", email="olga@acme.example")


def rows(response):
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text)))


def sentences(response):
    return [line.text for line in response.context["lines"]]


def test_an_entry_reads_as_a_sentence_with_a_link_to_its_candidate(owner, invitation, robin):
    until = timezone.now() + timedelta(days=9)
    actions.extend_invitation(invitation, until, by=robin)

    page = owner.get(LOG)

    assert "Robin Recruiter extended the invitation of Ada to “First” until" in words(page)
    assert f"{until:%-d %b %Y, %H:%M} UTC" in words(page)
    assert f'href="/desk/candidates/{invitation.candidate_id}/"' in page.text


def test_entries_come_newest_first_and_of_nobody_else(owner, organisation, stranger, make_version):
    make_version(stranger, "theirs")
    actions.change_organisation(organisation, retention_days=90)
    actions.record("organisation.changed", organisation, by=None, notice=True)

    assert sentences(owner.get(LOG)) == [
        "The installation changed the settings of Acme; the notice",
        "The installation changed the settings of Acme; retention days: 365 → 90",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 4),
        ({"kind": "looks"}, 1),
        ({"kind": "changes"}, 3),
        ({"who": "robin"}, 2),
        ({"who": "nobody"}, 0),
        ({"what": "invitation"}, 2),
        ({"what": "assessment"}, 1),
        ({"what": "nonsense"}, 4),
        ({"about": "ada@exam"}, 3),
        ({"about": "First"}, 1),
        ({"since": "2100-01-01"}, 0),
        ({"until": "2001-01-01"}, 0),
        ({"since": "yesterday"}, 4),
        ({"who": "robin", "kind": "looks"}, 1),
    ],
    ids=str,
)
def test_filters_choose_entries(owner, invitation, robin, query, found):
    actions.revoke_invitation(invitation, by=robin)
    actions.note_look(invitation.candidate, by=robin, what="page")

    page = owner.get(LOG, query)

    assert page.context["page"].paginator.count == found
    assert len(rows(owner.get(EXPORT, query))) == found
    assert page.status_code == 200


def test_a_filter_by_days_holds_the_whole_of_the_last_day(owner, invitation):
    today = f"{timezone.now():%Y-%m-%d}"

    page = owner.get(LOG, {"since": today, "until": today})

    assert page.context["page"].paginator.count == AuditEntry.objects.count()


def test_all_about_one_thing_is_a_link_away(owner, invitation, version, robin):
    other = actions.invite(version, "Bob", "bob@example.com", by=robin)

    for about in (f"candidate:{other.candidate_id}", f"invitation:{other.pk}"):
        page = owner.get(LOG, {"about": about})
        assert sentences(page) == ["Robin Recruiter invited Bob to “First”"]
    assert f"?about=invitation:{other.pk}" in owner.get(LOG).text
    for nonsense in ("candidate:1", "candidate:", ":", "invitation:x"):
        assert sentences(owner.get(LOG, {"about": nonsense})) == []


def test_what_is_no_longer_there_is_still_in_the_log(owner, organisation, robin):
    token, _ = actions.issue_token(organisation, "hiring system", ["invite"], by=robin)
    token.delete()

    [told] = sentences(owner.get(LOG))
    assert told == "Robin Recruiter issued the token “hiring system”; scopes: invite"


def test_a_verb_that_nobody_put_into_words_reads_as_it_is_written(owner, attempt, organisation):
    actions.record("side_note.taken_back", attempt, by=None, organisation=organisation, times=2)
    actions.record("attempt.handed_on", attempt, by=None)

    assert sentences(owner.get(LOG))[:2] == [
        "The installation handed on the attempt of Ada at “First”",
        "The installation taken back the side note of the attempt of Ada at “First”; times: 2",
    ]


def test_an_erased_candidate_is_in_the_log_under_the_made_up_name(owner, invitation, robin):
    actions.send_invitation(invitation)
    erased = actions.erase_candidate(invitation.candidate, by=robin)

    page = owner.get(LOG)

    assert f"Robin Recruiter erased what is personal of {erased.name}" in words(page)
    assert "Ada" not in words(page)


def test_who_hides_names_reads_aliases(owner, organisation, attempt):
    organisation.members.update(hides_names=True)

    page = owner.get(LOG)

    assert "Ada" not in words(page)
    assert "invited Candidate " in words(page)


def test_the_file_names_no_candidate_and_holds_no_formula(owner, organisation, invitation, robin):
    robin.name = "=HYPERLINK(1)"
    robin.save()
    actions.revoke_invitation(invitation, by=robin)
    actions.record("organisation.changed", organisation, by=robin, name={"from": "A", "to": "+1"})

    response = owner.get(EXPORT)
    first, second, *_ = rows(response)

    assert response["Content-Disposition"].startswith('attachment; filename="log-')
    assert first["who"] == second["who"] == "'=HYPERLINK(1)"
    assert first["sentence"].startswith("'=HYPERLINK(1)")
    assert json.loads(first["detail"]) == {"name": {"from": "A", "to": "+1"}}
    assert second["verb"] == "invitation.revoked"
    assert second["kind"] == "change"
    assert "Ada" not in str(rows(owner.get(EXPORT)))


def test_names_in_entries_are_text(owner, organisation):
    actions.record("label.made", organisation, by=None, note="<script>alert(1)</script>")

    assert "<script>alert(1)" not in owner.get(LOG).text


def fill(organisation, invitation, number):
    AuditEntry.objects.bulk_create(
        AuditEntry(
            organisation=organisation, verb="invitation.revoked", actor="Robin",
            target_kind="invitation", target_id=str(invitation.pk), at=timezone.now(),
        )
        for _ in range(number)
    )  # fmt: skip


def test_the_number_of_queries_does_not_grow_with_the_log(owner, organisation, invitation):
    def queries(address):
        with CaptureQueriesContext(
            connection,
        ) as taken:
            response = owner.get(address)
            _ = b"".join(response.streaming_content) if response.streaming else response.content
        return len(taken)

    fill(organisation, invitation, 60)
    few = queries(LOG), queries(EXPORT)
    fill(organisation, invitation, 840)

    assert (queries(LOG), queries(EXPORT)) == few
    page = owner.get(LOG, {"page": 3})
    assert len(page.context["lines"]) == 50
    assert "Page 3 of 19" in words(page)


@pytest.mark.parametrize(
    ("count", "said"), [(1, "1 attempt"), (2, "2 attempts")], ids=["one", "several"]
)
def test_how_many_got_a_label_is_said_in_the_right_number(owner, organisation, robin, count, said):
    label = Label.objects.create(organisation=organisation, name="strong")
    actions.record("label.put_on", label, by=robin, attempts=count)

    assert sentences(owner.get(LOG))[0] == f"Robin Recruiter put the label “strong” on {said}"


def test_what_an_interviewer_recommends_reads_as_words(owner, attempt, robin):
    card = Scorecard.objects.create(attempt=attempt, interviewer=robin)
    actions.record(
        "scorecard.handed_in", card, by=robin, recommends=Scorecard.Recommendation.STRONG_NO
    )

    assert sentences(owner.get(LOG))[0].endswith("at “First”: strong no")


def test_titles_stand_for_assessments_and_scores_read_as_on_every_page(
    owner, attempt, robin, version
):
    listed = InvitationList.objects.create(
        organisation=version.assessment.organisation,
        assessment=version.assessment,
        text="a@b.example",
    )
    regrade = Regrade.objects.create(
        organisation=version.assessment.organisation, assessment=version.assessment, reason="So."
    )
    actions.record("invitation_list.confirmed", listed, by=robin, invited=2)
    actions.record("regrade.committed", regrade, by=robin)
    actions.record("decision.made", attempt, by=robin, outcome="advance", score=0.7169)
    actions.record("attempt.printed", attempt, by=robin)

    assert sentences(owner.get(LOG))[3::-1] == [
        "Robin Recruiter invited 2 from a list for “First”",
        "Robin Recruiter took over the regrade of “First”",
        "Robin Recruiter decided about Ada at “First”: advance; score: 71.6 %",
        "Robin Recruiter made a PDF about Ada at “First”",
    ]
