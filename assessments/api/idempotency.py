"""`Idempotency-Key`: a request that is sent again does nothing again."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from assessments.api.authentication import Caller
from assessments.models import RememberedAnswer
from assessments.sealing import seal, unseal

HEADER = "Idempotency-Key"
MAX_KEY = 255
# What secrets of remembered answers are sealed for.
PURPOSE = "remembered answer"
_KEY = re.compile(rf"[!-~]([ -~]{{0,{MAX_KEY - 2}}}[!-~])?")
_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": f"^{_KEY.pattern}$"}
_WHAT_FOR = "A text of your choice: sent again with it, the request does nothing again."
KEY = OpenApiParameter(HEADER, _SCHEMA, OpenApiParameter.HEADER, description=_WHAT_FOR)
KEY_REQUIRED = OpenApiParameter(
    HEADER, _SCHEMA, OpenApiParameter.HEADER, required=True, description=_WHAT_FOR
)


class KeyReused(APIException):
    status_code = 422
    default_detail = "This idempotency key came with another body before."
    default_code = "idempotency-key-reused"


class InProgress(APIException):
    status_code = 409
    default_detail = "The same request is being carried out; ask again in a moment."
    default_code = "in-progress"


@transaction.atomic
def once(
    request: Request,
    write: Callable[[], dict[str, Any]],
    *,
    required: bool = False,
    sealed: str = "",
) -> tuple[dict[str, Any], bool]:
    """Return what `write` answers and False, or what it answered to the same key, and True.

    Key and answer are stored in the transaction of the write. `sealed` is a field of the answer
    that is a secret. Raises KeyReused where the body was another one, and InProgress where the
    first request with that key has not answered yet.
    """
    key = request.headers.get(HEADER)
    if key is None and not required:
        return write(), False
    if key is None or not _KEY.fullmatch(key):
        raise ValidationError({HEADER: f"A key is 1 to {MAX_KEY} printable ASCII characters."})
    _refuse_while_in_progress(request, key)
    remembered, new = _remember(request, key)
    if new:
        answer = json.loads(json.dumps(write(), cls=JSONEncoder))
        remembered.answer = answer | ({sealed: seal(answer[sealed], PURPOSE)} if sealed else {})
        remembered.save(update_fields=["answer"])
        return answer, False
    if remembered.request_digest != _digest(request):
        raise KeyReused
    kept: Any = remembered.answer
    return kept | ({sealed: unseal(kept[sealed], PURPOSE)} if sealed else {}), True


def replayed(
    request: Request, write: Callable[[], dict[str, Any]], status: int = 200, **options: Any
) -> Response:
    """The same as an answer of `status`, marked where it is given again."""
    answer, again = once(request, write, **options)
    return Response(answer, status, headers={"Idempotent-Replayed": "true"} if again else None)


def _refuse_while_in_progress(request: Request, key: str) -> None:
    """PostgreSQL tells at once whether somebody holds the key; SQLite lets one write at a time."""
    if connection.vendor != "postgresql":
        return
    named = f"{request.user.pk} {request.method} {request.path} {key}"
    number = int.from_bytes(hashlib.sha256(named.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise InProgress


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
