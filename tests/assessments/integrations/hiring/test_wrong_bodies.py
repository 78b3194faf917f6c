"""Whatever stands in a field of an order: it is taken or refused, and is never a fault of ours."""

import copy

import pytest

from assessments.models import HiringError
from tests.assessments.integrations.hiring import test_ashby, test_greenhouse, test_workable

pytestmark = pytest.mark.django_db
STRANGE = [None, True, 10**400, "\x00\ud800", "x" * 5000]
DEEP = b'{"candidate": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
SYSTEMS = {
    "greenhouse": ("send_test", test_greenhouse.sent, {200, 400, 404}),
    "ashby": ("assessment.start", test_ashby.started, {200, 409, 422}),
    "workable": ("assessments", test_workable.ordered, {201, 409, 422}),
}


def paths(body, before=()):
    for name, value in body.items():
        if isinstance(value, dict) and value:
            yield from paths(value, (*before, name))
        else:
            yield (*before, name)


def changed(body, places, value):
    made = copy.deepcopy(body)
    for *around, name in places:
        part = made
        for each in around:
            part = part[each]
        part[name] = value
    return made


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_strange_value_is_refused_in_words_or_let_be(connect, version, system):
    path, make, expected = SYSTEMS[system]
    hosts = ["greenhouse.io", "workable.com"]
    caller = connect(system, settings={"hosts": hosts}, their_key="theirs")
    if system == "workable":
        caller.authorization = f"Bearer {caller.key}"
    body = make(version)

    def answered(places, value):
        status, _ = caller("POST", path, changed(body, places, value))
        assert status in expected, (places, repr(value)[:40], status)
        return status

    refused = [each for each in paths(body) if answered([each], [{}]) >= 300]
    let_be = [each for each in paths(body) if each not in refused]
    assert len(refused) >= 4
    for value in STRANGE:
        answered(let_be, value)
        for each in refused:
            answered([each], value)
    for nonsense in (
        b"",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"candidate": NaN}',
        b'{"candidate": []}',
        DEEP,
    ):
        status, _ = caller("POST", path, nonsense)
        assert 400 <= status < 500, nonsense[:20]
    assert caller("POST", path, b" " * 300_000)[0] == 413
    assert not HiringError.objects.filter(status__gte=500).exists()
