"""Requests that are sent again where that is right, and waits that have an end."""

import email.utils
import itertools
import random
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests import Response, Session
from requests.auth import AuthBase

from minima_client.problems import (
    AnswerLost,
    InProgress,
    MinimaError,
    Misconfigured,
    UnexpectedAnswer,
    Unreachable,
    problem_of,
)

AGENT = "minima-client/0.1.0"
# They may be sent twice: reading changes nothing, and a POST carries its key.
REPEATABLE = {"GET", "DELETE", "POST"}
BUSY = {429, 502, 503, 504}
# A proxy passed it on, and heard nothing: it may have been carried out.
PASSED_ON = {502, 504}


@dataclass(frozen=True)
class Patience:
    """How long to go on; all in seconds.

    Attributes:
        tries: how often a request is sent at the most.
        longest_wait: where the server says to wait for longer, the error is raised instead.
        first_wait: after a failure that says nothing of waiting; it doubles from try to try.
        connect, answer: how long a connection, and an answer, may take.
    """

    tries: int = 6
    longest_wait: float = 90.0
    first_wait: float = 0.5
    connect: float = 10.0
    answer: float = 30.0


class Bearer(AuthBase):
    """The token, whatever a .netrc says of the same host."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class Sender:
    """Sends requests to one installation with one token."""

    def __init__(
        self,
        url: str,
        token: str,
        patience: Patience,
        session: Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.root = _root(url)
        self.patience, self.sleep = patience, sleep
        self.session = session or Session()
        self.session.headers.update({"User-Agent": AGENT, "Accept": "application/json"})
        self.auth = Bearer(_usable(token))

    def __repr__(self) -> str:
        return f"<Sender to {self.root}>"

    @property
    def is_overheard(self) -> bool:
        """Whether the token leaves this machine unencrypted."""
        parts = urlsplit(self.root)
        return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")

    def send(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: Any = None,
        headers: dict[str, str] | None = None,
        waits: float = 0.0,
        stream: bool = False,
    ) -> Response:
        """Return a good answer; `waits` is for how long the server was asked to keep us waiting.

        Raises:
            Problem: of the class that the server's answer names.
            Unreachable: where no answer came, however often it was tried.
        """
        given = dict(headers or {})
        if method == "POST":
            given.setdefault("Idempotency-Key", str(uuid.uuid4()))
        request = requests.Request(
            method, f"{self.root}/api/v1/{path}", params=query, json=body, headers=given,
            auth=self.auth,
        )  # fmt: skip
        return self._until_answered(request, self.patience.answer + waits, stream)

    def pause(self, tried: int) -> None:
        """Wait after the try of that number, longer each time."""
        self.sleep(self._growing(tried))

    def _until_answered(self, request: requests.Request, timeout: float, stream: bool) -> Response:
        for tried in itertools.count(1):
            failed: MinimaError
            pause: float | None = self._growing(tried)
            try:
                answer = self._once(request, timeout, stream)
            except requests.RequestException as error:
                failed, again = _unanswered(error, str(request.method))
                pause = pause if again else None
            else:
                if answer.status_code < 300 or _done_before(request, answer, tried):
                    return answer
                failed = _refusal(answer, str(request.method))
                pause = self._pause(answer, failed, tried)
            if pause is None or tried >= self.patience.tries:
                raise failed
            self.sleep(pause)
        raise AssertionError("it is counted without an end")

    def _once(self, request: requests.Request, timeout: float, stream: bool) -> Response:
        prepared = self.session.prepare_request(request)
        settings = self.session.merge_environment_settings(
            str(prepared.url), {}, stream, None, None
        )  # proxies and certificates that the environment names
        # A redirect would take the token to wherever it leads.
        return self.session.send(
            prepared, timeout=(self.patience.connect, timeout), allow_redirects=False, **settings
        )

    def _pause(self, answer: Response, failed: MinimaError, tried: int) -> float | None:
        """The seconds to wait before it is sent again; None where that is of no use."""
        busy = answer.status_code in BUSY and not isinstance(failed, AnswerLost)
        if not busy and not isinstance(failed, InProgress):
            return None
        told = retry_after(answer)
        if told is None:
            return self._growing(tried)
        # Many who were told the same moment should not come at the same moment.
        return told + random.uniform(0, 1) if told <= self.patience.longest_wait else None

    def _growing(self, tried: int) -> float:
        wait = self.patience.first_wait * 2.0 ** (tried - 1) * random.uniform(1, 1.5)
        return min(wait, self.patience.longest_wait)


def _root(url: str) -> str:
    """The address without what follows the installation's own, as people paste it."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
        raise Misconfigured(
            "Say where Minima is, as https://minima.example.com: url, --url or MINIMA_URL."
        )
    path = re.sub(r"(/api(/v1)?)?/*$", "", parts.path)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _usable(token: str) -> str:
    """The token; what else was pasted would end up in an error's text, and is not repeated."""
    if not re.fullmatch(r"[!-~]+", token.strip()):
        raise Misconfigured(
            "The token is empty, or has characters that no token has: see MINIMA_TOKEN."
        )
    return token.strip()


def _unanswered(error: requests.RequestException, method: str) -> tuple[MinimaError, bool]:
    """What to raise where no answer came, and whether to send it again instead."""
    why = _cause(error)
    if isinstance(error, requests.exceptions.SSLError):
        return Unreachable(f"The certificate of the server is not trusted: {why}."), False
    if not isinstance(error, requests.ConnectionError | requests.Timeout | _CUT):
        return Unreachable(f"The request can't be sent: {why}."), False
    if method in REPEATABLE or _never_sent(error):
        return Unreachable(f"No answer came: {why}."), True
    return AnswerLost(f"The request was sent, and no answer came: {why}."), False


_CUT = requests.exceptions.ChunkedEncodingError


def _never_sent(error: BaseException) -> bool:
    """Whether no connection was made at all."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    made = type(reason).__name__ not in {"NewConnectionError", "NameResolutionError"}
    return isinstance(error, requests.ConnectTimeout) or not made


def _cause(error: BaseException) -> str:
    """The innermost reason, in a few words."""
    reason = getattr(error.args[0] if error.args else None, "reason", None) or error
    return re.sub(r"^.*?>?: ", "", str(reason)).strip(" .")[:200] or type(reason).__name__


def _done_before(request: requests.Request, answer: Response, tried: int) -> bool:
    """What is not there any more was deleted by a try whose answer was lost."""
    return tried > 1 and request.method == "DELETE" and answer.status_code == 404


def _refusal(answer: Response, method: str) -> MinimaError:
    if answer.status_code in PASSED_ON and method not in REPEATABLE:
        return AnswerLost(f"The request was sent, and a proxy answered {answer.status_code}.")
    if answer.status_code < 400:
        leads = answer.headers.get("Location", "elsewhere")
        return UnexpectedAnswer(f"The server sends on to {leads}: use the address it leads to.")
    return problem_of(answer.status_code, json_of(answer, lenient=True), retry_after(answer))


def json_of(answer: Response, *, lenient: bool = False) -> Any:
    """The body as JSON; `lenient` takes None for what is none."""
    try:
        return answer.json()
    except requests.JSONDecodeError as error:
        if lenient:
            return None
        raise UnexpectedAnswer("The server's answer is not JSON.") from error


def retry_after(answer: Response) -> float | None:
    """The seconds that the answer says to wait, given as such or as a date."""
    text = answer.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
