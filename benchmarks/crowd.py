"""Candidates as a load: each keeps a connection, types, saves and runs code; no browser."""

import asyncio
import json
import random
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

SAVE_SECONDS = 5.0
RUN_SECONDS = 30.0
CLOCK_SECONDS = 20.0
POLL = re.compile(rb'hx-get="([^"]+\?wait[^"]*)"')
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
REVISION = re.compile(rb'data-revision="(\d+)"')


@dataclass(frozen=True, slots=True)
class Seat:
    """Where one candidate sits: the addresses of a coding question, and the code to be typed."""

    question: str
    clock: str
    source: str


@dataclass(slots=True)
class Tally:
    """Seconds by what was asked, and what went wrong."""

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)

    def quantile(self, name: str, share: float) -> float:
        ordered = sorted(self.seconds[name])
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One HTTP/1.1 connection, opened again where the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.cookie = ""

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send a request and return its reply; a connection that was idle too long is no fault."""
        fresh = self._streams is None
        try:
            return await self._ask(method, path, body, headers)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            if fresh:
                raise
            return await self._ask(method, path, body, headers)

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(self._head(method, path, body, headers) + body)
        await writer.drain()
        reply = await _read(reader)
        if reply.headers.get("connection") == "close":
            self.close()
        if cookie := reply.headers.get("set-cookie"):
            self.cookie = cookie.partition(";")[0]
        return reply

    def _head(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: localhost",
            f"Content-Length: {len(body)}",
            *([f"Cookie: {self.cookie}"] if self.cookie else []),
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read(reader: asyncio.StreamReader) -> Reply:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    if headers.get("transfer-encoding") == "chunked":
        return Reply(int(first.split()[1]), headers, await _read_chunks(reader))
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Reply(int(first.split()[1]), headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


class Sitter:
    """One candidate, who types a line now and then, and runs what stands there."""

    def __init__(self, port: int, seat: Seat, tally: Tally, number: int) -> None:
        self.connection, self.waiting = Connection(port), Connection(port)
        self.seat, self.tally = seat, tally
        self.tab = f"tab-{number}"
        self.revision = 0
        self.typed = ""
        self.token = ""

    async def sit_down(self) -> None:
        reply = await self.connection.ask("GET", self.seat.question)
        self.token = _found(CSRF, reply.body)
        self.revision = int(_found(REVISION, reply.body))
        self.waiting.cookie = self.connection.cookie

    async def save(self) -> None:
        """Type a line more, and save the draft as the page does, with how it grew."""
        line = f"# line {self.revision}\n"
        place = len(self.seat.source) + len(self.typed)
        growth = [{"age": 1.5, "changes": [[place, place, line]]}]
        body = {
            "content": {"source": self.seat.source + self.typed + line},
            "revision": self.revision,
            "tab": self.tab,
            "growth": growth if self.typed else [],
        }
        reply = await self._timed(
            "save", self.connection.ask("PUT", f"{self.seat.question}draft/", _json(body))
        )
        if reply.status == 200:
            self.typed += line
            self.revision = json.loads(reply.body)["revision"]

    async def run(self) -> None:
        """Press Run, and wait for the panel that has the result."""
        form = {"csrfmiddlewaretoken": self.token, "source": self.seat.source + self.typed}
        headers = {"HX_Request": "true", "Content_Type": "application/x-www-form-urlencoded"}
        start = time.perf_counter()
        reply = await self._timed(
            "press Run",
            self.waiting.ask(
                "POST", f"{self.seat.question}run/", urlencode(form).encode(), **headers
            ),
        )
        while found := POLL.search(reply.body):
            path = found[1].decode().replace("&amp;", "&")
            reply = await self.waiting.ask("GET", path, HX_Request="true")
        self._judge("Run", reply)
        if b"Sample checks" not in reply.body:
            self.tally.failures.append(f"Run without a result: {reply.body[:200]!r}")
        self.tally.seconds["Run until its result"].append(time.perf_counter() - start)

    async def look_at_clock(self) -> None:
        await self._timed("clock", self.waiting.ask("GET", self.seat.clock))

    async def _timed(self, name: str, asked: Awaitable[Reply]) -> Reply:
        start = time.perf_counter()
        reply = await asked
        self.tally.seconds[name].append(time.perf_counter() - start)
        self._judge(name, reply)
        return reply

    def _judge(self, name: str, reply: Reply) -> None:
        if reply.status != 200:
            self.tally.failures.append(f"{name}: {reply.status} {reply.body[:200]!r}")


async def every(seconds: float, end: float, act: Callable[[], Awaitable[None]]) -> None:
    """Act every so many seconds until `end`, from a moment of its own, whatever acting takes."""
    due = time.monotonic() + random.uniform(0, seconds)
    while due < end:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await act()
        due += seconds


async def sit(port: int, seats: list[Seat], seconds: float) -> Tally:
    """Let all candidates sit for so long; return what they met."""
    tally = Tally()
    sitters = [Sitter(port, seat, tally, number) for number, seat in enumerate(seats)]
    for sitter in sitters:
        await sitter.sit_down()
    end = time.monotonic() + seconds
    await asyncio.gather(*(_sit(sitter, end) for sitter in sitters))
    return tally


async def _sit(sitter: Sitter, end: float) -> None:
    """Act on two connections, as a browser does; a candidate whose own fails has failed."""
    try:
        await asyncio.gather(
            every(SAVE_SECONDS, end, sitter.save),
            _run_and_look(sitter, end),
        )
    except (OSError, asyncio.IncompleteReadError) as error:
        sitter.tally.failures.append(f"{type(error).__name__}: {error}")


async def _run_and_look(sitter: Sitter, end: float) -> None:
    lock = asyncio.Lock()  # one connection: one thing at a time

    async def alone(act: Callable[[], Awaitable[None]]) -> None:
        async with lock:
            await act()

    await asyncio.gather(
        every(RUN_SECONDS, end, lambda: alone(sitter.run)),
        every(CLOCK_SECONDS, end, lambda: alone(sitter.look_at_clock)),
    )


def _found(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body)
    if found is None:
        raise RuntimeError(f"The page has no {pattern.pattern!r}: {body[:300]!r}")
    return found[1].decode()


def _json(data: object) -> bytes:
    return json.dumps(data).encode()
