"""What is asked together: assessments, their versions, and the questions of a version."""

import uuid
from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from assessments.models.organisation import Organisation, OwnedQuerySet
from questions.models import QuestionVersion, Withdrawal
from questions.published import Version


class AssessmentQuerySet(OwnedQuerySet):
    def published(self) -> Self:
        """Those that candidates can be invited to: at least one version is published."""
        versions = AssessmentVersion.objects.filter(
            assessment=OuterRef("pk"), published_at__isnull=False
        )
        return self.filter(Exists(versions))

    def with_title(self) -> Self:
        """Annotate `title`: that of the newest published version."""
        versions = AssessmentVersion.objects.filter(
            assessment=OuterRef("pk"), published_at__isnull=False
        )
        return self.annotate(title=Subquery(versions.order_by("-number").values("title")[:1]))

    def with_counts(self) -> Self:
        """Annotate `invited`, `started`, `finished` and `graded`, over all versions."""
        invitation, attempt = "versions__invitations", "versions__invitations__attempt"
        counts = Q(**{f"{invitation}__preview": False})
        over = counts & Q(**{f"{attempt}__finished_at__isnull": False})
        return self.annotate(
            invited=Count(invitation, filter=counts),
            started=Count(attempt, filter=counts),
            finished=Count(attempt, filter=over),
            graded=Count(attempt, filter=over & Q(**{f"{attempt}__score__isnull": False})),
        )

    def unarchived(self) -> Self:
        """Those that were not put away."""
        return self.filter(archived_at=None)


class Assessment(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="assessments")
    slug = models.SlugField()
    created_at = models.DateTimeField(auto_now_add=True)
    # When nobody may start it any more, whatever an invitation says; who sits then goes on.
    closes_at = models.DateTimeField(null=True, blank=True)
    # Put away: invites nobody, and is out of the lists.
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="assessment_slug"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("recruiter:assessment_detail", args=[self.pk])

    @property
    def is_closed(self) -> bool:
        """Whether nobody may start it any more."""
        return self.closes_at is not None and self.closes_at <= timezone.now()

    @property
    def current_version(self) -> "AssessmentVersion":
        """The newest published version; raise DoesNotExist where there is none."""
        return self.versions.filter(published_at__isnull=False).latest("number")


class AssessmentVersion(Version):
    class Feedback(models.TextChoices):
        """What a candidate is told: of code while they work, of everything once it is over."""

        NONE = "none", "that it was graded"
        VERDICT = "verdict", "whether it passed"
        FAMILIES = "families", "the score of each family of checks"
        FULL = "full", "everything, with the official answers once it is over"

    class Counts(models.TextChoices):
        """Which of the submissions of a question makes its score."""

        BEST = "best", "the best submission"
        LAST = "last", "the last submission"

    class Assistants(models.TextChoices):
        """Whether candidates may ask an AI assistant."""

        FORBIDDEN = "forbidden", "no AI assistant"
        DECLARED = "declared", "an AI assistant, if they say where they used it"
        ALLOWED = "allowed", "any AI assistant"

    FROZEN = (
        "assessment_id", "number", "title", "intro", "purpose", "minutes", "pass_mark", "feedback",
        "counts", "max_submissions", "assistants", "notes_allowed", "records_events",
        "max_attempts", "reviewers", "published_at",
    )  # fmt: skip

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="versions")
    title = models.CharField(max_length=200)
    intro = models.TextField(blank=True, help_text="Markdown: what the candidate should expect.")
    purpose = models.TextField(blank=True, help_text="Markdown: why people are asked, for what.")
    # Of the whole; where sections have minutes of their own, their sum.
    minutes = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    # A share of the highest score, as every score here.
    pass_mark = models.FloatField(
        default=0.6, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    # Hidden checks stay hidden unless somebody decided otherwise.
    feedback = models.CharField(max_length=10, choices=Feedback, default=Feedback.NONE)
    counts = models.CharField(max_length=10, choices=Counts, default=Counts.BEST)
    # How often code may be submitted for a question; null: as often as one likes.
    max_submissions = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)]
    )
    assistants = models.CharField(max_length=10, choices=Assistants, default=Assistants.FORBIDDEN)
    notes_allowed = models.BooleanField(default=True)
    # Whether integrity events and the growth of code are kept.
    records_events = models.BooleanField(default=True)
    # How often one candidate may start it.
    max_attempts = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    # How many people score each open answer; where two disagree, a third one decides.
    reviewers = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(2)]
    )

    class Meta:
        ordering = ["assessment", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"], name="assessment_version_number"
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="assessment_takes_time"),
            models.CheckConstraint(
                condition=Q(pass_mark__range=(0, 1)), name="assessment_pass_mark_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(reviewers__range=(1, 2)), name="assessment_has_reviewers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.number}"


class AssessmentQuestionQuerySet(models.QuerySet["AssessmentQuestion"]):
    def askable(self) -> Self:
        """Those that a new attempt may ask: neither retired nor leaked since, here or for all."""
        here = Withdrawal.objects.open().filter(
            question=OuterRef("question_version__question"),
            organisation=OuterRef("version__assessment__organisation"),
        )
        return self.exclude(question_version__status__in=QuestionVersion.WITHDRAWN).exclude(
            Exists(here)
        )


class AssessmentQuestion(models.Model):
    """A question version at its place in an assessment version; as final as that is."""

    version = models.ForeignKey(AssessmentVersion, models.CASCADE, related_name="questions")
    question_version = models.ForeignKey(QuestionVersion, models.PROTECT, related_name="uses")
    position = models.PositiveSmallIntegerField()
    weight = models.FloatField(default=1.0)
    # Null in an assessment that has no sections.
    section = models.ForeignKey(
        "Section", models.CASCADE, related_name="questions", null=True, blank=True
    )
    # Null where every attempt asks it.
    pool = models.ForeignKey(
        "Pool", models.CASCADE, related_name="questions", null=True, blank=True
    )

    objects = AssessmentQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="question_position"),
            models.UniqueConstraint(
                fields=["version", "question_version"], name="question_asked_once"
            ),
            models.CheckConstraint(condition=Q(weight__gt=0), name="question_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.question_version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.version.refuse_when_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.version.refuse_when_published()
        return super().delete(*args, **kwargs)
