"""What hiring systems send, read with suspicion: keys that nobody knows are let be."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from assessments.integrations.hiring.adapters import Malformed, Wrong

# Nobody has so much to say of a candidate.
MOST_BYTES = 256 * 1024
MOST = 1000


class Body:
    """A JSON object, whose parts are named by a path: "candidate.email", "emails.0.value"."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data

    def at(self, path: str) -> Any:
        """Return what is there; None for nothing."""
        found: Any = self.data
        for name in path.split("."):
            if isinstance(found, list) and name.isascii() and name.isdigit():
                found = found[int(name[:4])] if int(name[:4]) < len(found) else None
            else:
                found = found.get(name) if isinstance(found, dict) else None
        return found

    def text(self, path: str, *, most: int = MOST, needed: bool = True) -> str:
        """Return a text, also where it was sent as a number; raise Malformed."""
        found = self.at(path)
        if isinstance(found, int) and not isinstance(found, bool):
            found = str(found)
        if found is not None and not isinstance(found, str):
            raise Malformed(f"{path} has to be a text.")
        made = (found or "").strip()
        if needed and not made:
            raise Malformed(f"{path} is missing.")
        if len(made) > most:
            raise Malformed(f"{path} is longer than {most} characters.")
        if not _is_plain(made):
            raise Malformed(f"{path} holds characters that no text has.")
        return " ".join(made.split())

    def email(self, path: str) -> str:
        """Return an e-mail address; raise Malformed."""
        found = self.text(path, most=254)
        try:
            validate_email(found)
        except ValidationError:
            raise Malformed(f"{path} is no e-mail address.") from None
        return found

    def link(self, path: str) -> str:
        """Return the address of a page; "" for anything that is none and must not be followed."""
        found = self.text(path, needed=False)
        return found if found.lower().startswith(("https://", "http://")) else ""

    def name(self, *paths: str) -> str:
        """Return the parts of a name with spaces between; raise Malformed where all are empty."""
        found = " ".join(filter(None, (self.text(each, needed=False) for each in paths)))
        if not found:
            raise Malformed(f"{paths[0]} is missing.")
        return found[:200]


def _is_plain(text: str) -> bool:
    """Whether it has neither control characters nor halves of a character."""
    return not any((c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" for c in text)


def raw(request: HttpRequest) -> bytes:
    """Return the bytes of a body, as they were signed; raise Wrong or Malformed."""
    length = request.headers.get("Content-Length") or "0"
    if length.isdigit() and int(length[:12]) > MOST_BYTES:
        raise Wrong(413, f"A body has at most {MOST_BYTES} bytes here.")
    try:
        found = request.body
    except RequestDataTooBig:
        raise Wrong(413, f"A body has at most {MOST_BYTES} bytes here.") from None
    except UnreadablePostError:
        raise Malformed("The body broke off.") from None
    if len(found) > MOST_BYTES:
        raise Wrong(413, f"A body has at most {MOST_BYTES} bytes here.")
    return found


def parsed(body: bytes) -> Body:
    """Return a body that is a JSON object; raise Malformed."""
    try:
        data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {str(error)[:200]}.") from error
    if not isinstance(data, dict):
        raise Malformed("The body has to be a JSON object.")
    return Body(data)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
