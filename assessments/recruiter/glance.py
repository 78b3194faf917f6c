"""The state of each invitation at a glance, made in the database: to show, to filter, to count."""

from dataclasses import dataclass

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from assessments.models import Assessment, Email, Invitation, Practice
from assessments.models.invitation import InvitationQuerySet


@dataclass(frozen=True, slots=True)
class Glance:
    """What a state is called, its picture, and the level that colours it."""

    title: str
    icon: str
    level: str = ""


GLANCES = {
    "unsent": Glance("Not sent", "link", "note"),
    "sent": Glance("Sent", "mail", "note"),
    "failed": Glance("E-mail not delivered", "alert-triangle", "poor"),
    "reminded": Glance("Reminded", "clock", "note"),
    "practised": Glance("Tried the practice", "school", "note"),
    "started": Glance("Started", "player-play", "fair"),
    "finished": Glance("Finished", "circle-check", "good"),
    "expired": Glance("Expired", "clock-off"),
    "revoked": Glance("Revoked", "ban"),
}
# Those that nobody has started, and that can be started still, or again once they are extended.
WAITING = ("unsent", "sent", "failed", "reminded", "practised")


def with_glance(found: InvitationQuerySet) -> InvitationQuerySet:
    """Annotate `glance`, a key of GLANCES."""
    mail = Email.objects.filter(invitation=OuterRef("pk")).order_by("-created_at", "-id")
    # Of the newest e-mail alone: what came after a failure went out.
    newest = Case(When(Q(sent_at=None) & ~Q(last_error=""), then=Value(True)), default=Value(False))
    failed = Subquery(mail.annotate(failed=newest).values("failed")[:1])
    annotated: InvitationQuerySet = found.annotate(newest_failed=failed)
    seen: InvitationQuerySet = annotated.annotate(glance=_glance(mail.order_by()))
    return seen


def _glance(mail: QuerySet[Email]) -> Case:
    now, state = timezone.now(), Invitation.State
    words = {
        "revoked": Q(state=state.REVOKED),
        "finished": Q(attempt__finished_at__isnull=False),
        "started": Q(attempt__isnull=False),
        "expired": Q(expires_at__lte=now) | Q(assessment_version__assessment__closes_at__lte=now),
        "failed": Q(newest_failed=True),
        "practised": Q(Exists(Practice.objects.filter(invitation=OuterRef("pk")))),
        "reminded": Q(Exists(mail.filter(kind=Email.Kind.REMINDER))),
        # What a list is about to send is on its way as well.
        "sent": Q(Exists(mail)) | Q(listed__to_send=True),
    }
    cases = [When(condition, then=Value(word)) for word, condition in words.items()]
    return Case(*cases, default=Value("unsent"), output_field=CharField())


def glances_of(assessment: Assessment) -> dict[str, int]:
    """How many invitations of `assessment` are in each state, in the order of GLANCES."""
    found = with_glance(Invitation.objects.of_assessment(assessment))
    counted = dict(found.order_by().values_list("glance").annotate(Count("pk")))
    return {word: counted[word] for word in GLANCES if counted.get(word)}
