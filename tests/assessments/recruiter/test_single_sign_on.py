"""Sign-in at an OpenID Connect provider that is really asked: who gets in, and how far."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client
from django.urls import reverse

from assessments import actions
from assessments.models import AuditEntry, Member, MemberInvitation, User
from config import single_sign_on
from tests.assessments.conftest import words
from tests.assessments.oidc_provider import ADA, CLIENT, SECRET, use, visit_provider
from tests.assessments.recruiter.conftest import signed_in
from tests.assessments.recruiter.one_time_codes import code_of, set_up_app

DESK = reverse("recruiter:dashboard")


def sign_in(app, client=None, **follow):
    """Go the whole way; return the client and the page at the end."""
    client = client or Client()
    begun = client.get(reverse("openid_connect_login", args=[app.provider_id]), follow)
    assert begun.status_code == 302, begun.content
    back = visit_provider(begun.headers["Location"])
    return client, client.get(back.removeprefix("http://testserver"), follow=True)


def says(page, sentence):
    return sentence in words(page)


def test_a_member_signs_in_by_the_verified_address(provider, own, make_member, stranger):
    user = make_member("reviewer", email="ada@acme.example")
    Member.objects.create(user=user, organisation=stranger, role="author")
    provider.person = ADA

    _, page = sign_in(own)

    assert page.redirect_chain[-1][0] == DESK
    assert says(page, "Reviewer of Acme")
    assert SocialAccount.objects.get().user == user
    assert provider.token_calls == 1
    told = AuditEntry.objects.sign_ins().values_list("organisation__name", "detail__how")
    assert list(told) == [("Acme", own.name)]
    user.refresh_from_db()
    assert user.check_password("a long password")


def test_who_is_known_comes_in_with_another_address_later(provider, own, make_member):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA
    sign_in(own)
    provider.person = ADA | {"email": "lovelace@acme.example"}

    _, page = sign_in(own)

    assert says(page, "Reviewer of Acme")
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("verified", "gets_in"),
    [(True, True), ("true", True), (False, False), ("false", False), (None, False)],
    ids=str,
)
def test_only_a_verified_address_counts(provider, own, make_member, verified, gets_in):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA | {"email_verified": verified}

    _, page = sign_in(own)

    assert says(page, "Reviewer of Acme") is gets_in
    assert says(page, "does not say that your e-mail address is yours") is not gets_in


def test_addresses_of_ones_own_domains_count_as_verified(provider, organisation, make_member):
    make_member("reviewer", email="ada@acme.example")
    app = use(organisation, provider, verified_email=["acme.example"])
    provider.person = {"sub": "1", "email": "ada@acme.example"}
    assert says(sign_in(app)[1], "Reviewer of Acme")

    provider.person = {"sub": "2", "email": "ada@elsewhere.example"}
    assert says(sign_in(app)[1], "does not say that your e-mail address is yours")


def test_a_stranger_is_turned_away_and_nothing_is_kept(provider, own):
    provider.person = ADA

    client, page = sign_in(own)

    assert says(page, "ada@acme.example is no member of Acme. Ask an owner to invite you.")
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()
    assert client.get(DESK).status_code == 302


def test_who_is_invited_joins_by_signing_in(provider, own, organisation):
    actions.invite_member(organisation, "ada@acme.example", "author", by=None)
    provider.person = ADA

    _, page = sign_in(own)

    assert says(page, "Author of Acme")
    member = Member.objects.get()
    assert (member.user.name, member.user.has_usable_password()) == ("Ada L.", False)
    assert MemberInvitation.objects.get().accepted_at


def test_with_a_role_set_everybody_whom_the_provider_knows_joins(provider, organisation):
    app = use(organisation, provider, role="reviewer")
    provider.person = ADA

    _, page = sign_in(app)

    assert says(page, "Reviewer of Acme")
    joined = AuditEntry.objects.get(verb="member.joined")
    assert (joined.organisation, joined.detail["via"]) == (organisation, "sign-in")


def test_a_removed_member_does_not_come_back_by_signing_in(provider, own, make_member):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA
    client, _ = sign_in(own)
    Member.objects.all().delete()

    assert says(client.get(DESK, follow=True), "You are no longer a member")
    assert says(sign_in(own)[1], "is no member of Acme")


@pytest.fixture
def in_both(make_member, stranger):
    """Ada reviews for Acme and owns Other, whose owners have no say at Acme's provider."""
    user = make_member("reviewer", email="ada@acme.example")
    Member.objects.create(user=user, organisation=stranger, role="owner")
    return user


