"""A check of browser and connection, through the very doors that a sitting uses."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from assessments import doorbell
from assessments.actions import TooManySubmissions, keep_echo, practice_of, run_practice
from assessments.candidate.access import with_invitation
from assessments.candidate.bodies import Unreadable, body_of
from assessments.candidate.practice import CHECK_SOURCE, task_beside
from assessments.candidate.practice_views import with_practice
from assessments.models import Invitation, Submission

LONGEST_ECHO = 60
POLL_SECONDS = 10


@require_GET
@with_invitation
def check(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The page that checks; without scripts it says what works all the same."""
    begun = getattr(invitation, "attempt", None) is not None
    context = {
        "invitation": invitation,
        "begun": begun,
        "may_practise": invitation.is_open and not begun,
        "now": timezone.now(),
    }
    return render(request, "candidate/check.html", context)


# As with drafts, the link itself is the secret that a forged request would need.
@csrf_exempt
@require_http_methods(["PUT"])
@with_invitation
def echo(request: HttpRequest, invitation: Invitation) -> JsonResponse:
    """Keep a few characters as a save does, and return them with the server's clock."""
    try:
        text = body_of(request).get("text")
    except Unreadable as unreadable:
        return JsonResponse({"detail": str(unreadable)}, status=422)
    if not isinstance(text, str) or not text.isalnum() or len(text) > LONGEST_ECHO:
        return JsonResponse({"detail": "An echo is of a few letters and digits."}, status=422)
    kept, now = keep_echo(invitation, text)
    return JsonResponse({"text": kept, "now": now})


@csrf_exempt
@require_http_methods(["GET", "POST"])
@with_practice
def run(request: HttpRequest, invitation: Invitation) -> JsonResponse:
    """POST runs a line of code in the sandbox; GET ?pk= waits for its answer."""
    if request.method == "GET":
        return JsonResponse(_answer(invitation, request.GET.get("pk", "")))
    try:
        submission = run_practice(
            practice_of(invitation), task_beside(invitation.assessment_version), CHECK_SOURCE
        )
    except TooManySubmissions as often:
        return JsonResponse({"detail": str(often)}, status=429)
    return JsonResponse({"pk": submission.pk}, status=202)


def _answer(invitation: Invitation, pk: str) -> dict[str, Any]:
    found = Submission.objects.filter(practice__invitation=invitation, source=CHECK_SOURCE)
    submission = get_object_or_404(found, pk=pk)
    if not submission.is_graded:
        doorbell.wait(submission.pk, POLL_SECONDS)
        submission.refresh_from_db()
    return {"graded": submission.is_graded}
