"""A hiring system that behaves as Ashby says it does; written from its description alone.

Ashby calls three addresses below one of ours, each with POST and JSON, under a key as the name of
HTTP Basic. What changes later we POST to its assessment.update, under a key that Ashby gave out.
Whatever answer or update it can't use makes it raise Unacceptable, or is kept in `wrong`.
"""

import base64
import http.client
import json
import math
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SECONDS = 15
UPDATE = "/assessment.update"
TYPES = {
    "numeric_score": (int, float),
    "numeric_duration_minutes": (int, float),
    "url": (str,),
    "string": (str,),
    "boolean_success": (bool,),
}
UPDATED = {
    *("assessment_id", "timestamp", "assessment_status", "assessment_profile_url"),
    *("assessment_result", "cancelled_reason", "metadata"),
}


class Unacceptable(AssertionError):
    """An answer or an update that Ashby can't use."""


class Refused(Exception):
    """The partner said no: 409 has words of Ashby's own, 422 those of the partner.

    Attributes:
        message: what the user of Ashby reads; "" for a 409.
    """

    def __init__(self, status, message):
        super().__init__(f"{status}: {message}")
        self.status, self.message = status, message


@dataclass
class Started:
    """An assessment of a candidate, as Ashby sees it.

    Attributes:
        body: what it was started with.
        started_at, result, cancelled: what an update said of it, None until one does.
        fields: every other value by its identifier.
    """

    assessment_id: str
    body: dict
    started_at: int | None = None
    status: str = ""
    url: str = ""
    result: float | None = None
    cancelled: str | None = None
    fields: dict = field(default_factory=dict)
    updates: list = field(default_factory=list)


