"""Coding questions for programs without our grader: what to write, and a few open tests."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from grader.catalogue.task import Array, Case, Task
from grader.plan import Ask, sample_plan
from grader.plan.check import Check
from questions.kinds import coding

# Inputs of more elements than this are no longer read in a test.
MOST_ELEMENTS = 40
RIGHT = "right"


class Sample(NamedTuple):
    """A test that anybody may see: code that prints a verdict, and the verdict to expect."""

    name: str
    code: str
    expected: str


def brief(task: Task) -> str:
    """Return in Markdown what the candidate's page says around a prompt."""
    shown = coding.shown(task)
    functions = "\n".join(
        f"- `{f['signature']}` returns {f['returns']}" for f in shown["functions"]
    )
    rules = "\n".join(f"- {rule}" for rule in shown["rules"])
    examples = "\n\n".join(f"```python\n{e['code']}\n```" for e in shown["examples"])
    parts = [f"$$\n{shown['formula']}\n$$", shown["sentence"], shown["domain"], functions, rules]
    return "\n\n".join(part for part in [*parts, examples] if part)


def samples(task: Task) -> list[Sample]:
    """Return open tests of `task`; they print a verdict, for printed numbers differ in digits."""
    return list(_samples(task))


def _samples(task: Task) -> Iterator[Sample]:
    if task.workshop is not None:
        # Nothing of an author's code runs here: what was worked out on paper is known without it.
        yield from _worked(task)
        return
    seen: set[str] = set()
    for check in sample_plan(task).checks:
        code = _code(task, check)
        if code and code not in seen:
            seen.add(code)
            yield Sample(check.name, code, RIGHT)


def _worked(task: Task) -> Iterator[Sample]:
    for number, example in enumerate(task.examples, start=1):
        call = f"{task.function}({_arguments(example.case)})"
        if code := _agrees(call, example.value):
            yield Sample(f"example {number}", code, RIGHT)
        parts = example.gradient or ()
        for part, slopes in enumerate(parts):
            call = f"grad({_arguments(example.case)})"
            got = call if len(parts) == 1 else f"{call}[{part}]"
            if code := _agrees(got, slopes):
                yield Sample(f"gradient of example {number}", code, RIGHT)


def _code(task: Task, check: Check) -> str:
    case = check.case
    if sum(np.size(array) for array in case.arguments) > MOST_ELEMENTS:
        return ""
    call = f"{check.function}({_arguments(case)})"
    if check.ask is Ask.VALUE_ERROR:
        return _raises(call)
    with np.errstate(all="ignore"):
        if check.ask is Ask.VALUE:
            return _agrees(call, task.reference(*case.arguments, **case.parameters))
        if check.ask is Ask.GRADIENT and task.gradient:
            parts = task.gradient(*case.arguments, **case.parameters)
            got = call if len(parts) == 1 else f"{call}[{check.part}]"
            return _agrees(got, parts[check.part])
    return ""


def _agrees(call: str, expected: object) -> str:
    array = np.asarray(expected, dtype=float)
    if not np.isfinite(array).all():
        return ""
    return (
        "import numpy as np\n"
        f"got = {call}\n"
        f"expected = {array.tolist()!r}\n"
        f"print('{RIGHT}' if np.shape(got) == np.shape(expected)\n"
        f"      and np.allclose(got, expected, rtol=1e-6, atol=1e-9) else got)"
    )


def _raises(call: str) -> str:
    return f"import numpy as np\ntry:\n    print({call})\nexcept ValueError:\n    print('{RIGHT}')"


def _arguments(case: Case) -> str:
    positional = [_literal(array) for array in case.arguments]
    return ", ".join([*positional, *(f"{k}={v!r}" for k, v in case.parameters.items())])


def _literal(array: Array) -> str:
    found = np.asarray(array)
    shape = f".reshape({found.shape!r})" if 0 in found.shape and found.ndim > 1 else ""
    return f"np.array({found.tolist()!r}, dtype=np.{found.dtype.name}){shape}"
