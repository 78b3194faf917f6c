"""What a dry run found: how far it is, who would change, and what keeps it from counting."""

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Abs

from assessments.models import Regrade, RegradedAttempt, RegradedSubmission

# What no page shows is no difference.
NOTHING = 0.0005
_MARK = F("attempt__invitation__assessment_version__pass_mark")


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the code is graded, and how many attempts are compared."""

    submissions: int
    graded: int
    attempts: int
    compared: int

    @property
    def share(self) -> float:
        whole = self.submissions + self.attempts
        return (self.graded + self.compared) / whole if whole else 1.0

    @property
    def percent(self) -> int:
        return int(100 * self.share)


def progress_of(regrade: Regrade) -> Progress:
    code = regrade.submissions.aggregate(
        all=Count("pk"), graded=Count("pk", filter=Q(graded_at__isnull=False))
    )
    attempts = regrade.attempts.aggregate(all=Count("pk"), done=Count("pk", filter=~Q(facts="")))
    return Progress(code["all"], code["graded"], attempts["all"], attempts["done"])


def with_difference(attempts: QuerySet[RegradedAttempt]) -> QuerySet[RegradedAttempt]:
    """Annotate `delta`, and `crosses`: 1 up over the pass mark, -1 down below it, else 0."""
    up = Q(before__lt=_MARK, after__gte=_MARK)
    down = Q(before__gte=_MARK, after__lt=_MARK)
    return attempts.annotate(
        delta=F("after") - F("before"),
        crosses=Case(When(up, then=Value(1)), When(down, then=Value(-1)), default=Value(0)),
    )


def largest_first(regrade: Regrade) -> QuerySet[RegradedAttempt]:
    """Those whose score would change, whether from or to none at all, too."""
    from_nothing = Q(before__isnull=True, after__isnull=False)
    to_nothing = Q(before__isnull=False, after__isnull=True)
    found = with_difference(regrade.attempts.exclude(facts="")).annotate(size=Abs(F("delta")))
    changed = found.filter(Q(size__gte=NOTHING) | from_nothing | to_nothing)
    people = changed.select_related("attempt__invitation__candidate", "attempt__organisation")
    return people.order_by(F("size").desc(nulls_first=True), "pk")


@dataclass(frozen=True, slots=True)
class Summary:
    compared: int
    higher: int
    lower: int
    passes_now: int
    fails_now: int

    @property
    def same(self) -> int:
        return self.compared - self.higher - self.lower


def summary_of(regrade: Regrade) -> Summary:
    counted = with_difference(regrade.attempts.exclude(facts="")).aggregate(
        compared=Count("pk"),
        higher=Count("pk", filter=Q(delta__gte=NOTHING) | Q(before=None, after__isnull=False)),
        lower=Count("pk", filter=Q(delta__lte=-NOTHING) | Q(after=None, before__isnull=False)),
        passes_now=Count("pk", filter=Q(crosses=1)),
        fails_now=Count("pk", filter=Q(crosses=-1)),
    )
    return Summary(**counted)


def blocked_by(regrade: Regrade) -> list[str]:
    """Why a dry run that is over cannot be taken over, a sentence each; none where it can."""
    given_up = regrade.submissions.given_up()
    reasons = []
    if number := given_up.count():
        what = "One submission" if number == 1 else f"{number} submissions"
        fault = given_up.exclude(last_fault="").values_list("last_fault", flat=True).first()
        reasons.append(
            f"{what} could not be graded again, through a fault of ours and not of the code"
            f"{f' ({fault})' if fault else ''}. Nobody loses anything by it: try them again."
        )
    if number := regrade.attempts.exclude(facts="").filter(lost_its_score()).count():
        what = "One attempt" if number == 1 else f"{number} attempts"
        reasons.append(
            f"{what} would have no score any more, for the version chosen asks none of the same "
            "questions. Choose the attempts of other versions, or another version."
        )
    return reasons


def lost_its_score() -> Q:
    return Q(before__isnull=False, after__isnull=True)


def complete(regrade: Regrade) -> QuerySet[RegradedAttempt]:
    """Attempts that are not compared yet, and whose code is all graded."""
    waiting = RegradedSubmission.objects.ungraded().filter(
        regrade=regrade, submission__attempt=OuterRef("attempt")
    )
    found: QuerySet[RegradedAttempt] = regrade.attempts.filter(facts="").exclude(Exists(waiting))
    return found
