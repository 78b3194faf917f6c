"""What a candidate does to an attempt. Each takes the attempt's lock, so that they queue up."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.actions.growing import keep_growth
from assessments.actions.problems import InvalidAnswer, StaleRevision
from assessments.actions.tabs import hold
from assessments.actions.turns import open_for
from assessments.models import Answer, AssessmentQuestion, Attempt
from assessments.playback import Step


@transaction.atomic
def save_answer(
    attempt: Attempt,
    question: AssessmentQuestion,
    content: dict[str, Any],
    revision: int,
    *,
    tab: str = "",
    steps: Sequence[Step] = (),
) -> Answer:
    """Store what the candidate entered on top of `revision` (0: nothing stored yet).

    `steps` says how code grew since then. Returns the answer with its new revision; a save that
    arrives twice changes nothing the second time. Raises AttemptClosed, HeldElsewhere,
    InvalidAnswer, or StaleRevision with the stored state.
    """
    attempt = open_for(attempt, question)
    hold(attempt, tab)
    check_answer(attempt, question, content)
    answer = _stored(attempt, question)
    if answer.revision == revision + 1 and answer.content == content:
        return answer
    if answer.revision != revision:
        raise StaleRevision(answer)
    return _replace(answer, content, steps)


@transaction.atomic
def flag_question(attempt: Attempt, question: AssessmentQuestion, *, flagged: bool) -> Attempt:
    """Note, or no longer, that the candidate wants to look at `question` again.

    Raises AttemptClosed.
    """
    attempt = open_for(attempt, question)
    others = [pk for pk in attempt.flagged if pk != question.pk]
    attempt.flagged = sorted([*others, question.pk]) if flagged else others
    attempt.save(update_fields=["flagged"])
    return attempt


def note_place(attempt: Attempt, question: AssessmentQuestion) -> None:
    """Note that the candidate opened the page of `question`.

    One column by itself: no lock is waited for, and whichever page came last is the place.
    """
    if attempt.at_position == question.position:
        return
    attempt.at_position = question.position
    Attempt.objects.filter(pk=attempt.pk).update(at_position=question.position)


def check_answer(attempt: Attempt, question: AssessmentQuestion, content: dict[str, Any]) -> None:
    """Raise InvalidAnswer where `content` has not the shape that the question asks for."""
    version = question.question_version
    try:
        version.rules.check_answer(version.content, content, attempt.seed_for(question))
    except ValueError as error:
        raise InvalidAnswer(str(error)) from error


def _stored(attempt: Attempt, question: AssessmentQuestion) -> Answer:
    stored = Answer.objects.filter(attempt=attempt, question=question).first()
    answer = stored or Answer(attempt=attempt, question=question)
    answer.attempt, answer.question = attempt, question
    return answer


def _replace(answer: Answer, content: dict[str, Any], steps: Sequence[Step] = ()) -> Answer:
    if "source" in content:
        keep_growth(answer, content["source"], steps)
    answer.content = content
    answer.revision += 1
    answer.saved_at = timezone.now()
    answer.score = None
    answer.save()
    return answer


def keep_answer(
    attempt: Attempt,
    question: AssessmentQuestion,
    content: dict[str, Any],
    saved_as: int | None = None,
) -> None:
    """Store `content` over what is stored by now, as a Submit does; other parts of it stay.

    Where it was `saved_as` a revision that is not the newest by now, a slow Submit has been
    overtaken by a save, and what that stored stays.
    """
    answer = _stored(attempt, question)
    if saved_as is not None and saved_as < answer.revision:
        return
    content = {**answer.content, **content}
    if answer.revision == 0 or answer.content != content:
        _replace(answer, content)
