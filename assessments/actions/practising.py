"""Trying out page, editor and sandbox before the sitting. Nothing of it ever counts."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.grading import create_queued
from assessments.actions.problems import InvalidAnswer, TooManySubmissions
from assessments.models import Invitation, Practice, Submission
from questions.kinds.coding import check_source

# As patient as with the runs of a sitting, and no more often than somebody who reads the results.
MAX_WAITING = 2
MAX_A_MINUTE = 10
MINUTE = timedelta(minutes=1)


@transaction.atomic
def practice_of(invitation: Invitation) -> Practice:
    """Return the practice of `invitation`, begun with the first thing that it has to keep."""
    return _locked(invitation)


@transaction.atomic
def save_practice(
    invitation: Invitation, position: int, content: dict[str, Any], revision: int
) -> tuple[dict[str, Any], bool]:
    """Store an answer of the practice on top of `revision` (0: nothing stored yet).

    Returns the stored answer {"content", "revision", "saved_at"}, and whether it was taken: where
    another revision is stored by now nothing changes, as in a sitting. A save that arrives twice
    changes nothing the second time.
    """
    practice = _locked(invitation)
    stored = practice.answers.get(str(position)) or {"content": {}, "revision": 0}
    if stored["revision"] == revision + 1 and stored["content"] == content:
        return stored, True
    if stored["revision"] != revision:
        return stored, False
    return _store(practice, position, content, revision + 1), True


@transaction.atomic
def keep_practised(
    invitation: Invitation, position: int, content: dict[str, Any]
) -> dict[str, Any]:
    """Store an answer whatever is stored by now, as a Submit does; return it."""
    practice = _locked(invitation)
    stored = practice.answers.get(str(position)) or {"content": {}, "revision": 0}
    if stored["content"] == content:
        return stored
    return _store(practice, position, content, stored["revision"] + 1)


@transaction.atomic
def run_practice(
    practice: Practice,
    task: str,
    source: str,
    inputs: dict[str, Any] | None = None,
    *,
    sample: bool = True,
) -> Submission:
    """Queue `source` for the checks of `task`, a slug of the catalogue: the samples, or all.

    Raises InvalidAnswer or TooManySubmissions.
    """
    practice = Practice.objects.select_for_update().get(pk=practice.pk)
    _check(source)
    _refuse_haste(practice)
    return create_queued(
        organisation_id=practice.invitation.organisation_id,
        practice=practice,
        task=task,
        source=source,
        inputs=inputs,
        sample=sample,
        purpose=Submission.Purpose.PRACTICE,
    )


@transaction.atomic
def start_practice_over(invitation: Invitation) -> Practice:
    """Forget what was practised; what the grader still has comes back to nobody."""
    practice = _locked(invitation)
    practice.answers, practice.started_at = {}, timezone.now()
    practice.save(update_fields=["answers", "started_at"])
    return practice


@transaction.atomic
def keep_echo(invitation: Invitation, text: str) -> tuple[str, datetime]:
    """Write `text` down and read it again, as a save does; return it with the server's time."""
    practice = _locked(invitation)
    practice.answers["echo"] = text
    practice.save(update_fields=["answers"])
    practice.refresh_from_db(fields=["answers"])
    return practice.answers["echo"], timezone.now()


def _locked(invitation: Invitation) -> Practice:
    practice, _ = Practice.objects.select_for_update().get_or_create(invitation=invitation)
    return practice


def _store(
    practice: Practice, position: int, content: dict[str, Any], revision: int
) -> dict[str, Any]:
    answer = {
        "content": content,
        "revision": revision,
        "saved_at": timezone.now().isoformat(),
    }
    practice.answers[str(position)] = answer
    practice.save(update_fields=["answers"])
    return answer


def _check(source: str) -> None:
    try:
        check_source(source)
    except ValueError as error:
        raise InvalidAnswer(str(error)) from error
    if not source.strip():
        raise InvalidAnswer(_("There is no code to run."))


def _refuse_haste(practice: Practice) -> None:
    queued = practice.submissions.filter(status=Submission.Status.QUEUED)
    if queued.count() >= MAX_WAITING:
        raise TooManySubmissions(_("Your last run is still under way."))
    recent = practice.submissions.filter(created_at__gt=timezone.now() - MINUTE)
    if recent.count() >= MAX_A_MINUTE:
        raise TooManySubmissions(_("That was often in one minute. Please wait a moment."))
