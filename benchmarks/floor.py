"""The floor: a plan's calls in this process, in a plain loop, with no isolation at all.

`Floor.run` answers as `grader.sandbox.Sandbox.run` does, so that tests of the judge need no
sandbox; `loop` is the bare loop that the sandbox's cost is compared with. Only for sources that are
trusted: they run right here.
"""

from collections import deque
from collections.abc import Callable, Sequence
from time import perf_counter, process_time
from typing import Any, Self

import numpy as np

from grader.judge.rehearsal import answer, copied
from grader.sandbox.call import Array, Call
from grader.sandbox.meanwhile import Meanwhile
from grader.sandbox.outcome import Ending, Limits, NotRun, Outcome, Result, Returned
from grader.sandbox.sandbox import NOTHING, Calls, made


def loop(source: str, calls: Sequence[Call]) -> list[Any]:
    """Compile `source` and make every call with fresh copies of its arguments; keep what it gave.

    This is all that grading costs where nobody is protected from anybody.
    """
    namespace: dict[str, Any] = {"__name__": "submission"}
    exec(compile(source, "submission.py", "exec"), namespace)
    with np.errstate(all="ignore"):
        return [_bare(namespace[call.function], call) for call in calls]


def _bare(function: Callable[..., Any], call: Call) -> Any:
    if call.probe is None:
        return _called(function, [a.copy(order="K") for a in call.arguments], call)
    losses = np.empty(len(call.probe.elements))
    for j, element in enumerate(call.probe.elements):
        arguments = [a.copy(order="K") for a in call.arguments]
        arguments[call.probe.argument].reshape(-1)[element] = call.probe.values[j]
        losses[j] = _called(function, arguments, call)
    return losses


def _called(function: Callable[..., Any], arguments: list[Array], call: Call) -> Any:
    try:
        return function(*arguments, **call.parameters)
    except Exception as error:
        return error


class Floor:
    """Has the interface of a sandbox and none of its walls."""

    def run(
        self,
        source: str | bytes,
        calls: Calls,
        functions: Sequence[str] = ("loss", "grad"),
        limits: Limits | None = None,
        meanwhile: Meanwhile = NOTHING,
    ) -> Outcome:
        """Return the outcome of the calls; an ending other than FINISHED is one of loading."""
        wall, cpu = perf_counter(), process_time()
        namespace: dict[str, Any] = {"__name__": "submission"}
        ending, detail = _load(source, functions, namespace)
        calls = made(calls)
        results: tuple[Result, ...] = (NotRun(),) * len(calls)
        if ending is Ending.FINISHED:
            results = tuple(self._answer(namespace, call) for call in calls)
        seconds = process_time() - cpu, perf_counter() - wall
        deque(meanwhile.beside_calls(), maxlen=0)
        return Outcome(ending, detail, results, "", *seconds)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _answer(self, namespace: dict[str, Any], call: Call) -> Result:
        if not (call.echo or call.hold or call.timed):
            return answer(namespace, call)
        return _watched(namespace, call)


def _load(
    source: str | bytes, functions: Sequence[str], namespace: dict[str, Any]
) -> tuple[Ending, str]:
    try:
        exec(compile(source, "submission.py", "exec"), namespace)
    except SyntaxError as error:
        return Ending.SYNTAX_ERROR, f"The source is not valid Python: {error.msg}."
    except Exception as error:
        return Ending.EXCEPTION, f"Loading the module raised {type(error).__name__}."
    missing = [name for name in functions if not callable(namespace.get(name))]
    if missing:
        return Ending.MISSING_FUNCTION, f"There is no function `{missing[0]}`."
    return Ending.FINISHED, ""


def _watched(namespace: dict[str, Any], call: Call) -> Result:
    """Make a call whose arguments and result are looked at afterwards, or that is timed."""
    arguments = [copied(array) for array in call.arguments]
    kept: list[Any] = []

    def function(*_: Array, **parameters: Any) -> Any:
        kept.append(namespace[call.function](*arguments, **parameters))
        return kept[0]

    start = process_time()
    result = answer({call.function: function}, call)
    seconds = process_time() - start
    if not isinstance(result, Returned):
        return result
    echoed = tuple(array.copy() for array in arguments) if call.echo else None
    later = _held(namespace, call, arguments, kept[0]) if call.hold else None
    timed = seconds if call.timed else None
    return Returned(result.values, result.form, echoed, later, timed)


def _held(
    namespace: dict[str, Any], call: Call, arguments: list[Array], kept: Any
) -> tuple[Array, ...] | None:
    """Read a result again after another call of its function and with its inputs overwritten."""
    answer(namespace, Call(call.function, tuple(a + 1 for a in call.arguments), call.parameters))
    for array in arguments:
        array.fill(1)
    again = answer({call.function: lambda *_, **__: kept}, call)
    return again.values if isinstance(again, Returned) else None
