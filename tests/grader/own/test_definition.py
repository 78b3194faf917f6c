"""The schema and the faults of a definition: everything that needs none of its code."""

import pytest
from jsonschema import Draft202012Validator

from grader.own import SCHEMA, faults
from tests.grader.own.examples import OWN, changed

schema = Draft202012Validator(SCHEMA)


def test_the_schema_is_one_and_takes_a_good_definition():
    Draft202012Validator.check_schema(SCHEMA)

    assert list(schema.iter_errors(OWN)) == []
    assert faults(OWN) == []


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(changed("slug", to="Not A Slug"), id="slug"),
        pytest.param(changed("arguments", 0, "name", to="__class__"), id="a name with underscores"),
        pytest.param(changed("arguments", 0, "shape", to="n; m"), id="axes"),
        pytest.param(changed("large", to=[0]), id="nothing large"),
        pytest.param(changed("misconceptions", to=OWN["misconceptions"][:2]), id="two mistakes"),
        pytest.param(changed("edges", 0, "expect", to="perhaps"), id="an unknown wish"),
        pytest.param(changed("answer", to=42), id="an unknown field"),
        pytest.param(changed("module", to="x" * 60_001), id="a long module"),
    ],
)
def test_the_schema_refuses(spoilt):
    assert not schema.is_valid(spoilt)


@pytest.mark.parametrize(
    ("spoilt", "field", "sentence"),
    [
        (changed("arguments", 1, "name", to="y_true"), "arguments.1.name", "is taken"),
        (changed("parameters", 0, "name", to="lambda"), "parameters.0.name", "is taken"),
        (changed("arguments", 1, "differentiate", to=False), "arguments", "differentiate: true"),
        (changed("arguments", 1, "labels", to=True), "arguments.1", "no derivative"),
        (changed("large", to=[2_000, 2_000]), "large", "at most 200,000"),
        (changed("shapes", 0, to=[40, 40]), "shapes.0", "at most 1,000"),
        (changed("examples", 0, "arguments", to=[[1, 2]]), "examples.0.arguments", "2 arguments"),
        (
            changed("examples", 0, "arguments", to=[[1, [2]], [1, 2]]),
            "examples.0.arguments",
            "lists of equal lengths",
        ),
        (
            changed("edges", 0, "arguments", to=[["often"], [1]]),
            "edges.0.arguments",
            "no array of numbers",
        ),
        (
            changed("edges", 0, "parameters", to={"wait": 1}),
            "edges.0.arguments",
            "no parameter 'wait'",
        ),
        (changed("edges", 1, "name", to="perfect"), "edges.1.name", "Two are called"),
        (changed("misconceptions", 2, "family", to="values"), "misconceptions", "one family"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_names_its_field_and_says_what_to_do(spoilt, field, sentence):
    assert schema.is_valid(spoilt)

    (found,) = faults(spoilt)

    assert found[0] == field
    assert sentence in found[1]
