"""What candidates ask and report, and what the desk answers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import (
    Accommodation,
    AccommodationRequest,
    Candidate,
    DataRequest,
    Email,
    Member,
    ProblemReport,
)

LIST = reverse("recruiter:request_list")
HOSTILE = "<script>alert(1)</script>\u202e{{ 7|add:1 }}"
GRANT = {"decision": "grant", "extra_percent": "25", "answer": "Gladly."}


@pytest.fixture
def asked(invitation):
    return actions.ask_accommodation(invitation, "I read slowly.")


@pytest.fixture
def problem(attempt, choice_question):
    return actions.report_problem(attempt, choice_question, "Two are right.")


@pytest.fixture
def erasure(invitation):
    return actions.ask_for_erasure(invitation)


def at(name, row):
    return reverse(f"recruiter:{name}", args=[row.pk])


@pytest.mark.parametrize("role", Member.Role)
def test_only_who_invites_sees_requests(sign_in, asked, erasure, role):
    client = sign_in(role)
    sees = role in Member.INVITES

    page = client.get(LIST)

    assert page.status_code == (200 if sees else 404)
    assert ("I read slowly." in page.text) is sees
    assert ("Requests of candidates" in client.get("/desk/").text) is sees


def test_what_waits_is_counted_in_the_head_of_every_page(recruiter, asked, erasure):
    actions.report_problem(actions.start_attempt(asked.invitation), None, "It broke.")

    assert "Requests of candidates: 3 open" in recruiter.get("/desk/attempts/").text


def test_another_organisations_requests_are_not_there(sign_in, stranger, asked, problem, erasure):
    client = sign_in("owner", organisation=stranger)

    page = client.get(LIST)
    assert "Nothing is waiting" in page.text
    for name, row in [
        ("answer_accommodation", asked),
        ("answer_problem", problem),
        ("erase", erasure),
    ]:
        assert client.post(at(name, row), GRANT | {"sure": "on"}).status_code == 404
    assert Candidate.objects.get().name == "Ada"


def test_a_request_is_granted_with_what_the_recruiter_chose(recruiter, asked):
    page = recruiter.post(at("answer_accommodation", asked), GRANT, follow=True)

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("granted", "Gladly.")
    granted = Accommodation.objects.get()
    assert (granted.extra_percent, granted.extra_minutes, granted.untimed) == (25, 0, False)
    assert "is granted, and the candidate is told" in page.text
    email = Email.objects.get()
    assert email.kind == "answered"
    for said in ["> I read slowly.", "Acme has granted it.", "> Gladly."]:
        assert said in email.text


def test_a_request_is_declined_with_a_reason(recruiter, asked):
    form = {"decision": "decline", "answer": "We can't."}

    recruiter.post(at("answer_accommodation", asked), form)

    assert AccommodationRequest.objects.get().state == "declined"
    assert not Accommodation.objects.exists()
    assert "Acme could not grant it." in Email.objects.get().text


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"decision": "grant"}, "Choose what is granted"),
        ({"decision": "grant", "extra_percent": "0"}, "Choose what is granted"),
        ({"decision": "grant", "extra_percent": "500"}, "less than or equal to 400"),
        ({"decision": "decline"}, "Please tell the candidate why"),
        ({}, "Please tell the candidate why"),
        ({"decision": "perhaps", "answer": "Well."}, "Select a valid choice"),
    ],
    ids=str,
)
def test_half_an_answer_is_none(recruiter, asked, form, sentence):
    page = recruiter.post(at("answer_accommodation", asked), form)

    assert page.status_code == 422
    assert sentence in page.text
    assert AccommodationRequest.objects.get().state == "open"


def test_two_recruiters_answer_once(recruiter, asked):
    recruiter.post(at("answer_accommodation", asked), GRANT)

    page = recruiter.post(at("answer_accommodation", asked), GRANT, follow=True)

    assert "Somebody has answered this request already." in page.text
    assert Accommodation.objects.count() == 1


def test_time_granted_during_the_sitting_is_told_of(recruiter, attempt):
    asked = AccommodationRequest.objects.create(invitation=attempt.invitation, text="Slow.")

    recruiter.post(at("answer_accommodation", asked), GRANT)

    later = attempt.deadline + timedelta(minutes=30) * 0.25
    attempt.refresh_from_db()
    assert abs(attempt.deadline - later) < timedelta(seconds=1)
    assert {email.kind for email in Email.objects.all()} == {"answered", "extended"}
    assert f"{later:%H:%M} UTC" in Email.objects.get(kind="extended").text


def test_what_comes_after_the_end_grants_nothing(recruiter, attempt):
    asked = AccommodationRequest.objects.create(invitation=attempt.invitation, text="Slow.")
    actions.finish_attempt(attempt)

    page = recruiter.post(at("answer_accommodation", asked), GRANT, follow=True)

    assert "This sitting is over." in page.text
    assert AccommodationRequest.objects.get().state == "open"
    assert not Accommodation.objects.exists()


def test_a_problem_is_answered_and_the_candidate_told(recruiter, problem):
    page = recruiter.get(LIST)
    assert "Which-one" in page.text
    assert "Two are right." in page.text

    recruiter.post(at("answer_problem", problem), {"answer": "Indeed.", "tell": "on"})

    report = ProblemReport.objects.get()
    assert report.answer == "Indeed."
    assert report.answered_by.email == "r@acme.example"
    email = Email.objects.get(kind="answered")
    assert "> Two are right." in email.text
    assert "> Indeed." in email.text
    assert "Two are right." in recruiter.get(LIST).text  # among the answered ones


@pytest.mark.parametrize("form", [{"answer": "", "tell": "on"}, {"answer": "Indeed."}], ids=str)
def test_a_problem_can_be_put_away_without_an_email(recruiter, problem, form):
    recruiter.post(at("answer_problem", problem), form)

    assert ProblemReport.objects.get().answered_at
    assert not Email.objects.filter(kind="answered").exists()


def test_an_erasure_is_carried_out_once_it_is_confirmed(recruiter, erasure):
    page = recruiter.post(at("erase", erasure), follow=True)
    assert "Please confirm" in page.text
    assert Candidate.objects.get().name == "Ada"

    page = recruiter.post(at("erase", erasure), {"sure": "on"}, follow=True)

    assert Candidate.objects.get().name in page.text
    assert "ada@example.com" not in page.text
    assert DataRequest.objects.get().done_at


def test_who_is_still_sitting_is_erased_later(recruiter, attempt):
    erasure = actions.ask_for_erasure(attempt.invitation)

    page = recruiter.post(at("erase", erasure), {"sure": "on"}, follow=True)

    assert "it can be erased once it is over" in page.text
    assert Candidate.objects.get().name == "Ada"


def test_what_candidates_write_is_only_ever_text(recruiter, invitation, choice_question):
    Candidate.objects.update(name=HOSTILE)
    actions.ask_accommodation(invitation, HOSTILE)
    actions.ask_for_erasure(invitation)
    attempt = actions.start_attempt(invitation)
    actions.report_problem(attempt, choice_question, HOSTILE)

    page = recruiter.get(LIST).text

    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "{{ 7|add:1 }}" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    recruiter, version, choice_question, django_assert_num_queries, count
):
    for number in range(count):
        invitation = actions.invite(version, "Ada", f"a{number}@example.com")
        actions.ask_accommodation(invitation, "I read slowly.")
        actions.ask_for_erasure(invitation)
        attempt = actions.start_attempt(invitation)
        for question in (choice_question, None):
            report = actions.report_problem(attempt, question, f"No. {number}")
        actions.answer_problem(report, Member.objects.get().user)

    # Session, user, roles; three lists, what holds, and the lists of what was answered; a number.
    with django_assert_num_queries(11):
        assert recruiter.get(LIST).text.count("<article") == 3 * count


@pytest.fixture
def rate(make_attempt):
    def give(*stars):
        for number, each in enumerate(stars):
            actions.rate(make_attempt(), each, f"Text {number}" if number % 2 else "")

    return give


def test_ratings_are_summed_up_once_there_are_five(recruiter, version, rate):
    page = version.assessment.get_absolute_url()
    rate(1, 2, 3, 4)
    shown = recruiter.get(page).text
    assert "4 ratings so far" in shown
    assert "Text 1" not in shown
    assert "mean of" not in shown

    rate(5)

    shown = recruiter.get(page).text
    assert "3.0 of 5" in shown
    assert "mean of 5 ratings" in shown
    assert "Text 1" in shown
    assert shown.index("Text 1") < shown.index("Text 3")


def test_ratings_are_not_for_those_who_score(sign_in, version, rate):
    rate(1, 2, 3, 4, 5)

    page = sign_in("reviewer").get(version.assessment.get_absolute_url()).text

    assert "How candidates liked it" not in page
    assert "Text 1" not in page


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ("none", "Nothing of the result"),
        ("verdict", "Whether they passed"),
        ("families", "Their score, by topic"),
        ("full", "Who has finished knows the answers"),
    ],
)
def test_the_desk_says_what_candidates_are_told(
    recruiter, make_version, organisation, policy, sentence
):
    version = make_version(organisation, slug=policy, feedback=policy)

    assert sentence in recruiter.get(at("assessment_questions", version.assessment)).text


def test_nothing_of_accommodations_is_on_the_pages_of_those_who_score(sign_in, asked, recruiter):
    recruiter.post(at("answer_accommodation", asked), GRANT)
    attempt = actions.start_attempt(asked.invitation)
    client = sign_in("reviewer", email="reviewer@acme.example")

    for address in [
        attempt.get_absolute_url(),
        attempt.version.assessment.get_absolute_url(),
        "/desk/attempts/",
        "/desk/",
    ]:
        page = client.get(address)
        assert page.status_code == 200
        for trace in ["I read slowly.", "Gladly.", "ccommodation", "xtra time"]:
            assert trace not in page.text, address
    assert timezone.now() < attempt.deadline
