"""Doing what operations say: one row, many, page by page."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from requests import Response

from minima_client.operations import Operation, Shape
from minima_client.problems import TimedOut, UnexpectedAnswer
from minima_client.reading import parameter, read, wire
from minima_client.sending import Sender, json_of

R = TypeVar("R")
MOST = 200


class Resource:
    """Rows of one kind. Lists are read page by page while they are gone through."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def _one(
        self,
        operation: Operation[R],
        said: Any = None,
        *,
        key: str | None = None,
        etag: str = "",
        waits: float = 0.0,
        **where: Any,
    ) -> R:
        headers = {"Idempotency-Key": key} if key else {}
        if etag:
            headers["If-Match"] = etag
        answer = self._sent(operation, said, where, headers, waits)
        if operation.shape is Shape.NOTHING:
            return None  # type: ignore[return-value]
        return _tagged(read(operation.row, json_of(answer)), answer)

    def _many(self, operation: Operation[R], **where: Any) -> list[R]:
        return read(list[operation.row], json_of(self._sent(operation, None, where)))  # type: ignore[name-defined]

    def _pages(self, operation: Operation[R], said: Any, **where: Any) -> Iterator[R]:
        query: dict[str, Any] = {"page_size": MOST} | dict(said)
        while True:
            page = json_of(self._sent(operation, query, where))
            if not isinstance(page, dict) or not {"next", "results"} <= set(page):
                raise UnexpectedAnswer("A list has no pages.")
            for row in page["results"]:
                yield read(operation.row, row)
            if page["next"] is None:
                return
            query |= _cursor(page["next"])

    def _sent(
        self,
        operation: Operation[Any],
        said: Any,
        where: dict[str, Any],
        headers: dict[str, str] | None = None,
        waits: float = 0.0,
    ) -> Response:
        given = dict(said or {})
        asked: dict[str, Any] = {}
        if operation.method == "GET":
            asked["query"] = {name: parameter(value) for name, value in given.items()}
        elif operation.takes is not None:
            asked["body"] = wire(given)
        return self._sender.send(
            operation.method, operation.address(where), headers=headers, waits=waits, **asked
        )


def _cursor(address: str) -> dict[str, str]:
    """Where the next page begins. Only that: an address behind a proxy may name another host."""
    found = parse_qs(urlsplit(str(address)).query).get("cursor")
    if not found:
        raise UnexpectedAnswer("The next page of a list has no cursor.")
    return {"cursor": found[0]}


def _tagged(row: R, answer: Response) -> R:
    """Keep what a change has to name."""
    if not hasattr(row, "etag"):
        return row
    return replace(row, etag=answer.headers.get("ETag", ""))  # type: ignore[type-var]


def until(
    look: Callable[[float], R],
    done: Callable[[R], bool],
    *,
    timeout: float,
    pause: Callable[[int], None],
    what: str,
) -> R:
    """Look until it is done, and raise TimedOut where that takes longer than `timeout` seconds.

    `look` is told the seconds that are left, for it may wait itself; `pause` how often it looked.
    """
    end, looked = time.monotonic() + timeout, 0
    while True:
        found = look(max(0.0, end - time.monotonic()))
        if done(found):
            return found
        looked += 1
        if time.monotonic() >= end:
            raise TimedOut(f"{what} is not done after {timeout:.0f} seconds.")
        pause(looked)
