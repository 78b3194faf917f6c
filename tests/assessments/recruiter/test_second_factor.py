"""Passwords and second factors: how members sign in, and what organisations ask of them."""

import re
import time

import pytest
from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.test import Client
from django.urls import reverse

from assessments import actions
from assessments.models import AuditEntry, Email, Member, Organisation, User
from assessments.second_factor import MFAAdapter
from tests.assessments.conftest import words
from tests.assessments.recruiter.conftest import signed_in
from tests.assessments.recruiter.one_time_codes import (
    APP,
    PASSWORD,
    code_of,
    confirm,
    set_up_app,
)

DESK = reverse("recruiter:dashboard")
FACTORS = reverse("mfa_index")
EMAIL = "r@acme.example"


def sign_in(client, password=PASSWORD):
    return client.post(
        reverse("account_login"), {"login": EMAIL, "password": password}, follow=True
    )


@pytest.fixture
def member(make_member):
    return make_member("recruiter")


@pytest.fixture
def client(member):
    return signed_in(member)


@pytest.fixture
def asks(organisation):
    """Acme asks for a second factor."""
    actions.change_organisation(organisation, needs_second_factor=True)


# Passwords -----------------------------------------------------------------------------------


def test_a_forgotten_password_is_chosen_anew_by_email(member):
    Client().post(reverse("account_reset_password"), {"email": EMAIL.upper()})
    email = Email.objects.get()
    assert (email.to, email.kind, email.subject) == (EMAIL, "account", "Choose a new password")
    link = re.search(r"http://\S+", email.text)[0]
    assert f'href="{link}"' in email.html
    assert "Choose a new password</a>" in email.html

    browser = Client()
    form = browser.get(link.removeprefix("http://testserver"), follow=True)
    address = form.redirect_chain[-1][0]
    done = browser.post(
        address, {"password1": "correct horse battery", "password2": "correct horse battery"},
        follow=True,
    )  # fmt: skip

    assert "Your password is changed" in words(done)
    member.refresh_from_db()
    assert member.check_password("correct horse battery")
    again = browser.get(link.removeprefix("http://testserver"), follow=True)
    assert "This link no longer works" in words(again)


def test_who_is_unknown_gets_no_email_and_the_same_answer(member):
    known = Client().post(reverse("account_reset_password"), {"email": EMAIL}, follow=True)
    unknown = Client().post(
        reverse("account_reset_password"), {"email": "eve@example.com"}, follow=True
    )

    assert words(known) == words(unknown)
    assert Email.objects.count() == 1


def test_a_changed_password_is_told_by_email(client, member):
    new = {"password1": "correct horse battery", "password2": "correct horse battery"}
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new)

    member.refresh_from_db()
    assert member.check_password("correct horse battery")
    text = Email.objects.get().text
    assert "Your password was changed." in text
    # Where it sends whom it was not: as it is called there.
    way = "Forgot your password?"
    assert f"“{way}” on the sign-in page" in text
    assert way in words(Client().get(reverse("account_login")))
    assert way in words(Client().get(reverse("account_reset_password")))


def test_too_many_tries_are_stopped_for_all_processes(member):
    for _ in range(5):
        assert "not correct" in words(sign_in(Client(), "wrong"))

    assert "Too many failed login attempts" in words(sign_in(Client()))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["signup/", "email/", "confirm-email/", "3rdparty/"])
def test_nobody_signs_up_or_takes_another_address(path):
    assert Client().get(f"/accounts/{path}").status_code == 404
    assert Client().post(f"/accounts/{path}", {"email": "eve@example.com"}).status_code == 404


# An app for codes ----------------------------------------------------------------------------


def test_an_app_is_set_up_and_asked_at_the_next_sign_in(client):
    secret = set_up_app(client)
    browser = Client()
    page = sign_in(browser)
    assert "Your second factor" in words(page)
    assert browser.get(DESK).status_code == 302

    wrong = browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Incorrect code." in words(wrong)
    done = browser.post(
        reverse("mfa_authenticate"), {"code": code_of(secret, time.time() + 30)}, follow=True
    )

    assert done.redirect_chain[-1][0] == DESK


