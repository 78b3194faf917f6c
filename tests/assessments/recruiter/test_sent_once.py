"""What a form makes once: a double click sends it twice, and shows what the first one made."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from assessments import actions
from assessments.actions import webhooks
from assessments.actions.hiring_connections import Terms, add_connection
from assessments.models import (
    ApiToken,
    AuditEntry,
    Comment,
    Export,
    HiringConnection,
    OpenLink,
    ShareLink,
)
from tests.assessments.recruiter.conftest import signed_in

PAGE = {"csrfmiddlewaretoken": "of this page"}
TOKEN = {"name": "hiring", "scopes": ["read"], "days": 90}
SECRET = r'readonly value="([^"]+)"|value="([^"]+)" readonly|(whsec_[A-Za-z0-9+/=]+)'
# Where the form is, what is in it, what it makes, and whether an address or a secret is shown.
FORMS = {
    "a share link": ("share", "attempt", {"name": "Ms Doe", "days": 14}, ShareLink, True),
    "a token": ("token_list", None, TOKEN, ApiToken, True),
    "a webhook": ("webhook_add", None, {"url": "https://192.0.2.1/"}, "webhook.added", True),
    "a webhook's secret": ("webhook_rotate", "endpoint", {}, "webhook.secret_rotated", True),
    "a hiring system": (
        "hiring_add", "system", {"name": "R", "hosts": "greenhouse.io", "days": 7},
        HiringConnection, True,
    ),
    "its key": ("hiring_key", "connection", {}, "hiring_connection.key_replaced", True),
    "an open link": (
        "link_list", "assessment", {"name": "Careers", "cap": 5, "open_days": 9, "days": 7},
        OpenLink, True,
    ),
    "a comment": ("comment", "attempt", {"text": "Clear."}, Comment, False),
    "an export": ("export_new", None, {"kind": "attempts", "format": "csv"}, Export, False),
}  # fmt: skip


@pytest.fixture
def place(make_attempt, organisation, settings):
    """The argument of an address, by its name."""
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    makers = {
        None: lambda: None,
        "attempt": lambda: make_attempt("Ada").pk,
        "assessment": lambda: make_attempt("Ada").version.assessment_id,
        "system": lambda: "greenhouse",
        "endpoint": lambda: webhooks.add_webhook(organisation, "https://192.0.2.1/", by=None)[0].pk,
        "connection": lambda: (
            add_connection(
                organisation, "greenhouse", Terms("R", {"hosts": ["greenhouse.io"]}), by=None
            )[0].pk
        ),
    }

    def place(name, argument):
        found = makers[argument]()
        return reverse(f"recruiter:{name}", args=[] if found is None else [found])

    return place


def number_of(made):
    if isinstance(made, str):
        return AuditEntry.objects.filter(verb=made).count()
    return made.objects.count()


def secrets_on(response):
    return {next(filter(None, found)) for found in re.findall(SECRET, response.text)}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "argument", "entered", "made", "secret"), FORMS.values(),
                         ids=FORMS)  # fmt: skip
def test_what_is_sent_twice_is_made_once(sign_in, place, name, argument, entered, made, secret):
    client, address = sign_in("owner"), place(name, argument)
    before = number_of(made)

    first = client.post(address, entered | PAGE, follow=True)
    second = client.post(address, entered | PAGE, follow=True)

    assert number_of(made) == before + 1
    assert second.status_code == 200
    assert bool(secrets_on(first)) is secret
    assert secrets_on(second) == secrets_on(first)
    # From a page that was loaded anew, or with something else in it, it is another one.
    client.post(address, entered | {"csrfmiddlewaretoken": "of another page"})
    assert number_of(made) == before + 2


@pytest.mark.django_db
def test_another_text_or_another_person_makes_another_one(sign_in, make_member):
    owner = sign_in("owner")
    other = signed_in(make_member("owner", email="other@acme.example"))
    for client, changes in [(owner, {}), (owner, {"days": 30}), (other, {})]:
        client.post(reverse("recruiter:token_list"), TOKEN | changes | PAGE)

    assert ApiToken.objects.count() == 3


@pytest.mark.django_db
def test_nobody_reads_the_secret_on_the_server(sign_in):
    kept = []
    client, keep = sign_in("owner"), cache.set
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "set", lambda *told, **to: kept.append(told) or keep(*told, **to))
        page = client.post(reverse("recruiter:token_list"), TOKEN | PAGE, follow=True)

    [secret] = [each for each in secrets_on(page) if each.startswith("mnm_")]
    assert [secret in str(told) or PAGE["csrfmiddlewaretoken"] in str(told) for told in kept] == [
        False
    ]


@pytest.mark.on_postgresql  # SQLite lets one request write at a time
@pytest.mark.django_db(transaction=True)
def test_what_is_sent_twice_in_the_same_moment_is_made_once(make_member, monkeypatch):
    owner = make_member("owner")
    clients = [signed_in(owner) for _ in range(2)]
    issue, meeting = actions.issue_token, Barrier(2, timeout=1)

    def issue_at_once(*given, **told):
        """Neither issues before the other one is to, if it ever comes so far."""
        with suppress(BrokenBarrierError):
            meeting.wait()
        return issue(*given, **told)

    def send(client):
        try:
            page = client.post(reverse("recruiter:token_list"), TOKEN | PAGE, follow=True)
            return secrets_on(page)
        finally:
            connection.close()

    monkeypatch.setattr(actions, "issue_token", issue_at_once)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(send, clients)

    assert ApiToken.objects.count() == 1
    assert first
    assert first == second
