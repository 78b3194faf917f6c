"""The desk: what recruiters and reviewers see. Rows that are not theirs are a 404."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from assessments.models import Assessment, Attempt, Email, Invitation, Member, Submission
from assessments.models.organisation import member_of
from assessments.recruiter.accommodation_forms import AccommodationForm
from assessments.recruiter.invitation_forms import InviteForm
from assessments.recruiter.ratings import ratings_of

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


@require_safe
def assessment_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return assessment_page(request, pk, InviteForm())


def assessment_page(
    request: HttpRequest, pk: UUID, form: InviteForm, granting: AccommodationForm | None = None
) -> HttpResponse:
    """The page of an assessment, with both forms of an invitation as they were filled in."""
    granting = granting or AccommodationForm()
    found = Assessment.objects.visible_to(request.user).published().with_title().with_counts()
    assessment = get_object_or_404(found, pk=pk)
    mail = Prefetch("emails", Email.objects.without_texts())
    invitations = Invitation.objects.of_assessment(assessment).with_progress()
    rows = Paginator(invitations.prefetch_related(mail), PAGE)
    version = assessment.current_version
    may_invite = Assessment.objects.managed_by(request.user).filter(pk=pk).exists()
    context = {
        "assessment": assessment,
        "version": version,
        "questions": version.questions.select_related("question_version", "section", "pool"),
        "form": form,
        "granting": granting,
        "may_invite": may_invite,
        "ratings": ratings_of(assessment) if may_invite else None,
        "invitations": rows.get_page(request.GET.get("page")),
    }
    status = 422 if form.errors or granting.errors else 200
    return render(request, "recruiter/assessment.html", context, status=status)
