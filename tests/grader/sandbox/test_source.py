"""Source that is not what was asked for: each case has a name and a sentence to act on."""

import numpy as np
import pytest

from grader.sandbox import Call, NotRun

pytestmark = pytest.mark.sandbox
CALL = Call("loss", (np.ones(2), np.ones(2)), {"delta": 1.0})


@pytest.mark.parametrize(
    ("source", "ending", "says"),
    [
        (b"", "syntax_error", "The source is empty"),
        (b" \n\t\n", "syntax_error", "The source is empty"),
        (b"x = '\xff'", "syntax_error", "not UTF-8 text: byte 5 is 0xff"),
        (b"x = 1\0", "syntax_error", "null byte at position 5"),
        ("x = '\ud800'", "syntax_error", "not UTF-8 text"),
        (b"#" * 70_000, "too_large", "has 70,000 bytes; at most 65,536"),
        ("def loss(:\n", "syntax_error", "Line 1: "),
        ("if True:\nx = 1\n", "syntax_error", "Line 2: expected an indented block"),
        ("x = (1,\n", "syntax_error", "Line 1: '(' was never closed."),
        ("(" * 10_000 + ")" * 10_000, "syntax_error", "nested"),
        ("import scipy\n", "import_error", "Line 1: No module named 'scipy': only NumPy"),
        ("from numpy import nothing\n", "import_error", "cannot import name 'nothing'"),
        (
            "x = 1\ny = x.z\n",
            "exception",
            "Line 2: Loading the module raised AttributeError: 'int'",
        ),
        ("1 / 0", "exception", "raised ZeroDivisionError: division by zero"),
        ("x = 1\n", "missing_function", "The module must define `loss` and `grad`."),
        ("def loss(a, b): return 1.0\n", "missing_function", "must define `grad`."),
        ("loss = grad = 1\n", "missing_function", "must define `loss` and `grad`."),
        ("# coding: utf-9\n", "syntax_error", "unknown encoding: utf-9"),
    ],
)
def test_source_that_can_not_be_loaded(sandbox, source, ending, says):
    outcome = sandbox.run(source, [CALL], ["loss", "grad"])

    assert outcome.ending == ending
    assert says in outcome.detail
    assert outcome.results == (NotRun(),)


@pytest.mark.parametrize("opening", ["-", "not ", "[", "lambda: ", "f(", "a if b else "])
def test_deep_nesting_ends_by_itself(sandbox, opening):
    closing = {"[": "]", "f(": ")"}.get(opening, "")
    outcome = sandbox.run(opening * 5_000 + "1" + closing * 5_000, [CALL], ["loss"])

    assert outcome.ending in ("syntax_error", "crashed", "missing_function", "exception")
    assert outcome.detail


def test_deep_nesting_of_indentation_ends_by_itself(sandbox):
    lines = [" " * depth + "if 1:" for depth in range(300)]

    outcome = sandbox.run("\n".join([*lines, " " * 300 + "pass"]), [CALL], ["loss"])

    assert outcome.ending == "syntax_error"
    assert "too many levels of indentation" in outcome.detail


@pytest.mark.parametrize(
    "signature", ["y_true", "y_true, y_pred", "y_true, y_pred, *, gamma", "a, b, c, delta", ""]
)
def test_another_signature_is_named(sandbox, signature):
    outcome = sandbox.run(f"def loss({signature}):\n    return 1.0\n", [CALL, CALL], ["loss"])

    assert outcome.ending == "missing_function"
    assert outcome.detail == (
        "`loss` can't be called as `loss(<array 1>, <array 2>, delta=...)`: "
        "define it with the signature that is asked for."
    )


@pytest.mark.parametrize("right_first", [True, False])
def test_another_signature_leaves_nothing_to_judge_whichever_call_comes_first(sandbox, right_first):
    source = "def loss(a, b, delta):\n    return 1.0\ndef grad(a):\n    return a\n"
    calls = [CALL, Call("grad", CALL.arguments, CALL.parameters)]

    outcome = sandbox.run(source, calls if right_first else calls[::-1])

    assert outcome.ending == "missing_function"
    assert [type(result).__name__ for result in outcome.results] == ["NotRun", "NotRun"]


@pytest.mark.parametrize(
    "signature", ["*args, **kw", "y_true, y_pred, delta=1.0", "a, b, *, delta"]
)
def test_a_signature_that_takes_the_call_is_enough(sandbox, signature):
    outcome = sandbox.run(f"def loss({signature}):\n    return 1.0\n", [CALL], ["loss"])

    assert outcome.ending == "finished"


def test_a_type_error_of_the_code_itself_is_no_other_signature(sandbox):
    source = "def loss(y_true, y_pred, delta):\n    raise TypeError('mine')\n"

    outcome = sandbox.run(source, [CALL], ["loss"])

    assert outcome.ending == "finished"
    assert outcome.results[0].bases[0] == "TypeError"


def test_a_signature_that_takes_some_calls_only_fails_in_the_others(sandbox):
    source = "def loss(y_true, y_pred):\n    return 1.0\n"

    outcome = sandbox.run(source, [CALL, Call("loss", CALL.arguments)], ["loss"])

    assert outcome.ending == "finished"
    assert outcome.results[0].bases[0] == "TypeError"
    assert outcome.results[1].values[0] == 1.0


def test_source_may_be_text_or_bytes_with_a_byte_order_mark(sandbox):
    source = "\ufeffdef loss(a, b, delta):\n    return 1.0\n"

    for each in (source, source.encode()):
        assert sandbox.run(each, [CALL], ["loss"]).ending == "finished"


def test_a_dataclass_can_be_defined(sandbox):
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Pair:\n    a: float\n    b: float = 2.0\n"
        "def loss(x, y, delta):\n    return Pair(1.0).b\n"
    )

    assert sandbox.run(source, [CALL], ["loss"]).results[0].values[0] == 2.0


def test_code_below_the_main_guard_is_not_run(sandbox):
    source = "def loss(a, b, delta):\n    return 1.0\nif __name__ == '__main__':\n    1 / 0\n"

    assert sandbox.run(source, [CALL], ["loss"]).ending == "finished"
