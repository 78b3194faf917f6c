"""An example of everything that is sent and answered, made from its schema.

What no schema knows, what a field is usually like, is in the table: by the name of the field, or by
that of the component and the field where two of one name differ.
"""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from jsonschema import Draft202012Validator

Schemas = dict[str, Any]

MOMENT = "2026-11-21T09:30:00Z"
_SOURCE = """\
import numpy as np


def loss(y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)


def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size
"""
_REPORT = {
    "task": "mean-squared-error",
    "verdict": "partial",
    "score": 0.81,
    "families": {
        "values": {"passed": 20, "total": 20, "score": 1.0},
        "gradients": {"passed": 11, "total": 20, "score": 0.55},
    },
    "checks": [
        {
            "family": "gradients", "name": "a vector of three", "passed": False,
            "expected": "1.0", "got": "2.0",
            "detail": "`grad` is 2 at [0], expected 1 (ratio 2): the factor 1/2 is missing.",
        }
    ],
    "error": None,
    "diagnosis": ["The gradient is twice the true one everywhere."],
    "curves": [],
    "stability": [],
    "seconds": {"wall": 0.02, "cpu": 0.02},
    "seed": 1,
    "grader": "1.0",
}  # fmt: skip
# By the name of a field, or by that of the component too where two of one name differ.
_WORDS: dict[str, Any] = {
    "Submission.report": _REPORT,
    "language": "en",
    "stage": "graded",
    "shown": {"prompt": "Write the loss and its gradient.", "task": {"slug": "huber"}},
    "QuestionDetail.content": {"prompt": "Write it.", "task": "mean-squared-error"},
    "state": "finished",
    "pool": None,
    "fields": {"option": "b"},
    "Endpoint.enabled": True,
    "EndpointWithSecret.enabled": True,
    "TaskDetail.title": "Mean squared error",
    "Try.answer": "",
    "minutes": 45,
    "total": 2,
    "graded": 1,
    "expires_in_days": 10,
    "extra_percent": 25,
    "break_minutes": 15,
    "extra_minutes": 0,
    "untimed": False,
    "large_type": True,
    "pass_mark": 0.6,
    "seconds": 0.12,
    "duration": 120,
    "Column.name": "score",
    "Column.title": "Score",
    "Column.type": "number",
    "submissions": [str(uuid5(NAMESPACE_URL, "submission"))],
    "NewItem.id": "ada",
    "Result.id": "ada",
    "failure": "",
    "row": "an attempt",
    "unit": "a share from 0 to 1",
    "meaning": "What the attempt achieved.",
    "allowed": [],
    "missing": "Nothing is graded yet.",
    "answer": "ok",
    "by": "olu@acme.example",
    "comment": "Clear, and the second case is missing.",
    "content": {"option": "b"},
    "data": {"endpoint": str(uuid5(NAMESPACE_URL, "endpoint"))},
    "decided_by": "olu@acme.example",
    "description": "Results for the data team",
    "detail": "`loss` is 2.5 at [0], expected 0.5 (ratio 5).",
    "disabled_at": None,
    "disabled_why": "",
    "email": "ada@lovelace.example",
    "erased_at": None,
    "error": "",
    "event": "msg_5c0e8a1f4b7d2e9a6c3b0f8d1e2a",
    "failing_since": None,
    "formula": r"L = \frac{1}{n} \sum_i (y_i - \hat{y}_i)^2",
    "grader": "1.0",
    "intro": "An hour on loss functions.",
    "key": "gradients",
    "kind": "coding",
    "link": "https://minima.example/sit/9Zk…/",
    "made_by": "olu@acme.example",
    "message": "We look forward to your answers.",
    "name": "Ada Lovelace",
    "next": None,
    "note": "By letter of 3 May.",
    "number": 2,
    "points": {"0": 1.0, "1": 0.5},
    "previous": None,
    "previous_until": None,
    "question": "code-mean-squared-error",
    "reason": "Sound gradients, and a clear account of them.",
    "report_url": "https://minima.example/desk/attempts/7664589f/",
    "reviewer": "rob@acme.example",
    "rules": ["The mean over all elements is asked for."],
    "score": 0.81,
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "sentence": "The mean of the squared differences.",
    "signature": "loss(y_true, y_pred)",
    "slug": "mean-squared-error",
    "source": _SOURCE,
    "status": 204,
    "task": "mean-squared-error",
    "title": "Mean squared error",
    "topics": ["regression-losses"],
    "type": "attempt.graded",
    "url": "https://lovelace.org/minima",
    "verdict": "passed",
    "weight": 1.0,
    "domain": "Real numbers of one shape.",
    "functions": ["loss", "grad"],
    "event_types": ["attempt.graded"],
    "Submission.status": "graded",
    "SubmissionLine.status": "graded",
    "Attempt.title": "Machine learning engineer",
    "AttemptDetail.title": "Machine learning engineer",
    "AttemptReport.title": "Machine learning engineer",
    "Assessment.title": "Machine learning engineer",
    "Assessment.slug": "machine-learning-engineer",
    "AssessmentVersion.title": "Machine learning engineer",
    "Member.email": "olu@acme.example",
    "Member.name": "Olu Adeyemi",
    "Section.title": "Regression",
}
# Of two that exclude each other, the one that is left out.
_LEFT_OUT = "expires_at"
_INSTEAD = "expires_in_days"
_FORMATS = {"date-time": MOMENT, "uri": "https://minima.example/", "email": "ada@lovelace.example"}


def example_of(schema: Any, schemas: Schemas, place: str = "") -> Any:
    """Return a value that `schema` allows. `place` is "Component.field", "Component" or ""."""
    if (said := _said(schema, schemas, place)) is not UNSAID:
        return said
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return example_of(schemas[name], schemas, name)
    for several in ("allOf", "anyOf", "oneOf"):
        if several in schema:
            return example_of(schema[several][0], schemas, place)
    return _made(schema, schemas, place)


UNSAID = object()
# Of a text that nothing else says anything of: put a word for it into the table.
FALLBACK = "words"


def _said(schema: Any, schemas: Schemas, place: str) -> Any:
    """What the schema or the table says that it is like; UNSAID where neither does."""
    if "examples" in schema:
        return schema["examples"][0]
    _component, dot, field = place.partition(".")
    for key in (place, field) if dot else ():
        if key in _WORDS and allows(schema, _WORDS[key], schemas):
            return _WORDS[key]
    return schema["enum"][0] if "enum" in schema else UNSAID


def allows(schema: Any, value: Any, schemas: Schemas) -> bool:
    """Whether `value` is what `schema` describes."""
    whole = {**schema, "components": {"schemas": schemas}}
    return bool(Draft202012Validator(whole).is_valid(value))


def _made(schema: Any, schemas: Schemas, place: str) -> Any:
    kinds = schema.get("type", "object")
    match kinds if isinstance(kinds, str) else next(each for each in kinds if each != "null"):
        case "object":
            return _object(schema, schemas, place.partition(".")[0])
        case "array":
            return [example_of(schema["items"], schemas, place)]
        case "boolean":
            return bool(schema.get("default", True))
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "number":
            return 0.5
    if schema.get("format") == "uuid":
        return str(uuid5(NAMESPACE_URL, place.rpartition(".")[2]))
    return _FORMATS.get(schema.get("format", ""), FALLBACK)


def _object(schema: Any, schemas: Schemas, component: str) -> dict[str, Any]:
    fields = schema.get("properties", {})
    return {
        name: example_of(field, schemas, f"{component}.{name}")
        for name, field in fields.items()
        if not (name == _LEFT_OUT and _INSTEAD in fields)
    }
