"""What Greenhouse calls."""

from typing import Any
from uuid import UUID

from django.urls import path

from assessments.actions.hiring_errors import Trouble, note_error
from assessments.actions.ordering import Wanted, offered, place_order
from assessments.integrations.hiring.adapters import Wrong
from assessments.integrations.hiring.greenhouse import status_of
from assessments.integrations.hiring.inbound import Called, takes
from assessments.integrations.hiring.results import result_of
from assessments.models import Assessment, HiringConnection, HiringError, HiringOrder

SYSTEM = HiringConnection.System.GREENHOUSE
# What Greenhouse could not do with our answer, as it lists it.
MOST_ERRORS = 20


@takes("GET", SYSTEM)
def list_tests(called: Called) -> Any:
    return [
        {"partner_test_id": str(each.pk), "partner_test_name": each.title}
        for each in offered(called.connection)
    ]


@takes("POST", SYSTEM)
def send_test(called: Called) -> Any:
    body = called.body
    wanted = Wanted(
        assessment=_test(called.connection, body.text("partner_test_id")),
        natural_key=body.text("url", most=500),
        name=body.name("candidate.first_name", "candidate.last_name"),
        email=body.email("candidate.email"),
        profile_url=body.link("candidate.greenhouse_profile_url"),
        callback_url=body.text("url"),
    )
    order, _ = place_order(called.connection, wanted)
    return {"partner_interview_id": str(order.pk)}


@takes("GET", SYSTEM)
def test_status(called: Called) -> Any:
    order = _order(called.connection, called.request.GET.get("partner_interview_id", ""))
    if order is None:
        raise Wrong(404, "No test was sent under this partner_interview_id.")
    return status_of(result_of(order))


@takes("POST", SYSTEM)
def response_error(called: Called) -> Any:
    """Greenhouse could make nothing of an answer of ours."""
    body = called.body
    errors = body.at("errors")
    said = [str(each)[:500] for each in errors[:MOST_ERRORS]] if isinstance(errors, list) else []
    order = _order(called.connection, body.text("partner_interview_id", needed=False))
    trouble = Trouble(
        HiringError.Side.TOLD,
        body.text("api_call", most=100),
        None,
        "\n".join(said) or "Greenhouse did not say what was wrong.",
        "Try it once more over there; if it stays, report it with this text.",
        order,
    )
    note_error(called.connection, trouble)
    return {"status": 200}


def _test(connection: HiringConnection, key: str) -> Assessment:
    found = offered(connection).filter(pk=key).first() if _is_key(key) else None
    if found is None:
        raise Wrong(404, "There is no test with this partner_test_id.")
    test: Assessment = found
    return test


def _order(connection: HiringConnection, key: str) -> HiringOrder | None:
    rows = connection.orders.with_invitation()
    found: HiringOrder | None = rows.filter(pk=key).first() if _is_key(key) else None
    return found


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


urlpatterns = [
    path("list_tests", list_tests, name="greenhouse_list_tests"),
    path("send_test", send_test, name="greenhouse_send_test"),
    path("test_status", test_status, name="greenhouse_test_status"),
    path("response_error", response_error, name="greenhouse_response_error"),
    # The name that Greenhouse's own examples have for it.
    path("request_errors", response_error, name="greenhouse_request_errors"),
]
