"""Single sign-on asks what an owner entered through the guard, and says what went wrong."""

import pytest
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib.messages.middleware import MessageMiddleware
from django.test import Client
from django.urls import resolve, reverse

from assessments.single_sign_on import SocialAccountAdapter
from tests.assessments.conftest import words
from tests.assessments.oidc_provider import ADA, visit_provider

DISCOVERY = "/.well-known/openid-configuration"


def test_no_provider_inside_the_network_is_asked(provider, own, settings):
    settings.WEBHOOKS_ALLOW_PRIVATE = False

    page = Client().get(reverse("openid_connect_login", args=[own.provider_id]), follow=True)

    assert "Your provider could not be asked." in words(page)
    assert page.redirect_chain == [(reverse("account_login"), 302)]
    assert provider.asked == []


@pytest.mark.parametrize(
    ("last", "spared"), [(DISCOVERY, "/token"), ("/token", "/userinfo")], ids=lambda path: path
)
def test_nor_is_an_address_inside_that_a_provider_names(provider, own, settings, last, spared):
    provider.person = ADA
    client = Client()
    begun = client.get(reverse("openid_connect_login", args=[own.provider_id]))
    back = visit_provider(begun.headers["Location"])
    provider.after[last] = lambda: setattr(settings, "WEBHOOKS_ALLOW_PRIVATE", False)

    page = client.get(back.removeprefix("http://testserver"), follow=True)

    assert "Your provider could not be asked." in words(page)
    assert provider.asked[-1] == last
    assert spared not in provider.asked


def test_the_keys_of_a_provider_are_asked_for_through_the_guard_too(provider, own, settings, rf):
    request = rf.get("/")
    request.session = {}
    request.resolver_match = resolve(reverse("openid_connect_callback", args=[own.provider_id]))
    with allauth_context.request_context(request):
        session = SocialAccountAdapter().get_requests_session()
    MessageMiddleware(lambda _: None).process_request(request)
    assert session.get(f"{provider.issuer}/jwks").json() == provider.jwks()
    settings.WEBHOOKS_ALLOW_PRIVATE = False

    with pytest.raises(ImmediateHttpResponse):
        session.get(f"{provider.issuer}/jwks")

    assert provider.asked == ["/jwks"]


def test_a_provider_that_points_elsewhere_is_not_followed(provider, own):
    provider.moved_to = f"{provider.issuer}/jwks"

    page = Client().get(reverse("openid_connect_login", args=[own.provider_id]), follow=True)

    assert "127.0.0.1 points elsewhere, which is not followed." in words(page)
    assert provider.asked == [DISCOVERY]


def test_a_provider_that_leaves_out_what_is_needed_is_told_of(provider, own):
    provider.without = "token_endpoint"

    page = Client().get(reverse("openid_connect_login", args=[own.provider_id]), follow=True)

    assert "127.0.0.1 does not name its token_endpoint." in words(page)
