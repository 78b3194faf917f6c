"""Who may write questions: what the bank's pages ask of the app that knows people."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from assessments import item_statistics
from assessments.actions import record
from assessments.candidate.preview import preview_page
from assessments.models import Member, Organisation, ProblemReport
from assessments.models.organisation import member_of
from questions.authoring.house import Author, Reported, Results, Shown
from questions.models import Question

# Of many reports the latest tell the story.
LATEST = 20


class Desk:
    """The house of the bank's pages: members write, and candidates' pages preview."""

    frame = "recruiter/base.html"

    def author(self, request: HttpRequest) -> Author | None:
        """Return whom the user writes for: the organisation that they work in."""
        member = member_of(request.user)
        if member is None or member.role not in Member.WRITES:
            return None
        writers = Member.objects.filter(
            organisation=member.organisation_id, role__in=Member.WRITES
        ).count()
        return Author(request.user, member.organisation, alone=writers == 1)

    def preview(
        self, request: HttpRequest, shown: Shown, organisation: Organisation
    ) -> HttpResponse:
        return preview_page(request, shown, organisation)

    def note(self, author: Author, verb: str, question: Question, **detail: Any) -> None:
        record(verb, question, by=author.user, organisation=author.organisation, **detail)

    def reported(self, question: Question, organisation: Organisation) -> Sequence[Reported]:
        """Return the latest reports of problems with `question`, without a name."""
        version = "question__question_version"
        found = ProblemReport.objects.filter(
            **{f"{version}__question": question},
            attempt__organisation=organisation,
            attempt__invitation__preview=False,
        )
        rows = found.order_by("-created_at").values_list(f"{version}__number", "text", "created_at")
        return [Reported(*row) for row in rows[:LATEST]]

    def results(self, question: Question, organisation: Organisation) -> Sequence[Results]:
        return item_statistics.results(question, organisation)
