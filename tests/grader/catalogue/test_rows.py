"""What holds for every row of the catalogue, whoever wrote it."""

import ast
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from latex2mathml.converter import convert

from grader.catalogue.task import Case, Expect
from grader.families import Family
from grader.plan.shapes import emptied, mismatched
from tests.grader.catalogue.cases import ROWS, ordinary, points, rng_of, settings
from tests.grader.catalogue.trial import functions_of, report_on

# One: `manage.py audit` takes more of them, in the sandbox.
SEEDS = (20_240_229,)
# Efficiency needs a clock and the sandbox: `manage.py audit` looks at it.
JUDGED = [family for family in Family if family is not Family.EFFICIENCY]
SENTENCE = re.compile(r"\S(.*\S)?\.", re.DOTALL)

each_row = pytest.mark.parametrize("task", [pytest.param(t, id=t.slug) for t in ROWS])
each_row_with_gradient = pytest.mark.parametrize(
    "task", [pytest.param(t, id=t.slug) for t in ROWS if t.gradient is not None]
)
each_misconception = pytest.mark.parametrize(
    ("task", "misconception"),
    [pytest.param(t, m, id=f"{t.slug}: {m.name}") for t in ROWS for m in t.misconceptions],
)
each_variant = pytest.mark.parametrize(
    ("task", "variant"),
    [pytest.param(t, v, id=f"{t.slug}: {v.name}") for t in ROWS for v in t.variants],
)


def functions(task):
    return (task.reference,) if task.gradient is None else (task.reference, task.gradient)


def sentences(task):
    """Everything of a row that a person reads as a sentence."""
    yield from (task.sentence, task.domain, *task.rules, task.brief.context)
    yield from (example.working for example in task.examples)
    yield from (law.name for law in task.laws)
    yield from (edge.rule for edge in task.edges)
    yield from (extreme.remedy for extreme in task.extremes)
    yield from (misconception.sentence for misconception in task.misconceptions)


@each_row
def test_formula_converts_to_mathml_without_a_leftover_command(task):
    text = "".join(ElementTree.fromstring(convert(task.formula)).itertext())

    assert "\\" not in text


@each_row
def test_every_sentence_is_one(task):
    assert [text for text in sentences(task) if not SENTENCE.fullmatch(text)] == []


@each_row
def test_what_a_report_says_speaks_to_nobody(task):
    """Candidates read it, and recruiters of them."""
    spoken = re.compile(r"\b(you|your|yours|yourself)\b", re.IGNORECASE)

    assert [text for text in sentences(task) if spoken.search(text)] == []


@each_row
def test_row_has_enough_misconceptions_variants_and_points(task):
    assert len(task.misconceptions) >= 8
    assert len(task.variants) >= 4
    assert task.extremes
    assert task.edges


@each_row
def test_each_family_that_a_row_has_sees_a_misconception(task):
    families = {misconception.family for misconception in task.misconceptions}
    expected = set(JUDGED) if task.gradient else set(JUDGED) - {Family.GRADIENTS}

    assert expected <= families


@each_row
@pytest.mark.parametrize(
    "kind", ["misconceptions", "variants", "edges", "extremes", "arguments", "parameters"]
)
def test_names_are_unique_within_a_row(task, kind):
    names = [entry.name for entry in getattr(task, kind)]

    assert len(set(names)) == len(names)


@each_row
def test_sources_are_all_different_and_define_the_functions_with_the_signature(task):
    sources = [entry.source for entry in (*task.variants, *task.misconceptions)]

    assert len(set(sources)) == len(sources)
    for source in sources:
        ast.parse(source)
        defined = functions_of(source)
        for name in task.functions:
            wanted = [argument.name for argument in task.arguments]
            code = defined[name].__code__
            parameters = [parameter.name for parameter in task.parameters]
            assert list(code.co_varnames[: code.co_argcount]) == wanted + parameters
            defaults = [parameter.default for parameter in task.parameters]
            assert list(defined[name].__defaults__ or ()) == defaults


@each_row
def test_first_variant_is_the_fast_yardstick(task):
    assert not task.variants[0].slow


@each_row
def test_same_generator_state_draws_the_same_inputs(task):
    first, second = (
        [case for _, case in points(task)],
        [case for _, case in points(task)],
    )
    for a, b in zip(first, second, strict=True):
        assert a.parameters == b.parameters
        for x, y in zip(a.arguments, b.arguments, strict=True):
            np.testing.assert_array_equal(x, y)


@each_row
def test_inputs_have_the_dtypes_and_axes_that_the_arguments_declare(task):
    for name, case in points(task):
        axes = {}
        for argument, array in zip(task.arguments, case.arguments, strict=True):
            assert array.dtype == (np.int64 if argument.labels else np.float64), name
            assert array.size, name
            for token, size in sizes(argument.shape.split(), array.shape):
                assert axes.setdefault(token, size) == size, name


def sizes(tokens, shape):
    """Each letter with its size, each size with itself, and a "*" with all axes that are left."""
    if tokens[-1].startswith("*"):
        *tokens, rest = tokens
        yield rest, shape[len(tokens) :]
        shape = shape[: len(tokens)]
    for token, size in zip(tokens, shape, strict=True):
        yield token, size
        if token.isdigit():
            assert size == int(token)


