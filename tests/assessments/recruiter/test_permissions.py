"""Every address of the desk, by every role: the table beside this module is what must be true."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from assessments.models import Member, User
from tests.assessments.recruiter.permission_table import TABLE
from tests.assessments.recruiter.permission_world import World

SIGNED_OUT, FOREIGN = "nobody", "an owner elsewhere"
# Whose addresses have tables of permissions of their own, or no members: tokens, candidates'
# links, pages for everybody; and allauth's, which know the signed-in user alone.
ELSEWHERE = {"api", "candidate", "study", "authoring", "hiring"}
ALONE = {"home", "healthz", "script_words"}
ALLAUTH = ("account_", "mfa_", "socialaccount_", "openid_connect_", "saml_")
# These say themselves where they belong, or belong to the person.
SAY_WHERE = {"switch", "leave", "account", "organisation", "template_create", "template_draft"}


def names(patterns, space="") -> Iterator[str]:
    """The names of all addresses below, each with its namespace."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns, each.namespace or space)
        elif isinstance(each, URLPattern) and each.name:
            yield f"{space}:{each.name}" if space else each.name


def full(name):
    return name if ":" in name else f"recruiter:{name}"


def has_a_line(name):
    space, _, own = name.rpartition(":")
    return space not in ELSEWHERE and own not in ALONE and not own.startswith(ALLAUTH)


def test_every_address_has_its_line_in_the_table():
    found = {name for name in names(get_resolver().url_patterns) if has_a_line(name)}
    known = Counter(full(row.name) for row in TABLE)

    missing = sorted(found - set(known))
    assert not missing, (
        f"Nobody said who may use {', '.join(missing)}: add a Row for each to TABLE in "
        "tests/assessments/recruiter/permission_table.py."
    )
    assert sorted(set(known) - found) == [], "These lines name no address; take them out."
    assert [name for name, count in known.items() if count > 1] == []


@pytest.fixture
def world(version, make_attempt):
    made = World(version, make_attempt)
    for row in TABLE:
        if row.of:
            getattr(made, row.of)
    return made


def client_of(visitor, make_member, stranger):
    client = Client()
    if visitor == FOREIGN:
        client.force_login(make_member("owner", organisation=stranger))
    elif visitor != SIGNED_OUT:
        client.force_login(make_member(visitor))
    return client


def address_of(row, world):
    found = getattr(world, row.of) if row.of else ()
    return reverse(full(row.name), args=found if isinstance(found, tuple) else [found.pk])


def expected(row, visitor, method):
    allowed, status = (row.get, row.shows) if method == "get" else (row.post, row.does)
    if visitor == SIGNED_OUT and not row.open:
        return "to sign in"
    if not allowed:
        return 405
    if visitor == SIGNED_OUT:
        return row.nobody if row.nobody and method == "post" else status
    if visitor == FOREIGN:
        return row.foreign or (404 if row.of and not row.open else status)
    return status if visitor in allowed else 404


def answered(client, method, address, data):
    """What the address answers; whatever it did is undone."""
    with transaction.atomic():
        try:
            answer = getattr(client, method)(address, data)
        except Exception as error:
            error.add_note(f"at {method.upper()} {address}")
            raise
        transaction.set_rollback(True)
    if answer.status_code == 302 and answer.headers["Location"].startswith(
        reverse("account_login")
    ):
        return "to sign in"
    return answer.status_code


@pytest.mark.parametrize("visitor", [*Member.Role, FOREIGN, SIGNED_OUT])
def test_each_address_answers_as_the_table_says(visitor, world, make_member, stranger):
    client = client_of(visitor, make_member, stranger)
    wrong = []
    for row in TABLE:
        address = address_of(row, world)
        posted = row.data(world) if callable(row.data) else row.data
        for method, data in (("get", {}), ("post", posted)):
            said, right = answered(client, method, address, data), expected(row, visitor, method)
            if said != right:
                wrong.append(f"{method.upper()} {row.name} as {visitor}: {said}, not {right}")

    assert wrong == []


def test_the_walk_leaves_the_world_as_it_was(world, make_member):
    client = Client()
    client.force_login(make_member("owner"))
    before = User.objects.count(), Member.objects.count(), world.invitation.expires_at

    for row in TABLE:
        posted = row.data(world) if callable(row.data) else row.data
        answered(client, "post", address_of(row, world), posted)

    world.invitation.refresh_from_db()
    assert (User.objects.count(), Member.objects.count(), world.invitation.expires_at) == before


def posted_to(page, address):
    """The forms of `page`, each with the name of what it is sent to."""
    for tag, inside in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        if 'method="post"' in tag:
            action = re.search(r'action="([^"]*)"', tag)
            yield resolve((action[1] if action else address).partition("?")[0]).view_name, inside


def test_a_form_about_nothing_that_is_there_says_where_it_was_opened(
    world, make_member, monkeypatch
):
    """What a tab of another organisation sends must not land where the session works now."""
    # The files of a large table are asked for by a form.
    monkeypatch.setattr("assessments.recruiter.table_views.MOST_AT_ONCE", 0)
    makes = {full(row.name) for row in TABLE if row.post and not row.of} - set(map(full, SAY_WHERE))
    client, found = Client(), {}
    client.force_login(make_member("owner"))
    for row in TABLE:
        if "owner" in row.get and not row.of:
            address = address_of(row, world)
            for name, inside in posted_to(getattr(client.get(address), "text", ""), address):
                found.setdefault(name, []).append(inside)

    assert makes - set(found) == set(), "no page has a form for it"
    assert {name for name in makes for each in found[name] if 'name="made_in"' not in each} == set()
