"""A check of browser and connection, through the very doors that a sitting uses."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments import doorbell
from assessments.actions import TooManySubmissions, keep_echo, practice_of, run_practice
from assessments.candidate.access import with_invitation
from assessments.candidate.bodies import Unreadable, body_of
from assessments.candidate.practice import CHECK_SOURCE, task_beside
from assessments.candidate.practice_views import with_practice
from assessments.models import Invitation, Submission

LONGEST_ECHO = 60
# To try completion by.
STARTER = "import numpy as np\n\n# Write np. and a letter.\n"
POLL_SECONDS = 3


@require_GET
@with_invitation
def check(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """The page that checks; without scripts it says what works all the same."""
    begun = getattr(invitation, "attempt", None) is not None
    context = {
        "invitation": invitation,
        "begun": begun,
        "starter": STARTER,
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
@require_POST
@with_practice
def run(request: HttpRequest, invitation: Invitation) -> JsonResponse:
    """Run a line of code in the sandbox, and say where its answer will be."""
    task = task_beside(invitation.assessment_version)
    try:
        submission = run_practice(practice_of(invitation), task, CHECK_SOURCE)
    except TooManySubmissions as often:
        return JsonResponse({"detail": str(often)}, status=429)
    url = reverse("candidate:check_ran", args=[invitation.token, submission.pk])
    return JsonResponse({"url": url}, status=202)


@require_GET
@with_practice
def ran(request: HttpRequest, invitation: Invitation, pk: UUID) -> JsonResponse:
    """Whether the sandbox has answered; wait a while for it."""
    found = Submission.objects.filter(practice__invitation=invitation, source=CHECK_SOURCE)
    submission = get_object_or_404(found, pk=pk)
    if not submission.is_graded:
        doorbell.wait(submission.pk, POLL_SECONDS)
        submission.refresh_from_db()
    return JsonResponse({"graded": submission.is_graded})
