"""Every address of authoring, by every role: it is there for who writes alone."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from assessments.models import Member
from questions.authoring import reviewing
from questions.authoring.urls import urlpatterns
from tests.questions.authoring.conftest import make_user, signed_in, written
from tests.questions.authoring.uploads import GIFT, upload

WRITES, FOREIGN, NOBODY = ("owner", "author"), "an owner elsewhere", "nobody"
# An owner elsewhere is led to the questions of their own organisation.
HOME = "home"


@pytest.fixture
def addresses(ada, bo):
    """Each name with its address, of a question and of an uploaded file of Acme's."""
    version = written(ada, "coding")
    reviewing.publish(bo, reviewing.send(ada, version))
    file = upload(ada, GIFT)

    def of(pattern):
        about = file.pk if pattern.name.startswith("import") else version.question_id
        row = file.questions.get().number if pattern.name.startswith("import_") else 1
        given = {"organisation": "acme", "pk": about, "number": row}
        named = {name: given[name] for name in pattern.pattern.converters}
        return reverse(f"authoring:{pattern.name}", kwargs=named)

    return {each.name: of(each) for each in urlpatterns}


def visitor(role, acme, other):
    if role == NOBODY:
        return Client()
    organisation = other if role == FOREIGN else acme
    return signed_in(make_user("v@x.org", organisation, "owner" if role == FOREIGN else role))


def asked(client, method, address):
    """What is answered; whatever was done is undone."""
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    return answer


def is_let_in(answer):
    """Whether it is there: who is sent to sign in is not let in, nor is who may only not GET."""
    return answer.status_code not in (404, 405) and "/accounts/login/" not in answer.get(
        "Location", ""
    )


@pytest.mark.parametrize("role", [*Member.Role, FOREIGN, NOBODY])
def test_each_address_is_there_for_who_writes_alone(role, addresses, acme, other):
    client = visitor(role, acme, other)
    own = {HOME} if role == FOREIGN else set()

    found = {
        name
        for name, address in addresses.items()
        for method in ("get", "post")
        if is_let_in(asked(client, method, address))
    }

    assert found == (set(addresses) if role in WRITES else own)
