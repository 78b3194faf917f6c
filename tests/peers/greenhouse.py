"""A hiring system that behaves as Greenhouse says it does; written from its description alone.

Greenhouse calls four addresses of ours, with a key as the name of HTTP Basic and no password. When
a candidate is done we send a PATCH without a body to the `url` that came with the order, under the
same key; then Greenhouse asks for the status. Whatever answer of ours it can't use it reports to
the fourth address, and so does this one, before it raises Unacceptable.
"""

import base64
import http.client
import itertools
import json
import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

# What a caller of assessment partners is patient for.
SECONDS = 15
LONGEST_KEY = 170
PATH = "/integrations/testing_partners/take_home_tests/"
HARRY = {
    "first_name": "Harry",
    "last_name": "Potter",
    "preferred_name": "The Chosen One",
    "email": "harry@hogwarts.example",
    "resume_url": "https://resumes.example/1?expires=in-seven-days",
    "phone_number": "123-456-7890",
    "greenhouse_profile_url": "https://app.greenhouse.io/people/17681532?application_id=26234709",
}


class Unacceptable(AssertionError):
    """An answer that Greenhouse can't use: the status, and what is wrong with it."""

    def __init__(self, status, *wrong):
        super().__init__(f"{status}: {' '.join(wrong)}")
        self.status, self.wrong = status, list(wrong)


@dataclass
class Order:
    """A test that was sent: what was asked for, and the key that the partner gave it.

    Attributes:
        answers: what the next completions meet: a status, "hang", "drop" or "twice"; then 200.
        patched: how often the partner said that it is complete.
    """

    url: str
    body: dict
    partner_interview_id: str = ""
    answers: list = field(default_factory=list)
    patched: int = 0


class Greenhouse:
    """One customer of Greenhouse.

    Attributes:
        wrong: what was wrong with completions that came; no test is well that leaves any.
        reported: what was told to the partner's response_error.
    """

    def __init__(self, port, base, key):
        assert len(key) <= LONGEST_KEY, "The key is longer than Greenhouse takes."
        assert ":" not in key, "What is before the colon is all that arrives of this key."
        self.port, self.key = port, key
        self.urls = {
            name: f"{base.rstrip('/')}/{name}"
            for name in ("list_tests", "send_test", "test_status", "response_error")
        }
        self.orders, self.wrong, self.reported, self.waiting = {}, [], [], []
        self.numbers, self.over = itertools.count(12345), threading.Event()

    # What Greenhouse asks -----------------------------------------------------------------------

    def list_tests(self):
        """Return the tests that a recruiter can choose from."""
        with self._reporting("list_tests"):
            tests = self._ask("GET", "list_tests")
            _need(200, isinstance(tests, list), "The tests are no bare array.")
            for each in tests:
                _need(200, isinstance(each, dict), "A test is no object.")
                _need_keys(each, {"partner_test_id": str, "partner_test_name": str})
                _need(200, each["partner_test_id"] and each["partner_test_name"], "One is empty.")
            ids = [each["partner_test_id"] for each in tests]
            _need(200, len(set(ids)) == len(ids), "Two tests have the same key.")
            return tests

    def send_test(self, test, *, extras=True, **candidate):
        """Press "Send Test": a new order, as a recruiter does it once."""
        url = f"http://127.0.0.1:{self.port}{PATH}{next(self.numbers)}"
        body = {
            "partner_test_id": test,
            "candidate": HARRY | candidate,
            "sent_by": "test_sender@example.org",
            "url": url,
        }
        if extras:  # real ones send more than is described
            body["candidate"]["id"], body["application"] = 17681532, {"id": 26234709}
        order = Order(url, body)
        self.orders[urlsplit(url).path] = order
        return self.repeat(order)

    def repeat(self, order):
        """Send the very same once more, as after an answer that was lost; it is one test."""
        with self._reporting("send_test", candidate_email=order.body["candidate"]["email"]):
            answer = self._ask("POST", "send_test", order.body)
            _need(200, isinstance(answer, dict), "The answer is no object.")
            _need_keys(answer, {"partner_interview_id": str})
            key = answer["partner_interview_id"]
            _need(200, key, "The interview's key is empty.")
            known = order.partner_interview_id or key
            _need(200, key == known, "The same order has become another test.")
            others = {each.partner_interview_id for each in self.orders.values() if each != order}
            _need(200, key not in others, "Two orders have become one test.")
            order.partner_interview_id = key
            return order

    def test_status(self, order):
        """Ask how far it is, as after a completion, or each hour of an older integration."""
        key = getattr(order, "partner_interview_id", order)
        with self._reporting("test_status", partner_interview_id=key):
            answer = self._ask("GET", "test_status", query={"partner_interview_id": key})
            _need(200, isinstance(answer, dict), "The answer is no object.")
            _check_status(answer)
            return answer

    def response_error(self, api_call, *errors, **known):
        """Tell the partner what could not be used; only the call and the errors are sure to be."""
        told = {"api_call": api_call, "errors": list(errors), **known}
        self.reported.append(told)
        status, _, text = self.raw("POST", "response_error", told)
        _need(status, status == 200, "The report was not taken.")
        _need(status, _parsed(status, text) == {"status": 200}, "The report met another answer.")

    def raw(self, method, name, body=None, *, query=None, key=None, headers=()):
        """Return the status, headers and body of any call; `body` may be bytes of any nonsense."""
        parts = urlsplit(self.urls[name] + (f"?{urlencode(query)}" if query else ""))
        sent = {"Authorization": basic(self.key if key is None else key), "Accept": "*/*"}
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {each: value for each, value in (sent | dict(headers)).items() if value is not None}
        made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
        try:
            made.request(method, f"{parts.path}?{parts.query}".rstrip("?"), body, sent)
            answer = made.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            made.close()

    def _ask(self, method, name, body=None, query=None):
        status, headers, text = self.raw(method, name, body, query=query)
        _need(status, 200 <= status < 300, "This is no success.", repr(text[:200]))
        kind = headers.get("Content-Type", "").partition(";")[0]
        _need(status, kind == "application/json", "The answer is not said to be JSON.")
        return _parsed(status, text)

    @contextmanager
    def _reporting(self, api_call, **known):
        try:
            yield
        except Unacceptable as error:
            self.response_error(api_call, *error.wrong, **known)
            raise

    # What Greenhouse is told --------------------------------------------------------------------

    def completed(self, path, headers, body):
        """Take a completion; return what is answered."""
        order = self.orders.get(path)
        if order is None:
            return self._refused(404, f"There is no order at {path}.")
        if headers.get("Authorization") != basic(self.key):
            return self._refused(401, "The completion has not the key of the orders.")
        if body:
            return self._refused(400, "A completion has no body.")
        order.patched += 1
        answer = order.answers.pop(0) if order.answers else 200
        if answer in (200, "drop", "twice"):
            self.waiting.append(order)
        return answer

    def _refused(self, status, why):
        self.wrong.append(why)
        return status

    def follow_up(self):
        """Ask for the status of whatever was said to be complete since; return the answers."""
        orders, self.waiting = self.waiting, []
        return [self.test_status(each) for each in orders]


