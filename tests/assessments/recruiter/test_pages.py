"""Who sees what of the desk, and how the desk invites."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.models import Assessment, AssessmentVersion, Invitation, Member, User
from tests.assessments.recruiter.conftest import PARTIAL

DESK = reverse("recruiter:dashboard")
ATTEMPTS = reverse("recruiter:attempt_list")
PERSON = {"name": "Grace", "email": "Grace@Example.com", "days": 7}


def invite_at(assessment):
    return reverse("recruiter:invite", args=[assessment.pk])


def listed(assessment):
    return reverse("recruiter:invitation_list", args=[assessment.pk])


@pytest.mark.django_db
def test_the_front_page_says_what_this_is_and_where_to_sign_in():
    page = Client().get("/")

    assert page.status_code == 200
    assert reverse("account_login") in page.text


def test_the_front_page_sends_members_to_their_desk(recruiter):
    assert recruiter.get("/").headers["Location"] == DESK


@pytest.mark.django_db
@pytest.mark.parametrize("address", [DESK, ATTEMPTS])
def test_who_is_not_signed_in_is_asked_to(address):
    page = Client().get(address)

    assert page.status_code == 302
    assert page.headers["Location"] == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("role", Member.Role)
def test_who_sees_candidates_and_their_reports(sign_in, make_attempt, version, role):
    attempt, client = make_attempt("Ada Lovelace", PARTIAL), sign_in(role)
    sees = role in {"owner", "recruiter", "reviewer"}

    for address in (DESK, ATTEMPTS):
        page = client.get(address).text
        assert (attempt.get_absolute_url() in page) is sees
        assert ("Ada Lovelace" in page) is (role in {"owner", "recruiter"})
    for address in (attempt.get_absolute_url(), version.assessment.get_absolute_url()):
        assert client.get(address).status_code == (200 if sees else 404)


@pytest.mark.parametrize("role", Member.Role)
def test_who_may_invite(sign_in, version, role):
    answer = sign_in(role).post(invite_at(version.assessment), PERSON)

    may = role in {"owner", "recruiter"}
    assert answer.status_code == (302 if may else 404)
    assert Invitation.objects.exists() is may


def test_a_reviewer_is_not_offered_to_invite(sign_in, version):
    page = sign_in("reviewer").get(version.assessment.get_absolute_url())

    assert "Invite a candidate" not in page.text


def test_other_organisations_rows_are_nowhere(sign_in, stranger, make_attempt, version):
    attempt = make_attempt("Ada Lovelace", PARTIAL)
    client = sign_in("owner", organisation=stranger)

    assert "Ada Lovelace" not in client.get(DESK).text + client.get(ATTEMPTS).text
    assert client.get(attempt.get_absolute_url()).status_code == 404
    assert client.get(version.assessment.get_absolute_url()).status_code == 404
    assert client.post(invite_at(version.assessment), PERSON).status_code == 404
    filtered = client.get(ATTEMPTS, {"assessment": version.assessment.pk})
    assert filtered.context["page"].paginator.count == 0


def test_a_foreign_attempt_is_not_there_for_a_live_request_either(sign_in, stranger, make_attempt):
    client = sign_in("owner", organisation=stranger)

    answer = client.get(make_attempt().get_absolute_url(), {"seen": "x"})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(lambda sign_in: sign_in("owner"), "No assessment yet", id="an owner"),
        pytest.param(lambda sign_in: sign_in("author"), "not part of your role", id="an author"),
    ],
)
def test_an_empty_desk_says_what_to_do(sign_in, make, words):
    assert words in make(sign_in).get(DESK).text


@pytest.mark.django_db
def test_a_desk_without_an_organisation_says_whom_to_ask():
    client = Client()
    client.force_login(User.objects.create_user("new@acme.example", "a long password"))

    assert "You belong to no organisation yet" in client.get(DESK).text


def test_the_desk_counts_how_far_candidates_are(recruiter, make_attempt, version, invitation):
    make_attempt(finish=False)
    make_attempt()
    make_attempt(report=PARTIAL)

    [assessment] = recruiter.get(DESK).context["assessments"]

    counts = [assessment.invited, assessment.started, assessment.finished, assessment.graded]
    assert (assessment.title, counts) == (version.title, [4, 3, 2, 1])


@pytest.mark.parametrize(
    ("age", "late"), [(timedelta(seconds=20), False), (timedelta(minutes=2), True)]
)
def test_the_desk_says_when_the_grader_seems_not_to_run(recruiter, queued_for, age, late):
    queued_for(age)

    assert ("probably no grading worker" in recruiter.get(DESK).text) is late


def test_an_invitation_gives_the_link_to_copy(recruiter, version):
    page = recruiter.post(invite_at(version.assessment), PERSON, follow=True)

    invitation = Invitation.objects.get()
    assert (invitation.candidate.name, invitation.candidate.email) == ("Grace", "grace@example.com")
    assert f'data-copy="{invitation.link}"' in page.text
    assert "Grace is invited" in page.text
    wait = invitation.expires_at - timezone.now()
    assert timedelta(days=6, hours=23) < wait < timedelta(days=7, minutes=1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
        ({"days": "soon"}, "days"),
    ],
    ids=str,
)
def test_a_mistake_in_an_invitation_is_named_at_its_field(recruiter, version, change, field):
    page = recruiter.post(invite_at(version.assessment), PERSON | change)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert f'id="id_{field}_error"' in page.text
    assert not Invitation.objects.exists()


def test_invitations_are_for_the_newest_published_version(recruiter, version):
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Second", minutes=20
    )
    recruiter.post(invite_at(version.assessment), PERSON)
    AssessmentVersion.objects.filter(pk=newer.pk).update(published_at=timezone.now())
    recruiter.post(invite_at(version.assessment), PERSON | {"email": "other@example.com"})

    numbers = Invitation.objects.values_list("assessment_version__number", flat=True)
    assert sorted(numbers) == [1, 2]


def test_an_assessment_that_was_never_published_has_no_page_yet(recruiter, organisation):
    draft = Assessment.objects.create(organisation=organisation, slug="draft")
    AssessmentVersion.objects.create(assessment=draft, number=1, title="Draft", minutes=5)

    assert "Draft" not in recruiter.get(DESK).text
    assert recruiter.get(draft.get_absolute_url()).status_code == 404
    assert recruiter.post(invite_at(draft), PERSON).status_code == 404


def test_a_closed_link_is_not_offered(recruiter, invitation):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))

    page = recruiter.get(listed(invitation.assessment_version.assessment))

    assert "Expired" in page.text
    assert invitation.token not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_desk_and_assessment_take_the_same_queries_for_any_number_of_rows(
    recruiter, make_attempt, version, django_assert_num_queries, count
):
    for _ in range(count):
        make_attempt(report=PARTIAL)

    # Session, user, member; late submissions, assessments, attempts, their submissions; requests
    # in the frame.
    with django_assert_num_queries(8):
        recruiter.get(DESK)
    # Session, user, roles; assessment, version, states, count, invitations, mail; frame, its tabs.
    with django_assert_num_queries(11):
        recruiter.get(listed(version.assessment))


HOSTILE = '</script><img src=x onerror="alert(1)">{{ 7|add:1 }}'


def test_a_candidates_name_is_only_ever_text(recruiter, make_attempt, version):
    attempt = make_attempt(f"{HOSTILE}\u202eadA", PARTIAL)

    for address in (DESK, ATTEMPTS, attempt.get_absolute_url(), listed(version.assessment)):
        page = recruiter.get(address)
        assert page.status_code == 200
        assert "<img" not in page.text
        assert "\u202e" not in page.text
        assert "{{ 7|add:1 }}" in page.text