def test_the_picture_of_the_key_needs_no_exception_from_the_policy(client):
    confirm(client)

    page = client.get(APP)

    assert re.search(r'<img class="m-qr" src="data:image/svg\+xml;base64,', page.text)
    assert "<style" not in page.text
    assert " style=" not in page.text


def test_keys_and_codes_are_sealed_in_the_database(client):
    secret = set_up_app(client)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert secret not in stored
    shown = client.get(reverse("mfa_view_recovery_codes"))
    for code in re.findall(r"<li><code>(\w+)</code>", shown.text):
        assert code not in stored


def test_with_another_secret_key_no_code_fits_and_nothing_breaks(client, settings):
    secret = set_up_app(client)
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = "another one"
    browser = Client()
    sign_in(browser)

    page = browser.post(reverse("mfa_authenticate"), {"code": code_of(secret, time.time() + 30)})

    assert "Incorrect code." in words(page)


def test_after_a_change_of_the_secret_key_the_former_still_opens(client, settings):
    secret = set_up_app(client)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"
    browser = Client()
    sign_in(browser)

    page = browser.post(
        reverse("mfa_authenticate"), {"code": code_of(secret, time.time() + 30)}, follow=True
    )

    assert page.redirect_chain[-1][0] == DESK


def test_a_recovery_code_lets_in_once(client):
    set_up_app(client)
    page = client.get(reverse("mfa_view_recovery_codes"))
    code = re.findall(r"<li><code>(\w+)</code>", page.text)[0]

    for lets_in in (True, False):
        browser = Client()
        sign_in(browser)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert (browser.get(DESK).status_code == 200) is lets_in


def test_a_removed_app_is_asked_no_more(client):
    set_up_app(client)
    client.post(reverse("mfa_deactivate_totp"))

    assert sign_in(Client()).redirect_chain[-1][0] == DESK
    assert not Authenticator.objects.exists()


def test_what_changes_a_sign_in_is_in_the_log_of_each_organisation(
    client, member, stranger, make_member
):
    Member.objects.create(user=member, organisation=stranger, role="author")
    app, codes = Authenticator(type="totp"), Authenticator(type="recovery_codes")
    told = {"sender": Authenticator, "user": member}
    # The codes come and go with the app, which is said already.
    for each in (app, codes):
        authenticator_added.send(**told, authenticator=each)
    authenticator_reset.send(**told, authenticator=codes)
    for each in (app, codes):
        authenticator_removed.send(**told, authenticator=each)
    again = {"oldpassword": PASSWORD, "password1": "herons wade", "password2": "herons wade"}
    client.post(reverse("account_change_password"), again)

    said = [
        "changed the password",
        "removed an app for codes for signing in",
        "made new recovery codes",
        "set up an app for codes for signing in",
    ]
    for organisation in (member.member.organisation, stranger):
        owner = make_member("owner", email=f"{organisation.slug}@x.org", organisation=organisation)
        page = words(signed_in(owner).get(reverse("recruiter:log"), {"what": "member"}))
        places = [page.index(f"{EMAIL} {each}") for each in said]
        assert places == sorted(places)
        assert "4 entries" in page


