"""A run on a candidate's own inputs: what their code did, and never what is right."""

import json

import numpy as np
import pytest

from assessments.reports import checked
from grader.catalogue import CATALOGUE, get
from grader.grading import grade
from grader.inputs import fields, inputs_from
from grader.judge.trial import apart
from grader.own import own_task
from grader.sandbox import Limits, Sandbox, SandboxFault
from tests.grader.own.examples import LOOPS, OWN

pytestmark = pytest.mark.sandbox

HUBER = get("huber")
LOSS = """
import numpy as np

def loss(y_true, y_pred, delta=1.0):
    e = np.abs(y_pred - y_true)
    return float(np.mean(np.where(e <= delta, e * e / 2, delta * (e - delta / 2))))
"""
RIGHT = (
    LOSS
    + """
def grad(y_true, y_pred, delta=1.0):
    return np.clip(y_pred - y_true, -delta, delta) / y_pred.size
"""
)
POINTS = {"y_true": "[0, 0, 0]", "y_pred": "[0.5, -2, 3]"}


@pytest.fixture(scope="module")
def sandbox():
    try:
        sandbox = Sandbox(Limits(cpu_seconds=1.0, wall_seconds=3.0))
    except SandboxFault as fault:
        pytest.skip(str(fault))
    with sandbox:
        yield sandbox


@pytest.fixture
def tried(sandbox):
    """The part `own` of the report, as it is stored."""

    def run(source, texts=POINTS, task=HUBER):
        report = grade(task, source, 0, sandbox, sample=True, inputs=inputs_from(task, texts))
        return checked(report.as_dict()).get("own")

    return run


def test_the_loss_is_told_with_every_digit(tried):
    assert tried(RIGHT)["call"] == "loss(y_true=[0., 0., 0.], y_pred=[ 0.5, -2. ,  3. ])"
    assert tried(RIGHT)["loss"]["returned"] == repr((0.125 + 1.5 + 2.5) / 3)


def test_a_right_gradient_agrees_with_the_slope_of_the_loss_at_every_element(tried):
    preview = tried(RIGHT)["grad"][0]

    assert [row["state"] for row in preview["rows"]] == ["agrees"] * 3
    assert [row["index"] for row in preview["rows"]] == ["[0]", "[1]", "[2]"]
    assert [row["got"] for row in preview["rows"]] == pytest.approx([0.5 / 3, -1 / 3, 1 / 3])
    assert [row["numeric"] for row in preview["rows"]] == pytest.approx([0.5 / 3, -1 / 3, 1 / 3])
    assert preview["says"] == "`grad` is the slope of your loss."


def test_a_gradient_that_adds_up_is_off_everywhere_by_the_number_of_elements(tried):
    preview = tried(RIGHT.replace(" / y_pred.size", ""))["grad"][0]

    assert preview["off"] == 3
    assert [row["ratio"] for row in preview["rows"]] == pytest.approx([3.0] * 3)
    assert preview["says"] == (
        "Every element of `grad` is 3 times the slope of your loss: one of them adds up where the "
        "other takes the mean."
    )


def test_one_wrong_element_is_marked_with_its_place(tried):
    broken = RIGHT.replace("return np.clip", "g = np.clip") + "    g[1, 0] *= 2\n    return g\n"
    texts = {"y_true": "[[0, 0], [0, 0]]", "y_pred": "[[0.5, -2], [3, 0.25]]"}

    preview = tried(broken, texts)["grad"][0]

    rows = preview["rows"]
    assert [(row["index"], row["flat"]) for row in rows if row["state"] == "off"] == [("[1, 0]", 2)]
    assert rows[2]["difference"] == pytest.approx(0.25)
    assert preview["says"] == "1 element of `grad` differs from the slope of your loss."


def test_a_right_derivative_of_a_wrong_loss_agrees(tried):
    """What is right is not asked: the sample checks tell that the loss itself is wrong."""
    doubled = RIGHT.replace("float(np.mean(", "2 * float(np.mean(").replace(
        "return np.clip", "return 2 * np.clip"
    )

    assert tried(doubled)["grad"][0]["off"] == 0


def test_any_slope_between_both_sides_is_right_at_a_kink(tried):
    source = """
import numpy as np
def loss(y_true, y_pred): return float(np.abs(y_pred - y_true).sum())
def grad(y_true, y_pred): return np.array([0.0, 0.5, 1.5])
"""
    texts = {"y_true": "[1, 1, 1]", "y_pred": "[1, 1, 1]"}

    preview = tried(source, texts, get("mean-absolute-error"))["grad"][0]

    assert [row["state"] for row in preview["rows"]] == ["agrees", "kink", "off"]


