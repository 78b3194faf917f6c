"""What one row of the catalogue is: everything that the plan, the judge and the pages need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from grader.families import Family

Array = NDArray[Any]
Shape = tuple[int, ...]
Parameters = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Argument:
    """A positional argument.

    Attributes:
        name: as in the signature.
        shape: the axes by letter, as in "n" or "n k", or by number where only that size is right,
            as in "n 4". "*" stands for any axes that are left, "*" alone for any shape, and "*real"
            for any shape of a name of its own. Arguments that share a letter or a "*" must agree on
            it, and the plan breaks each such agreement to see the `ValueError`.
        differentiate: `grad` is with respect to this argument.
        labels: holds integers; gets no NaN and no float32 version, but integers of other widths.
        integers: an integer array works too and must give the same numbers.
        reads_nan: a NaN anywhere in it must make the result NaN.
    """

    name: str
    shape: str = "*"
    differentiate: bool = False
    labels: bool = False
    integers: bool = False
    reads_nan: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """A keyword parameter: its default, other values to try, and values that must raise."""

    name: str
    default: float | str
    others: tuple[float | str, ...]
    invalid: tuple[float | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """The inputs of one evaluation: positional arguments in order, and keyword parameters."""

    arguments: tuple[Array, ...]
    parameters: Parameters = field(default_factory=dict)


class Expect(StrEnum):
    """What a case asks for."""

    VALUE = "value"  # the reference's value, and gradient where it has one
    VALUE_ERROR = "value_error"  # ValueError from every function of the task
    NAN = "nan"  # a NaN result
    FINITE = "finite"  # any finite result, for the gradient as well


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge case of the row's own, beyond the rules that hold for every task.

    Attributes:
        name: short and unique in the task: "all errors exactly delta".
        case: draws the inputs.
        rule: one sentence for a person that says what is right here.
        gradient: check `grad` at this case too.
    """

    name: str
    case: Callable[[np.random.Generator], Case]
    rule: str
    expect: Expect = Expect.VALUE
    gradient: bool = True


@dataclass(frozen=True, slots=True)
class Extreme:
    """A point of the stability sweep.

    Attributes:
        name: what is large or small: "logits of 1e4".
        case: draws the inputs, in float64; the plan makes float32 versions where `float32` is set.
        remedy: one sentence that names the cure, for when this check fails.
        gradient: check `grad` at this case too.
    """

    name: str
    case: Callable[[np.random.Generator], Case]
    remedy: str
    gradient: bool = True
    float32: bool = False


@dataclass(frozen=True, slots=True)
class Misconception:
    """A usual mistake as a small wrong implementation.

    Attributes:
        name: short, lower case, unique in the task: "sum for mean".
        family: the family of checks that must reject it.
        sentence: what a candidate and a recruiter read when the numbers match it:
            "It adds up the errors where their mean is asked."
        source: a whole module, as a candidate would hand it in.
    """

    name: str
    family: Family
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A correct implementation in a style of its own, which must get full marks.

    Attributes:
        name: short, lower case, unique in the task: "plain vectorised".
        source: a whole module, as a candidate would hand it in.
        slow: right but slow, as Python loops are: full marks in all families but efficiency.
    """

    name: str
    source: str
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """Something that is known of the loss without computing it: a symmetry, a limit, a zero.

    Attributes:
        name: a sentence: "With gamma 0 it is half the binary cross-entropy."
        sides: draws inputs, and returns the two numbers (or arrays) that must be equal.
        rtol, atol: how equal. A limit is only met so far.
    """

    name: str
    sides: Callable[[np.random.Generator], tuple[Any, Any]]
    rtol: float = 1e-9
    atol: float = 1e-12


@dataclass(frozen=True, slots=True)
class Example:
    """Inputs small enough to work out on paper. The first one of a row is shown to candidates.

    Attributes:
        case: the inputs.
        value: the loss, or the scores as a tuple.
        working: one sentence that leads there: "Errors of 1/2 and 2: (1/8 + 3/2) / 2."
        gradient: per differentiated argument, as nested tuples; None where it is not worked out.
    """

    case: Case
    value: float | tuple[float, ...]
    working: str
    gradient: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A picture of the loss and its slope: one sample, one number of which runs over a range.

    A loss that compares samples with one another is drawn on the fewest that it can compare.

    Attributes:
        title: what is drawn, and what is held fixed: "One error, delta = 1".
        axis: what the number is: "y_pred - y_true".
        low, high: the range.
        at: the inputs at a number of the range.
        kinks: numbers at which the slope jumps.
    """

    title: str
    axis: str
    low: float
    high: float
    at: Callable[[float], Case]
    kinks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """What the candidate is asked, around the formula and the rules.

    Attributes:
        prompt: Markdown: where the loss is met, and what to write.
        context: one sentence for reviewers: what the task tests.
        topics: slugs of the bank's topics.
        difficulty: "easy", "medium" or "hard".
        minutes: how long it takes.
    """

    prompt: str
    context: str
    topics: tuple[str, ...]
    difficulty: str
    minutes: int


