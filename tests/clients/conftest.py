"""A client of a running server, and a courier between them that loses what a test tells it to."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from assessments.actions import issue_token
from assessments.models import ApiToken
from minima_client import Client
from tests.assessments.conftest import (
    broker,
    choice,
    choice_question,
    coding,
    coding_question,
    make_member,
    make_version,
    organisation,
    version,
)

__all__ = [
    "broker", "choice", "choice_question", "coding", "coding_question", "make_member",
    "make_version", "organisation", "version",
]  # fmt: skip


class Courier(ThreadingHTTPServer):
    """Carries requests to a server and answers back.

    Attributes:
        carried: method, path and headers of each request, in their order.
        fate: told method and path; "lose" drops the answer, "hold" keeps it until the end,
            "break" sends half of it.
    """

    daemon_threads = True

    def __init__(self, address):
        super().__init__(("127.0.0.1", 0), Carrying)
        self.to = urlsplit(address).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.carried, self.fate = [], lambda method, path: "deliver"
        self.held, self.end = threading.Event(), threading.Event()

    def paths(self, method):
        return [path for each, path, _ in self.carried if each == method]


class Carrying(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def carry(self):
        length = int(self.headers.get("Content-Length") or 0)
        body, courier = self.rfile.read(length), self.server
        courier.carried.append((self.command, self.path, dict(self.headers)))
        fate = courier.fate(self.command, self.path)
        onward = http.client.HTTPConnection(courier.to)
        onward.request(self.command, self.path, body, {**self.headers, "Connection": "close"})
        answer = onward.getresponse()
        content = answer.read()
        onward.close()
        self.close_connection = True
        if fate == "hold":
            courier.held.set()
            courier.end.wait(30)
        if fate == "deliver":
            self.deliver(answer, content)
        elif fate == "break":
            self.deliver(answer, content, len(content) // 2)

    def deliver(self, answer, content, sent=None):
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content[:sent])

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = carry  # noqa: N815

    def log_message(self, *arguments):
        pass


@pytest.fixture
def courier(live_server):
    with Courier(live_server.url) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield made
        made.end.set()
        made.shutdown()
        thread.join()


@pytest.fixture
def slept():
    """The seconds for which clients wanted to wait; nobody waits."""
    return []


@pytest.fixture
def make_token(organisation):
    return lambda *scopes: issue_token(organisation, "client", list(scopes or ApiToken.Scope))[1]


@pytest.fixture
def minima(live_server, make_token, slept):
    with Client(live_server.url, make_token(), sleep=slept.append) as client:
        yield client


@pytest.fixture
def make_distant(courier, make_token, slept):
    """Makes a client whose requests and answers the courier carries."""
    made = []

    def make(**options):
        made.append(Client(courier.url, make_token(), **{"sleep": slept.append} | options))
        return made[-1]

    yield make
    for each in made:
        each.close()
