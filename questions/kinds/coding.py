"""Coding: a loss, written by the candidate and judged by the grader."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from grader import own
from grader.catalogue import CATALOGUE, get
from grader.catalogue.starter import signature, starter
from grader.catalogue.task import Task
from grader.catalogue.worked import as_code
from grader.families import WEIGHTS, Family
from grader.inputs import LONGEST, fields, inputs_from
from grader.judge.score import Share, score
from grader.sandbox import Sandbox, SandboxFault
from questions.kinds.kind import Answer, Code, Content, FieldFault, Kind, Report, clean_text

SOURCE_BYTES = 65_536


class Coding(Kind):
    """Answer: {"source": the module as it was typed, "inputs": what to call it with in a Run}.

    The inputs are texts by the name of an argument or parameter. They are kept with the draft, and
    no part of what is graded.

    A file names its task and says what to write; the rest comes from the task's row. A version
    keeps a copy of that, for rows may be mended, and a published question never changes. Or it
    brings the definition of a task of its own, whose code runs in the grader's sandbox only.
    """

    slug = "coding"
    title = "Coding"
    typed = True
    answer_fields = {"source": str, "inputs": dict}
    schema = {
        "required": ["prompt"],
        "properties": {
            "task": {
                "type": "string",
                "description": "A slug of the grader's catalogue.",
                # For editors to offer; others are a fault that validate() names.
                "examples": list(CATALOGUE),
            },
            "own": {**own.SCHEMA, "description": "A task of your own, in place of `task`."},
            "prompt": {
                "type": "string",
                "minLength": 1,
                "description": "What to write and where it matters; formula and rules follow it.",
            },
            "weights": {
                "type": "object",
                "propertyNames": {"enum": [*Family]},
                "additionalProperties": {"type": "number", "minimum": 0},
                "description": "What each family of checks counts here; others as usual.",
            },
            "official_answer": {
                "type": "string",
                "minLength": 1,
                "description": "For reviewers, beside the solution that the catalogue has.",
            },
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        if "own" in content:
            faults = [(f"own.{field}", fault) for field, fault in own.faults(content["own"])]
            if content["own"]["slug"] in CATALOGUE:
                faults.append(("own.slug", "The catalogue has a task of that name."))
            return faults + ([("task", "Leave it out: the task is own.")] * ("task" in content))
        if content.get("task") in CATALOGUE:
            return []
        return [("task", f"The catalogue has no task {content.get('task')!r}.")]

    def frozen(self, content: Content) -> dict[str, Any]:
        return {**content, "shown": shown(row_of(content))}

    def written(self, content: Content) -> dict[str, Any]:
        return {name: value for name, value in content.items() if name != "shown"}

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        task = row_of(content)
        return {
            "prompt": content["prompt"],
            "task": seen(content),
            "drawn": bool(task.curves),
            "fields": fields(task),
        }

    def starter(self, content: Content) -> str:
        return str(seen(content)["starter"])

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        return {
            "prompt": content["prompt"],
            "task": seen(content),
            "official_answer": content.get("official_answer", ""),
            "solution": row_of(content).variants[0].source,
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        return str(answer.get("source", ""))

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        if not {"source"} <= set(answer) <= {"source", "inputs"}:
            raise ValueError(
                _("An answer to a coding question holds a source, and its own inputs.")
            )
        check_source(answer["source"])
        if "inputs" in answer:
            check_inputs(answer["inputs"], {field.name for field in fields(row_of(content))})

    def is_answered(self, content: Content, answer: Answer) -> bool:
        return self.code_to_grade(content, answer) is not None

    def code_to_grade(self, content: Content, answer: Answer) -> Code | None:
        source = answer.get("source", "")
        if not source.strip() or source == seen(content)["starter"]:
            return None
        return Code(self.task(content), source)

    def task(self, content: Content) -> str:
        return str(content["own"]["slug"] if "own" in content else content["task"])

    def own_task(self, content: Content) -> Mapping[str, Any] | None:
        return content.get("own")

    def inputs(self, content: Content, answer: Answer) -> dict[str, Any] | None:
        return inputs_from(row_of(content), answer.get("inputs", {}))

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        """The best of the reports: which of them count is the assessment's business."""
        if any(report is None for report in reports):
            return None
        weights = content.get("weights")
        return max((share(report, weights) for report in reports if report), default=0.0)


def share(report: Report, weights: Mapping[str, float] | None) -> float:
    """Return the score of a report, with a question's own weights where it has some."""
    if not weights:
        return float(report["score"])
    families = {
        family: Share(found["passed"], found["total"], found["score"])
        for family in Family
        if (found := report["families"].get(family))
    }
    own = {family: weights.get(family, usual) for family, usual in WEIGHTS.items()}
    return score(families, own) if families else 0.0


def check_source(source: object) -> None:
    """Raise ValueError, with a sentence for its author, where `source` cannot be kept as text."""
    if not isinstance(source, str):
        raise ValueError(_("The source must be a string."))
    if "\x00" in source:
        raise ValueError(_("The source holds a null character."))
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        raise ValueError(_("The source holds half of a surrogate pair.")) from None
    if size > SOURCE_BYTES:
        long = _("The source has %(size)d bytes; %(most)d are allowed.")
        raise ValueError(long % {"size": size, "most": SOURCE_BYTES})


def check_inputs(inputs: object, names: Collection[str]) -> None:
    """Raise ValueError, with a sentence, where texts by `names` cannot be kept; any text can be."""
    if not isinstance(inputs, Mapping) or not set(inputs) <= set(names):
        raise ValueError(_("The inputs must be texts, each by the name of an argument."))
    for text in inputs.values():
        clean_text(text, LONGEST)


def seen(content: Content) -> Mapping[str, Any]:
    """Return what a version shows of its task; the oldest versions kept no copy of it."""
    kept: Mapping[str, Any] | None = content.get("shown")
    return kept or shown(row_of(content))


def row_of(content: Content) -> Task:
    """Return the task, for what it says; the code of an own one runs nowhere here."""
    if "own" in content:
        return own.own_task(content["own"], _no_sandbox)
    return get(content["task"])


def _no_sandbox() -> Sandbox:
    raise SandboxFault("Only a grading worker runs the code of a task.")


def shown(task: Task) -> dict[str, Any]:
    """Return what the page says of a task, as plain data."""
    return {
        "title": task.title,
        "formula": task.formula,
        "sentence": task.sentence,
        "domain": task.domain,
        "functions": wanted(task),
        "rules": list(task.rules),
        "examples": [
            {"code": as_code(task, example), "working": example.working}
            for example in task.examples[:1]
        ],
        "starter": starter(task),
        "source": task.source,
    }


def wanted(task: Task) -> list[dict[str, str]]:
    """Return the functions to write: each signature, and in words what it returns."""
    value = "one real number" if task.function == "loss" else "one score a row, as a float array"
    returns = {task.function: value, "grad": _gradients(task)}
    return [
        {"signature": signature(task, function), "returns": returns[function]}
        for function in task.functions
    ]


def _gradients(task: Task) -> str:
    names = [task.arguments[i].name for i in task.differentiated]
    if len(names) == 1:
        return f"the derivative of the loss with respect to {names[0]}, as an array of its shape"
    return f"the derivatives with respect to {', '.join(names)}: a tuple of arrays in that order"


KIND = Coding()
