"""Published versions are final, for the model and for the database itself."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from questions.models import Question, QuestionVersion
from questions.published import PublishedIsFinal

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    question = Question.objects.create(slug="q")
    return QuestionVersion.objects.create(
        question=question, number=1, kind="coding", title="Q", content={"task": "huber"}
    )


@pytest.fixture
def published(draft):
    draft.status, draft.published_at = QuestionVersion.Status.PUBLISHED, timezone.now()
    draft.save()
    return draft


def test_a_draft_may_change(draft):
    draft.title = "Other"
    draft.save()

    assert QuestionVersion.objects.get().title == "Other"


def test_a_published_version_is_not_saved_again(published):
    published.title = "Other"

    with pytest.raises(PublishedIsFinal):
        published.save()


def test_a_published_version_is_not_deleted(published):
    with pytest.raises(PublishedIsFinal):
        published.delete()


@pytest.mark.parametrize("change", [{"content": {}}, {"title": "Other"}, {"published_at": None}])
def test_the_database_refuses_to_change_it_behind_the_models_back(published, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        QuestionVersion.objects.update(**change)

    published.refresh_from_db()
    assert (published.title, published.content) == ("Q", {"task": "huber"})


def test_a_published_version_may_be_retired(published):
    QuestionVersion.objects.update(status=QuestionVersion.Status.RETIRED)

    assert QuestionVersion.objects.get().status == "retired"


def test_the_database_knows_no_published_version_without_a_time(draft):
    with pytest.raises(DatabaseError), transaction.atomic():
        QuestionVersion.objects.update(status=QuestionVersion.Status.PUBLISHED)


def test_equal_content_has_equal_digests_whatever_the_order_of_its_keys(draft):
    other = QuestionVersion(
        question=draft.question, number=2, kind="coding", title="Q", content={"b": 1, "a": [2]}
    )
    other.save()
    first = other.digest
    other.content = {"a": [2], "b": 1}
    other.save()

    assert other.digest == first != draft.digest
