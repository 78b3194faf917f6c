"""What every kind of question knows, and what most of them answer alike."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from django.utils.translation import gettext as _

Content = Mapping[str, Any]
Answer = Mapping[str, Any]
Report = Mapping[str, Any]
# A field of the content, as "options.0.text", and a sentence on what is wrong there.
FieldFault = tuple[str, str]
Item = TypeVar("Item")

TEXT = {"type": "string", "minLength": 1}
PROMPT = {**TEXT, "description": "The question, in Markdown with $formulas$."}
OFFICIAL_ANSWER = {**TEXT, "description": "The whole answer, for reviewers."}


class Code(NamedTuple):
    """What the grader is asked to judge: a slug of its catalogue, and a module."""

    task: str
    source: str


class Kind:
    """A kind of question.

    `seed` is the one that an attempt keeps for a question: everything that is drawn or shuffled is
    drawn from it, in each method alike.

    Attributes:
        slug, title: how files and pages call it.
        schema: the JSON Schema of its content: "required" and "properties".
        answer_fields: the names in an answer, each with its type: str, list of str, or dict of str.
        by_people: an answer is scored by a person.
        typed: an answer is text as it was typed, and no markup.
    """

    slug: str
    title: str
    schema: Mapping[str, Any]
    answer_fields: Mapping[str, type] = {}
    by_people = False
    typed = False

    def validate(self, content: Content) -> list[FieldFault]:
        """Return what a schema cannot say, none for good content."""
        return []

    def frozen(self, content: Content) -> dict[str, Any]:
        """Return the content as a published version keeps it, with a copy of all that is shown."""
        return dict(content)

    def written(self, content: Content) -> dict[str, Any]:
        """Return what `frozen` was given: the content as its author wrote it."""
        return dict(content)

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        """Return what a candidate may see."""
        raise NotImplementedError

    def starter(self, content: Content) -> str:
        """Return the text that a candidate starts from."""
        return ""

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        """Return what a reviewer sees: the question, what was answered, and what is right."""
        raise NotImplementedError

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        """Raise ValueError with a sentence for an answer of another shape."""
        if set(answer) - set(self.answer_fields):
            wanted = _("An answer to this question holds %(fields)s and nothing else.")
            raise ValueError(wanted % {"fields": ", ".join(self.answer_fields)})
        for name, value in answer.items():
            if not isinstance(value, self.answer_fields[name]):
                other = _("The field “%(name)s” of the answer has another type.")
                raise ValueError(other % {"name": name})

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        """Return an answer for its candidate to recognise: Markdown, unless it was `typed`."""
        raise NotImplementedError

    def is_answered(self, content: Content, answer: Answer) -> bool:
        """Tell an answer from an untouched question."""
        return any(answer.values())

    def random_guess(self, content: Content) -> float | None:
        """Return what an answer at random earns on average; None where nobody can guess."""
        return None

    def code_to_grade(self, content: Content, answer: Answer) -> Code | None:
        """Return what an answer holds for the grader, None where nothing is worth grading."""
        return None

    def task(self, content: Content) -> str | None:
        """Return the slug of the task that code is graded for; None where none is asked."""
        return None

    def own_task(self, content: Content) -> Mapping[str, Any] | None:
        """Return the definition of the question's own task; None where the catalogue has it."""
        return None

    def inputs(self, content: Content, answer: Answer) -> dict[str, Any] | None:
        """Return what the candidate's own code is to be called with, in a Run; None for nothing.

        Raises ValueError, with a sentence, for what cannot be read.
        """
        return None

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        """Return the share earned, 0 to 1; None while a report or a person's score is missing."""
        raise NotImplementedError


def shuffled(items: Sequence[Item], seed: int) -> list[Item]:
    """Return the items in the seed's order."""
    order = list(items)
    random.Random(seed).shuffle(order)
    return order


def clean_text(text: object, most: int) -> str:
    """Return `text`; raise ValueError where it cannot be kept, or is longer than `most`."""
    if not isinstance(text, str):
        raise ValueError(_("The answer must be text."))
    if "\x00" in text:
        raise ValueError(_("The answer holds a null character."))
    if len(text) > most:
        long = _("The answer has %(size)d characters; %(most)d are allowed.")
        raise ValueError(long % {"size": len(text), "most": most})
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError(_("The answer holds half of a surrogate pair.")) from None
    return text
