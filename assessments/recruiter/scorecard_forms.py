"""What an interviewer enters: as a form posts it, and as scorecard.js saves it."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from assessments.actions.scorecards import Marks, marks_of
from assessments.models import Scorecard

# How each rating is called, and what it takes to earn it.
ANCHORS = {
    1: ("Wrong", "Holds a wrong belief, or has nothing to say."),
    2: ("In part", "Knows the words; loses the thread when asked why."),
    3: ("Right", "Explains the reason, with little help."),
    4: ("Beyond", "Explains it, names its limits, and applies it to a case of their own."),
}
_PAIRS = ("rating", "note", "question")
_TEXTS = ("notes", "recommendation")


def marks_from(content: Any) -> Marks:
    """Return what {"rating": {"key": "3"}, "note": {...}, "notes": "..."} says; ValueError."""
    if not isinstance(content, Mapping) or not set(content) <= {*_PAIRS, *_TEXTS}:
        raise ValueError("A scorecard has ratings, notes and a recommendation.")
    pairs = [_pairs(content.get(name, {})) for name in _PAIRS]
    texts = [content.get(name, "") for name in _TEXTS]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("Notes are text.")
    ratings = {key: _rating(text) for key, text in pairs[0].items()}
    return Marks(ratings, pairs[1], pairs[2], *texts)


def _pairs(told: Any) -> dict[str, str]:
    if not isinstance(told, Mapping) or not all(isinstance(text, str) for text in told.values()):
        raise ValueError("What is said of a question is text by its key.")
    return {str(key): text for key, text in told.items() if text}


def _rating(text: str) -> int:
    if text not in {str(rating) for rating in ANCHORS}:
        raise ValueError("A rating is 1 to 4.")
    return int(text)


def posted_marks(data: QueryDict) -> Marks:
    """The same of a posted form."""
    content: dict[str, Any] = {name: {} for name in _PAIRS}
    for name, text in data.items():
        pairs, _, key = name.partition(".")
        text = str(text).replace("\r\n", "\n")
        if key and pairs in _PAIRS:
            content[pairs][key] = text
        elif name in _TEXTS:
            content[name] = text
    return marks_from(content)


def content_of(card: Scorecard) -> dict[str, Any]:
    """Return what is kept as the page reads it: what is empty is left out."""
    marks = marks_of(card)
    ratings = {key: str(rating) for key, rating in marks.ratings.items()}
    pairs = {"rating": ratings, "note": marks.notes, "question": marks.questions}
    texts = {"notes": marks.summary, "recommendation": marks.recommendation}
    return {name: value for name, value in {**pairs, **texts}.items() if value}


def in_words(card: Scorecard) -> str:
    """A line for each question and note, for a person to tell two drafts apart."""
    lines = [
        f"{item['question'][:60]}: {item['rating'] or 'not rated'} {item['note']}".strip()
        for item in card.items
    ]
    return "\n".join([*lines, card.notes, card.get_recommendation_display()]).strip()
