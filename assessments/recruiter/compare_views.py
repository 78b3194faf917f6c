"""The page that shows candidates side by side."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import actions
from assessments.models import Attempt, Member
from assessments.recruiter.admission import admitted
from assessments.recruiter.compare.sides import MOST, comparison_of
from assessments.recruiter.table_views import may_show_names
from assessments.recruiter.viewer import viewer_of


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show up to six attempts; keys that are nobody's here are left out."""
    member = admitted(request, Member.SEES_CANDIDATES)
    keys = list(dict.fromkeys(_keys(request.GET.getlist("attempt"))))
    if len(keys) > MOST:
        refused = {"number": len(keys), "most": MOST}
        return render(request, "recruiter/compare/refused.html", refused, status=422)
    found = Attempt.objects.visible_to(request.user)
    comparison = comparison_of(found, keys)
    for attempt in comparison.attempts:
        actions.note_look(attempt, by=member.user, what="comparison")
    context = {
        "comparison": comparison,
        "may_show_names": may_show_names(member),
        "hides_names": not viewer_of(request).sees_all_names,
    }
    return render(request, "recruiter/compare/page.html", context)


def _keys(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
