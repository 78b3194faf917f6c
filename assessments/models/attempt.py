"""One candidate's way through: the attempt and its answers."""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Cast, Least
from django.urls import reverse
from django.utils import timezone

from assessments.models.assessment import AssessmentQuestion, AssessmentVersion
from assessments.models.invitation import Candidate, Invitation
from assessments.models.organisation import Organisation, OwnedQuerySet
from assessments.models.secret import secret_seed

# What was typed before the deadline may still be on its way when it strikes.
GRACE = timedelta(seconds=5)


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

    def scored_alike(self, version: AssessmentVersion, by: AssessmentVersion | None) -> Self:
        """Attempts at `version` whose score the questions and weights of `by` make, or its own."""
        own = Q(scored_by=None) | Q(scored_by=version)
        return self.filter(
            own if by is None or by == version else Q(scored_by=by),
            invitation__assessment_version=version,
        )

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
    # The question whose page was opened last: every way back into the sitting leads there.
    at_position = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
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
