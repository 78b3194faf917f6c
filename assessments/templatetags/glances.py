"""Filters of the list of invitations."""

from typing import Any

from django import template
from django.http import HttpRequest

from assessments.models import Invitation
from assessments.recruiter.glance import GLANCES, Glance
from assessments.recruiter.viewer import viewer_of

register = template.Library()


@register.filter
def glance_of(invitation: Any) -> Glance:
    """The state of an invitation that was read `with_glance`."""
    return GLANCES[invitation.glance]


@register.filter
def named_report(invitation: Invitation, request: HttpRequest) -> bool:
    """Whether a way from the name to the report hides nothing that is to be hidden."""
    return viewer_of(request).sees_names(invitation.organisation_id)
