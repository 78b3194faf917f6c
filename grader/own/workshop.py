"""Where the code of an own task runs: in a sandbox, as a candidate's does, never in here."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from hashlib import sha256

from grader.catalogue.task import Array, Parameters
from grader.sandbox import Sandbox
from grader.sandbox.call import Call
from grader.sandbox.outcome import Ending, Limits, Raised, Result, Returned, Unusable

FUNCTIONS = ("loss", "grad", "sample")
# One child makes all calls of a plan at once.
LIMITS = Limits(cpu_seconds=10.0, wall_seconds=20.0)
# Inputs and results of a few plans.
REMEMBERED = 1024


class BrokenTask(Exception):
    """An own task's code failed, with a sentence for its author. It says nothing of a candidate."""


class Workshop:
    """Runs the module of an own task in a sandbox, and remembers what it gave.

    Args:
        module: source with `loss`, `grad` and `sample`.
        sandbox: returns the sandbox to run in; not the one in which a candidate's code is running.
    """

    def __init__(self, module: str, sandbox: Callable[[], Sandbox]) -> None:
        self._module = module
        self._sandbox = sandbox
        self._known: OrderedDict[bytes, tuple[Array, ...]] = OrderedDict()

    def call(
        self, function: str, arguments: Sequence[Array], parameters: Parameters | None = None
    ) -> tuple[Array, ...]:
        """Return what one call gives, as a tuple of arrays; raise BrokenTask where it fails."""
        call = Call(function, tuple(arguments), parameters or {})
        key = _key(call)
        if key not in self._known:
            self.prepare([call])
        self._known.move_to_end(key)
        return self._known[key]

    def prepare(self, calls: Sequence[Call]) -> None:
        """Make calls in one child that will be asked for soon. Raises BrokenTask, SandboxFault."""
        wanted = {key: call for call in calls if (key := _key(call)) not in self._known}
        if not wanted:
            return
        asked = list(wanted.values())
        outcome = self._sandbox().run(self._module, asked, FUNCTIONS, LIMITS)
        if outcome.ending is not Ending.FINISHED:
            raise BrokenTask(f"The task's module ended as {outcome.ending}: {outcome.detail}")
        for key, call, result in zip(wanted, asked, outcome.results, strict=True):
            self._known[key] = _values(call, result)
        while len(self._known) > max(REMEMBERED, len(wanted)):
            self._known.popitem(last=False)

    def rehearse(self, source: str, calls: Sequence[Call]) -> Sequence[Result]:
        """Return what another source of the task gives, a misconception's for one."""
        return self._sandbox().run(source, calls, FUNCTIONS[:2], LIMITS).results


def _key(call: Call) -> bytes:
    digest = sha256(repr((call.function, sorted(call.parameters.items()))).encode())
    for array in call.arguments:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.digest()


def _values(call: Call, result: Result) -> tuple[Array, ...]:
    if isinstance(result, Returned):
        return result.values
    shapes = ", ".join(str(array.shape) for array in call.arguments)
    asked = f"The task's own `{call.function}`, with arguments of shape {shapes},"
    if isinstance(result, Raised):
        raise BrokenTask(f"{asked} raised {result.bases[0]}: {result.message}")
    if isinstance(result, Unusable):
        raise BrokenTask(f"{asked} returned {result.what}.")
    raise BrokenTask(f"{asked} did not end in time.")