@each_row
def test_terms_are_positive_and_finite(task):
    for name, case in points(task):
        terms = task.terms(*case.arguments, **case.parameters)

        assert 0 < terms < np.inf, name


@each_row
def test_samples_have_a_finite_value_and_gradient(task):
    for name, case in ordinary(task):
        value = task.reference(*case.arguments, **case.parameters)
        slopes = task.gradient(*case.arguments, **case.parameters) if task.gradient else ()

        assert all(np.isfinite(array).all() for array in (value, *slopes)), name


@each_row_with_gradient
def test_samples_keep_away_from_kinks(task):
    """Within 1e-4 of an ordinary input no slope jumps, and one gradient alone is right."""
    for name, case in ordinary(task):
        for low, high in (task.subdifferential or no_kinks(task))(
            *case.arguments, **case.parameters
        ):
            np.testing.assert_array_equal(low, high, err_msg=name)
        here = task.gradient(*case.arguments, **case.parameters)
        largest = max(np.max(np.abs(slope)) for slope in here)
        for moved in nearby(task, case):
            there = task.gradient(*moved.arguments, **moved.parameters)
            for a, b in zip(here, there, strict=True):
                assert np.max(np.abs(a - b)) <= 0.05 * largest, name


def no_kinks(task):
    return lambda *arguments, **parameters: [
        (slope, slope) for slope in task.gradient(*arguments, **parameters)
    ]


def nearby(task, case):
    for i in task.differentiated:
        for step in (-1e-4, 1e-4):
            arguments = list(case.arguments)
            arguments[i] = arguments[i] + step
            yield Case(tuple(arguments), case.parameters)


@each_row
def test_reference_and_gradient_leave_their_inputs_alone(task):
    for name, case in points(task):
        copies = [array.copy() for array in case.arguments]
        for array in case.arguments:
            array.flags.writeable = False
        for function in functions(task):
            function(*case.arguments, **case.parameters)
        for array, copy in zip(case.arguments, copies, strict=True):
            np.testing.assert_array_equal(array, copy, err_msg=name)


@each_row
def test_reference_and_gradient_refuse_parameters_out_of_range(task):
    arguments = task.sample(rng_of(task.slug), task.shapes[0])
    for parameter in task.parameters:
        for bad in parameter.invalid:
            for function in functions(task):
                with pytest.raises(ValueError, match=r"."):
                    function(*arguments, **{parameter.name: bad})


@each_row
def test_reference_and_gradient_refuse_what_an_edge_says_they_refuse(task):
    for edge in task.edges:
        if edge.expect is Expect.VALUE_ERROR:
            case = edge.case(rng_of(task.slug, edge.name))
            for function in functions(task):
                with pytest.raises(ValueError, match=r"."):
                    function(*case.arguments, **case.parameters)


@each_row
def test_reference_and_gradient_refuse_empty_and_unequal_shapes(task):
    case = Case(task.sample(rng_of(task.slug), task.shapes[0]))
    for name, wrong in [*emptied(task, case), *mismatched(task, case)]:
        for function in functions(task):
            with pytest.raises(ValueError, match=r"."):
                pytest.fail(f"{name}: {function(*wrong.arguments)}")


@each_row
def test_a_nan_shows_in_the_reference(task):
    for i, argument in enumerate(task.arguments):
        if argument.labels or not argument.reads_nan:
            continue
        arguments = list(task.sample(rng_of(task.slug), task.shapes[0]))
        arguments[i] = arguments[i].copy()
        arguments[i].reshape(-1)[0] = np.nan

        assert np.isnan(task.reference(*arguments)).any()


@each_row
def test_row_differentiates_some_argument_or_has_no_gradient(task):
    assert bool(task.differentiated) == (task.gradient is not None)


@each_row_with_gradient
def test_gradient_has_one_array_of_the_argument_s_shape_for_each(task):
    for parameters in settings(task):
        arguments = task.draw(rng_of(task.slug), task.shapes[-1], parameters).arguments
        slopes = task.gradient(*arguments, **parameters)

        assert [slope.shape for slope in slopes] == [
            arguments[i].shape for i in task.differentiated
        ]


@each_variant
@pytest.mark.parametrize("seed", SEEDS)
def test_variant_passes_every_check(task, variant, seed):
    report = report_on(task, variant.source, seed)
    failed = [
        f"{finding.check.name}: expected {finding.expected}, got {finding.got}. {finding.detail}"
        for finding in report.findings
        if not finding.passed and finding.check.family is not Family.EFFICIENCY
    ]

    assert failed == []
    # Room to spare: another right way to compute must not fail by a last digit.
    assert report.largest_share <= 0.5


@each_misconception
@pytest.mark.parametrize("seed", SEEDS)
def test_misconception_is_rejected_in_its_family(task, misconception, seed):
    share = report_on(task, misconception.source, seed).families[misconception.family]

    assert share.passed < share.total
