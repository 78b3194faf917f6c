"""What is asked, what candidates did, and what people said of it."""

from collections.abc import Iterator, Sequence
from typing import Unpack

from minima_client.operations import Operation, Shape, detail, listing
from minima_client.resources import Resource
from minima_client.rows import (
    Answer,
    Assessment,
    AssessmentDetail,
    Attempt,
    AttemptDetail,
    AttemptReport,
    Decision,
    Question,
    QuestionDetail,
    Review,
)
from minima_client.said import (
    AssessmentFilters,
    AttemptFilters,
    DecisionFilters,
    Id,
    NewDecision,
    NewReview,
    QuestionFilters,
    ReviewFilters,
)


class Assessments(Resource):
    LIST = listing("assessments/", Assessment, AssessmentFilters)
    GET = detail("assessments/{id}/", AssessmentDetail)

    def list(self, **filters: Unpack[AssessmentFilters]) -> Iterator[Assessment]:
        """What candidates can be invited to, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> AssessmentDetail:
        """One assessment with its newest version, its sections and its questions."""
        return self._one(self.GET, id=pk)


class Questions(Resource):
    LIST = listing("questions/", Question, QuestionFilters)
    GET = detail("questions/{id}/", QuestionDetail)

    def list(self, **filters: Unpack[QuestionFilters]) -> Iterator[Question]:
        """The newest version of each question that may be asked."""
        return self._pages(self.LIST, filters)

    def get(self, pk: int) -> QuestionDetail:
        """One version of a question; what is right needs the scope author."""
        return self._one(self.GET, id=pk)


class Attempts(Resource):
    LIST = listing("attempts/", Attempt, AttemptFilters)
    GET = detail("attempts/{id}/", AttemptDetail)
    ANSWERS = Operation("GET", "attempts/{id}/answers/", Answer, Shape.MANY)
    REPORT = detail("attempts/{id}/report/", AttemptReport)
    DECIDE = Operation("POST", "attempts/{id}/decisions/", Decision, takes=NewDecision)
    REVIEW = Operation("POST", "attempts/{id}/reviews/", Review, takes=NewReview)

    def list(self, **filters: Unpack[AttemptFilters]) -> Iterator[Attempt]:
        """What candidates did, the latest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> AttemptDetail:
        """One attempt with its questions and their scores."""
        return self._one(self.GET, id=pk)

    def answers(self, pk: Id) -> Sequence[Answer]:
        """What was entered for each question."""
        return self._many(self.ANSWERS, id=pk)

    def report(self, pk: Id) -> AttemptReport:
        """Scores by part, how often it was reviewed, and the decision in force."""
        return self._one(self.REPORT, id=pk)

    def decide(self, pk: Id, *, key: str | None = None, **said: Unpack[NewDecision]) -> Decision:
        """Note what a member decided of an attempt that is over."""
        return self._one(self.DECIDE, said, key=key, id=pk)

    def review(self, pk: Id, *, key: str | None = None, **said: Unpack[NewReview]) -> Review:
        """Hand in a member's review of an open answer; it counts as if made at the desk."""
        return self._one(self.REVIEW, said, key=key, id=pk)


class Decisions(Resource):
    LIST = listing("decisions/", Decision, DecisionFilters)
    GET = detail("decisions/{id}/", Decision)

    def list(self, **filters: Unpack[DecisionFilters]) -> Iterator[Decision]:
        """What was decided, the latest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: int) -> Decision:
        return self._one(self.GET, id=pk)


class Reviews(Resource):
    LIST = listing("reviews/", Review, ReviewFilters)
    GET = detail("reviews/{id}/", Review)

    def list(self, **filters: Unpack[ReviewFilters]) -> Iterator[Review]:
        """The reviews that were handed in, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: int) -> Review:
        return self._one(self.GET, id=pk)
