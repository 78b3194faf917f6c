"""Who sees candidates' names on the desk; a reviewer doesn't, unless the organisation says so."""

from uuid import UUID

import pytest
from django.test import RequestFactory
from django.urls import reverse

from assessments.models import Attempt, Candidate, Member
from assessments.recruiter.viewer import alias_of, keys_of_alias, viewer_of
from tests.assessments.recruiter.conftest import PARTIAL
from tests.assessments.recruiter.permission_table import TABLE
from tests.assessments.recruiter.permission_world import World
from tests.assessments.recruiter.test_permissions import address_of

ATTEMPTS = reverse("recruiter:attempt_list")
PERSON = "Zebulon Quirke"
ADDRESS = "zq@quirke.example"


@pytest.fixture
def person(make_attempt):
    attempt = make_attempt(PERSON, PARTIAL)
    Candidate.objects.filter(pk=attempt.invitation.candidate_id).update(email=ADDRESS)
    return Attempt.objects.get(pk=attempt.pk)


def desk_of(attempt):
    return [
        reverse("recruiter:dashboard"),
        ATTEMPTS,
        attempt.get_absolute_url(),
        f"{attempt.get_absolute_url()}?seen=x",
    ]


def everything(client, attempt):
    """All bytes of the desk's pages that show `attempt`, with the names of downloads."""
    answers = [client.get(address) for address in desk_of(attempt)]
    assert {answer.status_code for answer in answers} == {200}
    return "".join(f"{answer.headers}{answer.text}" for answer in answers)


def tells(text):
    return [each for each in ("Zebulon", "Quirke", "quirke.example", "zq@") if each in text]


def test_a_reviewer_never_receives_a_name(sign_in, person):
    told = everything(sign_in("reviewer"), person)

    assert tells(told) == []
    assert f"<title>Candidate {alias_of(person)}" in told
    assert told.count(alias_of(person)) >= len(desk_of(person))
    assert person.invitation.token not in told


@pytest.mark.parametrize("role", ["owner", "recruiter"])
def test_others_see_names_and_addresses(sign_in, person, role):
    told = everything(sign_in(role), person)

    assert tells(told) == ["Zebulon", "Quirke", "quirke.example", "zq@"]
    assert alias_of(person) not in told


def test_reviewers_see_names_where_the_organisation_says_so(sign_in, person, organisation):
    organisation.hides_names = False
    organisation.save()

    assert PERSON in everything(sign_in("reviewer"), person)


def test_who_scores_without_names_still_invites_with_them(sign_in, person):
    client = sign_in("recruiter")
    Member.objects.update(hides_names=True)

    assert tells(everything(client, person)) == []
    inviting = reverse("recruiter:invitation_list", args=[person.version.assessment.pk])
    assert PERSON in client.get(inviting).text


def test_no_page_at_all_tells_a_reviewer_a_name(sign_in, version, make_attempt):
    world = World(version, make_attempt)
    pages = [row for row in TABLE if Member.Role.REVIEWER in row.get and row.shows == 200]
    addresses = [address_of(row, world) for row in pages]
    for number, candidate in enumerate(Candidate.objects.all()):
        candidate.name, candidate.email = PERSON, f"{number}{ADDRESS}"
        candidate.save()
    client = sign_in("reviewer")

    told = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        content = b"".join(answer) if answer.streaming else answer.content
        told[address] = tells(f"{answer.headers}{content.decode(errors='ignore')}")

    assert len(addresses) > 10
    assert {address: found for address, found in told.items() if found} == {}


def test_a_hidden_name_is_not_found_by_searching(sign_in, person):
    reviewer = sign_in("reviewer")

    def found(text):
        return list(reviewer.get(ATTEMPTS, {"q": text}).context["page"])

    assert found("Zebulon") == found(ADDRESS) == []
    assert found(alias_of(person)) == found(f"candidate {alias_of(person)[:3].lower()}")
    assert found(alias_of(person)) == [person.pk]


def test_an_order_by_hidden_names_is_none(sign_in, make_attempt):
    keys = [make_attempt(name, source=None).pk for name in ("Cleo", "Ada", "Ben", "Dee")]

    page = sign_in("reviewer").get(ATTEMPTS, {"sort": "candidate"}).context["page"]

    assert list(page) == sorted(keys)


def test_a_stranger_sees_no_names_of_this_organisation(make_member, stranger, person):
    request = RequestFactory().get("/")
    request.user = make_member("owner", organisation=stranger)

    assert viewer_of(request).name_of(person) == f"Candidate {alias_of(person)}"
    assert viewer_of(request).email_of(person) == ""


@pytest.mark.parametrize(
    ("key", "alias"),
    [
        pytest.param(UUID(int=0), "0000-0000", id="the first"),
        pytest.param(UUID(int=(1 << 128) - 1), "ZZZZ-ZZZZ", id="the last"),
        # 40 bits in groups of five: 00001 00010 ... 01000.
        pytest.param(UUID("08864298e8000000ffffffffffffffff"), "1234-5678", id="in between"),
    ],
)
def test_an_alias_is_the_beginning_of_a_key(key, alias):
    assert alias_of(Attempt(pk=key)) == alias


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        ("10", "08000000-0000-0000-0000-000000000000", "083fffff-ffff-ffff-ffff-ffffffffffff"),
        ("Candidate io", "08000000-0000-0000-0000-000000000000",
         "083fffff-ffff-ffff-ffff-ffffffffffff"),
        ("1234-5678", "08864298-e800-0000-0000-000000000000",
         "08864298-e8ff-ffff-ffff-ffffffffffff"),
    ],
)  # fmt: skip
def test_the_beginning_of_an_alias_is_a_range_of_keys(typed, low, high):
    assert keys_of_alias(typed) == (UUID(low), UUID(high))


@pytest.mark.parametrize("typed", ["", "candidate", "1", "12345-67890", "Ünal", "a@b"])
def test_what_is_no_alias_is_no_range(typed):
    assert keys_of_alias(typed) is None
