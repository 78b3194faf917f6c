"""A preview: the candidate's own pages, and nothing of it anywhere else."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.actions import arranging, drafting, picking
from assessments.actions.regrading import regradable
from assessments.candidate import access
from assessments.models import (
    AccommodationRequest,
    Assessment,
    Attempt,
    Candidate,
    Email,
    Fingerprint,
    Invitation,
    Submission,
)
from assessments.review_queue import waiting_for
from questions.models import Exposure
from tests.assessments.conftest import SOURCE, make_report, words
from tests.assessments.essays import essays
from tests.assessments.recruiter.building.conftest import address


def previewed(client, version):
    """Press the button at the desk; return the invitation behind it."""
    answer = client.post(address("preview", version))
    invitation = Invitation.objects.get(preview=True)
    assert answer.headers["Location"] == invitation.get_absolute_url()
    return invitation


@pytest.fixture
def finished(recruiter, version):
    """A preview that was sat to its end, with everything that a sitting makes."""
    invitation = previewed(recruiter, version)
    actions.ask_accommodation(invitation, "I read slowly.")
    attempt = actions.start_attempt(invitation)
    choice, coding = attempt.asked()
    actions.save_answer(attempt, choice, {"option": "a"}, 0)
    submission = actions.submit_code(attempt, coding, SOURCE, Submission.Purpose.SUBMIT)
    actions.report_problem(attempt, choice, "It is wrong.")
    actions.finish_attempt(attempt)
    actions.ask_for_erasure(invitation)
    assert actions.store_report(str(submission.pk), submission.ticket, make_report())
    actions.rate(attempt, 1, "Bad.")
    return Attempt.objects.get(pk=attempt.pk)


def test_a_member_sits_a_draft_as_its_candidate(recruiter, draft):
    invitation = previewed(recruiter, draft)
    page = recruiter.get(invitation.get_absolute_url())
    notice = page.text.split('name="notice" value="')[1].split('"')[0]

    started = recruiter.post(
        reverse("candidate:start", args=[invitation.token]), {"consent": "on", "notice": notice}
    )
    question = recruiter.get(started.headers["Location"], follow=True)

    assert "This is a preview." in words(page)
    assert "This is a preview." in words(question)
    attempt = Attempt.objects.get()
    assert (attempt.deadline - attempt.started_at) == timedelta(minutes=30)


def test_a_preview_is_graded_as_a_real_sitting(finished):
    assert finished.score == 1.0


def test_every_page_of_a_preview_says_so_and_no_page_of_a_real_sitting(
    client, recruiter, version, invitation
):
    preview = previewed(recruiter, version)
    for each in (preview, invitation):
        before = pages_of(each, "welcome", "practice", "check", "accommodation", "data")
        actions.start_attempt(each)
        during = pages_of(each, "welcome", "review") + [
            reverse("candidate:question", args=[each.token, position]) for position in (1, 2)
        ]
        told = [said(client, page) for page in during]
        actions.finish_attempt(Attempt.objects.get(invitation=each))
        told += [said(client, page) for page in pages_of(each, "done", "data")]
        assert set(told) == {each.preview}, each
        assert before


def pages_of(invitation, *names):
    return [reverse(f"candidate:{name}", args=[invitation.token]) for name in names]


def said(client, page):
    answer = client.get(page, follow=True)
    assert answer.status_code == 200, page
    return "This is a preview." in words(answer)


def test_pages_before_the_start_of_a_preview_say_so(client, recruiter, version):
    preview = previewed(recruiter, version)

    for page in pages_of(preview, "welcome", "practice", "check", "accommodation", "data"):
        assert said(client, page), page


@pytest.mark.parametrize("model", [Candidate, Invitation, Attempt, Submission, Email])
def test_no_row_of_a_preview_is_reached_by_a_page_or_a_token(
    finished, organisation, make_member, model
):
    owner = make_member("owner", email="owner@acme.example")

    for found in (
        model.objects.visible_to(owner),
        model.objects.managed_by(owner),
        model.objects.run_by(owner),
        model.objects.of(organisation),
    ):
        assert not found.exists()
    assert model is Email or model.objects.exists()


@pytest.mark.parametrize(
    "name", ["dashboard", "assessment_list", "attempt_list", "request_list", "log", "review_queue"]
)
def test_no_page_of_the_desk_knows_of_a_preview(finished, make_member, sign_in, name):
    owner = sign_in("owner", email="owner@acme.example")

    page = owner.get(reverse(f"recruiter:{name}"), follow=True)

    assert page.status_code == 200
    assert finished.candidate.name not in page.text.split("<main")[1]
    assert str(finished.pk) not in page.text
    assert str(finished.invitation_id) not in page.text


def test_the_pages_of_an_attempt_are_not_there_for_a_preview(finished, recruiter):
    for name in ("attempt_detail", "attempt_standing"):
        assert recruiter.get(reverse(f"recruiter:{name}", args=[finished.pk])).status_code == 404


def test_the_overview_of_an_assessment_counts_no_preview(finished, recruiter, version):
    counted = Assessment.objects.with_counts().get()
    page = words(recruiter.get(version.assessment.get_absolute_url()))

    assert (counted.invited, counted.started, counted.finished, counted.graded) == (0, 0, 0, 0)
    assert "Nobody is invited" in page


def test_the_api_knows_no_preview(finished, api):
    assert api.get("/api/v1/attempts/").json()["results"] == []
    assert api.get(f"/api/v1/attempts/{finished.pk}/").status_code == 404
    submission = finished.submissions.get()
    assert api.get(f"/api/v1/submissions/{submission.pk}/").status_code == 404


def test_no_code_of_a_preview_is_compared_and_none_of_it_is_graded_again(finished, version):
    actions.find_similar(finished.pk)

    assert not Fingerprint.objects.exists()
    assert not regradable(version.assessment).exists()


def test_no_answer_of_a_preview_waits_to_be_read(recruiter, organisation, make_member):
    attempt = actions.start_attempt(previewed(recruiter, essays(organisation)))
    actions.save_answer(attempt, attempt.asked()[1], {"text": "It depends."}, 0)
    actions.finish_attempt(attempt)

    waiting = waiting_for(make_member("reviewer", email="v@acme.example"))

    assert not waiting.exists()


def test_a_preview_is_no_exposure(finished):
    assert set(Exposure.objects.values_list("candidates", flat=True)) == {0}


def test_a_preview_writes_no_email(finished, make_member):
    member = make_member("owner", email="owner@acme.example")

    actions.answer_request(AccommodationRequest.objects.get(), member, granted=False, answer="No.")

    assert not Email.objects.exists()


def test_a_preview_is_neither_reminded_of_nor_kept_for_retention(finished, organisation):
    Invitation.objects.update(remind_at=timezone.now() - timedelta(days=2))
    later = timezone.now() + timedelta(days=4000)

    assert not Invitation.objects.to_remind().exists()
    assert not Invitation.objects.over_before(later).exists()


def test_pressing_again_starts_again_and_leaves_nothing(recruiter, finished, version):
    previewed_again = recruiter.post(address("preview", version))

    assert previewed_again.status_code == 302
    assert Invitation.objects.get().preview
    assert not Attempt.objects.exists()
    assert Candidate.objects.count() == 1


def test_the_preview_of_a_colleague_goes_on(recruiter, sign_in, version):
    previewed(recruiter, version)

    sign_in("owner", email="o@acme.example").post(address("preview", version))

    assert Invitation.objects.filter(preview=True).count() == 2


def test_a_reviewer_may_look_though_not_change(sign_in, draft):
    answer = sign_in("reviewer").post(address("preview", draft))

    assert answer.status_code == 302
    assert Invitation.objects.get().preview


def test_the_sweep_deletes_a_preview_after_a_day_and_nothing_else(finished, attempt, clock):
    assert actions.forget_old_previews() == 0
    clock.forward(days=1, minutes=1)

    assert actions.forget_old_previews() == 1
    assert Invitation.objects.get() == attempt.invitation
    assert Candidate.objects.get() == attempt.candidate
    assert Attempt.objects.get() == attempt
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: picking.remove_question(draft, draft.questions.first().pk),
        lambda draft: arranging.remove_section(draft, draft.sections.first().pk),
        lambda draft: actions.discard_draft(draft, by=None),
    ],
    ids=["a question", "a section", "all of it"],
)
def test_a_preview_that_is_being_sat_does_not_hinder_the_draft(recruiter, draft, change):
    attempt = actions.start_attempt(previewed(recruiter, draft))
    actions.save_answer(attempt, attempt.asked()[0], {"option": "a"}, 0)

    change(draft)

    assert not Attempt.objects.exists()
    assert not Candidate.objects.exists()


def saved_by_form(client, question):
    return client.post(question, {"option": "a", "revision": "0"})


def saved_by_script(client, question):
    draft = {"content": {"option": "a"}, "revision": 0}
    return client.put(f"{question}draft/", draft, content_type="application/json")


@pytest.mark.parametrize("save", [saved_by_form, saved_by_script])
@pytest.mark.parametrize("meanwhile", [False, True], ids=["before", "meanwhile"])
def test_who_saves_in_a_preview_that_a_change_ended_is_told_so(
    client, recruiter, draft, monkeypatch, save, meanwhile
):
    invitation = previewed(recruiter, draft)
    actions.start_attempt(invitation)
    question = reverse("candidate:question", args=[invitation.token, 1])
    if meanwhile:
        # The draft is changed once the page has read its rows, and before it takes the lock.
        monkeypatch.setattr(access, "note_address", lambda *_: change(draft))
    else:
        change(draft)

    answer = save(client, question)

    assert answer.status_code == 410
    assert "This preview is over" in answer.text
    assert "This preview is over" in client.get(invitation.get_absolute_url()).text


def change(draft):
    picking.remove_question(draft, draft.questions.first().pk)


def test_a_link_that_never_was_is_no_preview(client, db):
    assert client.get(reverse("candidate:welcome", args=["nothing"])).status_code == 404


def test_a_preview_goes_on_while_only_texts_change(recruiter, draft):
    attempt = actions.start_attempt(previewed(recruiter, draft))

    drafting.change_draft(draft, drafting.Edit({"title": "New"}, {"title": "Second"}))

    assert Attempt.objects.get() == attempt


def test_what_asks_nothing_can_not_be_previewed(recruiter, draft):
    for question in list(draft.questions.all()):
        picking.remove_question(draft, question.pk)

    answer = recruiter.post(address("preview", draft), follow=True)

    assert "add a question first" in words(answer)
    assert not Invitation.objects.exists()


def test_sections_half_with_minutes_can_not_be_previewed(recruiter, draft):
    draft.sections.filter(position=1).update(minutes=10)

    answer = recruiter.post(address("preview", draft), follow=True)

    assert "Some sections have minutes of their own" in words(answer)


def test_a_preview_starts_though_the_assessment_has_closed(recruiter, version):
    Assessment.objects.update(closes_at=timezone.now() - timedelta(days=1))

    assert actions.start_attempt(previewed(recruiter, version))
