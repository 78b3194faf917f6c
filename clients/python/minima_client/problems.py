"""What can go wrong, and what to do about it: each kind is an exception of its own."""

from dataclasses import dataclass
from typing import Any, ClassVar


class MinimaError(Exception):
    """All that this package raises. `advice` says what to do."""

    advice: ClassVar[str] = ""

    def __str__(self) -> str:
        return " ".join(filter(None, [super().__str__(), self.advice]))


class Misconfigured(MinimaError):
    """The address or the token can't be used as they are."""


class Unreachable(MinimaError):
    """No answer, although it was tried again."""

    advice = "Check the address and the network, then try again."


class AnswerLost(Unreachable):
    """A change was sent, and whether it was made is not known: it is not sent again by itself."""

    advice = "Read it again to see whether the change was made."


class UnexpectedAnswer(MinimaError):
    """An answer that the interface does not give: of a proxy, or of another version."""

    advice = "Check that the address is Minima's, and that client and server are of one version."


class TimedOut(MinimaError):
    """It was not done when the time was up. It goes on."""

    advice = "It goes on at the server: wait for it again."


class ExportFailed(MinimaError):
    """A file of results could not be made."""

    advice = "Ask for it again, of fewer attempts where it is large."


class SignatureRefused(MinimaError):
    """A webhook that is not Minima's, was changed on its way, or is too old."""

    advice = "Answer it with a 400, and do nothing of what it says."


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field or parameter; `field` is "" where it is the whole."""

    field: str
    message: str


class Problem(MinimaError):
    """The server refused a request.

    Attributes:
        kind: the stable name, such as `conflict`; each has a class of its own.
        status: of HTTP.
        detail: the server's sentence for people.
        errors: what is wrong field by field, where the request was invalid.
        retry_after: the seconds after which it may be asked again, where the server said so.
    """

    kind: ClassVar[str] = ""

    def __init__(
        self,
        detail: str,
        status: int,
        errors: tuple[FieldError, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail, self.status = detail, status
        self.errors, self.retry_after = errors, retry_after


class Malformed(Problem):
    kind = "malformed"


class Invalid(Problem):
    kind = "invalid"
    advice = "Mend what is named."


class Unauthenticated(Problem):
    kind = "unauthenticated"
    advice = "Owners issue tokens at the desk, under Tokens in the menu of their account."


class Forbidden(Problem):
    kind = "forbidden"
    advice = "Ask an owner for a token with the scope that this needs."


class NotFound(Problem):
    kind = "not-found"
    advice = "Check the id, and that the token is of the organisation that it belongs to."


class MethodNotAllowed(Problem):
    kind = "method-not-allowed"
    advice = "The server may be older than this client."


class TooSlow(Problem):
    kind = "too-slow"
    advice = "Send it again."


class Conflict(Problem):
    kind = "conflict"


class InProgress(Problem):
    kind = "in-progress"
    advice = "The first request with this key is still carried out: ask again in a moment."


class Stale(Problem):
    kind = "stale"


class TooLarge(Problem):
    kind = "too-large"
    advice = "Send less at once."


class UnsupportedMediaType(Problem):
    kind = "unsupported-media-type"


class KeyReused(Problem):
    kind = "idempotency-key-reused"
    advice = "Choose another key for another request."


class MatchMissing(Problem):
    kind = "match-missing"


class RateLimited(Problem):
    kind = "rate-limited"

    def __str__(self) -> str:
        when = f" Try again in {self.retry_after:.0f} seconds." if self.retry_after else ""
        return f"{super().__str__()}{when}"


class ServerFailed(Problem):
    kind = "internal"
    advice = "It is logged at the server; tell its operators if it stays so."


KINDS: dict[str, type[Problem]] = {each.kind: each for each in Problem.__subclasses__()}


def kind_in(address: str) -> str:
    """The type of a problem is an address that describes it; its last part is the kind."""
    return address.rstrip("/").rpartition("/")[2]


def problem_of(status: int, body: Any, retry_after: float | None) -> MinimaError:
    """The exception for an answer of `status` whose body, read as JSON, is `body`."""
    told = body if isinstance(body, dict) else {}
    kind = KINDS.get(kind_in(str(told.get("type", ""))))
    if kind is None:
        kind = RateLimited if status == 429 else ServerFailed if status >= 500 else None
        if kind is None:
            return UnexpectedAnswer(f"The server answered {status}.")
    errors = tuple(
        FieldError(str(each.get("field", "")), str(each.get("message", "")))
        for each in told.get("errors") or ()
        if isinstance(each, dict)
    )
    detail = str(told.get("detail") or f"The server answered {status}.")
    return kind(detail, status, errors, retry_after)
