"""A hiring system that behaves as Workable is said to; written from its description alone.

Workable calls addresses below one of ours with a Bearer token, and gives each assessment a
`callback_url`, to which we PUT how it stands, under a token that Workable gave out. Whatever answer
or result it can't use makes it raise Unacceptable, or is kept in `wrong`.
"""

import http.client
import itertools
import json
import re
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SECONDS = 15
PATH = "/assessments/"
STATUSES = {"pending", "completed", "rejected", "expired"}
GRADES = {"failed", "passed", "excelled"}
PARTS = {"score", "grade", "summary", "details", "duration"}


class Unacceptable(AssertionError):
    """An answer or a result that Workable can't use."""


class Refused(Exception):
    """The partner said no, with words for the user."""

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


@dataclass
class Assessment:
    """A test of a candidate, as Workable sees it: the results that came for it, in their order."""

    body: dict
    assessment_id: str = ""
    results: list = field(default_factory=list)

    @property
    def status(self):
        return self.results[-1]["status"] if self.results else "pending"


class Workable:
    """One account at Workable.

    Attributes:
        token: what the partner has to send with each result.
        answers: what the next results meet: a status, or "drop".
        wrong: what was wrong with results that came; no test is well that leaves any.
    """

    def __init__(self, port, base, key):
        self.port, self.base, self.key = port, base.rstrip("/"), key
        self.token = f"workable-{uuid.uuid4().hex}"
        self.assessments, self.answers, self.wrong = {}, [], []
        self.numbers = itertools.count(8823119)

    # What Workable asks --------------------------------------------------------------------------

    def tests(self):
        """Return the tests that a recruiter can choose from."""
        answer = self._ask("GET", "/tests", None, 200)
        _need(isinstance(answer.get("tests"), list), "tests is no list.")
        for each in answer["tests"]:
            _need(set(each) >= {"id", "name"}, f"{each} lacks its id or name.")
            _need(type(each["id"]) in (str, int) and each["id"], "An id is empty.")
            _need(isinstance(each["name"], str) and each["name"], "A name is empty.")
        return answer["tests"]

    def send(self, test, **candidate):
        """Send a test: a new assessment, as a recruiter does it once; may raise Refused."""
        path = f"{PATH}{next(self.numbers)}"
        body = {
            "test_id": test,
            "job_shortcode": "GROOV005",
            "job_title": "Groover",
            "callback_url": f"http://127.0.0.1:{self.port}{path}",
            "candidate": {
                "first_name": "Grace",
                "last_name": "Hopper",
                "email": "grace@example.com",
                "phone": "+1 202 555 0101",
            }
            | candidate,
        }
        return self.repeat(Assessment(body))

    def repeat(self, made):
        """Send the very same once more, as after an answer that was lost; it is one test."""
        self.assessments[urlsplit(made.body["callback_url"]).path] = made
        answer = self._ask("POST", "/assessments", made.body, 201)
        key = answer.get("assessment_id")
        _need(isinstance(key, str) and key, "assessment_id is no text.")
        known = made.assessment_id or key
        _need(key == known, "The same one has become another test.")
        made.assessment_id = key
        return made

    def shared_link(self, made):
        """Ask for a link to the results that works without an account; it is optional."""
        answer = self._ask("GET", f"/assessments/{made.assessment_id}/shared-link", None, 200)
        _need(_is_address(answer.get("url")), "The link has no url.")
        _need(str(answer.get("ttl", "")).isdigit(), "ttl is no number.")
        _need(isinstance(answer.get("ttl_units"), str), "ttl_units is missing.")
        return answer

    def _ask(self, method, path, body, right):
        status, headers, text = self.raw(method, path, body)
        kind = headers.get("Content-Type", "").partition(";")[0]
        _need(kind == "application/json", f"{path} answers {status} with {kind or 'no type'}.")
        answer = _parsed(text)
        if status in (400, 401, 404, 409, 422):
            _need(answer.get("status") == status, f"The body says {answer.get('status')!r}.")
            message = answer.get("message")
            _need(isinstance(message, str) and message, "An error has no message.")
            raise Refused(status, message)
        _need(status == right, f"{path} answers {status}: {text[:200]!r}")
        return answer

    def raw(self, method, path, body=None, *, key=None):
        """Return the status, headers and body of any call; `body` may be bytes of any nonsense."""
        parts = urlsplit(f"{self.base}{path}")
        sent = {"Authorization": f"Bearer {self.key if key is None else key}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
        try:
            made.request(method, parts.path, body, sent)
            answer = made.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            made.close()

    # What Workable is told ------------------------------------------------------------------------

    def told(self, path, headers, text):
        """Take a result; return the status of the answer."""
        made = self.assessments.get(path)
        if made is None:
            return self._refused(404, f"There is no assessment at {path}.")
        if headers.get("Authorization") != f"Bearer {self.token}":
            return self._refused(401, "A result has not the token.")
        answer = self.answers.pop(0) if self.answers else 200
        if answer != 200:
            return answer
        try:
            kind = headers.get("Content-Type", "").partition(";")[0]
            _need(kind == "application/json", "A result is not said to be JSON.")
            result = _parsed(text)
            _check(result)
        except Unacceptable as error:
            return self._refused(422, str(error))
        made.results.append(result)
        return 200

    def _refused(self, status, why):
        self.wrong.append(why)
        return status


def _check(result):
    known = {"status", "results_url", "assessment", "attachments"}
    _need(set(result) <= known, f"{sorted(set(result) - known)} is not known.")
    _need(result.get("status") in STATUSES, f"{result.get('status')!r} is no status.")
    if result["status"] == "completed":
        _need(_is_address(result.get("results_url")), "What is completed has no results_url.")
    url = result.get("results_url")
    _need(url is None or _is_address(url), f"{url!r} is no address.")
    _check_assessment(result.get("assessment") or {})
    for each in result.get("attachments") or []:
        _need(set(each) == {"description", "url"}, f"{each} is no attachment.")
        _need(_is_address(each["url"]), f"{each['url']!r} is no address.")


def _check_assessment(found):
    _need(isinstance(found, dict), "assessment is no object.")
    _need(set(found) <= PARTS, f"{sorted(set(found) - PARTS)} is not known.")
    score = found.get("score")
    _need(score is None or _is_number(score), f"{score!r} is no number as a text.")
    grade = found.get("grade")
    _need(grade is None or grade in GRADES, f"{grade!r} is no grade.")
    details = found.get("details")
    _need(details is None or isinstance(details, dict), "details is no object.")
    summary = found.get("summary")
    _need(summary is None or isinstance(summary, str), "summary is no text.")
    duration = found.get("duration")
    fits = duration is None or re.fullmatch(r"\d\d+:[0-5]\d:[0-5]\d", str(duration))
    _need(fits, f"{duration!r} is no duration.")


def _is_number(text):
    return isinstance(text, str) and re.fullmatch(r"\d+(\.\d+)?", text) is not None


def _is_address(url):
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _parsed(text):
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Unacceptable(f"This is no JSON: {text[:200]!r}.") from error
    _need(isinstance(found, dict), "This is no object.")
    return found


def _need(fits, wrong):
    if not fits:
        raise Unacceptable(wrong)


# The server ---------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        status = self.server.peer.told(self.path, self.headers, text)
        if status == "drop":
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *told):
        """Tests read what came, not a log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """Who hangs up is no error here."""


@contextmanager
def workable(base, key):
    """Yield an account at Workable that was given the partner's `base` address and `key`."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.peer = Workable(server.server_address[1], base, key)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
