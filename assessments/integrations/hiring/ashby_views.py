"""What Ashby calls: each a POST, whose answer has `success` and `results`."""

from typing import Any

from django.db import transaction
from django.urls import path

from assessments.actions.hiring_answers import note_answered
from assessments.actions.ordering import Wanted, cancel_order, find_order, offered, place_order
from assessments.integrations.hiring.adapters import State, Wrong
from assessments.integrations.hiring.ashby import update
from assessments.integrations.hiring.duplicates import is_being_assessed
from assessments.integrations.hiring.inbound import Called, takes
from assessments.integrations.hiring.lookups import offered_under, ordered_under
from assessments.integrations.hiring.results import result_of
from assessments.models import AssessmentVersion, HiringConnection, HiringOrder

SYSTEM = HiringConnection.System.ASHBY


@takes("POST", SYSTEM)
def assessment_list(called: Called) -> Any:
    found = list(offered(called.connection))
    versions = AssessmentVersion.objects.filter(
        assessment__in=found, published_at__isnull=False
    ).order_by("number")
    # The newest is the last.
    minutes = dict(versions.values_list("assessment", "minutes"))
    results = [
        {
            "assessment_type_id": str(each.pk),
            "name": each.title,
            "description": f"{minutes[each.pk]} minutes",
        }
        for each in found
    ]
    return {"success": True, "results": results}


@takes("POST", SYSTEM)
def assessment_start(called: Called) -> Any:
    wanted = _wanted(called)
    _refuse_while_assessed(called.connection, wanted)
    order, _ = place_order(called.connection, wanted)
    return _answer(order)


@takes("POST", SYSTEM)
def assessment_cancel(called: Called) -> Any:
    order = ordered_under(called.connection, called.body.text("assessment_id"))
    if order is None:
        raise Wrong(422, "No assessment was started under this assessment_id.")
    with transaction.atomic():
        # The answer says that it is cancelled.
        return _answer(note_answered(cancel_order(order)))


def _wanted(called: Called) -> Wanted:
    body = called.body
    application = body.text("application.ashby_id", most=200)
    found = offered_under(called.connection, body.text("assessment_type_id"))
    if found is None:
        raise Wrong(422, "Minima has no such assessment, or it can't be ordered any more.")
    return Wanted(
        assessment=found,
        natural_key=f"{application}:{found.pk}",
        name=body.name("candidate.first_name", "candidate.last_name"),
        email=body.email("candidate.email"),
        profile_url=body.link("candidate.ashby_profile_url"),
        reference={
            "candidate": body.text("candidate.ashby_id", most=200),
            "application": application,
            "job": body.text("job.ashby_id", most=200, needed=False),
        },
    )


def _refuse_while_assessed(connection: HiringConnection, wanted: Wanted) -> None:
    """The same order is answered the same until somebody has begun with it, and not after."""
    order = find_order(connection, wanted.natural_key)
    if order and order.standing == State.COMPLETED:
        raise Wrong(422, "The candidate has completed this assessment for this application.")
    if (order and order.standing in (State.STARTED, State.FINISHED)) or is_being_assessed(
        connection, wanted.assessment, wanted.email, wanted.natural_key
    ):
        raise Wrong(409, "The candidate is being assessed already.")


def _answer(order: HiringOrder) -> dict[str, Any]:
    told = update(result_of(order))
    results = {"assessment_id": told["assessment_id"], "update_request": told}
    return {"success": True, "results": results}


urlpatterns = [
    path("assessment.list", assessment_list, name="ashby_list"),
    path("assessment.start", assessment_start, name="ashby_start"),
    path("assessment.cancel", assessment_cancel, name="ashby_cancel"),
]