def test_of_many_elements_the_worst_come_first(tried):
    source = RIGHT.replace("return np.clip", "g = np.clip") + "    g[40:44] += 1\n    return g\n"
    texts = {"y_true": str([0.0] * 90), "y_pred": str([0.5] * 90)}

    preview = tried(source, texts)["grad"][0]

    assert (preview["size"], preview["compared"], preview["off"]) == (90, 90, 4)
    assert [row["flat"] for row in preview["rows"][:5]] == [40, 41, 42, 43, 0]


def test_of_very_many_elements_some_are_compared(tried):
    texts = {"y_true": str([0.0] * 500), "y_pred": str([0.5] * 500)}

    preview = tried(RIGHT, texts)["grad"][0]

    assert (preview["size"], preview["compared"], preview["off"]) == (500, 120, 0)


def test_single_precision_is_compared_in_its_own_digits(tried):
    texts = {"y_true": "np.float32([0, 0])", "y_pred": "np.float32([0.1, 1e-3])"}

    assert tried(RIGHT, texts)["grad"][0]["off"] == 0


def test_several_gradients_are_a_table_each(tried):
    task = get("contrastive-pair")

    previews = tried(task.variants[0].source, example_of(task), task)["grad"]

    assert [preview["name"] for preview in previews] == ["x1", "x2"]
    assert all(preview["compared"] == 4 for preview in previews)


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=CATALOGUE)
def test_a_right_solution_of_every_task_is_right_at_the_prefilled_example(tried, task):
    own = tried(task.variants[0].source, example_of(task), task)

    assert own["loss"]["trouble"] == ""
    assert [preview["off"] for preview in own["grad"]] == [0] * len(task.differentiated)
    assert all(preview["trouble"] == "" for preview in own["grad"])


def example_of(task):
    return {field.name: field.example for field in fields(task)}


def test_an_own_task_takes_own_inputs_too(tried, sandbox):
    task = own_task(OWN, lambda: sandbox)

    own = tried(LOOPS, example_of(task), task)

    assert own["loss"]["trouble"] == ""
    assert own["grad"][0]["off"] == 0


# What went wrong, and where ---------------------------------------------------------------------


def test_an_exception_is_told_with_its_line(tried):
    texts = {"y_true": "[1, 2]", "y_pred": "[1, 2, 3]"}

    own = tried(RIGHT, texts)

    assert own["loss"]["line"] == 5
    assert own["loss"]["trouble"].startswith("`loss` raised a ValueError in line 5: operands")
    assert own["grad"][0]["line"] == 9
    assert own["grad"][0]["rows"] == []


def test_a_gradient_that_is_not_written_yet_is_shown_the_slopes_of_the_loss(tried):
    own = tried(LOSS + "\ndef grad(*a, **k):\n    raise NotImplementedError\n")

    rows = own["grad"][0]["rows"]
    assert [row["got"] for row in rows] == [None] * 3
    assert [row["numeric"] for row in rows] == pytest.approx([0.5 / 3, -1 / 3, 1 / 3])


def test_warnings_are_told_with_their_lines_apart_from_what_was_printed(tried):
    noisy = RIGHT.replace(
        "    e = np", "    print('seen', y_pred.shape)\n    np.log(y_true)\n    e = np"
    )

    own = tried(noisy)

    assert own["printed"] == "seen (3,)\n"
    assert own["warnings"] == [
        {"line": 6, "text": "RuntimeWarning: divide by zero encountered in log"}
    ]


