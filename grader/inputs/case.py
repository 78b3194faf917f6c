"""From a candidate's own inputs, as plain data, to a case."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.catalogue.task import Array, Case, Parameter, Task
from grader.inputs.typed import DTYPES, MOST

SPECIAL = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


def case_of(task: Task, inputs: Mapping[str, Any]) -> Case:
    """Return the case that `inputs_from` has described; raise ValueError where it did not."""
    given = inputs["arguments"]
    if len(given) != len(task.arguments):
        raise ValueError(f"{task.slug} has {len(task.arguments)} arguments, not {len(given)}")
    known = {parameter.name: parameter for parameter in task.parameters}
    parameters = {
        name: _parameter(known[name], value) for name, value in inputs["parameters"].items()
    }
    return Case(tuple(_array(each) for each in given), parameters)


def _array(given: Mapping[str, Any]) -> Array:
    dtype, shape, values = given["dtype"], tuple(given["shape"]), given["values"]
    if dtype not in DTYPES or len(values) > MOST:
        raise ValueError(f"an array of {len(values)} {dtype} elements")
    plain = [SPECIAL[value] if isinstance(value, str) else value for value in values]
    with np.errstate(over="ignore"):  # 1e300 is infinity in float32, as NumPy has it
        return np.array(plain, dtype).reshape(shape)


def _parameter(parameter: Parameter, value: Any) -> float | str:
    if isinstance(parameter.default, str) or not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    return SPECIAL[value]
