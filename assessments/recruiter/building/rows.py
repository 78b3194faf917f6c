"""From an address to a version: what a member may see, and what they may change."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from assessments.models import Assessment, AssessmentVersion, Organisation, User


def assessment_of(request: HttpRequest, pk: UUID) -> Assessment:
    """Return an assessment that the member may change; anything else is a 404."""
    found: Assessment = get_object_or_404(Assessment.objects.managed_by(request.user), pk=pk)
    return found


def visible_version(request: HttpRequest, pk: UUID, number: int) -> AssessmentVersion:
    """Return a version that the member may look at."""
    return _version(Assessment.objects.visible_to(request.user), pk, number)


def managed_version(request: HttpRequest, pk: UUID, number: int) -> AssessmentVersion:
    """Return a version that the member may change, as long as it is a draft."""
    return _version(Assessment.objects.managed_by(request.user), pk, number)


def manages(request: HttpRequest, assessment: Assessment) -> bool:
    managed = Assessment.objects.managed_by(request.user)
    return bool(managed.filter(pk=assessment.pk).exists())


def organisation_of(request: HttpRequest) -> Organisation:
    """Return the organisation that the member makes assessments for."""
    found: Organisation = get_object_or_404(Organisation.objects.managed_by(request.user))
    return found


def member_in(request: HttpRequest) -> User:
    """Return who is signed in: nobody else comes this far."""
    assert isinstance(request.user, User)
    return request.user


def to(name: str, version: AssessmentVersion, place: str = "") -> HttpResponse:
    """Lead to a page of `version`, and there to the place that was worked at."""
    answer = redirect(f"recruiter:{name}", version.assessment_id, version.number)
    if place:
        answer["Location"] += f"#{place}"
    return answer


def _version(assessments: QuerySet[Any], pk: UUID, number: int) -> AssessmentVersion:
    rows = AssessmentVersion.objects.select_related("assessment__organisation")
    return get_object_or_404(rows, assessment__in=assessments, assessment=pk, number=number)
