"""The sweep of magnitudes: what happens to usual formulas at which of them, known from paper."""

import pytest

from grader.catalogue import get
from grader.catalogue.task import patched
from tests.grader.tiny import RIGHT, SUM, graded


def wrong(slug, name):
    """The catalogue's own small mistake of that name."""
    return next(each.source for each in get(slug).misconceptions if each.name == name)


def swept(slug, source):
    """What happened, by name, function and dtype."""
    report = graded(source, task=get(slug)).as_dict()
    return {(row["name"], row["function"], row["dtype"]): row for row in report["stability"]}


@pytest.mark.parametrize(
    ("slug", "name", "place", "state"),
    [
        # exp(1e4) is infinite in both widths, exp(100) in float32 alone.
        ("softmax-cross-entropy", "no shift before exp", ("logits of 1e4", "loss"), "overflow"),
        # Every exp is 0, so the row is 0 / 0.
        ("softmax-cross-entropy", "no shift before exp", ("rows 2e4 apart", "loss"), "nan"),
        # 0 is what the clipped exp returns for the right class, whose slope is nearly -1 / n.
        (
            "binary-cross-entropy-with-logits",
            "softplus cut off",
            ("targets of 0 at logits of -31 to -35", "loss"),
            "vanished",
        ),
        # a^2 - 2 a b + b^2 of values of 1e6 has no digit left for 1e-8.
        (
            "mean-squared-error",
            "square expanded",
            ("errors of 1e-4 between values of 1e6", "loss"),
            "digits",
        ),
    ],
)
def test_each_way_to_fail_has_its_name_and_its_remedy(slug, name, place, state):
    row = swept(slug, wrong(slug, name))[*place, "float64"]

    assert row["state"] == state
    assert row["remedy"]


def test_a_width_that_holds_less_fails_earlier():
    found = swept("softmax-cross-entropy", wrong("softmax-cross-entropy", "no shift before exp"))

    assert found["logits of 100", "loss", "float64"]["state"] == "right"
    assert found["logits of 100", "loss", "float32"]["state"] == "overflow"


def test_how_many_digits_are_left_is_told():
    slug = "giou"
    row = swept(slug, wrong(slug, "epsilon in the areas"))["boxes of 1e-4", "loss", "float64"]

    assert 1 < row["digits"] < 3


@pytest.mark.parametrize("slug", ["huber", "softmax-cross-entropy", "least-confidence"])
def test_right_code_holds_everywhere_and_needs_no_remedy(slug):
    found = swept(slug, get(slug).variants[0].source)

    names = {each.name for each in get(slug).extremes}
    assert {name for name, _, _ in found} == names
    assert {row["state"] for row in found.values()} == {"right"}
    assert {row["remedy"] for row in found.values()} == {""}


def test_what_is_wrong_at_ordinary_numbers_too_is_told_apart_and_gets_no_remedy():
    rows = graded(SUM).as_dict()["stability"]

    assert {row["state"] for row in rows} == {"wrong"}
    assert {row["remedy"] for row in rows} == {""}


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("raise KeyError", "raised"),
        ("return 'none'", "unusable"),
        ("return np.ones(2)", "unusable"),
        ("return (1.0, 2.0)", "unusable"),
    ],
)
def test_what_is_no_number_is_said(line, state):
    source = patched(RIGHT, ("e = y_pred - y_true\n", f"e = y_pred - y_true\n    {line}\n"))
    rows = graded(source).as_dict()["stability"]

    assert {row["state"] for row in rows if row["function"] == "loss"} == {state}


def test_open_checks_and_code_that_never_ran_have_no_sweep():
    assert graded(RIGHT, sample=True).as_dict()["stability"] == []
    assert graded("loss = \n").as_dict()["stability"] == []
