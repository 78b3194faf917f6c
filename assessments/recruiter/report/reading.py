"""What a report is made of, read in a number of queries that is always the same."""

from django.db.models import F, Prefetch, QuerySet

from assessments.models import CodeSnapshot, Decision, Override, PastGrading, Submission
from assessments.models.attempt import AttemptQuerySet

_QUESTIONS = "invitation__assessment_version__questions"
_TOPICS = f"{_QUESTIONS}__question_version__question__topics"


def with_report(found: AttemptQuerySet) -> AttemptQuerySet:
    """Read attempts with all that their report shows; of how code grew only when it did."""
    leading = Submission.objects.leading().prefetch_related(
        Prefetch("past_gradings", past_gradings())
    )
    return (
        found.with_candidate()
        .with_taken()
        .select_related("organisation", "invitation__assessment_version__assessment", "scored_by")
        .prefetch_related(
            _TOPICS,
            f"{_QUESTIONS}__section",
            "answers",
            "events",
            "breaks",
            "sittings__section",
            "part_scores",
            Prefetch("decisions", Decision.objects.select_related("made_by")),
            Prefetch("overrides", Override.objects.select_related("made_by")),
            Prefetch("snapshots", CodeSnapshot.objects.defer("changes")),
            Prefetch("submissions", leading, "leading"),
            Prefetch("submissions", Submission.objects.with_families().newest_first()),
        )
    )


def past_gradings() -> QuerySet[PastGrading]:
    """Earlier gradings with their families and grader; the long reports stay in the database."""
    told = {"families": F("report__families"), "grader": F("report__grader")}
    return PastGrading.objects.annotate(**told).defer("report").select_related("regrade")
