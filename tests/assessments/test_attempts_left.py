"""How often one may start, and from when on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from assessments import actions, tasks
from assessments.actions.demonstrating import make_demo
from assessments.models import Assessment, AssessmentVersion, Attempt, AuditEntry, Email, Invitation

DAY = timedelta(days=1)
ADA = ("Ada", "ada@example.com")


def finished(version, *person):
    return actions.finish_attempt(actions.start_attempt(actions.invite(version, *person)))


def next_version(version, **fields):
    """Another version of the same assessment, with the same questions."""
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=2, title="Second", minutes=20, **fields
    )
    for place in version.questions.all():
        place.pk, place.version = None, newer
        place.save()
    return actions.publish_assessment(newer)


def test_who_has_started_is_not_invited_again(version):
    finished(version, *ADA)

    with pytest.raises(actions.AttemptsUsedUp, match="Started once already, and 1 is the most"):
        actions.invite(version, "Ada", "ADA@example.com")


def test_attempts_of_all_versions_count_together(version):
    newer = next_version(version, max_attempts=2)
    finished(version, *ADA)

    finished(newer, *ADA)

    with pytest.raises(actions.AttemptsUsedUp):
        actions.invite(newer, *ADA)


def test_others_and_other_assessments_are_not_counted(version, make_version, organisation):
    finished(version, *ADA)

    actions.invite(version, "Bo", "bo@example.com")
    actions.invite(make_version(organisation, slug="second"), *ADA)


def test_a_preview_counts_for_nothing(version):
    preview = actions.invite(version, *ADA)
    Invitation.objects.filter(pk=preview.pk).update(preview=True)
    actions.start_attempt(preview)

    actions.start_attempt(actions.invite(version, *ADA))


def test_of_two_links_only_one_is_followed(version, client):
    first, second = (actions.invite(version, *ADA) for _ in range(2))
    actions.start_attempt(first)

    page = client.post(f"{second.get_absolute_url()}start/", {"consent": "on"})

    assert page.status_code == 409
    assert "as often as you may" in page.text
    assert Attempt.objects.get().invitation == first


@pytest.mark.django_db(transaction=True)
def test_two_links_followed_at_the_same_moment_are_one_attempt(version):
    links = [actions.invite(version, *ADA) for _ in range(6)]

    def follow(invitation):
        try:
            actions.start_attempt(invitation)
        except actions.AttemptsUsedUp:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(follow, links)) == 1

    assert Attempt.objects.count() == 1


def test_one_more_is_granted_on_purpose_and_noted(version, make_member, client):
    finished(version, *ADA)
    client.force_login(make_member())
    address = reverse("recruiter:invite", args=[version.assessment.pk])
    person = {"name": "Ada", "email": "ada@example.com", "days": 7}

    page = client.post(address, person)

    assert page.status_code == 422
    assert "Started once already" in page.text
    assert 'name="although"' in page.text
    client.post(address, person | {"although": "on"})
    granted = Invitation.objects.get(one_more=True)
    assert granted.invited_by.email == "r@acme.example"
    assert AuditEntry.objects.filter(verb="invitation.created", detail__one_more=True).count() == 1
    assert actions.start_attempt(granted)


def test_the_box_is_not_offered_before_it_is_needed(version, make_member, client):
    client.force_login(make_member())

    page = client.get(reverse("recruiter:invite", args=[version.assessment.pk]))

    assert 'name="although"' not in page.text


def test_the_demo_stays_usable_over_and_over(choice, coding):
    for question, slug in ((choice, "huber-tail-gradient"), (coding, "code-huber")):
        type(question.question).objects.filter(pk=question.question.pk).update(slug=slug)

    for _ in range(3):
        actions.finish_attempt(actions.start_attempt(make_demo().invitation))

    assert Attempt.objects.count() == 3


@pytest.fixture
def opening(version):
    return actions.invite(version, *ADA, opens_at=timezone.now() + 2 * DAY)


def test_before_it_opens_the_page_says_when_and_the_server_refuses_a_start(opening, client):
    address = opening.get_absolute_url()
    page = client.get(address)
    refused = client.post(f"{address}start/", {"consent": "on"})

    assert "This invitation opens later" in page.text
    assert opening.opens_at.isoformat(timespec="milliseconds") in page.text
    assert f'action="{address}start/"' not in page.text
    assert refused.status_code == 409
    assert not Attempt.objects.exists()


def test_from_then_on_it_can_be_started(opening, client, clock):
    clock.to(opening.opens_at, seconds=1)

    assert (
        f'action="{opening.get_absolute_url()}start/"'
        in client.get(opening.get_absolute_url()).text
    )
    assert actions.start_attempt(opening)


def test_the_email_tells_from_when_on(version):
    opens = timezone.now() + 2 * DAY
    actions.invite(version, *ADA, opens_at=opens, send=True)

    assert f"You can start from {opens:%A}" in Email.objects.get().text


def test_nobody_is_reminded_before_it_opens(opening, clock):
    Invitation.objects.update(remind_at=timezone.now() - DAY)
    tasks.sweep()
    assert not Email.objects.exists()

    clock.to(opening.opens_at, seconds=1)
    tasks.sweep()

    assert Email.objects.get().kind == "reminder"


def test_in_german_the_page_says_so_as_well(opening, client):
    page = client.get(opening.get_absolute_url(), headers={"Accept-Language": "de"})

    assert "öffnet" in page.text


def test_an_assessment_of_several_attempts_is_started_as_often(make_version, organisation):
    version = make_version(organisation, max_attempts=3)

    for _ in range(3):
        finished(version, *ADA)

    with pytest.raises(actions.AttemptsUsedUp, match="Started 3 times already"):
        actions.invite(version, *ADA)
    assert Assessment.objects.count() == 1
