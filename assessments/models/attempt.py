"""One candidate's way through: candidate, invitation, attempt, answers."""

import hashlib
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from assessments.models.assessment import Assessment, AssessmentQuestion, AssessmentVersion
from assessments.models.organisation import Organisation, OwnedQuerySet, User

# What was typed before the deadline may still be on its way when it strikes.
GRACE = timedelta(seconds=5)


def secret_token() -> str:
    return secrets.token_urlsafe(32)


def secret_seed() -> int:
    """Return a seed that nobody can guess; 53 bits, so that every JSON reader keeps it exact."""
    return secrets.randbits(53)


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
        attempts = Attempt.objects.with_leading().with_taken()
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


def _submissions() -> Any:
    # The module of submissions imports this one.
    related: Any = Attempt.submissions.rel.related_model
    return related.objects


def _leading() -> Any:
    return _submissions().leading()


class AttemptQuerySet(OwnedQuerySet):
    PREVIEW = ("invitation__preview",)

    def with_candidate(self) -> Self:
        """Candidate and assessment version, for lists, without a query a row."""
        return self.select_related("invitation__candidate", "invitation__assessment_version")

    def with_leading(self) -> Self:
        """`leading`: per question the submission whose score counts, with its families."""
        return self.prefetch_related(Prefetch("submissions", _leading().with_families(), "leading"))

    def first_queued(self) -> uuid.UUID | None:
        """The submission that the grader has had for longest, of all that count here."""
        queued = _submissions().counted().filter(status="queued", attempt__in=self.values("pk"))
        first: uuid.UUID | None = queued.order_by("created_at").values_list("pk", flat=True).first()
        return first

    def overdue(self) -> Self:
        """Still in progress, though a deadline and its grace are over: a section's, or the last."""
        late = timezone.now() - GRACE
        sittings: Any = Attempt.sittings.rel.related_model
        over = sittings.objects.filter(
            attempt=models.OuterRef("pk"), finished_at=None, deadline__lt=late
        )
        going_on = self.filter(state=Attempt.State.IN_PROGRESS)
        return going_on.filter(Q(deadline__lt=late) | models.Exists(over))

    def newest_first(self) -> Self:
        return self.order_by("-started_at", "-id")

    def at_stage(self, stage: str) -> Self:
        """Those that `Attempt.stage` calls `stage`."""
        if stage == Attempt.Stage.IN_PROGRESS:
            return self.filter(finished_at__isnull=True)
        over = self.filter(finished_at__isnull=False)
        if stage == Attempt.Stage.GRADED:
            return over.filter(score__isnull=False)
        return over.filter(score=None, awaits_review=stage == Attempt.Stage.REVIEW)

    def matching(
        self, text: str, named: Iterable[int], keys: tuple[uuid.UUID, uuid.UUID] | None = None
    ) -> Self:
        """Candidate's name or e-mail address contains `text`, whatever the case.

        Only in the organisations `named`; in all of them those with a key in the range `keys`.
        """
        candidate = "invitation__candidate"
        called = Q(**{f"{candidate}__name__icontains": text}) | Q(
            **{f"{candidate}__email__icontains": text}
        )
        found = Q(organisation__in=list(named)) & called
        return self.filter(found | Q(pk__range=keys) if keys else found)

    def with_taken(self) -> Self:
        """Annotate `taken`, the time from start to finish; null while it goes on.

        It is never above the assessment's minutes: whoever scores is not told who had more time.
        """
        minutes = Cast("invitation__assessment_version__minutes", models.IntegerField())
        most = models.ExpressionWrapper(minutes * timedelta(minutes=1), models.DurationField())
        taken = Least(models.F("finished_at") - models.F("started_at"), most)
        # Least leaves nulls out on some databases, and is null with them on others.
        return self.annotate(taken=models.Case(models.When(finished_at__isnull=False, then=taken)))


