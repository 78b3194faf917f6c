"""What members and machines keep about an attempt, each with words that erasure must find."""

from datetime import timedelta

from django.utils import timezone

from assessments.models import (
    Comment,
    Decision,
    Export,
    ExportedAttempt,
    ExportPiece,
    Fingerprint,
    HiringConnection,
    HiringError,
    HiringOrder,
    InvitationList,
    Label,
    Mark,
    Override,
    Paper,
    PartScore,
    PastGrading,
    Regrade,
    RegradedAttempt,
    RegradedSubmission,
    Review,
    SavedView,
    Scorecard,
    ShareLink,
    ShareView,
    SimilarPair,
    Submission,
)


def say_everything(attempt, other, member, words, report):
    """A row of every kind about `attempt`; `other` is an attempt whose code looks alike."""
    question = attempt.version.questions.first()
    Review.objects.create(
        attempt=attempt, question=question, reviewer=member, comment=words, points={"0": 1.0},
        score=0.5, submitted_at=timezone.now(),
    )  # fmt: skip
    Override.objects.create(
        attempt=attempt, question=question, automatic=0.5, score=0.6, reason=words, made_by=member
    )
    Comment.objects.create(attempt=attempt, author=member, text=words)
    Decision.objects.create(
        attempt=attempt, outcome="decline", reason=words, score=0.4, made_by=member
    )
    items = [{"question": f"Why {words}?", "why": "", "look_for": "", "rating": 3, "note": words}]
    Scorecard.objects.create(
        attempt=attempt, interviewer=member, items=items, notes=words, recommendation="yes"
    )
    PartScore.objects.get_or_create(
        attempt=attempt, kind="family", key="values", defaults={"score": 0.5, "weight": 1.0}
    )
    Label.objects.create(organisation=attempt.organisation, name=words).attempts.add(attempt)
    share(attempt, member, words)
    export(attempt, member, words)
    InvitationList.objects.create(
        organisation=attempt.organisation, assessment=attempt.version.assessment,
        text=f"Bob, bob@example.com\n{words}, {attempt.candidate.email.upper()}\n",
    )  # fmt: skip
    SavedView.objects.create(
        organisation=attempt.organisation, owner=member, name="mine",
        query=f"q={attempt.candidate.email}&sort=score",
    )  # fmt: skip
    order(attempt, words)
    [mine, theirs] = [each.submissions.get(purpose="submit") for each in (attempt, other)]
    resemble(mine, theirs, member, words)
    grade_again(mine, member, words, report)


def share(attempt, member, words):
    link = ShareLink.objects.create(
        organisation=attempt.organisation, digest="0" * 64, name=f"{words} for Dr Other",
        created_by=member, expires_at=timezone.now() + timedelta(days=7),
    )  # fmt: skip
    link.attempts.add(attempt)
    ShareView.objects.create(link=link, network="198.51.100.0/24", browser="Firefox")
    paper = Paper.objects.create(
        organisation=attempt.organisation, asked_by=member, data=words.encode()
    )
    paper.attempts.add(attempt)


def export(attempt, member, words):
    """A file with the attempt, and one that is still to be filled by a search for the candidate."""
    made = Export.objects.create(
        organisation=attempt.organisation, asked_by=member, kind="attempts", format="csv",
        shows_names=True, state="ready",
    )  # fmt: skip
    ExportedAttempt.objects.create(export=made, attempt=attempt, position=0)
    ExportPiece.objects.create(export=made, of_file=True, position=0, data=words.encode())
    Export.objects.create(
        organisation=attempt.organisation, asked_by=member, kind="answers", format="csv",
        query=f"q={attempt.candidate.email}",
    )  # fmt: skip


def order(attempt, words):
    """A hiring system wanted them assessed, and could not be told of it."""
    connection = HiringConnection.objects.create(
        organisation=attempt.organisation, system="greenhouse", name="Ours", key_digest="0" * 64
    )
    candidate, page = attempt.candidate, f"https://hiring.example.com/{words}"
    order = HiringOrder.objects.create(
        connection=connection, invitation=attempt.invitation, natural_key=page,
        name=candidate.name, email=candidate.email, profile_url=page, callback_url=page,
        reference={"application": words},
    )  # fmt: skip
    HiringError.objects.create(connection=connection, order=order, called=page, answer=words)


def resemble(mine, theirs, member, words):
    print_of = Fingerprint.objects.create(
        organisation=mine.organisation, submission=mine, task=mine.task, length=2
    )
    Mark.objects.create(fingerprint=print_of, value=7)
    SimilarPair.objects.create(
        organisation=mine.organisation, first=mine, second=theirs, similarity=0.9, shared=40,
        state="copied", note=words, resolved_by=member, resolved_at=timezone.now(),
    )  # fmt: skip


def grade_again(submission, member, words, report):
    """Once with a commit, and once more without."""
    assert isinstance(submission, Submission)
    for state in ("committed", "ready"):
        regrade = Regrade.objects.create(
            organisation=submission.organisation, reason="A fix.", state=state, created_by=member,
            assessment=submission.attempt.version.assessment,
        )  # fmt: skip
        RegradedAttempt.objects.create(
            regrade=regrade, attempt=submission.attempt, before=0.4, after=0.5
        )
        RegradedSubmission.objects.create(
            regrade=regrade, submission=submission, report=report, last_fault=words
        )
    PastGrading.objects.create(
        submission=submission, regrade=regrade, graded_at=timezone.now(), verdict="partial",
        score=0.4, report=report,
    )  # fmt: skip
