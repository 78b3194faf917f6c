"""`Idempotency-Key`: a request that is sent again does nothing again."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request

from assessments.api.authentication import Caller
from assessments.models import RememberedAnswer

HEADER = "Idempotency-Key"
MAX_KEY = 255


class KeyReused(APIException):
    status_code = 422
    default_detail = "This idempotency key came with another body before."
    default_code = "idempotency-key-reused"


@transaction.atomic
def once(request: Request, write: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Return what `write` answers and False, or what it answered to the same key, and True.

    Key and answer are stored in the transaction of the write: of two requests at the same time the
    second waits for the first. Raises KeyReused where the body was another one.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return write(), False
    if len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        raise ValidationError({HEADER: f"A key is 1 to {MAX_KEY} printable ASCII characters."})
    remembered, new = _remember(request, key)
    if new:
        remembered.answer = write()
        remembered.save(update_fields=["answer"])
    elif remembered.request_digest != _digest(request):
        raise KeyReused
    answer: Any = remembered.answer
    return answer, not new


def _remember(request: Request, key: str) -> tuple[RememberedAnswer, bool]:
    caller: Caller = request.user  # type: ignore[assignment]
    return RememberedAnswer.objects.get_or_create(
        token=caller.token,
        route=f"{request.method} {request.path}"[:200],
        key=key,
        defaults={"request_digest": _digest(request)},
    )


def _digest(request: Request) -> str:
    return hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()
