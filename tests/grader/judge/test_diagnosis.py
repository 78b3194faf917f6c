"""The diagnosis names a misconception or a transformation only where several cases agree."""

import re
from dataclasses import replace

import numpy as np
import pytest

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Misconception, Task, patched
from grader.families import Family
from tests.grader.tiny import BROADCAST, RIGHT, SUM, TINY, UNWEIGHTED, graded

VALUE = "    return weight * np.mean(0.5 * e**2)"
SLOPE = "    return weight * (y_pred - y_true) / y_pred.size"


def diagnosis(*changes):
    return graded(patched(RIGHT, *changes)).diagnosis


def test_right_code_has_no_diagnosis():
    assert graded(RIGHT).diagnosis == []


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        pytest.param(SUM, "It adds up.", id="sum for mean"),
        pytest.param(UNWEIGHTED, "It ignores weight.", id="a parameter ignored"),
        pytest.param(BROADCAST, "It broadcasts.", id="one rule of the edges"),
    ],
)
def test_the_matching_misconception_is_named(source, sentence):
    assert sentence in graded(source).diagnosis


@pytest.mark.parametrize(
    "line", [pytest.param(VALUE, id="in loss alone"), pytest.param(SLOPE, id="in grad alone")]
)
def test_a_misconception_in_one_of_the_two_functions_is_named(line):
    assert "It ignores weight." in diagnosis((line, line.replace("weight * ", "")))


@pytest.mark.parametrize("function", ["loss", "grad"])
def test_a_rule_that_one_of_the_two_functions_lacks_is_named(function):
    head = f"def {function}(y_true, y_pred, weight=1.0):\n"
    lax = RIGHT.replace("def check", "def lax").replace("y_true.shape != y_pred.shape or ", "")
    source = lax.split("def loss")[0] + patched(
        RIGHT, (f"{head}    check(", f"{head}    lax(")
    ).removeprefix("import numpy as np\n")

    assert "It broadcasts." in graded(source).diagnosis


def test_what_was_computed_for_one_submission_changes_no_word_about_the_next():
    rounds = [[graded(source).diagnosis for source in (SUM, UNWEIGHTED, BROADCAST)] for _ in "ab"]

    assert rounds[0] == rounds[1]
    assert len({tuple(sentences) for sentences in rounds[0]}) == 3


def test_a_sum_is_named_with_its_numbers_first():
    first = graded(SUM).diagnosis[0]

    assert first == (
        "Your loss is 8 times the expected value for arrays of length 8: it looks like a sum where "
        "the mean is asked."
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            (VALUE, VALUE.replace("0.5 * ", "")), "Your loss is 2 times the expected", id="half"
        ),
        pytest.param(
            (VALUE, VALUE.replace("return ", "return -")), "Your loss is -1 times", id="sign"
        ),
        pytest.param((VALUE, VALUE + " + 0.75"), "always too large by 0.75", id="offset"),
        pytest.param(
            (VALUE, VALUE.replace("return weight", "return 3 * weight")),
            "Your loss is always 3 times",
            id="a factor without a name",
        ),
        pytest.param(
            (VALUE, "    return np.sqrt(weight * np.mean(0.5 * e**2))"),
            "the square root of the expected value",
            id="square root",
        ),
        pytest.param(
            (SLOPE, SLOPE.replace("return ", "return -")), "Your gradient is -1 times", id="grad"
        ),
        pytest.param(
            (SLOPE, SLOPE.replace(" / y_pred.size", "")),
            "Your gradient is 8 times the expected value for arrays of length 8",
            id="gradient of the sum",
        ),
        pytest.param(
            (SLOPE, "    return [1.0]"), "`grad` returns an object of type list", id="a list"
        ),
        pytest.param((SLOPE, "    return y_pred.mean"), "`grad` returns", id="a method"),
        pytest.param(
            (SLOPE, "    return unknown"), "`grad` raised a NameError in", id="an exception"
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    y_pred -= y_true\n    e = y_pred"),
            "`loss` changed its argument y_pred.",
            id="changed in place",
        ),
        pytest.param(
            (" or weight <= 0", ""), "ValueError is not raised where it must be", id="parameter"
        ),
        pytest.param(
            ("    e = y_pred - y_true", "    e = np.clip(y_pred - y_true, -99, 99)"),
            "At errors of 1e5 your loss is wrong or loses digits. Square in float64.",
            id="the remedy at an extreme",
        ),
    ],
)
def test_a_plain_cause_is_named(change, sentence):
    assert any(sentence in line for line in diagnosis(change)), diagnosis(change)


