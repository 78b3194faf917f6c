"""An organisation sees what all share and its own questions, and nothing of another's."""

from pathlib import Path

import pytest

from questions.actions import load_entry
from questions.authoring import drafting, reviewing, withdrawing
from questions.authoring.faults import faults
from questions.exporting import export
from questions.files import checked
from questions.models import Question, QuestionVersion
from tests.questions.authoring.conftest import (
    address,
    everywhere,
    make_shared,
    make_user,
    signed_in,
    written,
)
from tests.questions.contents import fields_of


@pytest.fixture
def secret(ada, bo):
    """A question of Acme: a published version, and a draft of the next one."""
    version = written(ada, title="Secret of Acme", tags=["acme-only"])
    reviewing.publish(bo, reviewing.send(ada, version))
    return drafting.edit(ada, version.question)


def test_every_address_of_anothers_question_is_a_404(secret, eve, client_of):
    client = client_of(eve)

    statuses = {
        (each.method, each.at): getattr(client, each.method)(each.at).status_code
        for each in everywhere(eve, secret)
    }

    assert set(statuses.values()) == {404}, statuses
    assert secret.question.versions.count() == 2


def test_anothers_addresses_are_a_404_too(secret, ada, eve, client_of):
    client = client_of(eve)

    for each in everywhere(ada, secret):
        assert getattr(client, each.method)(each.at).status_code == 404, each
    assert client.get(address("list", ada)).status_code == 404


def test_an_author_of_both_sees_each_in_its_place(secret, ada, eve, acme, other):
    user = make_user("both@example.com", acme)
    other.members.create(user=user, role="author")
    client = signed_in(user)

    here = client.get(address("list", ada)).content.decode()
    there = client.get(address("list", eve)).content.decode()

    assert "Secret of Acme" in here
    assert "Secret of Acme" not in there
    assert client.get(address("question", eve, secret)).status_code == 404


@pytest.mark.parametrize("q", ["", "Secret", "acme-only", "a-question", "robust"])
def test_no_search_finds_anothers_question(secret, eve, client_of, q):
    page = client_of(eve).get(address("list", eve), {"q": q})

    assert page.context["page"].paginator.count == 0


@pytest.mark.parametrize("whose", ["", "own", "shared", "nonsense"])
def test_no_filter_finds_anothers_question(secret, eve, client_of, whose):
    page = client_of(eve).get(address("list", eve), {"whose": whose})

    assert page.context["page"].paginator.count == 0


def test_a_slug_that_another_organisation_has_is_free(secret, eve):
    mine = drafting.create(eve, "single_choice", "A question")

    assert mine.question.slug == secret.question.slug


def test_a_link_to_anothers_question_leads_nowhere(secret, eve):
    mine = drafting.create(eve, "single_choice", "Mine")
    said = fields_of("single_choice", slug="mine", related=[secret.question.slug])

    found = faults(said, mine.question)

    assert [each.field for each in found] == [("related", 0)]


def test_comments_and_names_of_another_organisation_are_not_shown(secret, ada, eve, client_of):
    shared = make_shared("shared")
    withdrawing.take_back(ada, shared.question, "leaked", "It was on the forum of Acme")

    page = client_of(eve).get(address("question", eve, shared)).content.decode()

    assert "forum of Acme" not in page
    assert "Leaked" not in page


def test_a_shared_question_that_one_withdrew_stays_published_for_others(ada, eve, client_of):
    shared = make_shared("shared")
    withdrawing.take_back(ada, shared.question, "leaked", "It was on a forum")

    for author, status in ((ada, "leaked"), (eve, "published")):
        page = client_of(author).get(address("list", author), {"status": status})
        assert [row.question.slug for row in page.context["page"]] == ["shared"]
    assert QuestionVersion.objects.get(question=shared.question).status == "published"


def test_loading_a_file_never_touches_a_question_of_the_same_slug(secret):
    fields = fields_of("true_false", slug=secret.question.slug, related=[])
    load_entry(checked(Path(secret.question.slug), fields, {(): 1}))

    assert Question.objects.filter(slug=secret.question.slug).count() == 2
    assert set(secret.question.versions.values_list("kind", flat=True)) == {"single_choice"}


def test_the_exported_bank_holds_what_all_share(secret, tmp_path):
    make_shared("shared")

    assert export(tmp_path) == 1
    assert sorted(path.stem for path in tmp_path.glob("*.yaml")) == ["shared"]
