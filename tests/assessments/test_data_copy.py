"""What the copy of one's data keeps back: it opens no door, and tells no answer early."""

import pytest
from django.urls import reverse

from assessments import actions
from tests.assessments.conftest import SOURCE, make_report

ADA = ("Ada", "ada@example.com")


@pytest.fixture
def copy_of(client):
    """The copy that the link of an invitation leads to."""
    return lambda found: client.post(reverse("candidate:copy", args=[found.token]))


def test_it_holds_back_what_another_invitation_of_the_candidate_may_ask(
    organisation, make_version, copy_of
):
    version = make_version(organisation, feedback="full")
    invitation = actions.invite(version, *ADA)
    attempt = actions.start_attempt(invitation, consented=True)
    coding = version.questions.get(position=2)
    sent = actions.submit_code(attempt, coding, SOURCE, "submit")
    report = make_report(0.5, "partial", diagnosis=["It is the sum."])
    assert actions.store_report(str(sent.pk), sent.ticket, report)
    actions.finish_attempt(attempt)

    def told():
        [first, *_] = copy_of(invitation).json()["invitations"]
        [sent] = first["attempt"]["questions"][1]["runs_and_submissions"]
        return sent["report"]

    assert told()["diagnosis"] == ["It is the sum."]
    actions.invite(version, *ADA, one_more=True)
    assert sorted(told()) == ["families", "score", "verdict"]


def test_its_reader_is_let_into_no_invitation(version, copy_of):
    one, other = (actions.invite(version, *ADA, send=True) for _ in range(2))

    copy = copy_of(one).text

    assert version.title in copy
    assert one.token not in copy
    assert other.token not in copy
