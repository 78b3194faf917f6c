"""Own tasks, end to end in real sandboxes: their code is as foreign as a candidate's."""

import os

import numpy as np
import pytest

from grader.grading import grade
from grader.judge import Verdict, rehearsal
from grader.own import BrokenTask, audit_own, own_task, workshop
from grader.sandbox import Sandbox, SandboxFault
from grader.sandbox.outcome import Limits
from tests.grader.own.examples import LOOPS, MODULE, OWN, UNWEIGHTED, changed, with_module

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandboxes():
    try:
        with Sandbox() as candidates, Sandbox() as authors:
            yield candidates, lambda: authors
    except SandboxFault as fault:
        pytest.skip(str(fault))


def graded(source, sandboxes, *, own=OWN, seed=1, sample=False):
    candidates, authors = sandboxes
    return grade(own_task(own, authors), source, seed, candidates, sample=sample)


def audited(own, sandboxes, seeds=(1,)):
    return audit_own(own, seeds, *sandboxes)


@pytest.mark.parametrize("source", [MODULE, LOOPS], ids=["its own reference", "loops"])
def test_right_code_passes(sandboxes, source):
    report = graded(source, sandboxes)

    assert report.verdict is Verdict.PASSED
    assert len(report.findings) > 60


def test_a_mistake_is_found_and_named(sandboxes):
    report = graded(UNWEIGHTED, sandboxes)

    assert report.verdict is Verdict.PARTIAL
    assert "It ignores weight." in report.diagnosis


def test_the_sample_checks_show_the_example(sandboxes):
    report = graded(MODULE, sandboxes, sample=True)

    assert "loss: the example of the task" in [f.check.name for f in report.findings]
    assert all(finding.passed for finding in report.findings)


def test_the_same_seed_draws_the_same_inputs_and_another_seed_draws_others(sandboxes):
    task = own_task(OWN, sandboxes[1])

    def drawn(seed):
        return task.sample(np.random.default_rng(seed), (3,))[0].tolist()

    assert drawn(1) == drawn(1) != drawn(2)


def test_a_good_definition_has_a_clean_audit(sandboxes):
    audit = audited(OWN, sandboxes, seeds=(1, 2))

    assert audit.faults == []
    assert (audit.killed, audit.mutants) == (6, 6)
    assert (audit.accepted, audit.variants) == (4, 4)
    assert audit.as_dict()["clean"] is True


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        pytest.param(
            with_module("return weight * (y_pred", "return 2 * weight * (y_pred"),
            "and differences of the loss give",
            id="a gradient that is not the loss's",
        ),
        pytest.param(
            with_module("y_true.size == 0", "False"),
            "variant 'the reference itself'",
            id="a reference that takes empty arrays",
        ),
        pytest.param(
            changed("examples", 0, "value", to=2.5), "example 1 says 2.5", id="an example"
        ),
        pytest.param(
            changed("examples", 0, "gradient", to=[[1.0, 2.0]]),
            "its gradient is not",
            id="an example's gradient",
        ),
        pytest.param(
            changed("misconceptions", 1, "source", to=MODULE),
            "'weight ignored' survives",
            id="a mistake that is none",
        ),
        pytest.param(
            changed("variants", 0, "source", to=UNWEIGHTED),
            "variant 'loops' gets",
            id="a variant that is wrong",
        ),
        pytest.param(
            with_module("rng.normal(size=tuple(shape)), ", ""), "returned 1 arrays", id="one array"
        ),
        pytest.param(with_module("def sample", "def draw"), "`sample`", id="no generator"),
        pytest.param(
            with_module("rng = np.random.default_rng(seed)", "rng = 1 / 0"),
            "`sample`, with arguments of shape (4,), (1,), raised ZeroDivisionError",
            id="a generator that raises",
        ),
        pytest.param(
            with_module("    e = y_pred - y_true\n", "    while True: pass\n"),
            "timeout",
            id="a reference that never ends",
        ),
        pytest.param(changed("module", to="import nothing_of_the_kind"), "import", id="an import"),
    ],
)
def test_an_audit_says_what_is_wrong(sandboxes, monkeypatch, spoilt, sentence):
    monkeypatch.setattr(workshop, "LIMITS", Limits(cpu_seconds=1.0, wall_seconds=3.0))

    audit = audited(spoilt, sandboxes)

    assert any(sentence in fault for fault in audit.faults), audit.faults


SPY = """
import os
os.environ["MINIMA_OWN_TASK_RAN_HERE"] = "yes"
"""


def test_nothing_of_an_own_task_runs_in_this_process(sandboxes, monkeypatch):
    monkeypatch.setattr(rehearsal, "exec", lambda *args: pytest.fail("ran here"), raising=False)
    spying = changed("module", to=MODULE + SPY)
    for each in spying["misconceptions"]:
        each["source"] += SPY

    report = graded(UNWEIGHTED, sandboxes, own=spying)

    assert report.verdict is Verdict.PARTIAL
    assert "MINIMA_OWN_TASK_RAN_HERE" not in os.environ


def test_a_task_that_breaks_while_it_grades_is_no_verdict_on_the_candidate(sandboxes):
    broken = with_module("    e = y_pred - y_true\n", "    raise MemoryError\n")

    with pytest.raises(BrokenTask, match="MemoryError"):
        graded(MODULE, sandboxes, own=broken)


def test_a_candidate_never_sees_the_task_s_code(sandboxes):
    snooping = MODULE + (
        "\nimport gc, sys\n"
        "found = [o for o in gc.get_objects() if isinstance(o, str) and 'default_rng(seed)' in o]\n"
        "assert 'sample' not in sys.modules and not found\n"
    ).replace("def sample", "def other")

    assert graded(snooping.replace("def sample", "def s"), sandboxes).verdict is Verdict.PASSED
