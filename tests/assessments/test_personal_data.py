"""What is kept of a person: all of it is in the copy, and none of it is left after erasure."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import CASCADE, ForeignKey, OneToOneField
from django.urls import reverse
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import (
    Answer,
    Attempt,
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
from assessments.personal_data import FIELDS, LEFT_OUT, copy_of
from tests.assessments.conftest import make_report

NAME, EMAIL = "Zenobia Quillfeather", "zenobia.quill@example.com"
# Stands in every text that the candidate, or somebody about them, wrote.
WORDS = "xylographic"
ADDRESS = "203.0.113.77"
SOURCE = f"# {WORDS}\ndef loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"
TRACES = [NAME, "zenobia", "Quillfeather", EMAIL, WORDS, ADDRESS]
DAY = timedelta(days=1)


@pytest.fixture
def candidate(version, make_member, choice_question, coding_question):
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
    Attempt.objects.update(assistant_use=WORDS, declared_at=timezone.now(), tab=ADDRESS)
    Submission.objects.update(last_fault=f"lost: {WORDS}")
    actions.ask_for_erasure(invitation)
    return Candidate.objects.get()


def everything():
    """Every value of every table, as text, by where it stands."""
    for model in apps.get_models():
        for row in model._default_manager.all():
            for field in model._meta.concrete_fields:
                value = field.value_from_object(row)
                text = value if isinstance(value, str) else json.dumps(value, default=str)
                yield f"{model.__name__}.{field.name}", text


def traces():
    return {
        place for place, text in everything() for trace in TRACES if trace.lower() in text.lower()
    }


def persons_models():
    """The tables whose rows go with a candidate."""
    found, fresh = set(), {Candidate}
    while fresh:
        found |= fresh
        fresh = {
            model
            for model in apps.get_app_config("assessments").get_models()
            for field in model._meta.fields
            if isinstance(field, ForeignKey | OneToOneField)
            and field.related_model in found
            and field.remote_field.on_delete is CASCADE
        } - found
    return found


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
    invitation = Invitation.objects.get()

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
    for secret in [invitation.token, Submission.objects.first().ticket]:
        assert secret not in response.text.replace(invitation.link, "")


def test_the_copy_names_every_table_that_has_something(candidate):
    """What could be forgotten in the copy's shape, though its fields are listed."""
    text = json.dumps(copy_of(candidate), default=str)

    for model in persons_models() - {Candidate}:
        assert model.objects.exists() or model.__name__ == "SectionSitting", model
    assert text.count(WORDS) >= 15


def test_a_copy_is_noted_and_holds_nothing_of_others(candidate, version, client):
    actions.invite(version, "Bob", "bob@example.com")
    invitation = Invitation.objects.get(candidate=candidate)

    response = client.post(reverse("candidate:copy", args=[invitation.token]))

    assert "bob@example.com" not in response.text
    assert DataRequest.objects.get(kind="copy").done_at


def test_before_erasure_there_are_traces_everywhere(candidate):
    """Or the next test would find none for the wrong reason."""
    assert len(traces()) >= 20


def test_after_erasure_no_trace_of_the_person_is_left_in_any_table(candidate):
    score, link = Attempt.objects.get().score, Invitation.objects.get().link

    erased = actions.erase_candidate(candidate)

    assert traces() == set()
    assert erased.name.startswith("Candidate ")
    assert erased.email.endswith("@erased.invalid")
    attempt = Attempt.objects.get()
    assert (attempt.score, score) == (score, pytest.approx(0.375))
    assert Rating.objects.get().stars == 4
    assert Answer.objects.get(question__position=1).content == {"option": "b"}
    assert Invitation.objects.get().link != link
    assert DataRequest.objects.get().done_at


def test_a_score_is_not_made_anew_of_what_is_gone(candidate):
    score = Attempt.objects.get().score
    actions.erase_candidate(candidate)

    assert actions.rescore_attempt(Attempt.objects.get()) == score
    assert Attempt.objects.get().score == score


def test_the_old_link_leads_nowhere(candidate, client):
    url = Invitation.objects.get().get_absolute_url()
    assert client.get(f"{url}done/").status_code == 200

    actions.erase_candidate(candidate)

    for rest in ["", "done/", "data/"]:
        assert client.get(f"{url}{rest}").status_code == 404


