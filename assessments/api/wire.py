"""How bodies come in and go out: JSON only, and never more of it than is expected."""

import json
from collections.abc import Iterable, Mapping
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# 64 KiB of source where every byte is escaped as \\u0000, and some room.
MAX_BODY = 512 * 1024
MAX_BATCH = 8 * 1024 * 1024


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = "The body is too large."
    default_code = "too-large"


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
        body = stream.read(self.most + 1)
        if len(body) > self.most:
            raise BodyTooLarge(f"A body has at most {self.most} bytes here.")
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
