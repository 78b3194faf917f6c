"""Which tab saves: one at a time, and another one only when the candidate says so."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.actions.problems import AttemptClosed, HeldElsewhere
from assessments.models import Attempt, IntegrityEvent


def hold(attempt: Attempt, tab: str) -> None:
    """Let `tab` save to an attempt that is locked: the tab that holds it, or the first to come.

    A form without scripts names no tab, and is not asked: its revision alone decides. Raises
    HeldElsewhere.
    """
    if not tab or tab == attempt.tab:
        return
    if attempt.tab:
        raise HeldElsewhere(_("You went on in another tab or on another device."))
    _give(attempt, tab)


@transaction.atomic
def claim(attempt: Attempt, tab: str) -> None:
    """Let `tab` save from now on, where no other does. Raises AttemptClosed or HeldElsewhere."""
    hold(_locked(attempt), tab)


@transaction.atomic
def take_over(attempt: Attempt, tab: str, *, same_browser: bool = False) -> Attempt:
    """Go on in `tab`; the tab that saved until now no longer does. Taking over twice is once.

    `same_browser` is the page's word that the older tab was closed in the same browser. Raises
    AttemptClosed.
    """
    attempt = _locked(attempt)
    if attempt.tab and attempt.tab != tab:
        _note(attempt, same_browser)
    if attempt.tab != tab:
        _give(attempt, tab)
    return attempt


def _locked(attempt: Attempt) -> Attempt:
    locked: Attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not locked.takes_answers:
        raise AttemptClosed(_("This attempt is closed."))
    return locked


def _give(attempt: Attempt, tab: str) -> None:
    attempt.tab = tab
    attempt.save(update_fields=["tab"])


def _note(attempt: Attempt, same_browser: bool) -> None:
    if attempt.version.records_events:
        IntegrityEvent.objects.create(
            attempt=attempt,
            kind=IntegrityEvent.Kind.TAKEOVER,
            key=uuid.uuid4().hex,
            detail={"same_browser": same_browser},
        )
