"""How bodies come in and go out: JSON only, and never more of it than is expected."""

import json
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# 64 KiB of source where every byte is escaped as \\u0000, and some room.
MAX_BODY = 512 * 1024
MAX_BATCH = 8 * 1024 * 1024
# For so long a body may be on its way: whoever sends a byte now and then keeps a thread busy.
BODY_SECONDS = 30.0


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too-large"


class BodyTooSlow(APIException):
    status_code = 408
    default_detail = "The body did not arrive in time."
    default_code = "too-slow"


class _Deadline:
    """Ends the reading of a body that does not arrive: what is missing then is never read.

    Web servers read until the body is there, however long that takes; theirs is the socket.
    """

    def __init__(self, connection: socket.socket | None) -> None:
        self.connection, self.is_over = connection, False
        self.timer = threading.Timer(BODY_SECONDS, self._end)
        self.timer.daemon = True

    def _end(self) -> None:
        self.is_over = True
        with suppress(OSError):  # the client has gone by itself
            self.connection.shutdown(socket.SHUT_RD)  # type: ignore[union-attr]

    def __enter__(self) -> "_Deadline":
        if self.connection is not None:
            self.timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.timer.cancel()
        if self.is_over:
            raise BodyTooSlow


class BoundedJSONParser(BaseParser):
    """Reads a JSON object of at most MAX_BODY bytes, and no NaN or infinity."""

    media_type = "application/json"
    most = MAX_BODY

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        meta = parser_context["request"].META if parser_context else {}
        if _length(meta) > self.most:
            raise BodyTooLarge(f"A body has at most {self.most} bytes here.")
        with _Deadline(meta.get("gunicorn.socket")):
            body = stream.read(self.most + 1)
        try:
            data = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON: {str(error)[:200]}.") from error
        if not isinstance(data, dict):
            raise ParseError("The body must be a JSON object.")
        return data


class BatchParser(BoundedJSONParser):
    """Reads a thousand modules of usual length."""

    most = MAX_BATCH


def _length(meta: Mapping[str, Any]) -> int:
    """How long the body says that it is; nobody reads any further."""
    said = str(meta.get("CONTENT_LENGTH") or "")
    return int(said) if said.isascii() and said.isdigit() else 0


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


class AlwaysJSON(BaseContentNegotiation):
    """Answers are JSON whatever the Accept header says: a 406 would help nobody."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((p for p in parsers if p.media_type == content_type), None)

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
