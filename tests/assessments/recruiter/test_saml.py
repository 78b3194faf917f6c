"""Sign-in by SAML 2.0: only what the provider signed, for this browser, and once."""

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from assessments import actions
from assessments.actions.admitting_by_saml import saml_provider_of
from assessments.models import AuditEntry, Member, User
from tests.assessments.conftest import words
from tests.assessments.saml_provider import ENTITY, SSO, answer, key_and_certificate, request_id

HOST = "minima.example"
DESK = reverse("recruiter:dashboard")


@pytest.fixture(autouse=True)
def named(settings):
    settings.ALLOWED_HOSTS = [HOST, "testserver"]


def form(**changes):
    return {
        "name": "Acme login",
        "entity_id": ENTITY,
        "sso_url": SSO,
        "certificate": key_and_certificate(0)[1],
        "role": "",
        "verified_email": "acme.example",
    } | changes


@pytest.fixture
def own(sign_in, organisation):
    """Acme's provider, as an owner enters it."""
    page = reverse("recruiter:sign_on_by_saml", args=["acme"])
    assert sign_in("owner", email="olga@acme.example").post(page, form()).status_code == 302
    return saml_provider_of(organisation)


def browser():
    return Client(headers={"host": HOST})


def begin(client):
    """Be sent to the provider; return the number of the request that the browser brings."""
    begun = client.get(reverse("saml_login", args=["acme"]))
    assert begun.headers["Location"].startswith(SSO)
    return request_id(begun.headers["Location"])


def come_back(client, asked, **how):
    to, audience = (
        f"http://{HOST}{reverse(name, args=['acme'])}" for name in ("saml_acs", "saml_metadata")
    )
    return post(client, answer(asked, to, audience, **how))


def post(client, sent):
    return client.post(reverse("saml_acs", args=["acme"]), {"SAMLResponse": sent}, follow=True)


def test_a_member_signs_in_and_stays_in_the_organisation(own, make_member, stranger):
    user = make_member("reviewer", email="ada@acme.example")
    Member.objects.create(user=user, organisation=stranger, role="owner")
    client = browser()

    page = come_back(client, begin(client))

    assert page.redirect_chain[-1][0] == DESK
    assert "Reviewer of Acme" in words(page)
    assert "Work in Other" not in words(page)


def test_who_is_invited_joins_and_a_stranger_does_not(own, organisation):
    client = browser()
    assert "is no member of Acme" in words(come_back(client, begin(client)))
    actions.invite_member(organisation, "ada@acme.example", "author", by=None)

    assert "Author of Acme" in words(come_back(client, begin(client)))


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"signs": None}, id="nobody signed it"),
        pytest.param({"signs": 1}, id="another key signed it"),
        pytest.param({"changed": ("ada@", "olga@")}, id="changed after it was signed"),
        pytest.param({"late": 60}, id="an hour old"),
    ],
)
def test_what_the_provider_did_not_sign_for_now_is_refused(own, make_member, how):
    make_member("reviewer", email="ada@acme.example")
    client = browser()

    page = come_back(client, begin(client), **how)

    assert page.status_code == 401
    assert client.get(DESK).status_code == 302


def test_an_address_of_another_domain_signs_nobody_in(own, make_member):
    make_member("reviewer", email="ada@elsewhere.example")
    client = browser()

    page = come_back(client, begin(client), email="ada@elsewhere.example")

    assert "does not say that your e-mail address is yours" in words(page)


def test_an_answer_counts_once_and_in_the_browser_that_asked(own, make_member):
    make_member("reviewer", email="ada@acme.example")
    client, thief = browser(), browser()
    asked = begin(client)
    to, audience = (
        f"http://{HOST}{reverse(name, args=['acme'])}" for name in ("saml_acs", "saml_metadata")
    )
    sent = answer(asked, to, audience)

    assert post(thief, sent).status_code == 403
    assert thief.get(DESK).status_code == 302
    assert post(client, sent).redirect_chain[-1][0] == DESK
    client.post(reverse("account_logout"))
    assert post(client, sent).status_code == 403
    assert client.get(DESK).status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(own, make_member):
    make_member("reviewer", email="ada@acme.example")

    assert come_back(browser(), "").status_code in {401, 403}


@pytest.mark.parametrize(
    ("field", "value"),
    [("certificate", "no certificate"), ("sso_url", "javascript:x"), ("verified_email", "")],
)
def test_what_could_not_be_used_is_refused(sign_in, organisation, field, value):
    page = sign_in("owner").post(
        reverse("recruiter:sign_on_by_saml", args=["acme"]), form(**{field: value})
    )

    assert list(page.context["form"].errors) == [field]


def test_the_short_name_leads_there_and_a_removed_provider_lets_nobody_in(own, sign_in):
    found = Client().get(reverse("recruiter:sign_on"), {"organisation": "acme"})
    assert reverse("saml_login", args=["acme"]) in found.text
    owner = Client()
    owner.force_login(User.objects.get(email="olga@acme.example"))

    owner.post(reverse("recruiter:sign_on_by_saml_remove", args=["acme"]))

    assert browser().get(reverse("saml_login", args=["acme"])).status_code == 404
    verbs = AuditEntry.objects.filter(verb__startswith="single_sign_on").values_list("verb")
    assert sorted(verbs) == [("single_sign_on.changed",), ("single_sign_on.removed",)]


def test_nobody_is_signed_out_by_an_address(own):
    assert browser().get("/accounts/saml/acme/sls/").status_code == 404


# As where the extra is not installed: nothing can import this.
WITHOUT = """
import sys
sys.modules["xmlsec"] = None
import django
from django.core.management import call_command
django.setup()
call_command("check")
from django.urls import NoReverseMatch, reverse
reverse("recruiter:single_sign_on", args=["acme"])
for name in ("recruiter:sign_on_by_saml", "saml_login"):
    try:
        print("still there:", reverse(name, args=["acme"]))
    except NoReverseMatch:
        pass
"""


def test_without_the_extra_the_product_is_well_and_has_no_such_pages():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "still there" not in done.stdout


def test_without_the_extra_the_page_of_providers_does_not_speak_of_it(
    sign_in, organisation, settings
):
    client = sign_in("owner", email="olga@acme.example")
    page = reverse("recruiter:single_sign_on", args=["acme"])
    assert "SAML" in words(client.get(page))
    settings.SAML = False
    assert "SAML" not in words(client.get(page))
