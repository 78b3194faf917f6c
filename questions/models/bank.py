"""The bank's tables: topics, questions, and their versions, final once published."""

import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import models

from questions import kinds
from questions.published import Version


class Topic(models.Model):
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class QuestionQuerySet(models.QuerySet["Question"]):
    def shipped(self) -> Self:
        """Those that have a file, or a row, in the shipped bank."""
        return self.exclude(bank_digest__in=["", Question.FILE_IS_GONE])

    def shared(self) -> Self:
        """Those of no organisation: every one may ask them, and none may change them."""
        return self.filter(organisation=None)

    def visible_to(self, organisation: models.Model) -> Self:
        """Those that `organisation` may see and ask: what all share, and its own."""
        return self.filter(models.Q(organisation=None) | models.Q(organisation=organisation.pk))

    def for_role(self, role: str) -> Self:
        """Those that suit `role`: they name it, or name none."""
        return self.filter(models.Q(roles=[]) | models.Q(roles__icontains=f'"{role}"'))


class Question(models.Model):
    """What is asked, over all its versions; what is said here is said of each of them."""

    # A `bank_digest` that is none: the shipped bank had a file once.
    FILE_IS_GONE = "gone"

    class Difficulty(models.IntegerChoices):
        EASY = 1
        MEDIUM = 2
        HARD = 3

    # Whose it is; None for what all organisations share. The bank asks nothing of it but its key.
    organisation = models.ForeignKey(
        settings.ORGANISATION_MODEL,
        models.CASCADE,
        related_name="questions",
        null=True,
        blank=True,
    )
    slug = models.SlugField(max_length=100)
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, related_name="copies", null=True, blank=True
    )
    difficulty = models.PositiveSmallIntegerField(choices=Difficulty, default=Difficulty.MEDIUM)
    minutes = models.PositiveSmallIntegerField(default=5, help_text="How long it usually takes.")
    topics = models.ManyToManyField(Topic, related_name="questions", blank=True)
    roles = models.JSONField(default=list, blank=True, help_text="Whom it suits; none means all.")
    tags = models.JSONField(default=list, blank=True)
    # Slugs: a question may lead on to one that is loaded later.
    related = models.JSONField(default=list, blank=True)
    # What the shipped bank said last: what is edited here stays until the bank says something new.
    bank_digest = models.CharField(max_length=64, blank=True, editable=False)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            # Not one over all organisations: a slug that is refused would tell of another's.
            models.UniqueConstraint(
                fields=["slug"], condition=models.Q(organisation=None), name="question_slug_shared"
            ),
            models.UniqueConstraint(fields=["organisation", "slug"], name="question_slug_own"),
        ]

    def __str__(self) -> str:
        return self.slug


class QuestionVersionQuerySet(models.QuerySet["QuestionVersion"]):
    def published(self) -> Self:
        return self.filter(status=QuestionVersion.Status.PUBLISHED)

    def visible_to(self, organisation: models.Model) -> Self:
        """Those of questions that `organisation` may see and ask."""
        return self.filter(question__in=Question.objects.visible_to(organisation))

    def newest(self) -> Self:
        """The newest version of each question, published or not, in the order of their slugs."""
        versions = QuestionVersion.objects.filter(question=models.OuterRef("question"))
        newest = versions.order_by("-number").values("pk")[:1]
        return self.filter(pk=models.Subquery(newest)).order_by("question__slug")

    def newest_published(self) -> Self:
        """Of each question the newest version that may be asked."""
        versions = QuestionVersion.objects.published().filter(question=models.OuterRef("question"))
        return self.filter(pk=models.Subquery(versions.order_by("-number").values("pk")[:1]))

    def latest_of(self, slug: str) -> "QuestionVersion":
        """Return the newest published version of what all share; raise DoesNotExist."""
        shared = self.published().filter(question__slug=slug, question__organisation=None)
        versions = shared.order_by("-number")
        return versions.select_related("question")[:1].get()


class QuestionVersion(Version):
    class Status(models.TextChoices):
        DRAFT = "draft"
        REVIEW = "in_review", "in review"
        PUBLISHED = "published"
        RETIRED = "retired"
        LEAKED = "leaked"

    # Published once, and asked no more.
    WITHDRAWN = (Status.RETIRED, Status.LEAKED)
    FROZEN = ("question_id", "number", "kind", "title", "content", "digest", "published_at")

    question = models.ForeignKey(Question, models.PROTECT, related_name="versions")
    kind = models.CharField(max_length=30, choices=kinds.choices)
    title = models.CharField(max_length=200)
    # What the kind asks for: prompt, options, task...; see questions/kinds/.
    content = models.JSONField()
    digest = models.CharField(max_length=64, editable=False)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    # Made by the shipped bank, and by nobody here.
    shipped = models.BooleanField(default=False, editable=False)
    # Who wrote it here, and who published it: two people, where there are two.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, blank=True
    )

    objects = QuestionVersionQuerySet.as_manager()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_version_number"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in_review"], published_at__isnull=True)
                | models.Q(
                    status__in=["published", "retired", "leaked"], published_at__isnull=False
                ),
                name="question_version_published_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.digest = digest_of(self.kind, self.title, self.content)
        super().save(*args, **kwargs)

    @property
    def rules(self) -> kinds.Kind:
        """What this version's kind knows: how it is validated, shown and scored."""
        return kinds.get(self.kind)


def digest_of(kind: str, title: str, content: dict[str, Any]) -> str:
    """Return the SHA-256 of the content: equal digests mean equal content."""
    text = json.dumps([kind, title, content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
