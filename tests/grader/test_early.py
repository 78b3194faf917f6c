"""What is judged beside the child is what would have been judged after it."""

import dataclasses

import pytest

from benchmarks.floor import Floor
from grader.catalogue import get
from grader.catalogue.task import patched
from grader.early import EarlyJudge
from grader.grading import grade
from grader.judge import Finding
from grader.plan import make_plan
from grader.sandbox import Limits, Sandbox
from tests.grader.tiny import RIGHT, SUM, TINY

SPINS = "    if y_pred.size > 1000:\n        while True: pass\n    return weight * (y_pred"
SOURCES = {
    "right": RIGHT,
    "a sum": SUM,
    "changes its arguments": patched(
        RIGHT, ("e = y_pred - y_true", "y_pred -= y_true\n    e = y_pred")
    ),
    "gives its own memory away": patched(
        RIGHT,
        ("def grad", "kept = np.zeros(10**6)\n\n\ndef grad"),
        (
            "return weight * (y_pred - y_true) / y_pred.size",
            "out = kept[: y_pred.size].reshape(y_pred.shape)\n"
            "    out[...] = weight * (y_pred - y_true) / y_pred.size\n    return out",
        ),
    ),
    "never ends when timed": patched(RIGHT, ("    return weight * (y_pred", SPINS)),
    "raises when timed": patched(
        RIGHT, ("    return weight * (y_pred", SPINS.replace("while True: pass", "raise OSError"))
    ),
    "ends early": patched(RIGHT, ("    e = ", "    if y_pred.size > 40: exit()\n    e = ")),
    "remembers": patched(
        RIGHT,
        ("def loss", "calls = []\n\n\ndef loss"),
        ("    e = ", "    calls.append(1)\n    weight += 1e-3 * len(calls)\n    e = "),
    ),
}


class Late(Sandbox):
    """A sandbox with nothing to do beside its children."""

    def run(self, source, calls, functions=("loss", "grad"), limits=None, meanwhile=None):
        return super().run(source, calls, functions, limits)


@pytest.fixture(scope="module")
def sandboxes():
    limits = Limits(timed_cpu_seconds=0.2, timed_wall_seconds=3.0)
    with Sandbox(limits) as sandbox, Late(limits) as late:
        yield sandbox, late


def told(report):
    """A report without what the clock has a say in."""
    found = report.as_dict()
    del found["seconds"]
    for check in found["checks"]:
        if "times the" in check["got"] and check["family"] == "efficiency":
            check["got"] = check["detail"] = ""
    return found


def test_only_findings_on_the_very_results_of_the_end_are_used():
    plan = make_plan(TINY, 7)
    early = EarlyJudge(TINY, 7)
    results = Floor().run(RIGHT, plan.calls).results
    for _ in early.beside_timed(results):
        pass
    changed = plan.checks[0].calls[0]
    at_the_end = [*results]
    at_the_end[changed] = dataclasses.replace(results[changed])

    found = early.findings(at_the_end)

    assert set(found) == {check for check in plan.checks if changed not in check.calls}
    assert all(isinstance(finding, Finding) for finding in found.values())
    assert set(early.findings(results)) == set(plan.checks)


@pytest.mark.sandbox
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_a_report_is_the_same_whenever_it_was_judged(sandboxes, source):
    early, late = (told(grade(TINY, source, 7, sandbox)) for sandbox in sandboxes)

    assert early == late


@pytest.mark.sandbox
@pytest.mark.parametrize("slug", ["info-nce", "triplet", "predictive-entropy"])
def test_so_it_is_for_mistakes_in_other_shapes(sandboxes, slug):
    task = get(slug)
    for mistake in task.misconceptions[:3]:
        early, late = (told(grade(task, mistake.source, 7, sandbox)) for sandbox in sandboxes)

        assert early == late
