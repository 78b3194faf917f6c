"""Runs the catalogue's own sources, which are ours, on single calls. Never a candidate's."""

import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from grader.sandbox.call import Array, Call
from grader.sandbox.outcome import Raised, Result, Returned, Unusable

Function = Callable[..., Any]


@lru_cache(maxsize=128)
def functions_of(source: str) -> Mapping[str, Function]:
    """Return what a source of the catalogue defines, by name."""
    namespace: dict[str, Any] = {"__name__": "submission"}
    exec(compile(source, "<catalogue>", "exec"), namespace)  # our own text: see the module
    return {name: value for name, value in namespace.items() if callable(value)}


def answer(functions: Mapping[str, Function], call: Call) -> Result:
    """Return what one call gives, in the sandbox's words, without echo, hold and clock."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # NumPy warns, errstate or not, of the mean of nothing: some mistakes are just that.
            warnings.simplefilter("ignore")
            if call.probe is not None:
                return Returned((probed(functions, call),), "array")
            arguments = [copied(array) for array in call.arguments]
            return _returned(functions[call.function](*arguments, **call.parameters))
    except Exception as error:
        return raised(error)


def copied(array: Array) -> Array:
    """Return a copy with the same memory order, gaps between elements and writeability."""
    if array.flags.forc:
        copy = array.copy(order="K")
    else:
        gaps = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        copy = gaps[..., ::2]
        copy[...] = array
    copy.flags.writeable = array.flags.writeable
    return copy


def probed(functions: Mapping[str, Function], call: Call) -> Array:
    """Return the losses at the copies that the call's probe asks for."""
    probe = call.probe
    if probe is None:
        raise ValueError("the call has no probe")
    losses = np.empty(len(probe.elements))
    for j, (element, value) in enumerate(zip(probe.elements, probe.values, strict=True)):
        arguments = [copied(array) for array in call.arguments]
        arguments[probe.argument].reshape(-1)[element] = value
        losses[j] = functions[call.function](*arguments, **call.parameters)
    return losses


def _returned(value: Any) -> Result:
    if isinstance(value, tuple):
        parts = [plain(part) for part in value]
        arrays = tuple(part for part in parts if part is not None)
        whole = len(arrays) == len(parts) and len(parts) > 0
        return Returned(arrays, "tuple") if whole else Unusable("a tuple of other things")
    array = plain(value)
    if array is None:
        return Unusable(f"an object of type {type(value).__name__}")
    return Returned((array,), form_of(value))


def plain(value: Any) -> Array | None:
    """Return plain real numbers as an array of their own; None for anything else."""
    if type(value) not in (int, float, np.ndarray) and not isinstance(value, np.generic):
        return None
    array = np.array(value)
    return array if array.dtype.kind in "fiu" else None


def form_of(value: Any) -> str:
    """Return what kind of plain number `value` is, as `Returned.form` has it."""
    if isinstance(value, np.generic):
        return "scalar"
    return "array" if isinstance(value, np.ndarray) else "number"


def raised(error: BaseException) -> Raised:
    """Return an exception in the sandbox's words."""
    bases = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
    return Raised(tuple(name for name in bases if name != "object"), str(error)[:2048])
