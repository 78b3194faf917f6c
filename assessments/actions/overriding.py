"""A person's score in place of the automatic one, which is kept and made again all the same."""

from django.db import transaction

from assessments.actions.announcing import announce
from assessments.actions.auditing import record
from assessments.actions.locking import locked
from assessments.actions.problems import (
    AttemptRuns,
    JudgedMeanwhile,
    NothingToTakeBack,
    ReasonMissing,
    WasErased,
)
from assessments.actions.scoring import rescore_attempt
from assessments.models import Answer, AssessmentQuestion, Attempt, EventType, Override, User


@transaction.atomic
def override_score(
    attempt: Attempt,
    question: AssessmentQuestion | None,
    share: float,
    reason: str,
    by: User,
    *,
    seen: int | None = None,
) -> Override:
    """Let `share` count for `question`, or for the whole attempt where that is None.

    It is in force until it is taken back or overridden; a new grading makes the automatic score
    anew and leaves it alone. `seen` is how many `by` had seen of the attempt: the same one sent
    twice is one, and where somebody else has set a score since, JudgedMeanwhile is raised. Raises
    ReasonMissing, ValueError for no share, AttemptRuns before the end, and WasErased.
    """
    if not 0 <= share <= 1:
        raise ValueError("A score is between 0 and 100 %.")
    attempt = _over(attempt)
    if made := _sent_before(attempt, question, share, reason, by, seen):
        return made
    if question is not None:
        # What was not answered has a score all the same, and needs a row to keep it.
        Answer.objects.get_or_create(attempt=attempt, question=_asked(attempt, question))
    return _made(attempt, question, share, reason, by)


@transaction.atomic
def take_back_override(
    attempt: Attempt,
    question: AssessmentQuestion | None,
    reason: str,
    by: User,
    *,
    seen: int | None = None,
) -> Override:
    """Let the automatic score count again; of `seen` the same holds as where a score is set.

    Raises what `override_score` does, and NothingToTakeBack.
    """
    attempt = _over(attempt)
    if made := _sent_before(attempt, question, None, reason, by, seen):
        return made
    newest = attempt.overrides.filter(question=question).last()
    if newest is None or newest.score is None:
        raise NothingToTakeBack("The automatic score counts already.")
    return _made(attempt, question, None, reason, by)


def _sent_before(
    attempt: Attempt,
    question: AssessmentQuestion | None,
    share: float | None,
    reason: str,
    by: User,
    seen: int | None,
) -> Override | None:
    """The same override, if it came a moment ago; raise JudgedMeanwhile where another one did."""
    unseen = list(attempt.overrides.all()[seen:]) if seen is not None else []
    if not unseen:
        return None
    newest = unseen[-1]
    asked = (question, share, reason.strip(), by.pk)
    if (newest.question, newest.score, newest.reason, newest.made_by_id) == asked:
        return newest
    who = newest.made_by.get_short_name() if newest.made_by else "Somebody"
    raise JudgedMeanwhile(
        f"{who} has set a score, or taken one back, since this page was shown. Look at what counts "
        "now, and do yours again if it is to."
    )


def _over(attempt: Attempt) -> Attempt:
    attempt = locked(attempt)
    if attempt.finished_at is None:
        raise AttemptRuns("The attempt goes on; its scores can be set once it is over.")
    if attempt.invitation.erased_at:
        raise WasErased("What this candidate wrote was erased; the score stays as it is.")
    return attempt


def _asked(attempt: Attempt, question: AssessmentQuestion) -> AssessmentQuestion:
    if question.version_id != attempt.version.pk or not attempt.asks(question):
        raise ValueError("This attempt did not ask that question.")
    return question


def _made(
    attempt: Attempt,
    question: AssessmentQuestion | None,
    share: float | None,
    reason: str,
    by: User,
) -> Override:
    if not (reason := reason.strip()):
        raise ReasonMissing("Please say why: the reason is shown beside the score.")
    made = Override.objects.create(
        attempt=attempt,
        question=question,
        automatic=_automatic(attempt, question),
        score=share,
        reason=reason,
        made_by=by,
    )
    verb = "score.override_taken_back" if share is None else "score.overridden"
    about = question.pk if question else None
    record(verb, attempt, by=by, question=about, automatic=made.automatic, score=share)
    rescore_attempt(attempt)
    attempt.refresh_from_db()
    announce(EventType.REPORT_UPDATED, attempt)
    return made


def _automatic(attempt: Attempt, question: AssessmentQuestion | None) -> float | None:
    if question is None:
        return attempt.automatic
    answer = attempt.answers.filter(question=question).first()
    return answer.automatic if answer else None
