"""Numbers, arrays and candidates' text as short strings for people."""

import math
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case

LONGEST = 300
SHOWN = 6


def number(value: float) -> str:
    """Return `value` with ten digits, which is what the tolerance of values can tell apart."""
    return f"{value:.10g}"


def array(values: Array) -> str:
    """Return the first elements of an array, and its shape where they are not all."""
    if values.ndim == 0:
        return number(float(values))
    if values.size <= SHOWN and values.ndim == 1:
        return f"[{', '.join(f'{x:.6g}' for x in values.tolist())}]"
    first = ", ".join(f"{x:.6g}" for x in values.reshape(-1)[:SHOWN].tolist())
    more = ", ..." if values.size > SHOWN else ""
    return f"shape {values.shape}: {first}{more}"


def short(text: str) -> str:
    """Return text that a candidate may have chosen: one line, printable, and bounded."""
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def json_number(value: float) -> float | str:
    """Return a finite number as itself and any other as a word: JSON has neither NaN nor inf."""
    return value if math.isfinite(value) else str(value)


def ordinal_index(index: tuple[int, ...]) -> str:
    """Return an index as NumPy takes it: "[3]" or "[1, 2]"."""
    return str(list(index))


def call(function: str, names: list[str], case: Case) -> str:
    """Return a call as a candidate could type it, for the open checks."""
    parts = [f"{n}={_literal(a)}" for n, a in zip(names, case.arguments, strict=True)]
    parts += [f"{name}={value!r}" for name, value in case.parameters.items()]
    return f"{function}({', '.join(parts)})"


def _literal(values: Array) -> str:
    if values.size > 24:
        return f"<{values.dtype} array of shape {values.shape}>"
    text = np.array2string(values, separator=", ", precision=4, max_line_width=10_000)
    return text.replace("\n", "")


def plural(count: int, noun: str) -> str:
    """Return "1 check" or "3 checks"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def article(text: Any) -> str:
    """Return "a ValueError" or "an OSError"."""
    word = str(text)
    return f"{'an' if word[:1] in 'AEIOUaeiou' else 'a'} {word}"
