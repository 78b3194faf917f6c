"""The settings of an organisation, for its owners alone."""

import pytest
from django.urls import reverse

from assessments.models import Member, Organisation

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
