"""What the pages of one assessment have in common: the assessment itself, and who may invite."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments.models import Assessment, AssessmentVersion, Member
from assessments.recruiter.viewer import viewer_of


def assessment_of(request: HttpRequest, pk: UUID) -> Assessment:
    """Return an assessment whose results this member may see, with its title."""
    found = Assessment.objects.visible_to(request.user).published().with_title()
    assessment: Assessment = get_object_or_404(found, pk=pk)
    return assessment


def managed_assessment(request: HttpRequest, pk: UUID) -> Assessment:
    """Return an assessment to which this member may invite, with its title."""
    found = Assessment.objects.managed_by(request.user).published().with_title()
    assessment: Assessment = get_object_or_404(found, pk=pk)
    return assessment


def framed(request: HttpRequest, assessment: Assessment, tab: str) -> dict[str, Any]:
    """The context of a page of `assessment`; `tab` is the one that is open."""
    member = viewer_of(request).member(assessment.organisation_id)
    version = assessment.current_version
    return {
        "assessment": assessment,
        "version": version,
        "tab": tab,
        "may_invite": member is not None and member.role in Member.INVITES,
        "has_two_reviewers": _has_two_reviewers(assessment, version),
    }


def _has_two_reviewers(assessment: Assessment, current: AssessmentVersion) -> bool:
    """Whether two people score the answers of its newest version, or of one that somebody sat."""
    sat = Q(invitations__attempt__isnull=False, invitations__preview=False)
    return assessment.versions.filter(sat | Q(pk=current.pk), reviewers__gt=1).exists()
