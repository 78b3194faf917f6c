"""Own inputs are read as data: what people type in Python, and nothing that would run."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.catalogue import CATALOGUE, get
from grader.inputs import UnreadableInputs, case_of, fields, inputs_from
from grader.inputs.typed import MOST, Unreadable, read_array, read_parameter, written

HUBER = get("huber")


def shown(text):
    """The inputs of Huber with `text` as y_true, through JSON's words and back to an array."""
    case = case_of(HUBER, inputs_from(HUBER, {"y_true": text, "y_pred": "0"}))
    return case.arguments[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2.5, -3e2]", [1.0, 2.5, -300.0]),
        ("[[1, 2], [3, 4]]", [[1.0, 2.0], [3.0, 4.0]]),
        ("(1, 2,)", [1.0, 2.0]),
        ("7", 7.0),
        (" [1,\n 2] ", [1.0, 2.0]),
        ("[1,\N{NO-BREAK SPACE}\N{MINUS SIGN}2]", [1.0, -2.0]),
        ("[.5, 1., 1_000]", [0.5, 1.0, 1000.0]),
        ("[nan, np.inf, -numpy.inf, -math.inf]", [np.nan, np.inf, -np.inf, -np.inf]),
        ('[float("nan"), float(\'-inf\'), +float("inf")]', [np.nan, -np.inf, np.inf]),
        ("[1e400, -1e400]", [np.inf, -np.inf]),
        ("[NaN, Infinity]", [np.nan, np.inf]),
        ("[]", []),
        ("[[], []]", np.empty((2, 0))),
        ("np.array([1, 2])", [1.0, 2.0]),
    ],
)
def test_what_python_people_type_is_read(text, expected):
    found = shown(text)

    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, np.array(expected, float), strict=True)


@pytest.mark.parametrize(
    ("text", "dtype"),
    [
        ("np.array([1, 2], dtype=np.float32)", "float32"),
        ("np.array([1, 2], 'int8')", "int8"),
        ("numpy.asarray([1, 2], dtype=int)", "int64"),
        ("np.float16([1, 2])", "float16"),
        ("uint8([1, 2])", "uint8"),
    ],
)
def test_a_dtype_can_be_named(text, dtype):
    np.testing.assert_array_equal(shown(text), np.array([1, 2], dtype), strict=True)


def test_labels_are_whole_numbers_unless_they_are_typed_otherwise():
    task = get("softmax-cross-entropy")
    logits = {"logits": "[[0, 1], [2, 3]]"}

    whole = case_of(task, inputs_from(task, {"labels": "[0, 1]", **logits}))
    broken = case_of(task, inputs_from(task, {"labels": "[0, 1.0]", **logits}))

    assert whole.arguments[0].dtype == np.int64
    assert broken.arguments[0].dtype == np.float64


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("[1, 2", "its end where `,` is expected"),
        ("[1, [2]]", "rows of different lengths"),
        ("[[1], 2]", "rows of different lengths"),
        ("[1 2]", "`2` where `,` is expected"),
        ("[1, 2]]", "goes on with `]`"),
        ("[1] * 5", "`*`, which is no number"),
        ("[", "ends where a number is expected"),
        ("[1, 'a']", "`'a'` where a number is expected"),
        ("[True]", "`True` where a number is expected"),
        ("__import__('os').system('id')", "`.system('id')`, which is no number"),
        ("__import__('os')", "`__import__`"),
        ("np.load('x')", "`np.load`"),
        ("open", "`open`"),
        ("np.array([1], dtype=object)", "dtype `object`"),
        ("float('1')", 'only "nan" and "inf"'),
        ("0x10", "`0x10`, which is no number"),
        ("1\x00", "`?`, which is no number"),
        ("\N{ARABIC-INDIC DIGIT ONE}", "which is no number"),
        ("9" * 60, "which is no number"),
        ("[" * 7 + "]" * 7, "nested more than 6 deep"),
        ("[" * 30_000, "30,000 characters"),
        (f"[{'1,' * (MOST + 1)}]", "too many numbers"),
        ("np.int8([300])", "300, which is too large for int8"),
        ("np.int64([1.5])", "1.5 in an array of int64"),
        ("np.uint8([-1])", "-1, which is too large for uint8"),
        ("np.int64([nan])", "nan in an array of int64"),
    ],
)
def test_what_is_no_array_is_refused_with_the_field_and_a_reason(text, clause):
    with pytest.raises(UnreadableInputs) as refused:
        inputs_from(HUBER, {"y_true": "0", "y_pred": text})

    assert refused.value.field == "y_pred"
    assert str(refused.value).startswith("y_pred ")
    assert clause in str(refused.value)
    assert str(refused.value).isprintable()


