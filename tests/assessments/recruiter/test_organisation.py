"""The settings of an organisation, for its owners alone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions, tasks
from assessments.models import Attempt, AuditEntry, Invitation, Member, Organisation
from assessments.retention import outlived_by_period
from tests.assessments.conftest import words

PAGE = reverse("recruiter:organisation")
GOOD = {"name": "Acme Labs", "contact_email": "people@acme.example", "retention_days": "730"}


def of(organisation):
    return reverse("recruiter:organisation_of", args=[organisation.slug])


@pytest.mark.parametrize("role", Member.Role)
def test_only_owners_find_the_settings(sign_in, organisation, role):
    client = sign_in(role)
    owns = role == Member.Role.OWNER

    for address in (PAGE, of(organisation)):
        assert client.get(address).status_code == (200 if owns else 404)
        assert client.post(address, GOOD).status_code == (302 if owns else 404)
    assert (Organisation.objects.get().name == "Acme Labs") is owns
    assert (PAGE in client.get("/desk/").text) is owns


def test_an_owner_changes_what_holds(sign_in, organisation):
    page = sign_in("owner").post(of(organisation), GOOD, follow=True)

    found = Organisation.objects.get()
    assert (found.name, found.contact_email) == ("Acme Labs", "people@acme.example")
    assert found.retention_days == 730
    assert "The settings are saved." in page.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"contact_email": "nobody"}, "contact_email"),
        ({"retention_days": "29"}, "retention_days"),
        ({"retention_days": "4000"}, "retention_days"),
        ({"retention_days": ""}, "retention_days"),
    ],
    ids=str,
)
def test_a_mistake_is_named_at_its_field(sign_in, organisation, change, field):
    page = sign_in("owner").post(of(organisation), GOOD | change)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert Organisation.objects.get().name == "Acme"


def test_a_name_is_one_line(sign_in, organisation):
    sign_in("owner").post(of(organisation), GOOD | {"name": "Acme\r\nBcc: x@example.com"})

    assert Organisation.objects.get().name == "Acme Bcc: x@example.com"


def test_a_period_that_is_none_of_the_usual_ones_stays(sign_in, organisation):
    Organisation.objects.update(retention_days=100)

    page = sign_in("owner").get(PAGE)

    assert '<option value="100" selected>100 days</option>' in page.text


def test_anothers_organisation_is_not_there(sign_in, organisation, stranger):
    assert sign_in("owner").get(of(stranger)).status_code == 404


@pytest.fixture
def old(attempt):
    """An attempt that has been over for 100 days."""
    started = timezone.now() - timedelta(days=101)
    Attempt.objects.filter(pk=attempt.pk).update(
        state="finished", started_at=started, deadline=started + timedelta(days=1),
        finished_at=started + timedelta(days=1),
    )  # fmt: skip
    return attempt


def test_each_period_says_what_the_next_night_erases_by_it(sign_in, organisation, old):
    page = sign_in("owner").get(PAGE)

    choices = dict(page.context["form"].fields["retention_days"].choices)
    assert choices[90] == "90 days (erases 1 invitation the next night)"
    assert choices[182] == "half a year"


def test_what_erases_more_is_stored_once_somebody_says_so(sign_in, organisation, old):
    client, shorter = sign_in("owner"), GOOD | {"retention_days": "30"}

    asked = client.post(PAGE, shorter)
    assert asked.status_code == 422
    assert "erases what is personal of 1 invitation, and nobody brings it back" in words(asked)
    assert Organisation.objects.get().retention_days == 365
    client.post(PAGE, shorter | {"sure": "on"})

    assert Organisation.objects.get().retention_days == 30
    tasks.erase_outlived()
    assert Invitation.objects.get().erased_at


def test_the_count_of_the_page_is_what_the_night_erases(sign_in, organisation, old, make_version):
    version = make_version(organisation, "second")
    going_on = actions.start_attempt(actions.invite(version, "Bob", "bob@example.com"))
    never = actions.invite(version, "Eve", "eve@example.com")
    long_ago = timezone.now() - timedelta(days=200)
    Invitation.objects.filter(pk__in=[going_on.invitation_id, never.pk]).update(expires_at=long_ago)

    assert outlived_by_period(organisation, [30, 182, 365]) == {30: 2, 182: 1, 365: 0}
    Organisation.objects.update(retention_days=30)
    assert actions.erase_outlived() == 2


def test_a_notice_is_shown_before_it_is_stored(sign_in, organisation):
    page = sign_in("owner").post(PAGE, GOOD | {"notice": "**Article 6** <script>", "preview": "1"})

    assert page.status_code == 200
    assert "<strong>Article 6</strong>" in page.text
    assert "<script>" not in page.text.partition('id="preview"')[2].partition("</div>")[0]
    assert not Organisation.objects.get().notice


def test_a_notice_stands_on_the_invitation_page_and_is_agreed_to(
    sign_in, client, organisation, invitation
):
    sign_in("owner").post(PAGE, GOOD | {"notice": "We rely on **Article 6**.\n\nAsk Kim."})

    welcome = client.get(invitation.get_absolute_url())
    assert "We rely on <strong>Article 6</strong>." in welcome.text
    seen = welcome.context["notice"]
    client.post(
        reverse("candidate:start", args=[invitation.token]), {"consent": "on", "notice": seen}
    )

    agreed = Attempt.objects.get().consented_to
    assert "We rely on Article 6.\nAsk Kim." in agreed


def test_owners_let_reviewers_see_names(sign_in, organisation):
    client = sign_in("owner")

    client.post(PAGE, GOOD)
    assert not Organisation.objects.get().hides_names
    client.post(PAGE, GOOD | {"hides_names": "on"})

    assert Organisation.objects.get().hides_names
    changes = AuditEntry.objects.filter(verb="organisation.changed").order_by("pk")
    assert [each.detail["hides_names"] for each in changes] == [
        {"from": True, "to": False},
        {"from": False, "to": True},
    ]
