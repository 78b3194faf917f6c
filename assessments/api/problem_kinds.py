"""What can go wrong, by stable names: clients rely on the type, never on title or detail."""

from dataclasses import dataclass

from django.conf import settings

# Where each is described: that address is its type.
PLACE = "/api/v1/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: when it comes, and what whoever asked can do about it."""

    name: str
    status: int
    title: str
    when: str
    remedy: str

    @property
    def type(self) -> str:
        return f"{settings.BASE_URL}{PLACE}{self.name}/"


_ALL = [
    Kind(
        "malformed", 400, "The request can't be read",
        "The body is not a JSON object in UTF-8, or the request is broken otherwise.",
        "Send one JSON object. NaN and infinity are no JSON.",
    ),
    Kind(
        "invalid", 400, "The request has invalid fields",
        "A field, a parameter of the query or a header is missing, unknown or wrong.",
        "Each one is named in `errors`, with what is wrong about it. Mend them all, and send the"
        " request again.",
    ),
    Kind(
        "unauthenticated", 401, "A valid token is missing",
        "There is no token, or one that is unknown, expired or revoked.",
        "Send `Authorization: Bearer mnm_…`. Owners issue tokens at the desk, under Tokens.",
    ),
    Kind(
        "forbidden", 403, "The token does not allow this",
        "The token is valid, and none of its scopes opens this.",
        "Ask an owner for a token with a scope that does: the documentation names them.",
    ),
    Kind(
        "not-found", 404, "There is nothing here",
        "There is no such address or row, it is another organisation's, or a `cursor` leads"
        " nowhere.",
        "Check the id, and whose token it is. Follow `next` and `previous` as they are.",
    ),
    Kind(
        "method-not-allowed", 405, "This address knows no such method",
        "The address is there, and takes other methods.",
        "The header `Allow` names them.",
    ),
    Kind(
        "too-slow", 408, "The body did not arrive in time",
        "The body of the request was not there as a whole within half a minute.",
        "Send it at once; nothing was done, so that it can be sent again.",
    ),
    Kind(
        "conflict", 409, "That can't be done as things stand",
        "The request is right, and what it asks for is not possible now: an attempt goes on, an"
        " invitation is closed, a webhook is switched off.",
        "`detail` says what stands in the way.",
    ),
    Kind(
        "in-progress", 409, "The same request is being carried out",
        "A request with this `Idempotency-Key` came before, and has not been answered yet.",
        "Send the same again in a moment: it gets the answer of the first.",
    ),
    Kind(
        "stale", 412, "It has changed since it was read",
        "`If-Match` names a state that holds no longer: somebody else was quicker.",
        "Read it again, decide anew, and send the new `ETag`.",
    ),
    Kind(
        "too-large", 413, "The body is too large",
        "The body is larger than this address takes: 512 KiB, or 8 MiB of a batch.",
        "Send less at once.",
    ),
    Kind(
        "unsupported-media-type", 415, "The body is not JSON",
        "The header `Content-Type` says something else than `application/json`.",
        "Send JSON, and say so.",
    ),
    Kind(
        "idempotency-key-reused", 422, "The idempotency key was used for another request",
        "The same `Idempotency-Key` came with another body before, within a day.",
        "Choose another key for another request.",
    ),
    Kind(
        "match-missing", 428, "Say which state is to be changed",
        "What others may change as well is changed with `If-Match` only.",
        "Read it first, and send its `ETag` as `If-Match`; `*` changes whatever holds.",
    ),
    Kind(
        "rate-limited", 429, "Too many requests",
        "The token asked more often than it may in a minute, or has sent as much code as it may"
        " in a day.",
        "Wait for the seconds of `Retry-After`. Every answer says what is left, in `RateLimit`.",
    ),
    Kind(
        "internal", 500, "The server failed",
        "A fault of ours. It is logged, and nothing was changed.",
        "Try again later; with an `Idempotency-Key` nothing is done twice.",
    ),
]  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}


def kind_of(status: int) -> Kind:
    """The kind of a status that says no more: the first one that has it."""
    return next((kind for kind in _ALL if kind.status == status), KINDS["internal"])
