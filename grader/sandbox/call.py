"""What the sandbox is asked to do: calls of the candidate's functions, inputs only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Probe:
    """Repeat a call with one element of one argument replaced, once per element.

    The loss is evaluated at `len(elements)` copies of the argument; copy j has `values[j]`
    at flat (C order) index `elements[j]`. One call with a probe returns one array of
    `len(elements)` losses, which is what central differences need, without sending
    a whole argument per point.
    """

    argument: int
    elements: NDArray[np.intp]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a candidate's function.

    The arguments reach the candidate as fresh copies with the same dtype, shape, memory order
    (C, Fortran or strided) and writeability.

    Attributes:
        function: "loss", "grad" or "score".
        arguments: the positional arguments, plain real or integer arrays.
        parameters: keyword arguments; empty means that the defaults are tried.
        probe: evaluate at changed copies of one argument instead of once.
        echo: also return the arguments as they are after the call.
        hold: keep the returned object; after the next call has ended and the arguments of this
            one have been overwritten, return its numbers a second time.
        timed: start only when the trusted side says so, which reads the CPU clock around it.
    """

    function: str
    arguments: tuple[Array, ...]
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    probe: Probe | None = None
    echo: bool = False
    hold: bool = False
    timed: bool = False