class Attempt(models.Model):
    """One candidate sitting one assessment."""

    class State(models.TextChoices):
        IN_PROGRESS = "in_progress", "in progress"
        FINISHED = "finished"
        TIMED_OUT = "timed_out", "closed at the deadline"

    class Stage(models.TextChoices):
        """How far a recruiter sees it to be, whoever closed it."""

        IN_PROGRESS = "in_progress", "in progress"
        GRADING = "grading", "being graded"
        REVIEW = "review", "waits for review"
        GRADED = "graded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="attempts")
    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="attempt")
    seed = models.BigIntegerField(default=secret_seed, editable=False)
    state = models.CharField(max_length=20, choices=State, default=State.IN_PROGRESS)
    # When the candidate agreed to what is recorded; null where nobody was asked.
    consented_at = models.DateTimeField(null=True, blank=True)
    # The words agreed to, as they were shown; they depend on assessment, organisation and language.
    consented_to = models.TextField(blank=True, editable=False)
    started_at = models.DateTimeField(default=timezone.now)
    deadline = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # The questions that it does not ask: retired or leaked before it began, or not drawn.
    left_out = models.JSONField(default=list, blank=True, editable=False)
    # The questions that the candidate wants to look at again.
    flagged = models.JSONField(default=list, blank=True)
    # The tab that saves: another one takes over only when the candidate says so.
    tab = models.CharField(max_length=40, blank=True, editable=False)
    # The clock stands until then; the deadlines have been moved by that much already.
    paused_until = models.DateTimeField(null=True, blank=True)
    # What the candidate declares of AI assistants, and when; null until they said anything.
    assistant_use = models.TextField(blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    # The weighted share, 0 to 1; null until all answers are scored.
    score = models.FloatField(null=True, blank=True)
    # What it is when every override is left out; null while that is not known.
    automatic = models.FloatField(null=True, blank=True)
    # Whether people's scores of open answers are all that is missing.
    awaits_review = models.BooleanField(default=False)
    # Whose questions and weights make the score since it was made again; null: its own version's.
    scored_by = models.ForeignKey(
        AssessmentVersion, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AttemptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-started_at", "-id"], name="attempt_newest"),
            models.Index(
                fields=["deadline"], condition=Q(state="in_progress"), name="attempt_overdue"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline__gt=models.F("started_at")),
                name="attempt_deadline_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state="in_progress", finished_at__isnull=True)
                | (~Q(state="in_progress") & Q(finished_at__isnull=False)),
                name="attempt_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
                name="attempt_score_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}, {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("recruiter:attempt_detail", args=[self.pk])

    @property
    def candidate(self) -> Candidate:
        return self.invitation.candidate

    @property
    def version(self) -> AssessmentVersion:
        return self.invitation.assessment_version

    @property
    def questions(self) -> models.QuerySet[AssessmentQuestion]:
        """What it asks: of its assessment's version what could be asked when it began."""
        return self.version.questions.exclude(pk__in=self.left_out)

    def asks(self, question: AssessmentQuestion) -> bool:
        return question.pk not in self.left_out

    def seed_for(self, question: AssessmentQuestion) -> int:
        """Return the seed of whatever is drawn for `question`: the order of its options, say."""
        return self.draw(str(question.pk))

    def draw(self, key: str) -> int:
        """Return the number that this attempt's seed draws for `key`, the same at any time."""
        digest = hashlib.sha256(f"{self.seed}:{key}".encode()).digest()
        return int.from_bytes(digest[:6])

    def asked(self) -> list[AssessmentQuestion]:
        """Its questions, with their sections, in the order in which this candidate meets them."""
        found = self.questions.select_related("question_version", "section")
        return sorted(found, key=self._place)

    def _place(self, question: AssessmentQuestion) -> tuple[int, int]:
        section = question.section
        if section is None:
            return (0, question.position)
        drawn = self.draw(f"place {question.pk}") if section.shuffled else question.position
        return (section.position, drawn)

    @property
    def takes_answers(self) -> bool:
        """Whether a save that arrives now counts; the clock is the server's."""
        return self.state == self.State.IN_PROGRESS and timezone.now() <= self.deadline + GRACE

    @property
    def paused(self) -> bool:
        """Whether the candidate is on a break."""
        return self.paused_until is not None and timezone.now() < self.paused_until

    @property
    def stage(self) -> Stage:
        if self.finished_at is None:
            return self.Stage.IN_PROGRESS
        if self.score is not None:
            return self.Stage.GRADED
        return self.Stage.REVIEW if self.awaits_review else self.Stage.GRADING

    @property
    def passed(self) -> bool | None:
        """Whether the score reaches the pass mark; None while there is no score."""
        return None if self.score is None else self.score >= self.version.pass_mark


class Answer(models.Model):
    """What a candidate entered for one question, and how often it was saved."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="answers")
    question = models.ForeignKey(AssessmentQuestion, models.PROTECT, related_name="answers")
    content = models.JSONField(default=dict)
    # Goes up by one with every save; a save that builds on an older one is refused.
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)
    # The share, 0 to 1; null while the grader is at it, or a reviewer.
    score = models.FloatField(null=True, blank=True)
    # What grader, rules and reviewers make of it, whoever overrode that; null like the score.
    automatic = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["question__position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="answer_once"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 1)),
                name="answer_score_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}, revision {self.revision}"
