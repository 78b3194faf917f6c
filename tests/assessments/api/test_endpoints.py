"""Every address x method x scope x organisation, and without a token: as the table has it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from assessments import actions
from assessments.api.urls import urlpatterns
from assessments.models import ApiToken
from questions.models import QuestionVersion
from tests.assessments.api.endpoint_table import METHODS, TABLE

pytestmark = pytest.mark.django_db

OPEN = {"schema", "docs", "try", "problem-list", "problem-detail"}


def test_every_address_has_its_line_in_the_table():
    found = {pattern.name for pattern in urlpatterns if pattern.name} - OPEN
    known = [row.name for row in TABLE]

    missing = found - set(known)
    assert not missing, f"Say in endpoint_table.py which scopes open {', '.join(sorted(missing))}."
    assert sorted(known) == sorted(found)


def answered(client, row, world, method):
    """The answer of an address; whatever it did is undone."""
    address = reverse(f"api:{row.name}", args=[getattr(world, row.of)] if row.of else [])
    way = row.ways.get(method)
    body = way.body(world) if way else {}
    with transaction.atomic():
        sent = {} if method in ("get", "delete") else {"data": body}
        answer = getattr(client, method)(address, headers=way.headers if way else {}, **sent)
        transaction.set_rollback(True)
    return answer


def ways():
    return ((row, method, way) for row in TABLE for method, way in row.ways.items())


@pytest.mark.parametrize("scope", ApiToken.Scope)
def test_each_scope_opens_what_the_table_says(scope, world, make_api, organisation):
    client = make_api(organisation, scope)
    wrong = []
    for row, method, way in ways():
        right = way.status if scope in way.scopes else 403
        said = answered(client, row, world, method).status_code
        if said != right:
            wrong.append(f"{method} {row.name}: {said}, not {right}")

    assert wrong == []


def test_a_method_that_is_not_in_the_table_is_not_offered(world, api):
    for row in TABLE:
        for method in set(METHODS) - set(row.ways):
            assert answered(api, row, world, method).status_code == 405, (row.name, method)


def test_another_organisation_finds_nothing_of_it(world, make_api, stranger):
    foreign = make_api(stranger)
    for row, method, way in ways():
        right = way.foreign or (404 if row.of else way.status)
        answer = answered(foreign, row, world, method)
        assert answer.status_code == right, (row.name, method, answer.content)


LISTS = [row for row in TABLE if row.name.endswith("-list") and row.name != "task-list"]


def keys(client, row, world):
    return {str(line["id"]) for line in answered(client, row, world, "get").json()["results"]}


def test_lists_hold_ones_own_rows_and_no_others(world, make_api, stranger, api):
    foreign = make_api(stranger)
    shared = QuestionVersion.objects.filter(question__organisation=None).values_list("pk")
    everybodys = {str(pk) for (pk,) in shared}
    for row in LISTS:
        own = keys(api, row, world)
        assert str(getattr(world, row.name.removesuffix("-list"))) in own, row.name
        assert keys(foreign, row, world) & own <= everybodys, row.name


def test_lists_are_read_page_by_page(world, api):
    """Also one row a page: that a cursor leads on is of each list's own order."""
    for row in LISTS:
        address = reverse(f"api:{row.name}")
        whole = [line["id"] for line in api.get(address).json()["results"]]
        page, read = api.get(address, {"page_size": 1}).json(), []
        while page["results"]:
            read += [line["id"] for line in page["results"]]
            page = api.get(page["next"]).json() if page["next"] else {"results": []}
        assert read == whole, row.name


@pytest.mark.parametrize("state", ["none", "expired", "revoked"])
def test_without_a_valid_token_nothing_opens(world, organisation, state):
    token, text = actions.issue_token(organisation, "t", list(ApiToken.Scope))
    before = timezone.now() - timedelta(seconds=1)
    changes = {"expired": {"expires_at": before}, "revoked": {"revoked_at": before}}
    ApiToken.objects.filter(pk=token.pk).update(**changes.get(state, {"name": "t"}))
    client = APIClient()
    if state != "none":
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")

    for row in TABLE:
        for method in METHODS:
            assert answered(client, row, world, method).status_code == 401, (row.name, method)
