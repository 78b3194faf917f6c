"""What systems without an assessment module call: their own webhooks, one address a connection."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from assessments.actions.hiring_errors import Trouble, note_error
from assessments.actions.ordering import Wanted, place_order, take_message
from assessments.integrations.hiring.adapters import Wrong
from assessments.integrations.hiring.bodies import raw
from assessments.integrations.hiring.inbound import Called, answered
from assessments.integrations.hiring.keys import connection_by, keys_in
from assessments.integrations.hiring.lookups import offered_under
from assessments.integrations.hiring.proofs import (
    Forged,
    Proof,
    digest_of_body,
    verify_hmac,
    verify_standard,
)
from assessments.integrations.hiring.stage import proof_of, read
from assessments.models import HiringConnection, HiringError

SYSTEM = HiringConnection.System.STAGE


@csrf_exempt
@login_not_required
@never_cache
def hook(request: HttpRequest, pk: UUID, key: str = "") -> HttpResponse:
    """Take a message of another system, whose proof is a signature or the address itself."""
    if request.method != "POST":
        said = {"status": 405, "message": "This address takes POST alone."}
        return JsonResponse(said, status=405, headers={"Allow": "POST"})
    rows = HiringConnection.objects.select_related("organisation")
    connection = rows.filter(pk=pk, system=SYSTEM).first()
    if connection is None:
        return JsonResponse({"status": 404, "message": "There is nothing here."}, status=404)
    try:
        message = _proved(request, connection, key)
    except Forged as forged:
        trouble = Trouble(HiringError.Side.THEIRS, "webhook", 401, str(forged), _REMEDY)
        note_error(connection, trouble)
        return JsonResponse({"status": 401, "message": str(forged)}, status=401)
    except Wrong as wrong:
        return JsonResponse({"status": wrong.status, "message": str(wrong)}, status=wrong.status)
    return answered(request, connection, webhook, {"message": message})


_REMEDY = "If it was your system, give it the secret again; if not, somebody tries this address."


def _proved(request: HttpRequest, connection: HiringConnection, key: str) -> str:
    """Return what the message is known by; raise Forged, or Wrong where it is too large."""
    body, proof = raw(request), proof_of(connection)
    if proof == Proof.ADDRESS:
        found = connection_by(key, SYSTEM) if key else None
        if found is None or found.pk != connection.pk:
            raise Forged("The address lacks its secret part, or has an old one.")
        return digest_of_body(body)
    if proof == Proof.HMAC:
        name = connection.settings.get("signature_header", "")
        return verify_hmac(body, request.headers.get(name, ""), keys_in(connection))
    return verify_standard(body, request.headers, keys_in(connection))


def webhook(called: Called) -> Any:
    """Invite whoever came to a stage that invites, once."""
    reading = read(called.body, called.connection.settings)
    if not reading.assessment:
        return {"outcome": "ignored", "why": f"The stage “{reading.stage}” invites to nothing."}
    assessment = offered_under(called.connection, reading.assessment)
    if assessment is None:
        raise Wrong(422, f"What the stage “{reading.stage}” invites to can't be ordered any more.")
    wanted = Wanted(
        assessment=assessment,
        natural_key=f"{reading.key}:{assessment.pk}",
        name=reading.name,
        email=reading.email,
        profile_url=reading.profile_url,
        reference={"key": reading.key},
    )
    with transaction.atomic():
        if not take_message(called.connection, called.parts["message"]):
            return {"outcome": "repeated", "why": "This very message was acted on before."}
        order, is_new = place_order(called.connection, wanted)
    return {"outcome": "invited" if is_new else "known", "order": str(order.pk)}


urlpatterns = [
    path("<uuid:pk>/", hook, name="stage_hook"),
    path("<uuid:pk>/<slug:key>/", hook, name="stage_secret_hook"),
]