class Workshop(Protocol):
    """Where the sources of a task run that are not ours: behind walls."""

    def prepare(self, calls: Sequence[Any]) -> None:
        """Make calls of the reference that will be asked for soon, all at once."""

    def rehearse(self, source: str, calls: Sequence[Any]) -> Sequence[Any]:
        """Return the result of each call of another source of the task."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """One row of the catalogue.

    Functions take the arguments in order and every parameter by keyword.

    Attributes:
        slug, title: "huber", "Huber loss".
        formula: LaTeX, without delimiters.
        sentence: the formula in words.
        domain: one sentence: what the inputs are and which raise.
        rules: sentences on the edges, so that a candidate has nothing to guess.
        source: paper or book and equation.
        brief: what the candidate is asked.
        examples: worked out on paper; at least one.
        definition: the formula as it stands, without any care for overflow or cancellation. It is
            called as definition(mp, *arguments, **parameters), with a module of functions for
            numbers of many digits, as mpmath is, and with such numbers: arguments as nested lists,
            labels as lists of ints. It shares no code with the reference, which is held against it.
        arguments, parameters: the signature.
        reference: the loss as a float, or the scores as an array (n,); stable.
        gradient: one array per differentiated argument, in order, always a tuple; None for scores.
        sample: draws ordinary inputs of a shape, away from kinks, in float64 (labels int64).
        shapes: shapes that `sample` is tried with; the first is the usual one.
        large: the shape of the efficiency calls.
        terms: the largest magnitude of any term of the formula: the scale of the absolute
            tolerance.
        extremes, edges, misconceptions, variants: see there. The first variant is plain vectorised
            NumPy: the yardstick of efficiency.
        subdifferential: (lowest, highest) right gradient per differentiated argument where the two
            differ: at kinks, and (-inf, inf) where any finite number is right. None: `gradient` is
            the only right one.
        value_rtol: the relative tolerance of values at a case, for clips; None: always 1e-7.
        function: "loss" or "score".
        non_negative: no input gives a loss below 0.
        convex: the loss is convex in its differentiated arguments together.
        laws: what else is known of the loss, see there.
        curves: pictures of the loss as one number changes.
        branches: comparisons choose between branches of the gradient, as at a hinge, and a NaN may
            fail them on either side: the gradient is not asked to show it.
        coarse: draws inputs at which the loss is too coarse a number for its differences to show
            the gradient: one term is huge, or slopes are tiny. `grad` is asked there; None: nothing
            is asked.
        fit: changes drawn arguments so that they suit parameters off their defaults, as where one
            of these names a label; called as fit(*arguments, **parameters). None: all suit.
        workshop: where the task's sources run; None: in this process, for they are ours.
    """

    slug: str
    title: str
    formula: str
    sentence: str
    domain: str
    rules: tuple[str, ...]
    source: str
    brief: Brief
    examples: tuple[Example, ...]
    definition: Callable[..., Any]
    arguments: tuple[Argument, ...]
    reference: Callable[..., Any]
    gradient: Callable[..., tuple[Array, ...]] | None
    sample: Callable[[np.random.Generator, Shape], tuple[Array, ...]]
    shapes: tuple[Shape, ...]
    large: Shape
    terms: Callable[..., float]
    extremes: tuple[Extreme, ...]
    edges: tuple[Edge, ...]
    misconceptions: tuple[Misconception, ...]
    variants: tuple[Variant, ...]
    parameters: tuple[Parameter, ...] = ()
    subdifferential: Callable[..., tuple[tuple[Array, Array], ...]] | None = None
    value_rtol: Callable[..., float] | None = None
    function: str = "loss"
    non_negative: bool = False
    convex: bool = False
    laws: tuple[Law, ...] = ()
    curves: tuple[Curve, ...] = ()
    branches: bool = False
    coarse: Callable[[np.random.Generator], Case] | None = None
    fit: Callable[..., tuple[Array, ...]] | None = None
    workshop: Workshop | None = None

    def draw(
        self, rng: np.random.Generator, shape: Shape, parameters: Parameters | None = None
    ) -> Case:
        """Draw ordinary inputs of `shape` that suit the parameters."""
        arguments = self.sample(rng, shape)
        if parameters and self.fit is not None:
            arguments = self.fit(*arguments, **parameters)
        return Case(arguments, parameters or {})

    @property
    def differentiated(self) -> tuple[int, ...]:
        """Positions of the arguments that `grad` is with respect to."""
        return _differentiated(self)

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that a submission must define."""
        return (self.function,) if self.gradient is None else (self.function, "grad")

    @property
    def signature(self) -> str:
        """The signature as the candidate reads it: "loss(y_true, y_pred, delta=1.0)"."""
        parts = [argument.name for argument in self.arguments]
        parts += [f"{parameter.name}={parameter.default!r}" for parameter in self.parameters]
        return f"{self.function}({', '.join(parts)})"


@lru_cache(maxsize=1024)
def _differentiated(task: Task) -> tuple[int, ...]:
    # Asked for at every check of a gradient.
    return tuple(i for i, argument in enumerate(task.arguments) if argument.differentiate)


def patched(source: str, *changes: tuple[str, str]) -> str:
    """Return `source` with each (old, new) replaced; raise ValueError where `old` is not found.

    Misconceptions are mostly a right solution with one thing wrong: this keeps that visible.
    """
    for old, new in changes:
        if old not in source:
            raise ValueError(f"nothing to patch: {old!r} is not in the source")
        source = source.replace(old, new)
    return source