def test_an_organisations_provider_speaks_for_no_other_organisation(
    provider, own, in_both, stranger
):
    provider.person = ADA

    client, page = sign_in(own)

    assert says(page, "Reviewer of Acme")
    assert not says(page, "Work in Other")
    switch = client.post(reverse("recruiter:switch"), {"organisation": stranger.slug})
    assert switch.status_code == 404
    assert client.get(reverse("recruiter:member_list", args=["other"])).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password",
        "account_set_password",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ],
)
def test_a_session_of_such_a_provider_changes_no_other_way_in(provider, own, in_both, name):
    provider.person = ADA
    client, _ = sign_in(own)

    page = client.get(reverse(name), follow=True)

    assert page.redirect_chain == [(reverse("recruiter:account"), 302)]
    assert says(page, "sign in with your password first")


def test_nor_does_it_change_the_name_that_all_organisations_read(provider, own, in_both):
    provider.person = ADA
    client, _ = sign_in(own)

    client.post(reverse("recruiter:account"), {"name": "Mallory"})

    in_both.refresh_from_db()
    assert in_both.name == ""


def test_who_has_a_second_factor_here_is_asked_for_it_and_stays_in_the_organisation(
    provider, own, in_both
):
    secret = set_up_app(signed_in(in_both))
    provider.person = ADA
    client, page = sign_in(own)
    assert says(page, "Your second factor")
    assert client.get(DESK).status_code == 302

    code = code_of(secret, time.time() + 30)
    page = client.post(reverse("mfa_authenticate"), {"code": code}, follow=True)

    assert says(page, "Reviewer of Acme")
    assert not says(page, "Work in Other")


def test_the_provider_of_an_organisation_is_enough_where_a_second_factor_is_asked(
    provider, own, organisation, make_member
):
    make_member("reviewer", email="ada@acme.example")
    actions.change_organisation(organisation, needs_second_factor=True)
    provider.person = ADA

    _, page = sign_in(own)

    assert page.redirect_chain[-1][0] == DESK


def test_a_session_of_a_provider_lasts_for_twelve_hours(provider, own, make_member):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA

    client, _ = sign_in(own)

    assert client.session.get_expiry_age() <= 12 * 3600


def test_who_cancels_at_the_provider_is_not_signed_in(provider, own):
    provider.person = None

    _, page = sign_in(own)

    assert says(page, "The sign-in at your provider was cancelled.")


def test_an_answer_that_nobody_asked_for_is_refused(provider, own, make_member):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA
    begun = Client().get(reverse("openid_connect_login", args=[own.provider_id]))
    back = visit_provider(begun.headers["Location"])

    page = Client().get(back.removeprefix("http://testserver"))

    assert page.status_code == 401
    assert says(page, "did not understand each other")


def test_a_wrong_secret_signs_nobody_in(provider, organisation, make_member):
    make_member("reviewer", email="ada@acme.example")
    app = use(organisation, provider)
    SocialApp.objects.update(secret="another")
    provider.person = ADA

    _, page = sign_in(app)

    assert page.status_code == 401


def test_another_provider_knows_nobody_by_number(provider, own, organisation, make_member):
    make_member("reviewer", email="ada@acme.example")
    provider.person = ADA
    sign_in(own)
    assert SocialAccount.objects.exists()

    use(organisation, provider, name="Renamed")
    assert SocialAccount.objects.exists()
    use(organisation, provider, client_id="another")

    assert not SocialAccount.objects.exists()


# The provider of the whole installation ------------------------------------------------------


@pytest.fixture
def installed(provider, settings):
    """The provider that the environment names, for everybody here; more of it with `install`."""

    def install(**more):
        environ = {
            "OIDC_SERVER_URL": provider.issuer,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "Company login",
        }
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.settings(environ | more)
        return SocialApp(provider_id=single_sign_on.PROVIDER_ID)

    return install


def test_the_installations_provider_speaks_for_every_organisation(
    installed, provider, in_both, settings
):
    settings.WEBHOOKS_ALLOW_PRIVATE = False  # its operator named it, inside or not
    app = installed()
    provider.person = ADA
    assert "Sign in at Company login" in words(Client().get(reverse("account_login")))

    client, page = sign_in(app)

    assert says(page, "Work in Other")
    assert client.get(reverse("recruiter:account")).status_code == 200


def test_it_admits_nobody_who_belongs_nowhere(installed, provider, organisation):
    app = installed()
    provider.person = ADA

    assert says(sign_in(app)[1], "is no member of any organisation here")

    actions.invite_member(organisation, "ada@acme.example", "author", by=None)
    assert says(sign_in(app)[1], "Author of Acme")


def test_it_may_be_for_one_organisation_with_a_role_for_newcomers(
    installed, provider, organisation
):
    app = installed(OIDC_ORGANISATION="acme", OIDC_ROLE="recruiter")
    provider.person = ADA

    assert says(sign_in(app)[1], "Recruiter of Acme")
