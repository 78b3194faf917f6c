"""What is kept of a person: all of it is in the copy, and none of it is left after erasure."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import CASCADE
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.data_copy import copy_of
from assessments.models import (
    Answer,
    Attempt,
    BatchItem,
    Break,
    Candidate,
    CodeSnapshot,
    DataRequest,
    Email,
    IntegrityEvent,
    Invitation,
    Organisation,
    Practice,
    Rating,
    Submission,
)
from assessments.personal_data import FIELDS, LEFT_OUT
from tests.assessments.conftest import make_report
from tests.assessments.said_of import say_everything

NAME, EMAIL = "Zenobia Quillfeather", "zenobia.quill@example.com"
# Stands in every text that the candidate, or somebody about them, wrote.
WORDS = "xylographic"
ADDRESS = "203.0.113.77"
SOURCE = f"# {WORDS}\ndef loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"
TRACES = [NAME, "zenobia", "Quillfeather", EMAIL, WORDS, ADDRESS]
DAY = timedelta(days=1)


@pytest.fixture
def candidate(version, make_member, choice_question, coding_question, neighbour):
    """Somebody of whom there is a row of every kind, each with something personal in it."""
    member = make_member()
    invitation = actions.invite(version, NAME, EMAIL, message=f"{NAME}, {WORDS}", send=True)
    asked = actions.ask_accommodation(invitation, f"I need {WORDS}.")
    actions.answer_request(asked, member, True, f"Yes, {WORDS}.", extra_percent=25, note=WORDS)
    practice = Practice.objects.create(invitation=invitation, answers={"1": {"text": WORDS}})
    Submission.objects.create(
        organisation=version.assessment.organisation, practice=practice, task="huber",
        source=SOURCE, purpose="practice",
    )  # fmt: skip
    attempt = actions.start_attempt(invitation, consented=True)
    actions.save_answer(attempt, choice_question, {"option": "b"}, 0)
    report = make_report(0.5, "partial", stdout=WORDS, diagnosis=[f"It prints {WORDS}."])
    for purpose in ("run", "submit"):
        sent = actions.submit_code(attempt, coding_question, SOURCE, purpose)
        assert actions.store_report(str(sent.pk), sent.ticket, report)
    IntegrityEvent.objects.create(
        attempt=attempt, kind="address", key="1", detail={"address": ADDRESS}
    )
    CodeSnapshot.objects.filter(attempt=attempt).delete()
    CodeSnapshot.objects.create(
        attempt=attempt, question=coding_question, number=1, changes=[[0, 0, WORDS]]
    )
    Break.objects.create(attempt=attempt, ends_at=timezone.now() + timedelta(minutes=1))
    problem = actions.report_problem(attempt, choice_question, f"{NAME}: {WORDS}")
    actions.answer_problem(problem, member, f"Dear {NAME}, {WORDS}")
    attempt = actions.finish_attempt(attempt)
    actions.rate(attempt, 4, WORDS)
    Attempt.objects.filter(pk=attempt.pk).update(
        assistant_use=WORDS, declared_at=timezone.now(), tab=ADDRESS
    )
    theirs = Submission.objects.exclude(pk__in=neighbour.submissions.values("pk"))
    theirs.update(last_fault=f"lost: {WORDS}")
    say_everything(attempt, neighbour, member, WORDS, report)
    actions.ask_for_erasure(invitation)
    actions.note_look(attempt, by=member, what="report")
    return invitation.candidate


@pytest.fixture
def neighbour(version, coding_question):
    """An attempt of somebody who stays, with code that looks alike."""
    attempt = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    sent = actions.submit_code(attempt, coding_question, "def loss(): ...", "submit")
    assert actions.store_report(str(sent.pk), sent.ticket, make_report())
    return actions.finish_attempt(attempt)


def everything():
    """Every value of every table, as text, by where it stands."""
    for model in apps.get_models():
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = field.value_from_object(row)
                text = value if isinstance(value, str) else json.dumps(value, default=str)
                yield f"{model.__name__}.{field.name}", text


def tell_that_it_is_done():
    """Send the last e-mail to the candidate, to whom all others have gone with the rest."""
    last = Email.objects.get(to=EMAIL)
    assert actions.send_email(last.pk, last.tries)


def traces():
    return {
        place for place, text in everything() for trace in TRACES if trace.lower() in text.lower()
    }


# Of submissions that another system sent, which are no candidate's.
NOBODYS = {BatchItem}


def persons_models():
    """The tables whose rows go with a candidate, or are about several of them."""
    found, fresh = set(), {Candidate}
    while fresh:
        found |= fresh
        fresh = {
            model
            for model in apps.get_app_config("assessments").get_models()
            for field in [*model._meta.fields, *model._meta.many_to_many]
            if field.related_model in found
            and (field.many_to_many or field.remote_field.on_delete is CASCADE)
        } - found
    return found - NOBODYS


@pytest.mark.parametrize("model", sorted(persons_models(), key=lambda each: each.__name__))
def test_every_field_is_in_the_copy_or_said_to_be_left_out(model):
    shape = {
        field.name
        for field in model._meta.fields
        if field.primary_key or field.related_model in persons_models() | {Organisation}
    }
    ties = {"question", "section", "assessment_version"}
    fields = {field.name for field in model._meta.fields} - shape - ties

    assert fields == {*FIELDS[model], *LEFT_OUT.get(model, ())}
    assert not set(FIELDS[model]) & set(LEFT_OUT.get(model, ()))


def test_the_copy_holds_all_that_the_candidate_did_and_said(candidate, client):
    invitation = candidate.invitations.get()

    response = client.post(reverse("candidate:copy", args=[invitation.token]))

    assert response["Content-Disposition"].startswith('attachment; filename="my-data-')
    copy = response.json()
    assert copy["candidate"]["email"] == EMAIL
    [told] = copy["invitations"]
    assert told["attempt"]["questions"][0]["answer"]["content"] == {"option": "b"}
    sent = told["attempt"]["questions"][1]["runs_and_submissions"]
    assert [each["source"] for each in sent] == [SOURCE, SOURCE]
    assert sent[0]["report"]["stdout"] == WORDS  # a run was shown to them anyway
    assert sent[1]["report"] is None  # this assessment tells no result
    for kind in ["accommodations", "accommodation_requests", "emails", "data_requests"]:
        assert told[kind]
    for kind in ["breaks", "events", "problem_reports", "rating"]:
        assert told["attempt"][kind]
    assert told["practice"]["runs"]
    for secret in [
        invitation.token,
        Submission.objects.filter(attempt=invitation.attempt).first().ticket,
    ]:
        assert secret not in response.text.replace(invitation.link, "")


def test_the_whole_copy_names_every_table_that_has_something(candidate):
    """What could be forgotten in the copy's shape, though its fields are listed."""
    text = json.dumps(copy_of(candidate, whole=True), default=str)

    for model in persons_models() - {Candidate}:
        assert model.objects.exists() or model.__name__ == "SectionSitting", model
    assert text.count(WORDS) >= 24


