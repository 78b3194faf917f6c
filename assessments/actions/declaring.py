"""What a candidate says of the assistants that they used, where the assessment asks for it."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.problems import AttemptClosed
from assessments.models import Attempt

# Who was not asked before the end, as at a deadline, has a day left to be honest.
AFTERWARDS = timedelta(days=1)


@transaction.atomic
def declare_assistant(attempt: Attempt, use: str) -> Attempt:
    """Keep what the candidate declares, "" for no assistant; raise AttemptClosed when it is late.

    While the attempt goes on the last word counts; afterwards the first.
    """
    locked: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not may_declare(locked):
        raise AttemptClosed(_("The time for a declaration is over."))
    locked.assistant_use, locked.declared_at = use, timezone.now()
    locked.save(update_fields=["assistant_use", "declared_at"])
    return locked


def may_declare(attempt: Attempt) -> bool:
    """Whether a declaration is asked for, and still taken."""
    if attempt.version.assistants != attempt.version.Assistants.DECLARED:
        return False
    if attempt.finished_at is None:
        return attempt.takes_answers
    late = timezone.now() >= attempt.finished_at + AFTERWARDS
    return attempt.declared_at is None and not late
