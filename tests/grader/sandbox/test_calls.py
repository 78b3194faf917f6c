"""What a call gets, and what comes back of what it returns."""

import numpy as np
import pytest

from grader.sandbox import Call, NotRun, Probe, Raised, Returned, Unusable

pytestmark = pytest.mark.sandbox
STRIDED = np.arange(24.0).reshape(4, 6)[::2, ::3]
BACKWARDS = np.arange(5.0)[::-1]
READ_ONLY = np.arange(3.0)
READ_ONLY.flags.writeable = False


def run_one(sandbox, body, *arguments, **options):
    """Run `def loss(x, ...)` with one call and return its result."""
    names = ", ".join([*(f"x{number}" for number in range(len(arguments))), "**parameters"])
    indented = body.replace("\n", "\n    ")
    source = f"import numpy as np\ndef loss({names}):\n    {indented}\n"
    outcome = sandbox.run(source, [Call("loss", arguments, **options)], ["loss"])
    assert outcome.ending == "finished", outcome
    return outcome.results[0]


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.array([1.5, -0.0, np.nan, np.inf]), id="float64"),
        pytest.param(np.array([1.5, 2.5], np.float32), id="float32"),
        pytest.param(np.array([[1, 2], [3, 4]], np.int8), id="int8"),
        pytest.param(np.array([2**63], np.uint64), id="uint64"),
        pytest.param(np.array([1.0], np.longdouble) / 3, id="longdouble"),
        pytest.param(np.asfortranarray(np.arange(6.0).reshape(2, 3)), id="Fortran order"),
        pytest.param(STRIDED, id="strided"),
        pytest.param(BACKWARDS, id="negative strides"),
        pytest.param(READ_ONLY, id="read-only"),
        pytest.param(np.broadcast_to(np.array([1.0, 2.0]), (3, 2)), id="broadcast"),
        pytest.param(np.zeros((0, 3)), id="empty"),
        pytest.param(np.zeros((2, 3, 4, 5)), id="four axes"),
        pytest.param(np.array(7.0), id="no axes"),
    ],
)
def test_an_argument_arrives_as_it_is_and_comes_back_so(sandbox, array):
    source = (
        "def loss(x):\n    print(x.strides, x.flags.writeable, type(x).__name__)\n    return x\n"
    )

    outcome = sandbox.run(source, [Call("loss", (array,))], ["loss"])

    returned = outcome.results[0].values[0]
    assert (returned.dtype, returned.shape) == (array.dtype, array.shape)
    assert returned.tobytes() == np.ascontiguousarray(array).tobytes()
    if array.size:
        assert outcome.stdout == f"{array.strides} {array.flags.writeable} ndarray\n"


@pytest.mark.parametrize(
    ("expression", "form", "value"),
    [
        ("1.5", "number", 1.5),
        ("3", "number", 3),
        ("-(2**63)", "number", -(2**63)),
        ("2**70", "number", 2.0**70),
        ("np.float64(1.5)", "scalar", 1.5),
        ("np.float32(1.5)", "scalar", 1.5),
        ("np.int16(-3)", "scalar", -3),
        ("np.array(1.5)", "array", 1.5),
        ("np.array([1.5])", "array", [1.5]),
        ("np.array([1.5], '>f8')", "array", [1.5]),
        ("(np.array([1.0]), np.array([[2.0]]))", "tuple", [[1.0], [[2.0]]]),
        ("(1.5, np.array([2.0]))", "tuple", [1.5, [2.0]]),
        ("float('nan')", "number", float("nan")),
    ],
)
def test_plain_numbers_come_back(sandbox, expression, form, value):
    result = run_one(sandbox, f"return {expression}")

    assert result.form == form
    values = [array.tolist() for array in result.values]
    assert str(values if form == "tuple" else values[0]) == str(value)


def test_arguments_are_fresh_for_every_call(sandbox):
    source = "def loss(x):\n    x += 1\n    return float(x[0])\n"
    call = Call("loss", (np.zeros(2),))

    outcome = sandbox.run(source, [call, call, call], ["loss"])

    assert [float(result.values[0]) for result in outcome.results] == [1.0, 1.0, 1.0]


def test_arguments_own_their_memory(sandbox):
    assert run_one(sandbox, "return float(x0.base is None)", np.ones(3)).values[0] == 1.0


def test_parameters_are_passed_by_keyword(sandbox):
    source = "def loss(x, delta=1.0, kind='a'):\n    return delta + (kind == 'b')\n"
    calls = [
        Call("loss", (np.ones(1),)),
        Call("loss", (np.ones(1),), {"delta": 0.5}),
        Call("loss", (np.ones(1),), {"kind": "b", "delta": float("inf")}),
    ]

    outcome = sandbox.run(source, calls, ["loss"])

    assert [float(result.values[0]) for result in outcome.results] == [1.0, 0.5, float("inf")]


def test_a_probe_changes_one_element_at_a_time(sandbox):
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    probe = Probe(0, np.array([0, 3, 3]), np.array([10.0, 20.0, 30.0]))

    result = run_one(sandbox, "return (x0 * [[1, 10], [100, 1000]]).sum()", x, probe=probe)

    # 10+20+300+4000, 1+20+300+20000, 1+20+300+30000
    assert result.values[0].tolist() == [4330.0, 20321.0, 30321.0]


def test_a_probe_counts_elements_in_c_order_and_keeps_arrays_read_only(sandbox):
    x = np.asfortranarray(np.zeros((2, 2)))
    x.flags.writeable = False
    probe = Probe(0, np.array([1]), np.array([5.0]))

    result = run_one(sandbox, "return x0[0, 1] + 100.0 * x0.flags.writeable", x, probe=probe)

    assert result.values[0].tolist() == [5.0]


