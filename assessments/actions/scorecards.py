"""What interviewers ask after an attempt and how it is answered: a draft until it is handed in."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.auditing import record
from assessments.actions.locking import locked
from assessments.models import Attempt, Scorecard, User

MOST_ITEMS = 20
LONGEST = 4000
RATINGS = range(1, 5)


class ScorecardClosed(Exception):
    """It was handed in, or what it is about was erased; nothing was changed."""


class StaleScorecard(Exception):
    """A save built on an older revision than the kept one; nothing was changed."""

    def __init__(self, card: Scorecard) -> None:
        super().__init__("This scorecard was changed in another tab.")
        self.card = card


@dataclass(frozen=True, slots=True)
class Marks:
    """What an interviewer enters: ratings, notes and own questions by the key of their item."""

    ratings: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    recommendation: str = ""


@transaction.atomic
def begin_scorecard(attempt: Attempt, proposed: Iterable[Mapping[str, str]], by: User) -> Scorecard:
    """Return the scorecard of `by`, made with the proposed questions where there is none yet."""
    attempt = locked(attempt)
    _refuse_erased(attempt)
    items = [_item(each) for each in proposed]
    card: Scorecard
    card, created = Scorecard.objects.get_or_create(
        attempt=attempt, interviewer=by, defaults={"items": items}
    )
    if created:
        record("scorecard.begun", card, by=by)
    return card


def _item(asked: Mapping[str, str] | None) -> dict[str, Any]:
    """A question that was proposed, or an empty one for the interviewer to write."""
    told = {name: asked[name] if asked else "" for name in ("question", "why", "look_for")}
    return {"key": secrets.token_hex(4), **told, "own": asked is None, "rating": None, "note": ""}


@transaction.atomic
def save_scorecard(card: Scorecard, marks: Marks, revision: int) -> Scorecard:
    """Keep a draft on top of `revision`. A save that arrives twice changes nothing the second time.

    Raises ScorecardClosed, StaleScorecard with what is kept, or ValueError.
    """
    card = _open(card)
    if card.revision != revision:
        if card.revision == revision + 1 and marks_of(card) == marks:
            return card
        raise StaleScorecard(card)
    return _keep(card, marks)


@transaction.atomic
def add_item(card: Scorecard, asked: Mapping[str, str] | None) -> Scorecard:
    """Add a proposed question, or with None one that the interviewer writes."""
    card = _open(card)
    if len(card.items) < MOST_ITEMS and not _has(card, asked):
        card.items.append(_item(asked))
    return _saved(card)


def _has(card: Scorecard, asked: Mapping[str, str] | None) -> bool:
    return asked is not None and any(each["question"] == asked["question"] for each in card.items)


@transaction.atomic
def remove_item(card: Scorecard, key: str) -> Scorecard:
    """Take a question out, with its rating and note."""
    card = _open(card)
    card.items = [each for each in card.items if each["key"] != key]
    return _saved(card)


@transaction.atomic
def hand_in_scorecard(card: Scorecard, marks: Marks) -> Scorecard:
    """Close the scorecard. Raises ScorecardClosed, or ValueError without a recommendation."""
    card = _open(card)
    if not marks.recommendation:
        raise ValueError("Please say what you recommend.")
    card = _keep(card, marks)
    # What was asked of nobody says nothing.
    card.items = [each for each in card.items if each["question"].strip()]
    card.submitted_at = timezone.now()
    record("scorecard.handed_in", card, by=card.interviewer, recommends=card.recommendation)
    return _saved(card)


@transaction.atomic
def reopen_scorecard(card: Scorecard) -> Scorecard:
    """Let the interviewer change it once more; that they did is noted."""
    locked(card.attempt)
    card = Scorecard.objects.select_for_update().get(pk=card.pk)
    _refuse_erased(card.attempt)
    if card.submitted_at is not None:
        card.submitted_at, card.reopened_at = None, timezone.now()
        record("scorecard.reopened", card, by=card.interviewer)
    return _saved(card)


def marks_of(card: Scorecard) -> Marks:
    """Return what is entered so far."""
    rated = {each["key"]: each["rating"] for each in card.items if each.get("rating")}
    noted = {each["key"]: each["note"] for each in card.items if each.get("note")}
    own = {each["key"]: each["question"] for each in card.items if each.get("own")}
    written = {key: text for key, text in own.items() if text}
    return Marks(rated, noted, written, card.notes, card.recommendation)


def _open(card: Scorecard) -> Scorecard:
    """The scorecard as it is kept, with the attempt and itself locked."""
    locked(card.attempt)
    card = Scorecard.objects.select_for_update().get(pk=card.pk)
    _refuse_erased(card.attempt)
    if card.submitted_at is not None:
        raise ScorecardClosed("This scorecard was handed in.")
    return card


def _refuse_erased(attempt: Attempt) -> None:
    if attempt.invitation.erased_at is not None:
        raise ScorecardClosed("The candidate's data were erased.")


def _keep(card: Scorecard, marks: Marks) -> Scorecard:
    _refuse_what_does_not_fit(card, marks)
    for item in card.items:
        key = item["key"]
        item["rating"], item["note"] = marks.ratings.get(key), marks.notes.get(key, "")
        if item["own"]:
            item["question"] = marks.questions.get(key, "")
    card.notes, card.recommendation = marks.summary, marks.recommendation
    return _saved(card)


def _refuse_what_does_not_fit(card: Scorecard, marks: Marks) -> None:
    texts = [*marks.notes.values(), *marks.questions.values(), marks.summary]
    if any(len(text) > LONGEST or "\x00" in text for text in texts):
        raise ValueError(f"A text has at most {LONGEST} characters.")
    if not set(marks.ratings.values()) <= set(RATINGS):
        raise ValueError("A rating is 1 to 4.")
    if marks.recommendation not in {"", *Scorecard.Recommendation}:
        raise ValueError("There is no such recommendation.")


def _saved(card: Scorecard) -> Scorecard:
    card.revision += 1
    card.save()
    return card
