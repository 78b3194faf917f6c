"""What a candidate asks to be made easier, before the start, and what a recruiter answers."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.actions.accommodating import grant_accommodation
from assessments.actions.auditing import record
from assessments.actions.emailing import queue_email
from assessments.actions.problems import AlreadyAnswered, InvitationClosed, RequestOpen
from assessments.email_texts import quoted
from assessments.models import AccommodationRequest, Email, Invitation, User


@transaction.atomic
def ask_accommodation(invitation: Invitation, text: str) -> AccommodationRequest:
    """Store what a candidate needs; a recruiter answers it.

    Raises InvitationClosed where the sitting has begun or can't begin any more, and RequestOpen
    where an earlier request waits for its answer.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not invitation.is_open:
        raise InvitationClosed(_("An accommodation can be asked for before the start only."))
    if invitation.requests.filter(state=AccommodationRequest.State.OPEN).exists():
        raise RequestOpen(_("Your last request has no answer yet."))
    asked: AccommodationRequest = invitation.requests.create(text=text)
    return asked


@transaction.atomic
def answer_request(
    request: AccommodationRequest, member: User, granted: bool, answer: str = "", **granting: Any
) -> AccommodationRequest:
    """Answer a request, once; `granting` is what `grant_accommodation` is to grant.

    It may be answered after the start, too: what is granted then reaches the open page. Raises
    AlreadyAnswered, and whatever `grant_accommodation` does.
    """
    request = AccommodationRequest.objects.select_for_update().get(pk=request.pk)
    state = AccommodationRequest.State
    if request.state != state.OPEN:
        raise AlreadyAnswered("Somebody has answered this request already.")
    request.state = state.GRANTED if granted else state.DECLINED
    request.answer, request.answered_by, request.answered_at = answer, member, timezone.now()
    request.save()
    record(f"accommodation_request.{request.state}", request.invitation, by=member)
    if granted:
        grant_accommodation(request.invitation, made_by=member, **granting)
    _tell(request)
    return request


def _tell(request: AccommodationRequest) -> None:
    queue_email(
        Email.Kind.ANSWERED,
        request.invitation,
        about=request.state,
        asked=quoted(request.text),
        answer=quoted(request.answer),
    )
