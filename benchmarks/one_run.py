"""What a classic judge starts anew for each run: load the inputs, the source, make the calls.

Run by `benchmarks/grading.py`, with a pickle of its own making on standard input.
"""

import pickle
import sys
from typing import Any

import numpy as np


def called(function: Any, arguments: list[Any], parameters: dict[str, Any]) -> Any:
    """Return the result, or the exception, as plain data."""
    try:
        return np.asarray(function(*arguments, **parameters))
    except Exception as error:
        return type(error).__name__


def main() -> None:
    """Make every call and write all results at once."""
    source, calls = pickle.load(sys.stdin.buffer)
    namespace: dict[str, Any] = {"__name__": "submission"}
    exec(compile(source, "submission.py", "exec"), namespace)
    results = []
    with np.errstate(all="ignore"):
        for function, arguments, parameters, probe in calls:
            if probe is None:
                results.append(called(namespace[function], arguments, parameters))
                continue
            argument, elements, values = probe
            for element, value in zip(elements, values, strict=True):
                changed = [array.copy() for array in arguments]
                changed[argument].reshape(-1)[element] = value
                results.append(called(namespace[function], changed, parameters))
    pickle.dump(results, sys.stdout.buffer)


main()
