"""Calls to addresses that somebody entered: to the internet alone, wherever a name leads.

What is checked is the very address that is connected to, so that a name which leads elsewhere the
second time gains nothing. Redirects are not followed, and proxies of the environment not asked.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 15.0
# So much of an answer is read; nobody who is told something has more to say.
MOST_READ = 65_536
_ALWAYS = {"User-Agent": "Minima", "Accept-Encoding": "identity", "Connection": "close"}
# What the library calls global, or did in some version, and is somebody's inside all the same:
# what stands for an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo), site-local addresses.
_INSIDE = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "240.0.0.0/4", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96",
        "64:ff9b:1::/48", "100::/64", "2001::/23", "2002::/16", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10",
    )
]  # fmt: skip


class Refused(Exception):
    """Nothing is ever sent to that address; the text says why."""


class Unreachable(Exception):
    """No answer came, or none in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is its beginning."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        """Return a header whatever its case; "" where it is missing."""
        found = (value for key, value in self.headers.items() if key.lower() == name.lower())
        return next(found, "")


def call(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    connect_seconds: float = CONNECT_SECONDS,
    seconds: float = WHOLE_SECONDS,
) -> Answer:
    """Return the answer, whatever its status. Raises Refused or Unreachable."""
    began = time.monotonic()
    parts = check_url(url)
    connection = _connection(parts, connect_seconds, began + seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = _ALWAYS | dict(headers)
    try:
        with connection.limited():
            connection.request(method, path, body or None, sent)
            with connection.getresponse() as response:
                found = response.read(MOST_READ)
            if connection.timed_out:
                raise TimeoutError  # what looks like the end of the answer is where it was cut
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_said(error, connection)) from error
    finally:
        connection.close()
    taken = time.monotonic() - began
    return Answer(response.status, dict(response.getheaders()), found, taken)


def check_url(url: str) -> SplitResult:
    """Return the parts of a URL that something may be sent to, as far as it says; raise Refused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(f"This is no address: {error}.") from error
    allowed = ("https", "http") if settings.WEBHOOKS_ALLOW_PRIVATE else ("https",)
    if parts.scheme not in allowed:
        raise Refused("The address has to begin with https://.")
    if not parts.hostname or port == 0 or any(each <= " " or each > "~" for each in url):
        raise Refused("This is no address of a server.")
    if parts.username is not None or parts.password is not None:
        raise Refused("The address must not hold a name or a password.")
    _refuse_inside(parts.hostname)
    return parts


def _refuse_inside(host: str) -> None:
    """Say at once what is an address of somebody's inside already; a name is asked for later."""
    try:
        is_inside = not _is_public(host)
    except ValueError:
        is_inside = host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost")
    if is_inside and not settings.WEBHOOKS_ALLOW_PRIVATE:
        raise Refused("This address is not on the internet.")


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if any(found in network for network in _INSIDE if network.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _said(error: Exception, connection: "_Connection") -> str:
    if connection.timed_out or isinstance(error, TimeoutError):
        return "No answer in time."
    if isinstance(error, OSError):
        return (error.strerror or str(error) or "The connection broke off.")[:400]
    return f"This is no answer: {type(error).__name__} {error}"[:400]


# The connection -----------------------------------------------------------------------------------


def _connection(parts: SplitResult, connect_seconds: float, ends_at: float) -> "_Connection":
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    return _Connection(parts.hostname or "", port, is_tls, connect_seconds, ends_at)


class _Connection(http.client.HTTPConnection):
    """Connects to an address that was checked, and is over at `ends_at`, however slow the other."""

    def __init__(
        self, host: str, port: int, is_tls: bool, connect_seconds: float, ends_at: float
    ) -> None:
        super().__init__(host, port)
        self.is_tls, self.connect_seconds, self.ends_at = is_tls, connect_seconds, ends_at
        self.default_port = 443 if is_tls else 80
        self.timed_out = False
        # Kept here, too: the connection hands its socket on to the answer.
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        until = min(time.monotonic() + self.connect_seconds, self.ends_at)
        self.sock = self.wire = _connected(self.host, self.port, until)
        if self.is_tls:
            context = ssl.create_default_context()
            # By the name that was entered, whatever address it led to.
            made = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self.wire = made
            made.do_handshake()
        self.sock.settimeout(_left(self.ends_at))

    @contextmanager
    def limited(self) -> Iterator[None]:
        """A timeout of a socket is that of one step; whoever drips byte by byte passes them all."""
        watch = threading.Timer(_left(self.ends_at), self._cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()

    def _cut(self) -> None:
        self.timed_out = True
        if self.wire is not None:
            with suppress(OSError):  # it may be over already
                # Not TLS's own, which waits for the other side and clears what a read still needs.
                socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


def _connected(host: str, port: int, until: float) -> socket.socket:
    """Connect to the first address of `host` that answers, of those on the internet."""
    trouble: OSError | None = None
    for family, kind, protocol, _, address in _resolved(host, port, until):
        if not settings.WEBHOOKS_ALLOW_PRIVATE and not _is_public(str(address[0])):
            continue
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(_left(until))
            made.connect(address)
        except OSError as error:
            made.close()
            trouble = error
        else:
            return made
    if trouble is None:
        raise Refused("This name leads to no address on the internet.")
    raise trouble


def _resolved(host: str, port: int, until: float) -> list[Any]:
    """Ask for the addresses of a name, in a thread: the system's own question has no limit."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_left(until))
    if not found:
        raise TimeoutError("The name was not resolved in time.")
    if isinstance(found[0], Exception):
        raise OSError(f"The name could not be resolved: {found[0]}")
    addresses: list[Any] = found[0]
    return addresses


def _left(until: float) -> float:
    return max(0.01, until - time.monotonic())
