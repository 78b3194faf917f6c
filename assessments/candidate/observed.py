"""What sitting.js tells beside the answers: the tab that goes on, and integrity events."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from assessments.actions import AttemptClosed, HeldElsewhere, claim, record_events, take_over
from assessments.actions.observing import Observed
from assessments.candidate.access import with_invitation
from assessments.candidate.bodies import A_DAY, Unreadable, body_of, name_from, number_from
from assessments.models import AssessmentQuestion, Attempt, IntegrityEvent, Invitation

Kind = IntegrityEvent.Kind
# The server sees the others for itself.
SEEN_BY_PAGES = {Kind.FOCUS_LOST, Kind.PASTE, Kind.COPY, Kind.FULLSCREEN_LEFT, Kind.RESIZE}
MOST_AT_ONCE = 100
LARGEST = 10_000_000
# What an event may say of itself beside its size, as numbers.
DETAILS = ("own", "narrower", "lower")


def attempt_behind(invitation: Invitation) -> Attempt | None:
    attempt: Attempt | None = getattr(invitation, "attempt", None)
    if attempt is not None:
        attempt.invitation = invitation
    return attempt


# As with drafts, the link is the secret that a forged request would need.
@csrf_exempt
@require_POST
@with_invitation
def tab(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Claim the attempt for a tab, {"tab": "a1"}; with "take": true from the one that has it.

    200 it saves from now on; 423 another one does; 410 the attempt is closed.
    """
    attempt = attempt_behind(invitation)
    if attempt is None:
        return JsonResponse({"detail": _("This attempt has not been started.")}, status=410)
    try:
        _hold(attempt, body_of(request))
    except HeldElsewhere as held:
        return JsonResponse({"detail": str(held)}, status=423)
    except AttemptClosed as closed:
        return JsonResponse({"detail": str(closed)}, status=410)
    except Unreadable as error:
        return JsonResponse({"detail": str(error)}, status=422)
    return JsonResponse({"held": True})


def _hold(attempt: Attempt, body: dict[str, Any]) -> None:
    name = name_from(body.get("tab"))
    if not name:
        raise Unreadable("A tab has a name of letters and digits.")
    if body.get("take") is True:
        take_over(attempt, name, same_browser=body.get("same_browser") is True)
    else:
        claim(attempt, name)


@csrf_exempt
@require_POST
@with_invitation
def events(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Take a batch of events, {"events": [{"key", "kind", "age", ...}]}; what is odd is left out.

    204 they are kept, or need not be sent again; 410 it is over; 422 nothing that can be read.
    """
    attempt = attempt_behind(invitation)
    if attempt is None:
        return HttpResponse(status=410)
    try:
        found = body_of(request).get("events")
        if not isinstance(found, list):
            raise Unreadable("There are no events.")
        questions = {question.position: question for question in attempt.questions}
        read = [_observed(each, questions) for each in found[:MOST_AT_ONCE]]
        record_events(attempt, [each for each in read if each])
    except Unreadable as error:
        return JsonResponse({"detail": str(error)}, status=422)
    except AttemptClosed:
        return HttpResponse(status=410)
    return HttpResponse(status=204)


def _observed(value: Any, questions: dict[int, AssessmentQuestion]) -> Observed | None:
    if not isinstance(value, dict) or str(value.get("kind")) not in SEEN_BY_PAGES:
        return None
    kind = str(value["kind"])
    key, age = name_from(value.get("key")), number_from(value.get("age"), A_DAY)
    if not key or age is None:
        return None
    size, place = number_from(value.get("size"), LARGEST), number_from(value.get("question"), 1e6)
    return Observed(
        key=key,
        kind=kind,
        age=age,
        question=questions.get(int(place)) if place is not None else None,
        size=None if size is None else int(size),
        seconds=number_from(value.get("seconds"), A_DAY),
        detail=_detail(value.get("detail")),
    )


def _detail(value: Any) -> dict[str, int]:
    found = value if isinstance(value, dict) else {}
    numbers = {name: number_from(found.get(name), 100_000) for name in DETAILS}
    return {name: int(number) for name, number in numbers.items() if number is not None}
