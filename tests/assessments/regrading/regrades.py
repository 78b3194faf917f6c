"""What the grader says the second time, and the next version of an assessment."""

from django.utils import timezone

from assessments import actions, tasks
from assessments.models import AssessmentQuestion, AssessmentVersion, Attempt
from questions.models import QuestionVersion
from tests.assessments.conftest import CHOICE, make_report

SOURCE = "def loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"


def said(score):
    return make_report(score, "passed" if score == 1.0 else "partial", grader="old")


def graded(regrade, score, only=None):
    """What the grader says now of all the code, or of some."""
    report = make_report(score, "passed" if score == 1.0 else "partial", grader="new")
    for each in regrade.submissions.filter(**only or {}):
        tasks.store_regraded(report, each.pk, each.ticket)
    return worked(regrade)


def worked(regrade):
    while actions.work_on_regrade(str(regrade.pk)):
        pass
    regrade.refresh_from_db()
    return regrade


def corrected(version, *, right="b", weights=(1, 3), drop=(), **fields):
    """The next version of the assessment: another option is right, and the weights differ."""
    newer = AssessmentVersion.objects.create(
        assessment=version.assessment, number=version.number + 1, title="First", minutes=30
    )
    choice, coding = (each.question_version for each in version.questions.order_by("position"))
    options = [each | {"right": each["key"] == right} for each in CHOICE["options"]]
    mended = QuestionVersion.objects.create(
        question=choice.question,
        number=2,
        kind="single_choice",
        title="Mended",
        content={**CHOICE, "options": options} | fields,
        status=QuestionVersion.Status.PUBLISHED,
        published_at=timezone.now(),
    )
    for position, question in enumerate([mended, coding], start=1):
        if position not in drop:
            AssessmentQuestion.objects.create(
                version=newer,
                question_version=question,
                position=position,
                weight=weights[position - 1],
            )
    return actions.publish_assessment(newer)


def score_of(attempt):
    return Attempt.objects.get(pk=attempt.pk).score
