"""What sign-in asks of a provider, and the sentence that a person reads where that fails.

What an owner entered, and what that provider names in its turn (the token's address, the keys', the
person's), is called through the guard of everything entered: never an address inside, never on to
where an answer points. The installation's own provider was named by its operator, who may keep it
inside; requests go there as they are.
"""

from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from assessments.integrations import outbound

_SECONDS = 10
_DISCOVERY = "/.well-known/openid-configuration"
# Headers that the guard says itself.
_ITS_OWN = {"accept-encoding", "connection", "content-length", "user-agent"}
_NAMED = ("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint")


class ProviderSession(requests.Session):
    """Asks a provider; `give_up` is called with a sentence, and does not return."""

    def __init__(self, give_up: Callable[[str], NoReturn], *, is_guarded: bool) -> None:
        super().__init__()
        self.give_up, self.is_guarded = give_up, is_guarded
        if is_guarded:
            # Neither proxies nor passwords of this machine's environment are for somebody's server.
            self.trust_env = False
            for scheme in ("https://", "http://"):
                self.mount(scheme, _Guarded())

    def request(self, method: Any, url: Any, *given: Any, **more: Any) -> requests.Response:
        more.setdefault("timeout", _SECONDS)
        if self.is_guarded:
            more["allow_redirects"] = False
        try:
            answer = super().request(method, url, *given, **more)
            _check(answer, str(method).upper(), str(url))
        except (requests.RequestException, _Unusable) as trouble:
            self.give_up(f"Your provider could not be asked. {trouble}")
        return answer


class _Unusable(Exception):
    """An answer that nobody can sign in with; the text says why."""


def _check(answer: requests.Response, method: str, url: str) -> None:
    """Raise for what could only break later; a refused code is told by its own page."""
    host = urlsplit(url).hostname
    if answer.is_redirect:
        raise _Unusable(f"{host} points elsewhere, which is not followed.")
    if method != "GET":
        return
    if not answer.ok:
        raise _Unusable(f"{host} answers with status {answer.status_code}.")
    found = answer.json()
    if not isinstance(found, dict):
        raise _Unusable(f"{host} answers with something else than was asked for.")
    missing = [name for name in _NAMED if not isinstance(found.get(name), str)]
    if urlsplit(url).path.endswith(_DISCOVERY) and missing:
        raise _Unusable(f"{host} does not name its {missing[0]}.")


class _Guarded(BaseAdapter):
    """Carries what requests has prepared through the guard."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        headers = {
            key: str(value) for key, value in request.headers.items() if key.lower() not in _ITS_OWN
        }
        try:
            answer = outbound.call(
                request.method or "GET", request.url or "", headers, _bytes_of(request)
            )
        except (outbound.Refused, outbound.Unreachable) as trouble:
            raise requests.ConnectionError(str(trouble), request=request) from trouble
        if len(answer.body) >= outbound.MOST_READ:
            raise requests.ConnectionError("It answers with too much.", request=request)
        return _as_response(answer, request)

    def close(self) -> None:
        """Each call closed its connection already."""


def _bytes_of(request: requests.PreparedRequest) -> bytes:
    """A form or nothing: allauth sends no files."""
    body = request.body or b""
    assert isinstance(body, str | bytes)
    return body.encode() if isinstance(body, str) else body


def _as_response(answer: outbound.Answer, request: requests.PreparedRequest) -> requests.Response:
    made = requests.Response()
    made.status_code, made.url, made.request = answer.status, request.url or "", request
    made.headers.update(answer.headers)
    # What requests itself fills from its connection.
    made._content, made._content_consumed = answer.body, True
    return made
