"""Bad clients, and many at once, at the real web server with two processes over PostgreSQL."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.services import free_port

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parents[3]
LIMIT = 40
URL = "/api/v1/submissions/"
CODE = {"task": "huber", "source": "x = 1"}
# Two tokens: what one is refused is no matter of the other's.
PREPARE = """\
import os, django
django.setup()
from assessments import actions
from assessments.models import Organisation
organisation = Organisation.objects.create(name="Acme", slug="acme")
for name in ("one", "other"):
    print(actions.issue_token(organisation, name, ["read", "grade"])[1])
"""
# As it is served, but for patience: nobody waits for half a minute here.
SERVED = """\
from config.wsgi import application
from assessments.api import wire
wire.BODY_SECONDS = 2.0
"""


class Served:
    def __init__(self, port, tokens):
        self.port, self.tokens = port, tokens

    def call(self, method, path, body=None, token=0, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Authorization": f"Bearer {self.tokens[token]}", "Content-Type": "application/json"}
        connection.request(method, path, body and json.dumps(body), sent | headers)
        answer = connection.getresponse()
        told = answer.status, json.loads(answer.read() or "null"), answer.headers
        connection.close()
        return told

    @contextmanager
    def begun(self, length):
        """A connection on which a body of so many bytes is announced, and none has come."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            head = (
                f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {self.tokens[1]}\r\nContent-Length: {length}\r\n\r\n"
            )
            connection.sendall(head.encode())
            yield connection

    def submissions(self):
        return len(self.call("GET", f"{URL}?page_size=200", token=1)[1]["results"])


@pytest.fixture(scope="module")
def served(postgresql_server, migrated, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    (folder / "served.py").write_text(SERVED)
    with postgresql_server.database("served", migrated) as url:
        environment = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}} | {
            "DATABASE_URL": url, "VAR_DIR": str(folder), "SECRET_KEY": "x",
            "DJANGO_SETTINGS_MODULE": "config.settings", "API_REQUESTS_PER_MINUTE": str(LIMIT),
            "PYTHONPATH": f"{ROOT}:{folder}", "WEB_WORKERS": "2", "WEB_THREADS": "4",
        }  # fmt: skip
        told = subprocess.run(
            [sys.executable, "-c", PREPARE],
            cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        command = ["-m", "gunicorn", "--config=config/gunicorn.py", f"--bind=127.0.0.1:{port}"]
        server = subprocess.Popen(
            [sys.executable, *command, "served:application"], cwd=ROOT, env=environment
        )
        try:
            wait_for(port)
            yield Served(port, told.stdout.split())
        finally:
            server.terminate()
            server.wait(15)


def wait_for(port):
    end = time.monotonic() + 40
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nobody listens")


def test_a_body_that_does_not_arrive_is_ended_in_time_and_keeps_nobody_waiting(served):
    before = served.submissions()
    with served.begun(200) as slow, served.begun(200) as slower:
        for each in (b"{", b'"', b"t"):
            with suppress(BrokenPipeError):  # its time is over already
                slow.sendall(each)
            assert served.submissions() == before
        for silent in (slow, slower):
            head, _, body = received(silent).partition(b"\r\n\r\n")
            assert b" 408 " in head.partition(b"\r\n")[0]
            assert json.loads(body)["type"].endswith("/problems/too-slow/")

    assert served.submissions() == before


def received(connection):
    """All that comes until the server hangs up."""
    found = b""
    try:
        while piece := connection.recv(65_536):
            found += piece
    except ConnectionResetError:
        pass
    return found


def test_a_body_of_100_mib_is_refused_before_it_is_read(served):
    before = served.submissions()
    with served.begun(100 * 1024 * 1024) as connection:
        connection.sendall(b" " * 100_000)
        answer = connection.recv(65_536)

    assert b" 413 " in answer.partition(b"\r\n")[0]
    assert served.submissions() == before


def test_the_same_request_many_times_at_once_is_carried_out_once(served):
    before = served.submissions()
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(served.call, "POST", URL, CODE, 1, **{"Idempotency-Key": "k"})
            for _ in range(8)
        ]
    answers = [each.result()[:2] for each in sent]

    assert {status for status, _ in answers} <= {202, 409}
    taken = {body["id"] for status, body in answers if status == 202}
    refused = {body["type"].split("/")[-2] for status, body in answers if status == 409}
    assert len(taken) == 1
    assert refused <= {"in-progress"}
    assert served.submissions() == before + 1


def test_the_limit_of_a_token_holds_over_all_processes(served):
    if (left := 60 - time.time() % 60) < 10:
        time.sleep(left)  # of two minutes each would have a count of its own
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(served.call, "GET", "/api/v1/tasks/") for _ in range(LIMIT + 20)]
    answers = [each.result() for each in sent]

    assert Counter(status for status, _, _ in answers) == {200: LIMIT, 429: 20}
    left = [int(h["X-RateLimit-Remaining"]) for status, _, h in answers if status == 200]
    assert sorted(left) == list(range(LIMIT))
