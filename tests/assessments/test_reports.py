"""Reports are held against their schema, honest ones and spoilt ones."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assessments.reports import SCHEMA, MalformedReport, checked

FAMILY = {"passed": 20, "total": 20, "score": 1.0}
CHECK = {
    "family": "values", "name": "a", "passed": True, "expected": None, "got": "1", "detail": ""
}  # fmt: skip
DRAWN = {"loss": [0.5, None], "grad": [-1.0, 1]}
CURVE = {
    "title": "One error", "axis": "e", "x": [-1.0, 1.0], "kinks": [0.0], "expected": DRAWN,
    "got": DRAWN,
}  # fmt: skip
REPORT = {
    "task": "huber", "verdict": "partial", "score": 0.5, "seed": 1, "stdout": "",
    "families": {"values": FAMILY, "gradients": FAMILY | {"score": None}},
    "checks": [CHECK, CHECK | {"passed": False}],
    "error": {"kind": "timeout", "detail": "It took too long."},
    "diagnosis": ["A sum for a mean."], "seconds": {"wall": 0.1, "cpu": 1},
    "curves": [CURVE, CURVE | {"got": None}],
}  # fmt: skip

schema = Draft202012Validator(SCHEMA)
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.5, 1.0, 1.5, -0.5, 1e300])
    | st.sampled_from(["", "values", "passed", "timeout", "x" * 61, "x" * 20_001]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["values", "score", "kind", "wall", "x"]), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def refusal(report):
    """Why a report is refused; None where it is not."""
    try:
        checked(report)
    except MalformedReport as error:
        return str(error)
    return None


def places(value, path=()):
    """Every path into a report."""
    yield path
    for key, inner in value.items() if isinstance(value, dict) else []:
        yield from places(inner, (*path, key))
    for index, inner in enumerate(value) if isinstance(value, list) else []:
        yield from places(inner, (*path, index))


@given(place=st.sampled_from(list(places(REPORT))[1:]), value=anything, drop=st.booleans())
@settings(max_examples=600, deadline=None, derandomize=True)
def test_one_changed_place_is_refused_as_the_schema_says(place, value, drop):
    report = deepcopy(REPORT)
    inner = report
    for key in place[:-1]:
        inner = inner[key]
    if drop and isinstance(inner, dict):
        del inner[place[-1]]
    else:
        inner[place[-1]] = value

    assert (refusal(report) is None) == schema.is_valid(report)


@given(value=anything)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_anything_at_all_is_refused_as_the_schema_says(value):
    assert (refusal(value) is None) == schema.is_valid(value)


def test_the_fault_is_named_with_its_place():
    report = REPORT | {"checks": [CHECK, CHECK | {"passed": "yes"}]}

    assert refusal(report) == "report.checks[1].passed must be boolean"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        pytest.param({"x": [0.0] * 101}, "curves[0].x", id="too many points"),
        pytest.param({"x": [None]}, "curves[0].x[0]", id="a point without a place"),
        pytest.param({"got": {"loss": ["1"], "grad": []}}, "curves[0].got", id="a word"),
        pytest.param({"expected": None}, "curves[0].expected", id="nothing right"),
        pytest.param({"title": "x" * 201}, "curves[0].title", id="a long title"),
    ],
)
def test_a_curve_of_another_form_is_refused(changes, place):
    assert refusal(REPORT | {"curves": [CURVE | changes]}).startswith(f"report.{place} ")
