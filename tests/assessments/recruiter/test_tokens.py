"""Tokens of other systems: owners issue them, see them once, and revoke them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from assessments.models import ApiToken, AuditEntry
from tests.assessments.conftest import words

TOKENS = reverse("recruiter:token_list")
ISSUED = re.compile(r'value="(mnm_\w{8}_\w{40})"')
NEW = {"name": "hiring", "scopes": ["read", "invite"], "days": 90}


@pytest.fixture
def client(sign_in):
    return sign_in("owner")


def test_a_token_is_shown_once_and_opens_what_was_ticked(client, organisation):
    page = client.post(TOKENS, NEW, follow=True)

    [text] = ISSUED.findall(page.content.decode())
    assert page.redirect_chain == [(TOKENS, 302)]
    assert page["Cache-Control"].find("no-store") >= 0
    found = actions.token_for(text)
    assert (found.organisation, found.name, found.scopes) == (
        organisation, "hiring", ["invite", "read"]
    )  # fmt: skip
    assert timedelta(days=89) < found.expires_at - timezone.now() < timedelta(days=90)
    assert text not in client.get(TOKENS).content.decode()
    assert f"mnm_{found.prefix}…" in words(client.get(TOKENS))


def test_issuing_and_revoking_are_in_the_log(client):
    client.post(TOKENS, NEW)
    client.post(reverse("recruiter:token_revoke", args=[ApiToken.objects.get().pk]))

    assert list(AuditEntry.objects.order_by("pk").values_list("verb", "actor")) == [
        ("token.issued", "r@acme.example"), ("token.revoked", "r@acme.example")
    ]  # fmt: skip


def test_a_revoked_token_opens_nothing_and_can_be_revoked_no_more(client, organisation):
    token, text = actions.issue_token(organisation, "old", ["read"])

    page = client.post(reverse("recruiter:token_revoke", args=[token.pk]), follow=True)

    assert "old is revoked: nothing opens with it any more." in words(page)
    assert actions.token_for(text) is None
    assert "Revoke the token old" not in words(page)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"scopes": []}, "scopes"), ({"scopes": ["all"]}, "scopes"), ({"name": ""}, "name"),
     ({"days": 0}, "days")],
)  # fmt: skip
def test_a_token_without_name_or_scopes_is_refused_at_its_field(client, changes, field):
    page = client.post(TOKENS, NEW | changes)

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_a_token_may_never_expire(client):
    client.post(TOKENS, NEW | {"days": ""})

    assert ApiToken.objects.get().expires_at is None
    assert "Works until revoked" in words(client.get(TOKENS))
