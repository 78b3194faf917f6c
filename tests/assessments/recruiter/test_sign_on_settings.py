"""What owners say of their provider, and the environment of the installation's."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from assessments import actions
from assessments.models import AuditEntry, User
from config import single_sign_on
from tests.assessments.conftest import words
from tests.assessments.recruiter.conftest import signed_in

FORM = {
    "name": "Okta",
    "server_url": "https://login.acme.example/",
    "client_id": "minima",
    "secret": "hush hush",
    "role": "reviewer",
    "verified_email": "@Acme.example, acme.org",
}


@pytest.fixture
def page_of(organisation):
    return reverse("recruiter:single_sign_on", args=[organisation.slug])


def test_an_owner_says_at_which_provider_members_sign_in(sign_in, organisation, page_of):
    page = sign_in("owner").post(page_of, FORM, follow=True)

    app = actions.provider_of(organisation)
    assert (app.name, app.client_id, app.secret) == ("Okta", "minima", "hush hush")
    assert app.settings == {
        "server_url": "https://login.acme.example",
        "organisation": "acme",
        "role": "reviewer",
        "verified_email": ["acme.example", "acme.org"],
    }
    assert "/accounts/oidc/at-acme/login/callback/" in page.text
    assert "hush" not in page.text
    entry = AuditEntry.objects.get(verb="single_sign_on.changed")
    assert "hush" not in str(entry.detail)


def test_a_secret_that_is_not_entered_again_stays(sign_in, organisation, page_of):
    client = sign_in("owner")
    assert client.post(page_of, FORM | {"secret": ""}).status_code == 422
    client.post(page_of, FORM)

    client.post(page_of, FORM | {"secret": "", "name": "Entra"})

    app = actions.provider_of(organisation)
    assert (app.name, app.secret) == ("Entra", "hush hush")


@pytest.mark.parametrize(
    ("server", "why"),
    [
        ("http://login.acme.example", "has to begin with https://"),
        ("https://169.254.169.254/latest", "is not on the internet"),
        ("https://10.0.0.7", "is not on the internet"),
        ("https://localhost:8000", "is not on the internet"),
        ("https://ada:secret@login.acme.example", "must not hold a name or a password"),
    ],
    ids=str,
)
def test_an_address_that_is_never_called_is_refused(sign_in, organisation, page_of, server, why):
    page = sign_in("owner").post(page_of, FORM | {"server_url": server})

    assert page.status_code == 422
    assert why in page.context["form"].errors["server_url"][0]


def test_nobody_becomes_an_owner_by_signing_in(sign_in, organisation, page_of):
    page = sign_in("owner").post(page_of, FORM | {"role": "owner"})

    assert list(page.context["form"].errors) == ["role"]


def test_a_removed_provider_lets_nobody_in(sign_in, organisation, page_of):
    sign_in("owner").post(page_of, FORM)
    assert actions.provider_of(organisation)
    remove = reverse("recruiter:single_sign_on_remove", args=[organisation.slug])

    signed_in(User.objects.get()).post(remove)

    assert Client().get(reverse("openid_connect_login", args=["at-acme"])).status_code == 404


def test_the_short_name_leads_to_the_provider(sign_in, page_of):
    sign_in("owner").post(page_of, FORM)

    page = Client().get(reverse("recruiter:sign_on"), {"organisation": " Acme ", "next": "/desk/"})

    assert f"{reverse('openid_connect_login', args=['at-acme'])}?next=/desk/" in page.text
    missing = Client().get(reverse("recruiter:sign_on"), {"organisation": "nowhere"})
    assert "No organisation of that short name has a provider here." in words(missing)


@pytest.mark.parametrize(
    "missing",
    [
        {"OIDC_CLIENT_SECRET": ""},
        {"OIDC_CLIENT_ID": ""},
        {"OIDC_ROLE": "owner", "OIDC_ORGANISATION": "acme"},
        {"OIDC_ROLE": "reviewer"},
    ],
    ids=str,
)
def test_an_unusable_environment_is_refused_at_the_start(missing):
    environ = {
        "OIDC_SERVER_URL": "https://login.acme.example",
        "OIDC_CLIENT_ID": "minima",
        "OIDC_CLIENT_SECRET": "secret",
    }
    with pytest.raises(ImproperlyConfigured, match="OIDC_"):
        single_sign_on.settings(environ | missing)


def test_the_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    environ = {
        "OIDC_SERVER_URL": "https://login.acme.example",
        "OIDC_CLIENT_ID": "minima",
        "OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
    }

    [app] = single_sign_on.settings(environ)["openid_connect"]["APPS"]

    assert app["secret"] == "from a file"
