"""Reviews that another system hands in: a member's, scored once, and only where one is due."""

import pytest

from assessments.models import AuditEntry, Review
from tests.assessments.essays import essays, written

pytestmark = pytest.mark.django_db

RIGHT = {"position": 2, "reviewer": "rob@acme.example", "points": {"0": 1, "1": 0.5, "2": 0}}


@pytest.fixture
def answer(organisation):
    return written(essays(organisation))


@pytest.fixture
def reviewer(make_member, stranger):
    """Who works elsewhere, too."""
    user = make_member("reviewer", email="rob@acme.example")
    stranger.members.create(user=user, role="owner")
    return user


@pytest.fixture
def review(api, answer, reviewer):
    def send(headers=None, **changes):
        url = f"/api/v1/attempts/{answer.attempt_id}/reviews/"
        return api.post(url, RIGHT | changes, headers=headers)

    return send


def test_a_review_is_a_members_and_the_log_says_through_which_system(review, answer, reviewer):
    made = review(comment="The second one is thin.")

    assert made.status_code == 201, made.content
    kept = Review.objects.get()
    assert (kept.reviewer, kept.score, made.json()["score"]) == (reviewer, 0.6, 0.6)
    assert made.json()["points"] == RIGHT["points"]
    answer.refresh_from_db()
    assert answer.score == 0.6
    entry = AuditEntry.objects.get(verb="review.handed_in")
    assert (entry.member, entry.detail["through"]) == (reviewer, "test")


def test_a_review_that_is_sent_again_is_made_once(review):
    first, again = (review({"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, first.json()) == (201, again.json())
    assert review().status_code == 409
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reviewer": "olu@other.example"}, 409),
        ({"position": 1}, 409),
        ({"position": 9}, 409),
        ({"points": {"0": 1}}, 409),
        ({"points": {"0": 1, "1": 1, "7": 1}}, 409),
        ({"points": {"0": 0.7, "1": 1, "2": 1}}, 400),
        ({"points": {"0": True, "1": 1, "2": 1}}, 400),
        ({"points": {"0": [], "1": 1, "2": 1}}, 400),
        ({"points": [1, 1, 1]}, 400),
        ({"comment": "x\x00"}, 400),
        ({"comment": "x" * 4001}, 400),
        ({"position": "2"}, 400),
        ({"score": 1}, 400),
    ],
    ids=str,
)
def test_what_is_no_review_is_refused_and_changes_nothing(review, changes, status):
    refused = review(**changes)

    assert refused.status_code == status, refused.content
    assert not Review.objects.exists()
