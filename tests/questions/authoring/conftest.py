"""Two organisations that write questions: Acme with two authors, and Other with one."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from assessments.models import Member, Organisation, User
from questions.actions import load_entry
from questions.authoring import drafting
from questions.authoring.house import Author
from questions.authoring.text import text_of
from questions.files import checked
from questions.models import QuestionVersion
from tests.questions.contents import fields_of


def make_user(email, organisation, role="author"):
    user = User.objects.create_user(email, "a long password", name=email.partition("@")[0].title())
    Member.objects.create(user=user, organisation=organisation, role=role)
    return user


def signed_in(user):
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@pytest.fixture
def acme(db):
    return Organisation.objects.create(name="Acme", slug="acme")


@pytest.fixture
def other(db):
    return Organisation.objects.create(name="Other", slug="other")


@pytest.fixture
def ada(acme):
    return Author(make_user("ada@acme.example", acme), acme, alone=False)


@pytest.fixture
def bo(acme, ada):
    return Author(make_user("bo@acme.example", acme, "owner"), acme, alone=False)


@pytest.fixture
def eve(other):
    return Author(make_user("eve@other.example", other, "owner"), other, alone=True)


@pytest.fixture
def client_of():
    return lambda author: signed_in(author.user)


def written(author, kind="single_choice", **changes):
    """A draft of `author` that says a good question of `kind`."""
    version = drafting.create(author, kind, "A question")
    fields = fields_of(kind, slug=version.question.slug, **changes)
    fields = {name: value for name, value in fields.items() if name != "related"}
    drafting.save(author, version, text_of(fields), 1)
    version.refresh_from_db()
    return version


def make_shared(slug, kind="single_choice", **changes):
    """A published question that all share, as a file says it."""
    fields = fields_of(kind, slug=slug, related=[], **changes)
    load_entry(checked(Path(slug), fields, {(): 1}))
    return QuestionVersion.objects.get(question__slug=slug, question__organisation=None)


def address(name, author, version=None, **more):
    """The address of a page: "edit", "preview" with a number, "list" without a question."""
    arguments = {"organisation": author.organisation.slug, **more}
    if version is not None:
        arguments["pk"] = version.question_id
    return reverse(f"authoring:{name}", kwargs=arguments)


def everywhere(author, version):
    """Every address that leads to a question, with the method that it is asked by."""
    number = {"number": version.number}
    gets = [("question", {}), ("edit", {}), ("version", number), ("preview", number), ("audit", {})]
    posts = ["copy", "edit", "save", "send", "send_back", "publish", "discard", "withdraw", "audit"]
    found = [SimpleNamespace(method="get", at=address(n, author, version, **m)) for n, m in gets]
    found += [SimpleNamespace(method="post", at=address(n, author, version)) for n in posts]
    comment = address("comment", author, version, **number)
    return [*found, SimpleNamespace(method="post", at=comment)]