class Ashby:
    """One customer of Ashby.

    Attributes:
        api_key: what the partner has to send with each update.
        answers: what the next updates meet: a status, "no" (a 200 that says it failed), or "drop".
        wrong: what was wrong with updates that came; no test is well that leaves any.
    """

    def __init__(self, port, base, key):
        self.port, self.base, self.key = port, base.rstrip("/"), key
        self.api_key = f"ashby-{uuid.uuid4().hex}"
        self.started, self.answers, self.wrong, self.kinds = {}, [], [], {}

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    # What Ashby asks -----------------------------------------------------------------------------

    def list(self):
        """Return the assessments that a recruiter can choose from."""
        answer = self._ask("assessment.list", {})
        _need(isinstance(answer.get("results"), list), "results is no list.")
        for each in answer["results"]:
            _need(isinstance(each, dict), "An assessment is no object.")
            _need(_is_uuid(each.get("assessment_type_id")), "assessment_type_id is no UUID.")
            _need(isinstance(each.get("name"), str) and each["name"], "name is empty.")
            _need(isinstance(each.get("description", ""), str), "description is no text.")
        return answer["results"]

    def start(self, kind, application=None, **candidate):
        """Press "Start": what came of it; raise Refused with what the user is told."""
        return self.repeat(self.body(kind, application, **candidate))

    def body(self, kind, application=None, **candidate):
        return {
            "assessment_type_id": kind,
            "candidate": {
                "ashby_id": str(uuid.uuid4()),
                "first_name": "Ada",
                "last_name": "Lovelace",
                "email": "ada@example.com",
                "ashby_profile_url": "https://app.ashbyhq.com/candidates/1",
            }
            | candidate,
            "application": {"ashby_id": application or str(uuid.uuid4()), "status": "Active"},
            "job": {
                "ashby_id": str(uuid.uuid4()),
                "name": "Machine learning engineer",
                "req_id": "ML-1",
                "ashby_job_url": "https://app.ashbyhq.com/jobs/1",
                "hiringTeam": [{"email": "boss@example.com", "role": "Hiring Manager"}],
            },
            "additional_fields": {},
            # Real ones send more than is described.
            "environment": "production",
        }

    def repeat(self, body):
        """Send a body, perhaps once more, as after an answer that was lost."""
        results = self._results(self._ask("assessment.start", body))
        key = results["assessment_id"]
        known = self.started.setdefault(key, Started(key, body))
        _need(known.body["application"] == body["application"], "Two orders have become one.")
        if "update_request" in results:
            self._take(results["update_request"])
        return known

    def cancel(self, started):
        """Cancel it; raise Refused with what the user is told."""
        results = self._results(
            self._ask("assessment.cancel", {"assessment_id": started.assessment_id})
        )
        _need(results["assessment_id"] == started.assessment_id, "Another one was cancelled.")
        if "update_request" in results:
            self._take(results["update_request"])
        return started

    def _results(self, answer):
        results = answer.get("results")
        _need(isinstance(results, dict), "results is no object.")
        _need(_is_uuid(results.get("assessment_id")), "assessment_id is no UUID.")
        _need(set(results) <= {"assessment_id", "update_request"}, f"{set(results)} is not known.")
        return results

    def _ask(self, verb, body):
        status, headers, text = self.raw(verb, body)
        if status == 409:
            raise Refused(409, "")
        kind = headers.get("Content-Type", "").partition(";")[0]
        _need(kind == "application/json", f"{verb} answers {status} with {kind or 'no type'}.")
        answer = _parsed(text)
        if status == 422:
            message = answer.get("message")
            _need(isinstance(message, str) and message, "A 422 has no message for the user.")
            raise Refused(422, message)
        _need(status == 200, f"{verb} answers {status}: {text[:200]!r}")
        _need(answer.get("success") is True, f"{verb} is no success: {text[:200]!r}")
        return answer

    def raw(self, verb, body, *, key=None, method="POST"):
        """Return the status, headers and body of any call; `body` may be bytes of any nonsense."""
        parts = urlsplit(f"{self.base}/{verb}")
        sent = {
            "Authorization": basic(self.key if key is None else key),
            "Content-Type": "application/json",
        }
        made = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
        try:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            made.request(method, parts.path, data, sent)
            answer = made.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            made.close()

    # What Ashby is told ---------------------------------------------------------------------------

    def updated(self, path, headers, text):
        """Take an update; return the status and the body of the answer."""
        if path != UPDATE:
            return self._refused(404, f"There is nothing at {path}.")
        if not headers.get("User-Agent"):
            return self._refused(403, "An update says nothing of who sends it.")
        if headers.get("Authorization") != basic(self.api_key):
            return self._refused(
                403 if headers.get("Authorization") else 401, "An update has not the key."
            )
        answer = self.answers.pop(0) if self.answers else 200
        if answer != 200:
            return (200, _no("It could not be done.")) if answer == "no" else (answer, b"{}")
        try:
            _need(headers.get("Accept") == "application/json; version=1", "Accept has no version.")
            kind = headers.get("Content-Type", "").partition(";")[0]
            _need(kind == "application/json", "An update is not said to be JSON.")
            self._take(_parsed(text))
        except Unacceptable as error:
            return self._refused(200, str(error))
        return 200, json.dumps({"success": True, "results": {}}).encode()

    def _refused(self, status, why):
        self.wrong.append(why)
        return status, _no(why)

    def _take(self, told):
        _need(isinstance(told, dict), "An update is no object.")
        _need(set(told) <= UPDATED, f"{sorted(set(told) - UPDATED)} is not known.")
        stamp = told.get("timestamp")
        _need(type(stamp) is int and 10**12 < stamp < 10**13, f"{stamp!r} is no milliseconds.")
        started = self.started.get(told.get("assessment_id"))
        _need(started is not None, f"{told.get('assessment_id')} was not started.")
        over = told.get("cancelled_reason")
        status, result = told.get("assessment_status"), told.get("assessment_result")
        _need(status is not None or over is not None, "assessment_status is missing.")
        url = told.get("assessment_profile_url")
        _need(result is None or url is not None, "A result comes without a profile.")
        _need(url is None or url.get("type") == "url", "The profile is not of type url.")
        metadata = told.get("metadata") or []
        _need(isinstance(metadata, list), "metadata is no list.")
        fields = [each for each in (status, result, url, over, *metadata) if each is not None]
        for each in fields:
            self._check(each)
        names = [each["identifier"] for each in fields]
        _need(len(set(names)) == len(names), f"Two of {names} are the same.")
        self._keep(started, told, fields)

    def _check(self, found):
        _need(isinstance(found, dict), f"{found!r} is no object.")
        known = {"identifier", "label", "type", "value", "description"}
        _need(set(found) <= known, f"{sorted(set(found) - known)} is not known.")
        for name in ("identifier", "label"):
            _need(isinstance(found.get(name), str) and found[name], f"{name} of {found} is empty.")
        kind, value = found.get("type"), found.get("value")
        _need(kind in TYPES, f"{kind!r} is no type.")
        fits = isinstance(value, TYPES[kind]) and (kind == "boolean_success") == (
            type(value) is bool
        )
        _need(fits, f"{value!r} is no {kind}.")
        _need(not isinstance(value, float) or math.isfinite(value), f"{value!r} is no number.")
        if kind == "url":
            parts = urlsplit(value)
            _need(parts.scheme in ("http", "https") and parts.netloc, f"{value} is no address.")
        # It names one field of this partner, whichever assessment it comes with.
        same = self.kinds.setdefault(found["identifier"], kind)
        _need(same == kind, f"{found['identifier']} was a {same} before.")

    def _keep(self, started, told, fields):
        started.updates.append(told)
        started.fields |= {each["identifier"]: each["value"] for each in fields}
        if status := told.get("assessment_status"):
            started.status = status["value"]
            if status["value"] == "Started":
                started.started_at = told["timestamp"]
        if url := told.get("assessment_profile_url"):
            started.url = url["value"]
        if result := told.get("assessment_result"):
            started.result = result["value"]
        if over := told.get("cancelled_reason"):
            started.cancelled = over["value"]


def basic(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def _no(why):
    return json.dumps({"success": False, "errors": [why]}).encode()


def _is_uuid(text):
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


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
    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        status, body = self.server.peer.updated(self.path, self.headers, text)
        if status == "drop":
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told):
        """Tests read what came, not a log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        """Who hangs up is no error here."""


@contextmanager
def ashby(base, key):
    """Yield a customer of Ashby that was given the partner's `base` address and `key`."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.peer = Ashby(server.server_address[1], base, key)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
