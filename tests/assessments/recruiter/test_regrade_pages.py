"""The pages of a regrade: begun, followed, compared, taken over."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Attempt, Regrade
from tests.assessments.conftest import make_report, words
from tests.assessments.regrading.regrades import corrected, graded, worked

pytestmark = pytest.mark.django_db

FORM = {"grades": "on", "reason": "It was wrong."}


@pytest.fixture
def attempt_of(make_attempt):
    return make_attempt("=Ada", report=make_report(0.2, "partial"))


@pytest.fixture
def begin(version, recruiter, attempt_of):
    def start(**changes):
        recruiter.post(
            reverse("recruiter:regrade_start", args=[version.assessment_id]), FORM | changes
        )
        return Regrade.objects.latest("created_at")

    return start


def at(name, regrade):
    return reverse(f"recruiter:regrade_{name}", args=[regrade.pk])


def test_a_regrade_is_begun_followed_and_taken_over(recruiter, begin):
    regrade = begin()
    page = words(recruiter.get(at("detail", regrade)))
    assert "0 %: 0 of 1 submission graded, 0 of 1 attempt compared." in page
    assert "Take over" not in page

    graded(regrade, 1.0)
    page = recruiter.get(at("detail", regrade)).text
    for said in ["40 %", "100 %", "+60.0 points", "Passes now", "Code-huber: 20 % to 100 %"]:
        assert said in page
    done = recruiter.post(at("commit", regrade), follow=True)

    assert "Taken over: the new scores count." in done.text
    assert Attempt.objects.get().score == 1.0
    again = recruiter.post(at("commit", regrade), follow=True)
    assert "This regrade was committed already." in again.text


def test_the_file_has_a_line_for_each_difference_and_no_formula(recruiter, begin):
    regrade = graded(begin(), 1.0)

    lines = b"".join(recruiter.get(at("export", regrade)).streaming_content).decode().splitlines()

    assert lines[0] == "candidate,attempt,before,after,difference,pass mark"
    name, _, before, after, _, crossed = lines[1].split(",")
    assert (name, float(before), float(after), crossed) == ("'=Ada", 0.4, 1.0, "passes now")


def test_a_fault_is_told_in_a_sentence_and_can_be_tried_again(recruiter, begin):
    regrade = begin()
    row = regrade.submissions.get()
    for _ in range(6):
        actions.record_regrading_fault(row.pk, row.ticket, "SandboxFault: no fork")
    worked(regrade)
    page = recruiter.get(at("detail", regrade)).text
    assert "through a fault of ours" in page
    assert at("commit", regrade) not in page
    refused = recruiter.post(at("commit", regrade), follow=True)
    assert "One submission could not be graded again" in refused.text

    recruiter.post(at("retry", regrade))

    assert "Take over" in recruiter.get(at("detail", graded(regrade, 1.0))).text


def test_what_changed_meanwhile_is_said_and_compared_again(
    recruiter, begin, attempt_of, make_member
):
    regrade = graded(begin(), 1.0)
    actions.override_score(attempt_of, None, 0.5, "So.", make_member("owner", email="o@a.example"))
    refused = recruiter.post(at("commit", regrade), follow=True)
    assert "One attempt has changed since they were compared" in refused.text

    recruiter.post(at("refresh", regrade))
    worked(regrade)

    assert "No difference so far" in recruiter.get(at("detail", regrade)).text


def test_by_the_newest_version_is_a_choice_of_its_own(recruiter, version, begin):
    newest = corrected(version, right="b")
    regrade = begin(grades="", corrected="on", versions=["1"], tells_candidates="on")

    assert (regrade.by_version, regrade.grades) == (newest, False)
    assert (regrade.versions, regrade.tells_candidates) == ([1], True)
    said = words(recruiter.get(at("detail", regrade)))
    assert "scored by version 2; attempts of version 1." in said


def test_other_weights_are_told_where_no_answer_scores_otherwise(
    recruiter, version, attempt_of, begin
):
    corrected(version, right="a", weights=(3, 1))

    regrade = worked(begin(grades="", corrected="on"))

    said = words(recruiter.get(at("detail", regrade)))
    assert "40 % 80 % +40.0 points" in said
    assert "Answers as before, which count otherwise" in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grades": ""}, "Choose what is done anew"),
        ({"reason": ""}, "This field is required."),
        ({"versions": ["9"]}, "Select a valid choice."),
    ],
    ids=str,
)
def test_half_a_wish_begins_nothing(recruiter, version, attempt_of, changes, sentence):
    address = reverse("recruiter:regrade_start", args=[version.assessment_id])

    page = recruiter.post(address, FORM | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert not Regrade.objects.exists()


def test_a_second_one_is_refused_with_a_sentence_and_a_discarded_one_changes_nothing(
    recruiter, version, begin
):
    first = begin()
    address = reverse("recruiter:regrade_start", args=[version.assessment_id])
    page = recruiter.post(address, FORM)
    assert page.status_code == 422
    assert "take it over or discard it first" in page.text

    recruiter.post(at("discard", first))

    assert Attempt.objects.get().score == pytest.approx(0.4)
    assert "Discarded" in recruiter.get(at("detail", first)).text
    assert recruiter.post(address, FORM).status_code == 302