def basic(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


# What answers have to be --------------------------------------------------------------------------


def _check_status(answer):
    _need_keys(
        answer,
        {"partner_status": str},
        {"partner_profile_url": (str, None), "partner_score": (int, float, None)},
        {"metadata": (dict, None)},
    )
    _need(200, answer["partner_status"], "The status is empty.")
    url = answer.get("partner_profile_url")
    if answer["partner_status"] == "complete":
        _need(200, url, "What is complete has no profile.")
    if url is not None:
        parts = urlsplit(url)
        _need(200, parts.scheme in ("http", "https") and parts.netloc, "The profile is no address.")
    score = answer.get("partner_score")
    _need(200, score is None or math.isfinite(score), "The score is no number.")
    for name, value in (answer.get("metadata") or {}).items():
        flat = value is None or isinstance(value, str | int | float | bool)
        _need(200, flat, f"{name} of the metadata is not a primitive value.")


def _need_keys(found, required, *optional):
    """Each key with the types it may have; what is there besides nobody has described."""
    types = {name: kind for each in (required, *optional) for name, kind in each.items()}
    for name in required:
        _need(200, name in found, f"{name} is missing.")
    for name, value in found.items():
        _need(200, name in types, f"{name} is not known.")
        kinds = types[name] if isinstance(types[name], tuple) else (types[name],)
        fits = any(value is None if kind is None else type(value) is kind for kind in kinds)
        _need(200, fits, f"{name} is {value!r}.")


def _parsed(status, text):
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        raise Unacceptable(status, f"This is no JSON: {error}.") from error


def _no_constant(name):
    raise ValueError(f"{name} is not of JSON")


def _need(status, fits, *wrong):
    if not fits:
        raise Unacceptable(status, *wrong)


# The server ---------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    def do_PATCH(self):
        peer = self.server.peer
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = peer.completed(self.path, self.headers, body)
        self.close_connection = True
        if answer == "hang":
            peer.over.wait(30)
        elif answer != "drop":
            for _ in range(2 if answer == "twice" else 1):
                self._reply(200 if answer == "twice" else answer)

    def _reply(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _another(self):
        self.server.peer.wrong.append(f"Greenhouse knows no {self.command} of {self.path}.")
        self._reply(405)

    do_GET = do_POST = do_PUT = do_DELETE = _another  # noqa: N815

    def log_message(self, *told):
        """Tests read what came, not a log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """Who hangs up is no error here."""


@contextmanager
def greenhouse(base, key):
    """Yield a customer of Greenhouse that was given the partner's `base` address and `key`."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.peer = Greenhouse(server.server_address[1], base, key)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.peer
    finally:
        server.peer.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