def test_the_desk_still_shows_an_erased_attempt(candidate, client, make_member):
    actions.erase_candidate(candidate)
    client.force_login(make_member("owner", email="owner@acme.example"))

    for address in [
        Attempt.objects.get().get_absolute_url(),
        Attempt.objects.get().version.assessment.get_absolute_url(),
        "/desk/attempts/",
    ]:
        page = client.get(address)
        assert page.status_code == 200
        assert Candidate.objects.get().name in page.text


def test_erasing_twice_changes_nothing(candidate):
    once = actions.erase_candidate(candidate)

    twice = actions.erase_candidate(once)

    assert (once.name, once.email) == (twice.name, twice.email)


def test_the_same_person_can_be_invited_again_afterwards(candidate, version):
    actions.erase_candidate(candidate)

    invitation = actions.invite(version, NAME, EMAIL)

    assert invitation.candidate != candidate
    assert Candidate.objects.count() == 2


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


def finished(attempt, days):
    started = timezone.now() - (days + 1) * DAY
    Attempt.objects.filter(pk=attempt.pk).update(
        state="finished", started_at=started, deadline=started + DAY,
        finished_at=timezone.now() - days * DAY,
    )  # fmt: skip


def test_what_was_kept_for_long_enough_is_erased_at_night(attempt, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(retention_days=60)
    finished(attempt, 59)
    tasks.erase_outlived()
    assert Candidate.objects.get().name == "Ada"

    finished(attempt, 61)
    tasks.erase_outlived()

    assert Candidate.objects.get().name != "Ada"
    assert Invitation.objects.get().erased_at


def test_every_organisation_keeps_for_as_long_as_it_wants(attempt, stranger, make_version):
    Organisation.objects.filter(pk=stranger.pk).update(retention_days=30)
    theirs = actions.start_attempt(actions.invite(make_version(stranger), "Bob", "b@example.com"))
    for each in (attempt, theirs):
        finished(each, 40)

    tasks.erase_outlived()

    assert Candidate.objects.get(organisation=stranger).erased_at
    assert not Candidate.objects.exclude(organisation=stranger).get().erased_at


def test_a_name_stays_while_something_younger_needs_it(attempt, version):
    finished(attempt, 400)
    actions.report_problem(attempt, None, WORDS)
    younger = actions.invite(version, "Ada", "ada@example.com")

    tasks.erase_outlived()

    assert Candidate.objects.get().name == "Ada"
    assert not [text for _, text in everything() if WORDS in text]
    assert Invitation.objects.get(erased_at=None) == younger
    Invitation.objects.filter(pk=younger.pk).update(expires_at=timezone.now() - 400 * DAY)
    tasks.erase_outlived()
    assert Candidate.objects.get().erased_at


def test_what_goes_on_is_never_taken_for_old(attempt):
    Attempt.objects.update(started_at=timezone.now() - 500 * DAY)

    tasks.erase_outlived()

    assert not Invitation.objects.get().erased_at


def test_one_whose_code_is_stuck_does_not_keep_the_others(attempt, version, coding_question):
    stuck = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    actions.submit_code(stuck, coding_question, SOURCE, "submit")
    for each in (attempt, stuck):
        finished(each, 400)

    tasks.erase_outlived()

    assert [c.name for c in Candidate.objects.filter(erased_at=None)] == ["Bob"]


def test_operators_erase_by_hand(candidate):
    out = StringIO()

    call_command("erase", EMAIL.upper(), organisation="acme", stdout=out)

    assert Candidate.objects.get().name in out.getvalue()
    assert traces() == set()


@pytest.mark.parametrize(
    "arguments", [[], ["nobody@example.com"], [EMAIL, "--organisation", "other"]], ids=str
)
def test_the_command_says_what_it_can_not_do(candidate, arguments):
    with pytest.raises(CommandError):
        call_command("erase", *arguments)

    assert Candidate.objects.get().name == NAME


def test_the_page_of_ones_data_says_until_when_it_is_kept(client, invitation, organisation):
    page = client.get(reverse("candidate:data", args=[invitation.token])).text

    until = invitation.expires_at + organisation.retention_days * DAY
    assert until.strftime("%-d %B %Y") in page
    assert "365 days" in page


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
    attempt = Attempt.objects.get()
    handed_in = attempt.submissions.filter(purpose="submit")
    handed_in.update(
        status="queued", tries=Submission.MAX_TRIES - 1, report=None, graded_at=None, verdict="",
        score=None,
    )  # fmt: skip
    with pytest.raises(actions.AttemptRuns):
        actions.erase_candidate(candidate)
    handed_in.update(tries=Submission.MAX_TRIES)

    actions.erase_candidate(candidate)

    assert traces() == set()
    assert actions.retry_now(handed_in.get())
