"""What a plan is made of: calls to make, and checks that name the calls they look at."""

from dataclasses import dataclass
from enum import StrEnum

from grader.catalogue.task import Case
from grader.families import Family
from grader.sandbox.call import Call


class Ask(StrEnum):
    """What a check asks of the results of its calls."""

    VALUE = "value"  # the reference's value
    GRADIENT = "gradient"  # the reference's gradient
    DIFFERENCES = "differences"  # the same, and central differences of the candidate's own loss
    VALUE_ERROR = "value_error"
    NAN = "nan"
    FINITE = "finite"
    UNCHANGED = "unchanged"  # the arguments are as they were
    KEPT = "kept"  # the result is still what it was after the next call
    REPEATABLE = "repeatable"  # the same inputs gave the same result every time
    FAST = "fast"


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One question about the results of one or several calls.

    Attributes:
        family, name: where and under which name it stands in the report; names are unique
            within a family.
        ask: what is asked.
        function: whose results are looked at: "loss", "grad" or "score".
        case: the inputs that the truth is computed from.
        calls: positions in `Plan.calls`. For DIFFERENCES the gradient call comes first and then the
            probe.
        part: for gradients, which differentiated argument is meant (0 is the first one).
        hint: one sentence for a person that says what is right here, or the remedy.
    """

    family: Family
    name: str
    ask: Ask
    function: str
    case: Case
    calls: tuple[int, ...]
    part: int = 0
    hint: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The calls of one submission in the order in which they are made, and the checks on them.

    It holds inputs only, so that it may be shown to whatever runs the calls.

    Attributes:
        task: the slug.
        seed: what it was drawn from.
        calls: the timed ones last.
        checks: in the order of the report.
        repeated: calls that a second, fresh child makes too, in this other order.
        sample: an open plan, whose inputs and messages the candidate may see.
    """

    task: str
    seed: int
    calls: tuple[Call, ...]
    checks: tuple[Check, ...]
    repeated: tuple[int, ...] = ()
    sample: bool = False

    @property
    def timed(self) -> tuple[int, ...]:
        """Positions of the timed calls."""
        return tuple(i for i, call in enumerate(self.calls) if call.timed)
