"""Arithmetic that authors write into files: evaluated with NumPy, and able to do nothing else."""

import ast
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from simpleeval import DEFAULT_OPERATORS, EvalWithCompoundTypes, InvalidExpression

Value = Any
MOST_CHARACTERS = 400


class BadExpression(ValueError):
    """An expression that can't be evaluated, with the reason."""


def _sigmoid(x: Value) -> Value:
    return 1.0 / (1.0 + np.exp(-np.asarray(x, dtype=float)))


def _softplus(x: Value) -> Value:
    return np.logaddexp(0.0, x)


def _softmax(x: Value) -> Value:
    powers = np.exp(np.asarray(x, dtype=float) - np.max(x))
    return powers / np.sum(powers)


def _power(base: Value, exponent: Value) -> Value:
    """In floating point, where a tower of powers is infinite and never long."""
    return np.power(np.asarray(base, dtype=float), exponent)


def _times(a: Value, b: Value) -> Value:
    """Multiply numbers and arrays, which the library's way asks whether they are true."""
    return _number(a) * _number(b)


def _remainder(a: Value, b: Value) -> Value:
    return _number(a) % _number(b)


def _number(value: Value) -> Value:
    """Refuse what grows by `*` and `%`: a text of a gigabyte is a short expression."""
    if isinstance(value, str | bytes | list | tuple):
        raise TypeError(f"{value!r} is no number: write array([...])")
    return value


def _item(array: Value, index: Value) -> Value:
    return np.asarray(array).reshape(-1)[int(index)]


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "log2", "log10", "log1p", "expm1")},
    **{name: getattr(np, name) for name in ("sqrt", "abs", "sign", "tanh", "cosh", "square")},
    **{name: getattr(np, name) for name in ("sin", "cos", "floor", "ceil", "round", "cumsum")},
    **{name: getattr(np, name) for name in ("sum", "mean", "median", "min", "max", "prod", "var")},
    **{name: getattr(np, name) for name in ("std", "dot", "where", "minimum", "maximum", "clip")},
    **{name: getattr(np, name) for name in ("sort", "argmax", "argmin", "size", "any", "all")},
    "array": np.array,
    "logsumexp": np.logaddexp.reduce,
    "norm": np.linalg.norm,
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "softmax": _softmax,
    "item": _item,
}
OPERATORS = {ast.Pow: _power, ast.Mult: _times, ast.Mod: _remainder}
CONSTANTS = {"pi": np.pi, "e": np.e, "inf": np.inf, "True": True, "False": False}


class _Evaluator(EvalWithCompoundTypes):  # type: ignore[misc]
    """Without attributes: an array has methods that write files."""

    def __init__(self) -> None:
        super().__init__({**DEFAULT_OPERATORS, **OPERATORS}, dict(FUNCTIONS))
        self.nodes[ast.Compare] = self._compare
        for node in (ast.Attribute, ast.ListComp, ast.JoinedStr, ast.Dict, ast.Set):
            self.nodes.pop(node, None)

    def _compare(self, node: ast.Compare) -> Value:
        """Compare elementwise; the library's way asks an array whether it is true."""
        values = [self._eval(each) for each in (node.left, *node.comparators)]
        pairs = zip(node.ops, values, values[1:], strict=False)
        results = [self.operators[type(sign)](one, other) for sign, one, other in pairs]
        return np.logical_and.reduce(results)


class _Own(threading.local):
    """An evaluator for each thread: making one takes longer than an evaluation."""

    def __init__(self) -> None:
        self.evaluator = _Evaluator()


_own = _Own()
# Checking a bank evaluates each expression hundreds of times.
_parsed = lru_cache(maxsize=2048)(_Evaluator.parse)


def evaluate(expression: str, names: Mapping[str, Value]) -> Value:
    """Return the value of `expression`; raise BadExpression where it has none.

    It knows Python's arithmetic and comparisons, NumPy's functions above, and `names`.
    """
    if len(expression) > MOST_CHARACTERS:
        raise BadExpression(f"An expression has at most {MOST_CHARACTERS} characters.")
    try:
        with np.errstate(all="ignore"):
            _own.evaluator.names = {**CONSTANTS, **names}
            return _own.evaluator.eval(expression, _parsed(expression))
    except (InvalidExpression, SyntaxError, ArithmeticError, ValueError, TypeError) as error:
        raise BadExpression(f"{expression!r}: {error}") from error
    except (LookupError, AttributeError, MemoryError, RecursionError) as error:
        raise BadExpression(f"{expression!r} can't be evaluated: {error}") from error


def number(expression: str, names: Mapping[str, Value]) -> float:
    """Return the value of `expression` as one finite number; raise BadExpression otherwise."""
    value = np.asarray(evaluate(expression, names))
    if value.size != 1 or value.dtype.kind not in "biuf":
        raise BadExpression(f"{expression!r} is not one number.")
    found = float(value.reshape(-1)[0])
    if not np.isfinite(found):
        raise BadExpression(f"{expression!r} is {found}.")
    return found
