"""What a candidate says of the assistants that they used, where the assessment asks for it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.problems import AttemptClosed
from assessments.models import Attempt

# Who ran out of time has a day left to be honest; who has finished said what they had to say.
AFTERWARDS = timedelta(days=1)


@transaction.atomic
def declare_assistant(attempt: Attempt, text: str) -> Attempt:
    """Keep what the candidate declares, the last word counts; raise AttemptClosed afterwards."""
    locked: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not may_declare(locked):
        raise AttemptClosed("The time for a declaration is over.")
    locked.assistant_use, locked.declared_at = text, timezone.now()
    locked.save(update_fields=["assistant_use", "declared_at"])
    return locked


def may_declare(attempt: Attempt) -> bool:
    """Whether a declaration is asked for, and still taken."""
    if attempt.version.assistants != attempt.version.Assistants.DECLARED:
        return False
    if attempt.state == Attempt.State.TIMED_OUT and attempt.finished_at:
        return timezone.now() < attempt.finished_at + AFTERWARDS
    return attempt.takes_answers
