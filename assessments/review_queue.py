"""Open answers that people score: which wait, for whom, and who has which before them."""

from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from assessments.models import Answer, Attempt, Member, Review
from assessments.models.organisation import User
from questions.kinds import KINDS

BY_PEOPLE = [kind.slug for kind in KINDS.values() if kind.by_people]


def open_answers(user: User) -> QuerySet[Answer]:
    """Answers that people score, of attempts that are over, where `user` may see candidates."""
    over = Attempt.objects.visible_to(user).filter(
        finished_at__isnull=False, invitation__erased_at=None, invitation__preview=False
    )
    return Answer.objects.filter(
        attempt__in=over.values("pk"), question__question_version__kind__in=BY_PEOPLE
    )


def waiting_for(user: User) -> QuerySet[Answer]:
    """Answers without a score that `user` has not scored, in the order in which they come.

    Annotates `taken`, whether as many others as are needed have it before them: such come last.
    What `user` has begun comes after what nobody has, and what they left for later after that.
    """
    own, others = _reviews().filter(reviewer=user), _reviews().exclude(reviewer=user)
    needed = F("attempt__invitation__assessment_version__reviewers")
    found = open_answers(user).filter(score=None).exclude(Exists(own.handed_in()))
    return (
        found.annotate(
            handed_in=_number(_reviews().handed_in()),
            held=_number(others.held()),
            begun=Exists(own),
            left_at=Subquery(own.values("skipped_at")[:1]),
        )
        .annotate(
            # As many as were asked for, and no score: they differ, and one more decides.
            needed=Case(
                When(handed_in__gte=needed, then=F("handed_in") + 1),
                default=needed,
                output_field=IntegerField(),
            )
        )
        .annotate(
            taken=Case(
                When(handed_in__gte=F("needed") - F("held"), then=Value(1)), default=Value(0)
            )
        )
        .order_by(
            "taken",
            F("left_at").asc(nulls_first=True),
            "begun",
            "attempt__finished_at",
            "attempt",
            "question__position",
        )
    )


def stuck_for(user: User) -> QuerySet[Answer]:
    """Answers that lack a score though nobody is left who could score them, oldest first.

    As where two differ and there is no third person. They are told to who can do something about
    it: to who may invite to the organisation.
    """
    given = Review.objects.handed_in().filter(
        attempt=OuterRef(OuterRef("attempt")),
        question=OuterRef(OuterRef("question")),
        reviewer=OuterRef("user"),
    )
    left = Member.objects.filter(
        ~Exists(given),
        organisation=OuterRef("attempt__organisation"),
        role__in=Member.REVIEWS,
        user__is_active=True,
    )
    managed = Attempt.objects.managed_by(user).order_by()
    found = open_answers(user).filter(~Exists(left), score=None, attempt__in=managed.values("pk"))
    return found.order_by("attempt__finished_at", "attempt", "question__position")


def drafts_of(user: User) -> QuerySet[Review]:
    """What `user` has begun and not handed in, last touched first."""
    begun = Q(revision__gt=0) | Q(pk__in=Review.objects.held())
    mine = Review.objects.drafts().filter(begun, reviewer=user)
    return _with_answer(mine, open_answers(user).filter(score=None)).order_by("-saved_at")


def done_by(user: User) -> QuerySet[Review]:
    """What `user` has handed in, newest first."""
    mine = Review.objects.handed_in().filter(reviewer=user)
    return _with_answer(mine, open_answers(user)).order_by("-submitted_at", "-pk")


def met_by(user: User) -> QuerySet[Review]:
    """Everything that `user` has had before them, the latest first."""
    mine = Review.objects.filter(reviewer=user)
    return _with_answer(mine, open_answers(user)).order_by("-created_at", "-pk")


def review_of(answer: Answer, user: User) -> Review | None:
    mine = Review.objects.filter(attempt=answer.attempt_id, question=answer.question_id)
    return mine.filter(reviewer=user).first()


def _with_answer(reviews: QuerySet[Review], answers: QuerySet[Answer]) -> QuerySet[Review]:
    """Annotate `answer`, the key of the answer that a review is about, where it is in `answers`."""
    same = answers.filter(attempt=OuterRef("attempt"), question=OuterRef("question"))
    about = reviews.annotate(answer=Subquery(same.values("pk")[:1])).filter(answer__isnull=False)
    return about.select_related("question__question_version", "question__version")


def _reviews() -> Any:
    return Review.objects.filter(attempt=OuterRef("attempt"), question=OuterRef("question"))


def _number(rows: QuerySet[Review]) -> Coalesce:
    counted = rows.order_by().values("question").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())
