"""Tells a function with another signature from one that raises TypeError by itself."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any


def any_fits(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> bool:
    """Return whether `function` takes the arguments of any of `calls`; True where unknown."""
    try:
        signature = inspect.signature(function)
    except BaseException:
        return True
    return any(fits(signature, call) for call in calls)


def fits(signature: inspect.Signature, call: tuple[Any, ...]) -> bool:
    _, arguments, parameters, *_ = call
    try:
        signature.bind(*arguments, **parameters)
    except TypeError:
        return False
    return True
