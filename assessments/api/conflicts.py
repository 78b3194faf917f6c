"""`ETag` and `If-Match`: nobody overwrites what they have not seen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` as it was read.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An `ETag`: 304 where it still is."
)


class Stale(APIException):
    status_code = 412
    default_detail = "Somebody changed it since you read it: read it again, and decide anew."
    default_code = "stale"


class MatchMissing(APIException):
    status_code = 428
    default_detail = "Send the `ETag` that you read as `If-Match`."
    default_code = "match-missing"


def etag_of(body: Mapping[str, Any]) -> str:
    """The tag of what was read: equal bodies have equal tags."""
    text = json.dumps(body, sort_keys=True, cls=DjangoJSONEncoder)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:20]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has that already."""
    return etag in _tags(request.headers.get("If-None-Match", ""))


def require_match(request: Request, body: Mapping[str, Any]) -> None:
    """Raise MatchMissing without If-Match, and Stale where it names another state than `body`."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise MatchMissing
    if given != "*" and etag_of(body) not in _tags(given):
        raise Stale


def _tags(text: str) -> list[str]:
    # A proxy that compresses makes a tag weak; the state that it names is the same.
    return [each.strip().removeprefix("W/") for each in text.split(",")]