def test_what_members_wrote_and_decided_is_for_the_organisation_to_hand_out(candidate):
    [told] = copy_of(candidate)["invitations"]
    [whole] = copy_of(candidate, whole=True)["invitations"]

    said = whole["attempt"].keys() - told["attempt"].keys()
    assert said >= {"reviews", "overrides", "comments", "decisions", "scorecards", "labels"}
    assert said >= {"score", "passed", "similar_code", "shown_to"}
    assert all(whole["attempt"][kind] for kind in said - {"passed"})
    assert whole["attempt"]["decisions"][0]["outcome"] == "decline"
    assert whole["attempt"]["reviews"][0]["points"] == {"0": 1.0}
    assert [each["what"] for each in copy_of(candidate, whole=True)["looks"]] == ["report"]


def test_no_copy_tells_who_of_the_members_wrote_or_looked(candidate):
    assert "r@acme.example" not in json.dumps(copy_of(candidate, whole=True), default=str)


def test_a_copy_is_noted_and_holds_nothing_of_others(candidate, client):
    invitation = Invitation.objects.get(candidate=candidate)

    response = client.post(reverse("candidate:copy", args=[invitation.token]))

    assert "bob@example.com" not in response.text
    assert DataRequest.objects.get(kind="copy").done_at


def test_before_erasure_there_are_traces_everywhere(candidate):
    """Or the next test would find none for the wrong reason."""
    assert len(traces()) >= 20


def test_after_erasure_no_trace_of_the_person_is_left_in_any_table(candidate):
    invitation = candidate.invitations.get()
    score, link = invitation.attempt.score, invitation.link

    erased = actions.erase_candidate(candidate)
    tell_that_it_is_done()

    assert traces() == set()
    assert erased.name.startswith("Candidate ")
    assert erased.email.endswith("@erased.invalid")
    attempt = candidate.invitations.get().attempt
    assert (attempt.score, score) == (score, pytest.approx(0.375))
    assert Rating.objects.get().stars == 4
    assert Answer.objects.get(question__position=1).content == {"option": "b"}
    assert candidate.invitations.get().link != link
    assert DataRequest.objects.get().done_at


def test_a_score_is_not_made_anew_of_what_is_gone(candidate):
    score = candidate.invitations.get().attempt.score
    actions.erase_candidate(candidate)

    assert actions.rescore_attempt(candidate.invitations.get().attempt) == score
    assert candidate.invitations.get().attempt.score == score


