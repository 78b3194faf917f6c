"""What Workable calls."""

from datetime import datetime
from typing import Any

from django.urls import path
from django.utils import timezone

from assessments.actions.ordering import Wanted, offered, place_order
from assessments.integrations.hiring.adapters import Malformed, Wrong
from assessments.integrations.hiring.duplicates import is_being_assessed
from assessments.integrations.hiring.inbound import Called, takes
from assessments.integrations.hiring.lookups import offered_under
from assessments.models import Assessment, HiringConnection

SYSTEM = HiringConnection.System.WORKABLE


@takes("GET", SYSTEM)
def tests(called: Called) -> Any:
    found = [{"id": str(each.pk), "name": each.title} for each in offered(called.connection)]
    return {"tests": found}


@takes("POST", SYSTEM, status=201)
def assessments(called: Called) -> Any:
    try:
        wanted = _wanted(called)
    except Malformed as problem:
        # A body that is no JSON is a 400; one that lacks something is not.
        raise Wrong(422, str(problem)) from problem
    if is_being_assessed(called.connection, wanted.assessment, wanted.email, wanted.natural_key):
        raise Wrong(409, "The candidate is being assessed already.")
    order, _ = place_order(called.connection, wanted)
    return {"assessment_id": str(order.pk)}


@takes("GET", SYSTEM)
def shared_link(called: Called) -> Any:
    """The candidate's link, for as long as it can be followed."""
    order = called.connection.orders.with_invitation().filter(pk=called.parts["order"]).first()
    if order is None:
        raise Wrong(404, "No assessment was ordered under this id.")
    if not order.invitation.is_open:
        raise Wrong(409, "The candidate has begun, or can't begin any more.")
    minutes = _minutes_until(order.invitation.closes_at)
    return {"url": order.invitation.link, "ttl": f"{minutes}", "ttl_units": "minutes"}


def _wanted(called: Called) -> Wanted:
    body = called.body
    callback = body.text("callback_url", most=500)
    return Wanted(
        assessment=_test(called.connection, body.text("test_id")),
        natural_key=callback,
        name=body.name("candidate.first_name", "candidate.last_name"),
        email=body.email("candidate.email"),
        callback_url=callback,
        reference={"job": body.text("job_shortcode", most=200, needed=False)},
    )


def _test(connection: HiringConnection, key: str) -> Assessment:
    found = offered_under(connection, key)
    if found is None:
        raise Wrong(422, "There is no test with this test_id, or it can't be ordered any more.")
    return found


def _minutes_until(moment: datetime) -> int:
    return max(1, int((moment - timezone.now()).total_seconds() // 60))


urlpatterns = [
    path("tests", tests, name="workable_tests"),
    path("assessments", assessments, name="workable_assessments"),
    path("assessments/<uuid:order>/shared-link", shared_link, name="workable_shared_link"),
]
