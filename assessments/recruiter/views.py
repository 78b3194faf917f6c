"""The desk: what recruiters and reviewers see. Rows that are not theirs are a 404."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.models import Assessment, Attempt, Member, Submission
from assessments.models.organisation import member_of

# Grading takes a second; who waits for a minute waits for a grader that does not run.
LONG = timedelta(minutes=1)
PAGE = 25


@require_safe
@login_not_required
def landing(request: HttpRequest) -> HttpResponse:
    """Say what this installation is; members go straight to their desk."""
    if request.user.is_authenticated:
        return redirect("recruiter:dashboard")
    return render(request, "recruiter/landing.html")


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    assessments = Assessment.objects.visible_to(request.user).published().unarchived()
    assessments = assessments.with_title().with_counts()
    attempts = Attempt.objects.visible_to(request.user).with_candidate().with_leading()
    member = member_of(request.user)
    context = {
        "assessments": assessments.order_by("title"),
        "attempts": attempts.with_taken().newest_first()[:8],
        "late": Submission.objects.visible_to(request.user).waiting(LONG).count(),
        "member": member,
        "sees_candidates": member is not None and member.role in Member.SEES_CANDIDATES,
    }
    return render(request, "recruiter/dashboard.html", context)
