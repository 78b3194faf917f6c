"""What is personal goes; scores stay for statistics, and lead back to nobody."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from assessments.actions.announcing import announce
from assessments.actions.auditing import Actor, record
from assessments.actions.baring import bare
from assessments.actions.emailing import queue_last_word
from assessments.actions.problems import AttemptRuns
from assessments.actions.rounds import each
from assessments.actions.unsaying import (
    forget_order,
    forget_what_was_said,
    forget_words_about,
)
from assessments.models import (
    Answer,
    Attempt,
    Candidate,
    DataRequest,
    EventType,
    Invitation,
    Organisation,
    Practice,
    Rating,
    RememberedAnswer,
    Submission,
)
from assessments.models.secret import secret_token

log = logging.getLogger(__name__)

# So many a round at most, so that a round ends.
ROUND = 500


@transaction.atomic
def ask_for_erasure(invitation: Invitation) -> DataRequest:
    """Note that the candidate wants to be erased; asking twice is asking once."""
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    asked, _ = DataRequest.objects.get_or_create(
        invitation=invitation, kind=DataRequest.Kind.ERASE, done_at=None
    )
    return asked


def note_copy(invitation: Invitation) -> DataRequest:
    """Note that the candidate fetched a copy of their data."""
    return DataRequest.objects.create(
        invitation=invitation, kind=DataRequest.Kind.COPY, done_at=timezone.now()
    )


def why_not_yet(candidate: Candidate) -> str:
    """Return what erasing `candidate` has to wait for, "" for nothing."""
    for attempt in Attempt.objects.filter(
        invitation__candidate=candidate, invitation__erased_at=None
    ):
        try:
            _refuse_while_it_goes_on(attempt)
        except AttemptRuns as running:
            return str(running)
    return ""


@transaction.atomic
def erase_candidate(candidate: Candidate, *, by: Actor = None) -> Candidate:
    """Replace name and address, and remove what was written in any invitation, and about it.

    Every invitation is closed and its link changed. Raises AttemptRuns where an attempt goes on,
    or where the grader still has code of one.
    """
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    open_ones = list(candidate.invitations.filter(erased_at=None))
    for invitation in open_ones:
        erase_invitation(invitation)
    if candidate.erased_at is None:
        record("candidate.erased", candidate, by=by, invitations=len(open_ones))
    # What a system was told of the person a moment ago, kept in case it asks again.
    RememberedAnswer.objects.filter(answer__candidate__id=str(candidate.pk)).delete()
    _forget(candidate)
    return candidate


@transaction.atomic
def erase_invitation(invitation: Invitation) -> None:
    """Remove what the candidate wrote and what was written of them; the name stays."""
    # Whoever closes an attempt locks it before its invitation.
    attempt = Attempt.objects.select_for_update().filter(invitation=invitation).first()
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if attempt:
        _refuse_while_it_goes_on(attempt)
        _erase_attempt(attempt)
    for rows in (invitation.emails, invitation.requests, invitation.accommodations):
        rows.all().delete()
    Practice.objects.filter(invitation=invitation).delete()
    forget_order(invitation)
    if invitation.state == Invitation.State.SENT:
        invitation.state = Invitation.State.REVOKED
    invitation.token, invitation.message, invitation.remind_at = secret_token(), "", None
    invitation.erased_at = timezone.now()
    invitation.save()


def erase_outlived() -> int:
    """Erase what every organisation has kept for as long as it wanted to; return how many."""
    return sum(
        _erase_kept_until(organisation, timezone.now() - timedelta(organisation.retention_days))
        for organisation in Organisation.objects.all()
    )


def _erase_kept_until(organisation: Organisation, moment: datetime) -> int:
    found = Invitation.objects.of(organisation).over_before(moment).order_by("created_at")[:ROUND]
    number = each(found, _erased)
    if number:
        record("organisation.outlived", organisation, by=None, number=number)
    return number


def _erased(invitation: Invitation) -> bool:
    """Erase an invitation, and its candidate with the last one."""
    try:
        with transaction.atomic():
            candidate = Candidate.objects.select_for_update().get(pk=invitation.candidate_id)
            erase_invitation(invitation)
            if not candidate.invitations.filter(erased_at=None).exists():
                _forget(candidate)
    except AttemptRuns:
        log.warning("invitation %s is kept longer, for its code waits to be graded", invitation.pk)
        return False
    return True


def _forget(candidate: Candidate) -> None:
    """Give the candidate a name that says nothing, and an address that nobody has."""
    if candidate.erased_at:
        return
    _answer_requests(candidate)
    forget_words_about(candidate)
    candidate.name = f"Candidate {secrets.token_hex(2)}"
    candidate.email = f"{secrets.token_hex(16)}@erased.invalid"
    candidate.erased_at = timezone.now()
    candidate.save()
    announce(EventType.CANDIDATE_ERASED, candidate)


def _answer_requests(candidate: Candidate) -> None:
    """Tell a candidate who asked to be erased that it is done, at the address that goes next."""
    asked = DataRequest.objects.filter(invitation__candidate=candidate, done_at=None)
    first = asked.select_related("invitation__candidate").order_by("created_at").first()
    if first:
        queue_last_word("erased", first.invitation, asked_at=first.created_at)
    asked.update(done_at=timezone.now())


def _refuse_while_it_goes_on(attempt: Attempt) -> None:
    if attempt.finished_at is None:
        raise AttemptRuns("The attempt goes on; it can be erased once it is over.")
    # What was given up as ungradable waits for nobody.
    if attempt.submissions.used().filter(status=Submission.Status.QUEUED).exists():
        raise AttemptRuns("Code of the attempt is being graded; it can be erased afterwards.")


def _erase_attempt(attempt: Attempt) -> None:
    for rows in (attempt.events, attempt.snapshots, attempt.breaks, attempt.problem_reports):
        rows.all().delete()
    attempt.submissions.filter(purpose=Submission.Purpose.RUN).delete()
    for submission in attempt.submissions.all():
        submission.source, submission.inputs, submission.last_fault = "", None, ""
        submission.report = bare(submission.report)
        submission.save(update_fields=["source", "inputs", "last_fault", "report"])
    forget_what_was_said(attempt)
    for answer in attempt.answers.select_related("question__question_version"):
        _erase_answer(answer)
    Rating.objects.filter(attempt=attempt).update(text="")
    attempt.tab = attempt.assistant_use = ""
    attempt.save(update_fields=["tab", "assistant_use"])


def _erase_answer(answer: Answer) -> None:
    """What was chosen stays for statistics; what was typed goes."""
    if answer.question.question_version.rules.typed:
        answer.content = {}
        answer.save(update_fields=["content"])