def test_a_probe_of_something_that_is_no_number_is_unusable(sandbox):
    probe = Probe(0, np.array([0]), np.array([5.0]))

    assert run_one(sandbox, "return x0", np.ones(2), probe=probe) == Unusable("a float64 array")


def test_echo_returns_the_arguments_after_the_call(sandbox):
    result = run_one(sandbox, "x0[1] = 9\nreturn 0.0", np.zeros(2), np.ones(3), echo=True)

    assert [array.tolist() for array in result.echoed] == [[0.0, 9.0], [1.0, 1.0, 1.0]]


@pytest.mark.parametrize("then", ["x0.resize(9, refcheck=False)", "x0.dtype = 'c16'"])
def test_echo_of_an_argument_that_was_made_unusable_differs(sandbox, then):
    result = run_one(sandbox, f"{then}\nreturn 0.0", np.zeros(2), echo=True)

    assert result.echoed[0].tolist() != [0.0, 0.0]


@pytest.mark.parametrize(
    ("body", "same"),
    [
        ("return x0 * 2", True),
        ("return x0", False),
        ("return x0[::-1]", False),
        ("loss.kept = getattr(loss, 'kept', np.zeros(3))\nloss.kept += 1\nreturn loss.kept", False),
    ],
    ids=["own memory", "the argument", "a view of it", "a buffer that is used again"],
)
def test_a_held_result_is_read_again_after_the_next_call(sandbox, body, same):
    call = Call("loss", (np.arange(3.0),), hold=True)
    indented = body.replace("\n", "\n    ")

    outcome = sandbox.run(
        f"import numpy as np\ndef loss(x0):\n    {indented}\n", [call, call], ["loss"]
    )

    first = outcome.results[0]
    assert np.array_equal(first.values[0], first.later[0]) is same
    assert outcome.results[1].later is not None


def test_an_exception_is_told_by_its_builtin_classes_and_line(sandbox):
    source = "class Mine(ValueError, KeyError):\n    pass\ndef loss(x):\n    raise Mine('no')\n"

    outcome = sandbox.run(source, [Call("loss", (np.ones(1),))], ["loss"])

    bases = ("ValueError", "KeyError", "LookupError", "Exception", "BaseException")
    assert outcome.results == (Raised(bases, "'no'", 4),)


def test_an_exception_of_numpy_names_the_line_that_called_it(sandbox):
    source = "import numpy as np\n\ndef loss(x):\n    return np.linalg.inv(x)\n"

    outcome = sandbox.run(source, [Call("loss", (np.zeros((2, 2)),))], ["loss"])

    assert outcome.results[0].line == 4
    assert outcome.results[0].bases[0] == "ValueError"


def test_what_came_back_before_the_end_still_counts(sandbox):
    source = "import os\ndef loss(x):\n    return 2.0 if x[0] else os._exit(1)\n"
    calls = [Call("loss", (np.array([value]),)) for value in (1.0, 1.0, 0.0, 1.0)]

    outcome = sandbox.run(source, calls, ["loss"])

    assert outcome.ending == "crashed"
    assert [type(result) for result in outcome.results] == [Returned, Returned, NotRun, NotRun]
    assert [result.running for result in outcome.results[2:]] == [True, False]


def test_two_runs_share_nothing(sandbox):
    source = "import numpy as np, sys\nnp.mean = None\nsys.kept = 1\ndef loss(x):\n    return 1.0\n"
    look = "import numpy as np, sys\ndef loss(x):\n    return hasattr(sys, 'kept') + np.mean(x)\n"
    call = Call("loss", (np.zeros(1),))

    sandbox.run(source, [call], ["loss"])

    assert sandbox.run(look, [call], ["loss"]).results[0].values[0] == 0.0


@pytest.mark.parametrize(
    "draw", ["random.random()", "np.random.rand()", "np.random.default_rng().random()"]
)
def test_two_runs_have_random_numbers_of_their_own(sandbox, draw):
    source = f"import random, numpy as np\ndef loss(x):\n    return {draw}\n"
    call = Call("loss", (np.zeros(1),))

    numbers = {float(sandbox.run(source, [call], ["loss"]).results[0].values[0]) for _ in range(4)}

    assert len(numbers) == 4


@pytest.mark.parametrize(
    "module", ["math", "random", "statistics", "itertools", "decimal", "dataclasses", "zlib"]
)
def test_the_standard_library_is_there(sandbox, module):
    outcome = sandbox.run(f"import {module}\ndef loss(x):\n    return 1.0\n", [], ["loss"])

    assert (outcome.ending, outcome.detail) == ("finished", "")


def test_numpy_is_there_in_full(sandbox):
    body = (
        "rng = np.random.default_rng(0)\n"
        "a = rng.normal(size=(8, 8))\n"
        "q, _ = np.linalg.qr(a)\n"
        "b = np.fft.ifft(np.fft.fft(a)).real - a\n"
        "return float(np.abs(q @ q.T - np.eye(8)).max() + np.abs(b).max()\n"
        "    + np.abs(np.einsum('ij,jk', a, np.linalg.inv(a)) - np.eye(8)).max())"
    )

    assert float(run_one(sandbox, body).values[0]) < 1e-9


def test_an_array_of_another_kind_is_our_mistake(sandbox):
    with pytest.raises(TypeError, match="plain real or integer array"):
        sandbox.run("x = 1", [Call("loss", (np.array([1j]),))], [])