def test_all_arguments_share_the_number_of_elements():
    half = f"[{'1,' * (MOST // 2)}]"

    assert inputs_from(HUBER, {"y_true": half, "y_pred": half})
    with pytest.raises(UnreadableInputs, match="too many numbers"):
        inputs_from(HUBER, {"y_true": half, "y_pred": half[:-1] + "1]"})


def test_an_empty_argument_beside_a_filled_one_is_named():
    with pytest.raises(UnreadableInputs, match=r"^y_pred is empty\.$"):
        inputs_from(HUBER, {"y_true": "[1]", "y_pred": " "})


def test_no_argument_at_all_is_no_call():
    assert inputs_from(HUBER, {"y_true": "", "delta": "2"}) is None


@pytest.mark.parametrize(
    ("text", "given"),
    [("", {}), ("2", {"delta": 2}), ("-inf", {"delta": -np.inf}), ("1e-3", {"delta": 1e-3})],
)
def test_a_parameter_that_is_left_empty_has_its_default(text, given):
    inputs = inputs_from(HUBER, {"y_true": "[1]", "y_pred": "[1]", "delta": text})

    assert case_of(HUBER, inputs).parameters == given


@pytest.mark.parametrize("text", ["'mean'", "wide", "[1]", "1 2", "--1"])
def test_a_parameter_that_is_no_number_is_refused(text):
    with pytest.raises(UnreadableInputs, match=r"^delta "):
        inputs_from(HUBER, {"y_true": "[1]", "y_pred": "[1]", "delta": text})


@pytest.mark.parametrize("text", ["'uniform'", '"uniform"', "uniform"])
def test_a_word_may_stand_in_quotes(text):
    assert read_parameter(text) == "uniform"


@pytest.mark.parametrize("task", CATALOGUE.values(), ids=CATALOGUE)
def test_the_fields_of_every_task_hold_its_example(task):
    typed = {field.name: field.example for field in fields(task)}

    case = case_of(task, inputs_from(task, typed))

    for found, array in zip(case.arguments, task.examples[0].case.arguments, strict=True):
        np.testing.assert_array_equal(found, array, strict=True)
    defaults = {parameter.name: parameter.default for parameter in task.parameters}
    assert case.parameters == {**defaults, **task.examples[0].case.parameters}


NESTED = st.recursive(
    st.floats(allow_infinity=True) | st.integers(-(2**53), 2**53), lambda inner: st.lists(inner)
)


@given(NESTED)
def test_every_nested_list_is_read_as_numpy_reads_it_or_refused(value):
    try:
        expected = np.array(value, float)
    except ValueError:
        with pytest.raises(Unreadable):
            read_array(repr(value))
        return
    np.testing.assert_array_equal(shown(written(expected)), expected, strict=True)


@given(st.text(alphabet="[](),.+-eE0123456789 nanpinf_=\"'\\xé٣", max_size=60))
def test_any_text_is_read_or_refused_and_never_more(text):
    with contextlib.suppress(UnreadableInputs):
        inputs = inputs_from(HUBER, {"y_true": text, "y_pred": text, "delta": text})
        assert inputs is None or case_of(HUBER, inputs)


@pytest.mark.parametrize("text", ["[" * 20_000, "-" * 20_000, "1e" * 10_000, "'" * 20_000])
@pytest.mark.timeout(20)
def test_text_that_is_made_to_be_slow_is_refused_like_any_other(text):
    with pytest.raises(Unreadable):
        read_array(text)
