"""Every address that a hiring system calls: by its own key, its own method, its own connection."""

import uuid

import pytest
from django.urls import URLPattern, reverse

from assessments.actions.hiring_connections import pause_connection, replace_key
from assessments.integrations.hiring.keys import basic_header
from assessments.integrations.hiring.urls import urlpatterns

pytestmark = pytest.mark.django_db
# The name of an address: its system, its method, and whether it names an order.
TABLE = {
    "greenhouse_list_tests": ("greenhouse", "GET"),
    "greenhouse_send_test": ("greenhouse", "POST"),
    "greenhouse_test_status": ("greenhouse", "GET"),
    "greenhouse_response_error": ("greenhouse", "POST"),
    "greenhouse_request_errors": ("greenhouse", "POST"),
    "ashby_list": ("ashby", "POST"),
    "ashby_start": ("ashby", "POST"),
    "ashby_cancel": ("ashby", "POST"),
    "workable_tests": ("workable", "GET"),
    "workable_assessments": ("workable", "POST"),
    "workable_shared_link": ("workable", "GET"),
}
METHODS = ("GET", "POST", "DELETE")
# Of each system one address is tried with whatever nonsense a header may hold.
FIRST = ("greenhouse_list_tests", "ashby_list", "workable_tests")


def names(patterns):
    for each in patterns:
        if isinstance(each, URLPattern):
            yield each.name
        else:
            yield from names(each.url_patterns)


def address(name):
    args = [uuid.uuid4()] if name == "workable_shared_link" else []
    return reverse(f"hiring:{name}", args=args)


def header(caller):
    system, key = caller.connection.system, caller.key
    return f"Bearer {key}" if system == "workable" else basic_header(key)


def test_every_address_has_its_line_in_the_table():
    # Those of a webhook have proofs of their own.
    assert {each for each in names(urlpatterns) if not each.startswith("stage_")} == set(TABLE)


def test_only_the_key_of_the_system_lets_in_and_only_while_it_is_not_paused(connect, clock):
    callers = {each: connect(each) for each in ("greenhouse", "ashby", "workable")}
    caller = connect()
    caller.base = ""

    def status(name, key, method=None):
        method = method or TABLE[name][1]
        return caller(method, address(name), {}, authorization=key)[0]

    for name, (system, own) in TABLE.items():
        right = header(callers[system])
        assert status(name, right) not in (401, 403, 405, 500), name
        assert {status(name, right, each) for each in METHODS if each != own} == {405}, name
        others = [header(callers[each]) for each in callers if each != system]
        swapped = right.replace("Bearer", "Basic") if "Bearer" in right else f"Bearer {right}"
        nonsense = ("x", "Basic", "Basic %%%", "Basic \xff", "Bearer ", swapped)
        for wrong in ("", *others, *(nonsense if name in FIRST else ())):
            assert status(name, wrong) == 401, (name, wrong)

    old = {each: header(made) for each, made in callers.items()}
    for made in callers.values():
        made.key = replace_key(made.connection, by=None)
    for name, (system, _) in TABLE.items():
        assert status(name, old[system]) == status(name, header(callers[system])) != 401, name
    clock.forward(hours=25)
    assert {status(name, old[system]) for name, (system, _) in TABLE.items()} == {401}

    for made in callers.values():
        pause_connection(made.connection, by=None)
    assert {status(name, header(callers[TABLE[name][0]])) for name in TABLE} == {403}