def test_the_old_link_leads_nowhere(candidate, client):
    url = candidate.invitations.get().get_absolute_url()
    assert client.get(f"{url}done/").status_code == 200

    actions.erase_candidate(candidate)

    for rest in ["", "done/", "data/"]:
        assert client.get(f"{url}{rest}").status_code == 404


def test_the_desk_still_shows_an_erased_attempt(candidate, client, make_member):
    actions.erase_candidate(candidate)
    client.force_login(make_member("owner", email="owner@acme.example"))

    for address in [
        candidate.invitations.get().attempt.get_absolute_url(),
        reverse("recruiter:candidate", args=[candidate.pk]),
        "/desk/attempts/",
    ]:
        page = client.get(address)
        assert page.status_code == 200
        assert Candidate.objects.get(pk=candidate.pk).name in page.text
        assert "@erased.invalid" not in page.text


def test_erasing_twice_changes_nothing(candidate):
    once = actions.erase_candidate(candidate)

    twice = actions.erase_candidate(once)

    assert (once.name, once.email) == (twice.name, twice.email)


def test_the_same_person_can_be_invited_again_afterwards(candidate, version):
    actions.erase_candidate(candidate)

    invitation = actions.invite(version, NAME, EMAIL)

    assert invitation.candidate != candidate


def test_an_attempt_that_goes_on_is_not_erased(attempt):
    candidate = attempt.candidate

    with pytest.raises(actions.AttemptRuns):
        actions.erase_candidate(candidate)

    assert Candidate.objects.get().name == "Ada"


def test_code_that_the_grader_has_is_waited_for(attempt, coding_question):
    actions.submit_code(attempt, coding_question, SOURCE, "submit")
    attempt = actions.finish_attempt(attempt)

    with pytest.raises(actions.AttemptRuns):
        actions.erase_candidate(attempt.candidate)

    assert Submission.objects.get().source == SOURCE


def test_who_was_never_followed_is_revoked_and_forgotten(invitation):
    actions.send_invitation(invitation)

    actions.erase_candidate(invitation.candidate)

    found = Invitation.objects.get()
    assert found.state == "revoked"
    assert not Email.objects.exists()
    assert not [text for _, text in everything() if "ada@example.com" in text]


def test_operators_erase_by_hand(candidate):
    out = StringIO()

    call_command("erase", EMAIL.upper(), organisation="acme", stdout=out)

    assert Candidate.objects.get(pk=candidate.pk).name in out.getvalue()
    tell_that_it_is_done()
    assert traces() == set()


@pytest.mark.parametrize(
    "arguments", [[], ["nobody@example.com"], [EMAIL, "--organisation", "other"]], ids=str
)
def test_the_command_says_what_it_can_not_do(candidate, arguments):
    with pytest.raises(CommandError):
        call_command("erase", *arguments)

    assert Candidate.objects.get(pk=candidate.pk).name == NAME


def test_the_page_of_ones_data_says_until_when_it_is_kept(client, invitation, organisation):
    page = client.get(reverse("candidate:data", args=[invitation.token])).text

    until = invitation.expires_at + organisation.retention_days * DAY
    assert until.strftime("%-d %B %Y") in page
    assert "365 days" in page
    assert "What the people at Acme wrote about your answers" in page

    # Owners shorten the period: the night has not come yet.
    type(invitation).objects.update(expires_at=timezone.now() - 366 * DAY)
    page = client.get(reverse("candidate:data", args=[invitation.token])).text
    assert "it is erased by itself within a day." in page
    assert "is erased by itself on" not in page


def test_asking_for_erasure_is_kept_once_and_shown(client, invitation):
    address = reverse("candidate:erase", args=[invitation.token])
    assert "Please confirm" in client.post(address, follow=True).text
    assert not DataRequest.objects.exists()

    for _ in range(2):
        page = client.post(address, {"sure": "on"}, follow=True)

    assert DataRequest.objects.get().kind == "erase"
    assert "Acme has your request" in page.text
    assert "You asked for it on" in page.text


def test_code_that_nobody_can_grade_is_kept_no_longer_than_anything_else(candidate):
    attempt = candidate.invitations.get().attempt
    handed_in = attempt.submissions.filter(purpose="submit")
    handed_in.update(
        status="queued", tries=Submission.MAX_TRIES - 1, report=None, graded_at=None, verdict="",
        score=None,
    )  # fmt: skip
    with pytest.raises(actions.AttemptRuns):
        actions.erase_candidate(candidate)
    handed_in.update(tries=Submission.MAX_TRIES)

    actions.erase_candidate(candidate)
    tell_that_it_is_done()

    assert traces() == set()
    assert actions.retry_now(handed_in.get())
