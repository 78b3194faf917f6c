"""Who is asked to sit an assessment: candidates, and their invitations."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from assessments.models.assessment import Assessment, AssessmentVersion
from assessments.models.organisation import Organisation, OwnedQuerySet, User
from assessments.models.secret import secret_token


class CandidateQuerySet(OwnedQuerySet):
    PREVIEW = ("invitations__preview",)


class Candidate(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="candidates")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    created_at = models.DateTimeField(auto_now_add=True)
    # When name and address were replaced by a made-up name; nothing leads back to the person.
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "email"], name="candidate_email"),
        ]

    def __str__(self) -> str:
        return self.name


class InvitationQuerySet(OwnedQuerySet):
    PREVIEW = ("preview",)

    def of_assessment(self, assessment: Assessment) -> Self:
        return self.without_previews().filter(assessment_version__assessment=assessment)

    def with_progress(self) -> Self:
        """Candidate, version and the attempt with its families, in three queries."""
        # The module of attempts imports this one.
        attempt: Any = Invitation.attempt.related.related_model
        attempts = attempt.objects.with_leading().with_taken()
        people = self.select_related("candidate", "assessment_version__assessment")
        return people.prefetch_related(Prefetch("attempt", attempts))

    def with_people(self) -> Self:
        """Candidate, version and attempt, for lists, without a query a row."""
        return self.select_related("candidate", "assessment_version__assessment", "attempt")

    def to_remind(self) -> Self:
        """Those whose reminder is due, and that can still be started."""
        now = timezone.now()
        closing = "assessment_version__assessment__closes_at"
        going_on = Q(**{closing: None}) | Q(**{f"{closing}__gt": now})
        # Who can't start yet has nothing to be reminded of.
        opened = Q(opens_at=None) | Q(opens_at__lte=now)
        return self.without_previews().filter(
            going_on, opened, state=Invitation.State.SENT, remind_at__lte=now, expires_at__gt=now
        )

    def just_expired(self) -> Self:
        """Those that nobody followed, and of which nobody noted yet that they expired."""
        return self.without_previews().filter(
            state=Invitation.State.SENT, expires_at__lte=timezone.now(), expiry_noted_at=None
        )

    def running(self) -> Self:
        """Those whose attempt goes on."""
        return self.filter(attempt__isnull=False, attempt__finished_at__isnull=True)

    def over_before(self, moment: datetime) -> Self:
        """Those that were over by `moment`, and still hold what is personal.

        An attempt is over when it was finished, an invitation that nobody followed when it expired.
        """
        finished = Q(attempt__finished_at__lt=moment)
        never_started = Q(attempt__isnull=True, expires_at__lt=moment)
        # Previews are deleted with all that they made, and long before.
        return self.without_previews().filter(finished | never_started, erased_at=None)

    def with_attempt(self) -> Self:
        """Everything that a candidate's page needs of the invitation, in one query."""
        sections: Any = AssessmentVersion.sections.rel.related_model
        clocks = sections.objects.filter(
            version=models.OuterRef("assessment_version"), minutes__isnull=False
        )
        return self.select_related(
            "organisation", "candidate", "assessment_version__assessment", "attempt"
        ).annotate(section_clocks=models.Exists(clocks))


class Invitation(models.Model):
    class State(models.TextChoices):
        SENT = "sent"
        STARTED = "started"
        FINISHED = "finished"
        REVOKED = "revoked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    assessment_version = models.ForeignKey(
        AssessmentVersion, models.PROTECT, related_name="invitations"
    )
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="invitations")
    # The secret in the candidate's link; kept readable, for a recruiter sends the link again.
    token = models.CharField(max_length=64, unique=True, default=secret_token, editable=False)
    state = models.CharField(max_length=20, choices=State, default=State.SENT)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # The recruiter's own words in the e-mail, and when the candidate is reminded; null: never.
    message = models.TextField(blank=True)
    # Of the e-mails, and of the pages until the candidate chooses one; "": English
    # e-mails, and pages as the browser asks.
    language = models.CharField(max_length=10, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    # When it can be started at the earliest; null: at once.
    opens_at = models.DateTimeField(null=True, blank=True)
    # The link that made it, and the member who did; both null where another system did.
    open_link = models.ForeignKey(
        "OpenLink", models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    # The list that it was made from; null where it was made by itself.
    listed = models.ForeignKey(
        "InvitationList", models.SET_NULL, null=True, blank=True, related_name="invitations"
    )
    # Granted on purpose, although the candidate has started as often as is allowed.
    one_more = models.BooleanField(default=False)
    # A member's own look at the assessment: counts nowhere, and is deleted after a day.
    preview = models.BooleanField(default=False)
    # When it was noted that it expired, which is done once; null again where it is extended.
    expiry_noted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When what the candidate wrote was removed; the scores stay, and are made no more.
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state="sent", expiry_noted_at__isnull=True),
                name="invitation_to_expire",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} to {self.assessment_version}"

    def get_absolute_url(self) -> str:
        return reverse("candidate:welcome", args=[self.token])

    @property
    def is_open(self) -> bool:
        """Whether an attempt may be started."""
        return self.state == self.State.SENT and timezone.now() < self.closes_at

    @property
    def opens_later(self) -> bool:
        """Whether it can't be started yet."""
        return self.opens_at is not None and timezone.now() < self.opens_at

    @property
    def closes_at(self) -> datetime:
        """When it can be started no more: it expires then, or its assessment closes for all."""
        closing = self.assessment_version.assessment.closes_at
        return min(self.expires_at, closing) if closing and not self.preview else self.expires_at

    @property
    def assessment_closed(self) -> bool:
        """Whether it can't be started because its assessment has closed before it expires."""
        return self.closes_at < self.expires_at and self.closes_at <= timezone.now()

    @cached_property
    def accommodation(self) -> Any:
        """What is made easier for the candidate, as it holds now."""
        granted: Any = Invitation.accommodations.rel.related_model
        return granted.objects.in_force(self)

    @property
    def link(self) -> str:
        """The whole address, as it is sent to the candidate."""
        return f"{settings.BASE_URL}/sit/{self.token}/"
