"""E-mails: written with their reason, in its transaction, and sent by a worker after the commit."""

import logging
import re
from datetime import timedelta
from functools import partial
from typing import Any

from celery import signature
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.delivery import NotDelivered, Undeliverable, deliver
from assessments.email_texts import EmailText, email_text
from assessments.models import Email, Invitation, MemberInvitation, Organisation

log = logging.getLogger(__name__)

# How long a worker may take to look at its queue before the sweep rings once more.
PATIENCE = timedelta(minutes=1)
# So many a sweep at most, so that one sweep never runs into the next.
SWEEP_SIZE = 500
_ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")


@transaction.atomic
def queue_email(kind: str, invitation: Invitation, **told: Any) -> Email:
    """Write the e-mail of `kind` about `invitation`, and send it once the transaction commits.

    `told` is what the template of that kind asks for besides the facts of the invitation. Whoever
    sits a preview gets no e-mail: of that nothing is stored or sent.
    """
    written = email_text(kind, invitation, told)
    email = Email(
        organisation=invitation.organisation,
        invitation=invitation,
        kind=kind,
        to=invitation.candidate.email,
        subject=written.subject,
        text=written.text,
        html=written.html,
        due_at=timezone.now() + PATIENCE,
    )
    return email if invitation.preview else _queued(email)


@transaction.atomic
def queue_last_word(template: str, invitation: Invitation, **told: Any) -> None:
    """Write an e-mail to a candidate who is being erased; nothing ties it to anything.

    It is deleted as soon as it went out or was given up, and the address with it.
    """
    if invitation.preview:
        return
    written = email_text(template, invitation, told)
    _queued(
        Email(
            organisation=invitation.organisation,
            kind=Email.Kind.ANSWERED,
            to=invitation.candidate.email,
            subject=written.subject,
            text=written.text,
            html=written.html,
            due_at=timezone.now() + PATIENCE,
        )
    )


@transaction.atomic
def queue_letter(
    letter: EmailText,
    organisation: Organisation,
    to: str,
    invitation: MemberInvitation | None = None,
) -> Email:
    """Write an e-mail to a member, or to who is invited to become one, and send it likewise.

    It holds what lets somebody in: once it has gone out, its text is forgotten.
    """
    email = Email(
        organisation=organisation,
        member_invitation=invitation,
        kind=Email.Kind.MEMBER if invitation else Email.Kind.ACCOUNT,
        to=to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        due_at=timezone.now() + PATIENCE,
    )
    return _queued(email)


def _queued(email: Email) -> Email:
    email.save()
    transaction.on_commit(partial(_ring, email.pk, email.tries))
    return email


def _ring(pk: int, tries: int) -> None:
    send = signature("assessments.tasks.send_email", args=(pk, tries), queue="default")
    try:
        send.apply_async(expires=PATIENCE.total_seconds())
    except (OperationalError, OSError):
        log.exception("e-mail %s was not queued; the sweep will do it", pk)


def send_email(pk: int, tries: int) -> bool:
    """Send an e-mail that was tried `tries` times before; return whether it went out now.

    The conditional update before the sending lets one of two workers through. A worker that dies
    before it can note what came of it leaves the e-mail due again when its lease is over.
    """
    taken = Email.objects.filter(pk=pk, tries=tries, sent_at=None, due_at__isnull=False)
    if not taken.update(tries=F("tries") + 1, due_at=timezone.now() + Email.LEASE):
        return False
    email = Email.objects.select_related("organisation", "invitation").get(pk=pk)
    try:
        deliver(email)
    except Undeliverable as error:
        return _note_failure(email, str(error), for_good=True)
    except NotDelivered as error:
        return _note_failure(email, str(error), for_good=email.tries >= Email.MAX_TRIES)
    if not email.leads_back:
        email.delete()
        return True
    forgotten = {"text": "", "html": ""} if email.kind in Email.SECRET else {}
    Email.objects.filter(pk=pk).update(
        sent_at=timezone.now(), due_at=None, last_error="", **forgotten
    )
    return True


def _note_failure(email: Email, error: str, *, for_good: bool) -> bool:
    error = _ADDRESS.sub("(address)", error.replace("\x00", "\ufffd"))[:2000]
    log.warning("e-mail %s was not sent, try %s: %s", email.pk, email.tries, error)
    if for_good and not email.leads_back:
        email.delete()
        return False
    due_at = None if for_good else timezone.now() + email.pause
    Email.objects.filter(pk=email.pk, tries=email.tries).update(due_at=due_at, last_error=error)
    return False


def ring_for_emails() -> int:
    """Ring again for e-mails that are due; return how many there were."""
    now = timezone.now()
    due = list(Email.objects.due().order_by("due_at").values_list("pk", "tries")[:SWEEP_SIZE])
    for pk, tries in due:
        if Email.objects.filter(pk=pk, tries=tries, due_at__lte=now).update(due_at=now + PATIENCE):
            _ring(pk, tries)
    return len(due)


@transaction.atomic
def send_again(email: Email) -> bool:
    """Try an e-mail that was not delivered once more, at once; False where it has gone out."""
    again = Email.objects.undelivered().filter(pk=email.pk, tries=email.tries)
    if not again.update(tries=0, due_at=timezone.now() + PATIENCE, last_error=""):
        return False
    transaction.on_commit(partial(_ring, email.pk, 0))
    return True
