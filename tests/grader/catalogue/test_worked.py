"""Examples as code: a candidate who runs the lines gets the numbers that stand beside them."""

import re
from dataclasses import replace

import numpy as np
import pytest

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Case, Example
from grader.catalogue.worked import as_code

EXAMPLES = [
    pytest.param(task, example, id=f"{task.slug}-{number}")
    for task in CATALOGUE.values()
    for number, example in enumerate(task.examples)
]
CALL = re.compile(r"^(\w+\([^#\n]*\))(?:  # (.*))?((?:\n# .*)*)", re.MULTILINE)


def answers(code):
    """The inputs of a shown example, and each call with the result that stands beside it."""
    start = min(code.index(f"\n{name}(") for name in ("loss", "score") if f"\n{name}(" in code)
    for call, beside, below in CALL.findall(code[start + 1 :]):
        yield call, beside or below.replace("\n# ", "\n")


@pytest.mark.parametrize(("task", "example"), EXAMPLES)
def test_a_right_solution_gets_the_numbers_of_the_example(task, example):
    names = {"array": np.array, "nan": np.nan, "inf": np.inf}
    exec(task.variants[0].source, names)
    code = as_code(task, example)
    exec(code, names)
    shown = list(answers(code))

    assert [call.partition("(")[0] for call, _ in shown] == list(task.functions)
    for call, result in shown:
        got, said = eval(call, names), eval(f"({result})", names)
        for one, other in zip(parts(got), parts(said), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-8, atol=1e-12)


def parts(result):
    return result if isinstance(result, tuple) else (result,)


def test_the_example_of_huber_reads_as_on_paper():
    huber = CATALOGUE["huber"]

    assert as_code(huber, huber.examples[0]).splitlines() == [
        "y_true = np.array([1.0, 2.0])",
        "y_pred = np.array([1.5, 5.0])",
        "loss(y_true, y_pred)  # 1.3125",
        "grad(y_true, y_pred)  # array([0.25, 0.5])",
    ]


def test_parameters_are_named_and_what_is_wide_goes_below():
    huber = CATALOGUE["huber"]
    case = Case((np.zeros((3, 6)), np.full((3, 6), 1 / 3)), {"delta": 0.25})

    code = as_code(huber, replace(huber.examples[0], case=case))

    assert "y_pred = np.array([\n    [0.3333333333333333, 0.333" in code
    assert "\ngrad(y_true, y_pred, delta=0.25)\n# array([[0.01388888889, 0.01" in code
    assert max(map(len, code.splitlines())) <= 130


def test_what_rounding_leaves_of_a_zero_is_shown_as_zero():
    huber = replace(CATALOGUE["huber"], gradient=lambda *a, **k: (np.array([1.0, 3e-17]),))
    example = Example(Case((np.zeros(2), np.ones(2))), 0.5, "")

    assert as_code(huber, example).endswith("# array([1.0, 0.0])")