def test_the_right_derivative_of_a_wrong_loss_is_recognised():
    both = (
        (VALUE, VALUE.replace("e**2", "e**4")),
        (SLOPE, "    return 2 * weight * (y_pred - y_true) ** 3 / y_pred.size"),
    )

    assert any("right derivative of your own loss" in line for line in diagnosis(*both))


@pytest.mark.parametrize(
    "body",
    ["return 0.0", "return float('nan')", "raise KeyError", "return np.random.rand()", "return ''"],
)
def test_thin_evidence_names_no_misconception(body):
    lines = diagnosis((VALUE, f"    {body}"), (SLOPE, f"    {body}"))
    sentences = {m.sentence for m in TINY.misconceptions}

    assert not sentences & set(lines)


ZERO_WEIGHT = patched(
    RIGHT,
    ("    check(y_true, y_pred, weight)\n    e", "    check(y_true, y_pred, weight or 1)\n    e"),
)
NAN_HIDDEN = patched(
    ZERO_WEIGHT, (VALUE, "    e = np.where(np.isnan(y_true), y_pred, e)\n" + VALUE)
)


@pytest.mark.parametrize(
    ("source", "named"),
    [
        pytest.param(ZERO_WEIGHT, True, id="the only thing that is wrong"),
        pytest.param(NAN_HIDDEN, False, id="one of two things that are wrong"),
    ],
)
def test_a_single_result_names_a_misconception_only_where_nothing_else_is_wrong(source, named):
    one = Misconception("zero weight", Family.EDGE_CASES, "It accepts a weight of 0.", ZERO_WEIGHT)
    fields = {name: getattr(TINY, name) for name in TINY.__dataclass_fields__}
    task = Task(**fields | {"misconceptions": (one,)})

    assert (one.sentence in graded(source, task=task).diagnosis) is named


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        pytest.param("return 0.25", ["`loss` returned 0.25 in"], id="a constant"),
        pytest.param("return float('nan')", ["`loss` returned nan in"], id="NaN"),
        pytest.param("return [1.0]", ["`loss` returns an object of type list"], id="a list"),
        pytest.param("return np.ones(1)", ["`loss` returned an array of shape (1,)"], id="(1,)"),
    ],
)
def test_what_is_wrong_everywhere_is_all_that_is_said(body, sentences):
    found = diagnosis((VALUE, f"    {body}"))

    assert len(found) == len(sentences)
    assert all(line.startswith(start) for line, start in zip(found, sentences, strict=True))


def test_a_gradient_wrong_at_ordinary_inputs_needs_no_remedy_for_large_ones():
    assert not any("At errors" in line for line in diagnosis((SLOPE, SLOPE + " + y_true**2")))


def test_nearly_right_numbers_are_not_what_a_misconception_gives_elsewhere():
    drift = patched(RIGHT, (VALUE, VALUE + " * (1 + 4e-7)"))
    epsilon = patched(RIGHT, (VALUE, VALUE + " + 1e-30"))
    one = Misconception("epsilon", Family.VALUES, "It adds an epsilon.", epsilon)

    report = graded(drift, task=replace(TINY, misconceptions=(one,)))

    assert one.sentence not in report.diagnosis


def test_swapping_the_arguments_of_a_symmetric_loss_explains_nothing():
    found = diagnosis((VALUE, VALUE + " * (1 + 1e-5)"))

    assert not any("the other way round" in line for line in found)


def test_a_few_lost_digits_of_one_element_are_not_a_sum():
    found = diagnosis((VALUE, VALUE + " * (1 + 1e-6 * (e.size == 1))"))

    assert not any("a sum" in line for line in found)


def test_a_diagnosis_is_short():
    for source in (SUM, UNWEIGHTED, BROADCAST, RIGHT.replace("weight", "2")):
        assert len(graded(source).diagnosis) <= 5


@pytest.mark.parametrize(
    ("task", "misconception"),
    [
        pytest.param(task, misconception, id=f"{slug}: {misconception.name}")
        for slug, task in CATALOGUE.items()
        for misconception in task.misconceptions
        if misconception.family in (Family.VALUES, Family.GRADIENTS)
    ],
)
def test_every_misconception_about_numbers_is_recognised(task, misconception):
    report = graded(misconception.source, task=task)

    assert misconception.sentence in report.diagnosis
    # No sentence is made from numbers that are none; a parameter may be infinite on purpose.
    infinite = any(-np.inf in parameter.others for parameter in task.parameters)
    lines = [line.replace("-inf", "") if infinite else line for line in report.diagnosis]
    assert not any(re.search(r"\bnan\b|\binf\b", line) for line in lines)