def test_each_sign_in_is_in_the_log_with_how_and_not_with_what(
    client, member, stranger, make_member
):
    Member.objects.create(user=member, organisation=stranger, role="author")
    sign_in(Client())
    secret = set_up_app(client)
    browser = Client()
    sign_in(browser)
    assert browser.get(DESK).status_code == 302
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret, time.time() + 30)})

    said = [
        f"{EMAIL} signed in with a password and a code of the app",
        f"Somebody tried in vain to sign in as {EMAIL}: a wrong code in place of the second factor",
        f"{EMAIL} signed in with a password",
    ]
    for organisation in (member.member.organisation, stranger):
        owner = make_member("owner", email=f"{organisation.slug}@x.org", organisation=organisation)
        page = words(signed_in(owner).get(reverse("recruiter:log"), {"kind": "sign_ins"}))
        places = [page.rindex(each) for each in said]
        assert places == sorted(places)
        assert "3 entries" in page
        assert "signed in" not in words(
            signed_in(owner).get(reverse("recruiter:log"), {"kind": "changes"})
        )
    assert code_of(secret) not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_who_guesses_passwords_fills_no_log(member, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": False, "login_failed": False}
    for password in [f"a guess {number}" for number in range(11)]:
        sign_in(Client(), password)
    Client().post(reverse("account_login"), {"login": "eve@x.org", "password": "a guess"})

    told = AuditEntry.objects.sign_ins().values_list("verb", "member", "detail__tries_so_far")
    assert list(told) == [("sign_in.refused", None, 10), ("sign_in.refused", None, None)]
    assert "guess" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("records", "how"),
    [
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], "a passkey"),
        # The first of them came to nothing: nobody had the second factor at hand.
        (
            [{"method": "password"}, {"method": "mfa", "type": "webauthn", "passwordless": True}],
            "a passkey",
        ),
        (
            [{"method": "password"}, {"method": "mfa", "type": "webauthn"}],
            "a password and a passkey",
        ),
        (
            [{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}],
            "a password and a recovery code",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_passkey_and_a_recovery_code_are_told_apart(records, how, member, rf):
    request = rf.get("/")
    request.session = {
        "account_authentication_methods": records,
        "account_authentication_methods_user": str(member.pk),
    }

    user_logged_in.send(sender=User, request=request, user=member)

    assert [entry.detail for entry in AuditEntry.objects.sign_ins()] == [{"how": how}]


def test_no_two_passkeys_of_a_member_have_one_name(member):
    def add():
        name = MFAAdapter().generate_authenticator_name(member, "webauthn")
        data = {"name": name, "credential": {}}
        return name, Authenticator.objects.create(user=member, type="webauthn", data=data)

    (first, old), (second, _) = add(), add()
    old.delete()

    assert [first, second, add()[0], add()[0]] == ["Passkey", "Passkey 2", "Passkey", "Passkey 3"]


def test_who_has_no_passkey_is_not_asked_for_one_and_who_lost_all_is_told_what_to_do(client):
    set_up_app(client)

    page = sign_in(Client())

    assert "passkey" not in words(page).lower()
    assert "Whoever runs this installation can let you in" in words(page)


# What an organisation asks -------------------------------------------------------------------


def test_who_has_no_second_factor_is_sent_to_set_one_up(asks, client, version):
    for address in (DESK, version.assessment.get_absolute_url(), "/desk/questions/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, FACTORS)

    assert "Acme asks every member for a second factor." in words(client.get(FACTORS))
    assert client.get(reverse("recruiter:account")).status_code == 200


def test_with_one_everything_is_open(asks, client):
    set_up_app(client)

    assert client.get(DESK).status_code == 200
    assert "asks every member" not in words(client.get(FACTORS))


def test_posts_are_held_up_as_well(asks, client, version):
    answer = client.post(reverse("recruiter:invite", args=[version.assessment.pk]), {"name": "X"})

    assert (answer.status_code, answer.headers["Location"]) == (302, FACTORS)


def test_another_organisation_may_ask_for_none(asks, member, client, stranger):
    actions.add_owner(stranger, member)

    client.post(reverse("recruiter:switch"), {"organisation": stranger.slug})

    assert client.get(DESK).status_code == 200
    assert Organisation.objects.filter(needs_second_factor=True).count() == 1


def test_each_sign_in_asks_again_on_every_page_that_changes_it(client):
    set_up_app(client)
    browser = Client()
    browser.force_login(client.get(DESK).wsgi_request.user)

    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        answer = browser.get(reverse(name))
        assert answer.status_code == 302
        assert "reauthenticate" in answer.headers["Location"]
