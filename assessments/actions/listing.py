"""Inviting a whole list: looked at first, then confirmed once, and its e-mails written after it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import signature
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from kombu.exceptions import OperationalError

from assessments.actions.announcing import announce_all
from assessments.actions.auditing import record
from assessments.actions.emailing import SWEEP_SIZE, queue_email
from assessments.actions.inviting import refuse_to_invite
from assessments.actions.rounds import each
from assessments.email_texts import quoted
from assessments.listed_people import judge
from assessments.models import (
    Accommodation,
    Assessment,
    AssessmentVersion,
    Candidate,
    Email,
    EventType,
    Invitation,
    InvitationList,
    User,
)
from assessments.people import Person, read_people

log = logging.getLogger(__name__)

# What a row may set for its own accommodation.
GRANTED = ("extra_percent", "extra_minutes", "break_minutes", "large_type", "untimed")


def keep_list(
    assessment: Assessment, text: str, choices: Mapping[str, Any], *, by: User | None
) -> InvitationList:
    """Keep a list to look at before it invites anybody; raise Unreadable where it is none."""
    read_people(text)
    made: InvitationList = InvitationList.objects.create(
        organisation=assessment.organisation,
        assessment=assessment,
        made_by=by,
        text=text,
        choices=dict(choices),
    )
    return made


@transaction.atomic
def confirm_list(
    made: InvitationList, *, by: User | None, although: bool = False
) -> InvitationList:
    """Invite everybody on the list who can be, once; whoever confirms it again changes nothing.

    `although` invites those, too, who have started as often as is allowed. Raises NotPublished,
    and Unreadable where the rows were forgotten meanwhile.
    """
    made = InvitationList.objects.select_for_update().get(pk=made.pk)
    if made.confirmed_at:
        return made
    # Two lists with the same people wait for each other.
    assessment = Assessment.objects.select_for_update().get(pk=made.assessment_id)
    version = assessment.current_version
    refuse_to_invite(version)
    judged = judge(made)
    people = [*judged.good, *(judged.used_up if although else ())]
    invitations = _invite_all(made, version, people, by)
    made.confirmed_at, made.invited = timezone.now(), len(invitations)
    made.to_send = bool(invitations) and bool(made.choices.get("send"))
    made.save(update_fields=["confirmed_at", "invited", "to_send"])
    record("invitation_list.confirmed", made, by=by, invited=made.invited, although=although)
    if made.to_send:
        transaction.on_commit(partial(_ring, made))
    return made


def _invite_all(
    made: InvitationList, version: AssessmentVersion, people: list[Person], by: User | None
) -> list[Invitation]:
    candidates = _candidates(made, people)
    more = {person.email for person in people if person.faults}
    invitations = [
        _invitation(made, version, person, candidates[person.email], by) for person in people
    ]
    for invitation, person in zip(invitations, people, strict=True):
        invitation.one_more = person.email in more
    Invitation.objects.bulk_create(invitations)
    Accommodation.objects.bulk_create(_grants(made, invitations, people, by))
    announce_all(EventType.INVITATION_CREATED, invitations)
    return invitations


def _candidates(made: InvitationList, people: list[Person]) -> dict[str, Candidate]:
    """Each person's row by address, made where there was none; the name is what was typed last."""
    names = {person.email: person for person in people}
    of = Candidate.objects.filter(organisation=made.organisation_id)
    Candidate.objects.bulk_create(
        [
            Candidate(organisation_id=made.organisation_id, email=email, name=person.name)
            for email, person in names.items()
        ],
        ignore_conflicts=True,
    )
    found = {
        each.email: each
        for each in of.select_for_update().filter(email__in=list(names)).order_by("pk")
    }
    renamed = []
    for email, candidate in found.items():
        if candidate.name != names[email].name and not names[email].name_is_guessed:
            candidate.name = names[email].name
            renamed.append(candidate)
    Candidate.objects.bulk_update(renamed, ["name"])
    return found


def _invitation(
    made: InvitationList,
    version: AssessmentVersion,
    person: Person,
    candidate: Candidate,
    by: User | None,
) -> Invitation:
    """What the row says, and where it says nothing what was chosen for all."""
    choices = made.choices
    return Invitation(
        organisation_id=made.organisation_id,
        assessment_version=version,
        candidate=candidate,
        listed=made,
        invited_by=by,
        expires_at=person.sets.get("expires") or timezone.now() + timedelta(days=choices["days"]),
        opens_at=_moment(choices.get("opens_at")),
        remind_at=_moment(choices.get("remind_at")),
        message=person.sets.get("message") or choices.get("message", ""),
        language=person.sets.get("language") or choices.get("language", ""),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _grants(
    made: InvitationList, invitations: list[Invitation], people: list[Person], by: User | None
) -> list[Accommodation]:
    granted = made.choices.get("granted", {})
    found = []
    for invitation, person in zip(invitations, people, strict=True):
        own = {name: person.sets[name] for name in GRANTED if name in person.sets}
        holds = granted | own
        if any(holds.get(name) for name in GRANTED):
            found.append(Accommodation(invitation=invitation, made_by=by, **holds))
    return found


def _ring(made: InvitationList) -> None:
    """Ask a worker to write the e-mails; where none hears it, the sweep does."""
    try:
        signature("assessments.tasks.send_listed", queue="default").apply_async(expires=60)
    except (OperationalError, OSError):
        log.exception("the e-mails of list %s were not asked for; the sweep will do it", made.pk)


def send_listed() -> int:
    """Write the e-mails of lists that were confirmed, some of each; return how many."""
    return sum(_send_some(made) for made in InvitationList.objects.to_send())


def _send_some(made: InvitationList) -> int:
    written = Email.objects.filter(invitation=OuterRef("pk"), kind=Email.Kind.INVITATION)
    waiting = made.invitations.filter(
        ~Exists(written), state=Invitation.State.SENT, expires_at__gt=timezone.now()
    )
    found = list(waiting.order_by("created_at", "id")[:SWEEP_SIZE])
    if not found:
        InvitationList.objects.filter(pk=made.pk).update(to_send=False)
    return each(found, _send_once)


@transaction.atomic
def _send_once(invitation: Invitation) -> bool:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    kind = Email.Kind.INVITATION
    # Another worker, or a recruiter, may have been quicker.
    if not invitation.is_open or invitation.emails.filter(kind=kind).exists():
        return False
    queue_email(kind, invitation, message=quoted(invitation.message))
    return True


def forget_lists() -> int:
    """Forget the rows of old lists, and those that were never confirmed altogether."""
    old = InvitationList.objects.forgotten()
    old.filter(confirmed_at=None).delete()
    return old.update(text="")
