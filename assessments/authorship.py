"""Who may write questions: what the bank's pages ask of the app that knows people."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from assessments.candidate.preview import preview_page
from assessments.models import Member, Organisation, ProblemReport
from questions.authoring.house import Author, Reported, Shown
from questions.models import Question

# Of many reports the latest tell the story.
LATEST = 20


class Desk:
    """The house of the bank's pages: members write, and candidates' pages preview."""

    frame = "recruiter/base.html"

    def authors(self, request: HttpRequest) -> Sequence[Author]:
        """Return in which organisations the user may write, by name."""
        writes = Q(members__role__in=Member.WRITES)
        mine = Member.objects.filter(user=request.user.pk, role__in=Member.WRITES)
        found = Organisation.objects.filter(pk__in=mine.values("organisation"))
        counted: Any = found.annotate(writers=Count("members", filter=writes))
        return [
            Author(request.user, each, alone=each.writers == 1)
            for each in counted.order_by("name", "pk")
        ]

    def preview(
        self, request: HttpRequest, shown: Shown, organisation: Organisation
    ) -> HttpResponse:
        return preview_page(request, shown, organisation)

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