def test_prints_that_look_like_warnings_hide_nothing():
    text = "submission.py:3: DeprecationWarning: old\n/site/n.py:9: RuntimeWarning: x\n  code\nout"

    assert apart(text) == (
        [
            {"line": 3, "text": "DeprecationWarning: old"},
            {"line": None, "text": "RuntimeWarning: x"},
        ],
        "out",
    )
    assert apart("a.py:1: note: b\n") == ([], "a.py:1: note: b\n")


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("return [1.0]", "`loss` returned a list, and no numbers."),
        ("return np.ones(3)", "`loss` returned an array of shape (3,); one number is asked."),
        ("return (1.0, 2.0)", "`loss` returned a tuple where one result is asked."),
        ("return 1j", "`loss` returned a complex, and no numbers."),
    ],
)
def test_a_loss_that_is_no_number_is_named(tried, body, trouble):
    own = tried(f"import numpy as np\ndef loss(*a, **k): {body}\ndef grad(*a, **k): return a[0]\n")

    assert own["loss"]["trouble"] == trouble
    assert own["grad"][0]["compared"] == 0


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("return np.ones(2)", "Its shape is (2,); that of y_pred, (3,), is asked."),
        ("return (y_pred,)", "`grad` returned a tuple where one array is asked."),
    ],
)
def test_a_gradient_of_another_form_is_named(tried, body, trouble):
    own = tried(f"{LOSS}\ndef grad(y_true, y_pred, delta=1.0): {body}\n")

    assert own["grad"][0]["trouble"] == trouble


@pytest.mark.parametrize(
    "texts",
    [
        {"y_true": "[nan]", "y_pred": "[1]"},
        {"y_true": "[inf]", "y_pred": "[-inf]"},
        {"y_true": "[1e308]", "y_pred": "[-1e308]"},
        {"y_true": "[]", "y_pred": "[]"},
        {"y_true": "[[], []]", "y_pred": "[[], []]"},
        {"y_true": "1", "y_pred": "2"},
        {"y_true": "np.int8([1])", "y_pred": "np.uint64([1])"},
        {"y_true": "[1]", "y_pred": "[2]", "delta": "nan"},
    ],
)
def test_inputs_that_are_no_usual_ones_make_a_report_all_the_same(tried, texts):
    own = tried(RIGHT, texts)

    assert own["loss"]["trouble"] == ""
    assert json.dumps(own, allow_nan=False)


def test_the_largest_number_there_is_can_be_returned(tried):
    source = LOSS + "\ndef grad(*a, **k): return np.full(3, np.finfo(float).max)\n"

    assert tried(source)["grad"][0]["rows"][0]["got"] == np.finfo(float).max


# Hostile code -----------------------------------------------------------------------------------


def test_a_call_that_never_ends_is_stopped_and_told(tried):
    """On inputs that the sample checks do not have, so that these are judged all the same."""
    source = RIGHT.replace(
        "    e = np", "    while y_true.size == 3 and y_true[0] == 77: pass\n    e = np"
    )

    own = tried(source, {"y_true": "[77, 0, 0]", "y_pred": "[1, 2, 3]"})

    assert own["error"]["kind"] == "timeout"
    assert own["loss"]["trouble"] == "`loss` was stopped in this call."


def test_a_loss_that_prints_a_lot_in_every_call_has_its_slopes(tried):
    own = tried(RIGHT.replace("    e = np", "    print('x' * 20_000)\n    e = np"))

    assert own["error"] is None
    assert own["grad"][0]["off"] == 0
    assert len(own["printed"]) == 20_001


@pytest.mark.parametrize(
    "body",
    [
        "import os; os._exit(0)",
        "raise SystemExit",
        "return float('1' * 400)",
        "return type('Number', (float,), {})(1.0)",
        "print('\\x00\\ud800\\u202e' * 50); return 1.0",
        "raise ValueError('\\x00\\ud800' * 5_000)",
        "print('submission.py:' + '9' * 50 + ': XWarning: y'); return 1.0",
    ],
)
def test_whatever_the_code_does_its_report_can_be_stored(tried, body):
    own = tried(f"def loss(*a, **k):\n    {body}\ndef grad(*a, **k):\n    {body}\n")

    assert json.dumps(own, allow_nan=False)


def test_code_that_cannot_be_loaded_is_not_called(tried):
    assert tried("def loss(:\n") is None


def test_no_right_number_is_told_of_own_inputs(sandbox, monkeypatch):
    """The reference is not even computed there: only the cases of the sample checks reach it."""
    asked = []
    task = type(HUBER)(
        **{
            **{name: getattr(HUBER, name) for name in HUBER.__slots__},
            "reference": lambda *arrays, **k: asked.append(arrays) or HUBER.reference(*arrays, **k),
            "gradient": lambda *arrays, **k: asked.append(arrays) or HUBER.gradient(*arrays, **k),
        }
    )
    texts = {"y_true": "[123.25, 0]", "y_pred": "[0, 0.75]"}

    grade(task, RIGHT, 0, sandbox, sample=True, inputs=inputs_from(task, texts))

    assert asked
    assert not any(array.size and array.flat[0] == 123.25 for each in asked for array in each)
