"""From a source to a report: through the sandbox, or the floor where no wall is needed."""

import json
import math

import numpy as np
import pytest

from benchmarks.floor import Floor
from grader.catalogue import CATALOGUE, get
from grader.catalogue.starter import starter
from grader.catalogue.task import patched
from grader.families import Family
from grader.grading import grade, grader_version
from grader.plan import make_plan
from grader.sandbox import Limits, Sandbox, SandboxFault
from grader.sandbox.outcome import Ending, NotRun, Outcome
from grader.sandbox.sandbox import made
from tests.grader.tiny import RIGHT, SUM, TINY, failures, graded

KEYS = {"task", "verdict", "score", "families", "checks", "error", "diagnosis", "seconds"}
KEYS |= {"seed", "grader", "curves", "stability"}
CHECK_KEYS = {"family", "name", "passed", "expected", "got", "detail"}
ROWS = [pytest.param(task, id=slug) for slug, task in CATALOGUE.items()]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Limits(cpu_seconds=1.0, wall_seconds=4.0)) as sandbox:
        yield sandbox


class Interrupted(Floor):
    """A floor whose run ends before some of its calls."""

    def __init__(self, keep, ending=Ending.TIMEOUT):
        self.keep, self.ending = keep, ending

    def run(self, source, calls, functions=("loss", "grad"), limits=None, **rest):
        calls = made(calls)
        outcome = super().run(source, calls, functions, limits, **rest)
        results = [
            result if self.keep(i, call) else NotRun()
            for i, (result, call) in enumerate(zip(outcome.results, calls, strict=True))
        ]
        return Outcome(self.ending, "It took more than 5 s.", tuple(results), "", 5.0, 5.0)


def strict(text):
    """Parse JSON as other languages do, without NaN and Infinity."""

    def refuse(constant):
        raise ValueError(constant)

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("source", [RIGHT, SUM, "def loss(*a, **k): raise KeyError\ngrad = loss\n"])
def test_a_report_has_exactly_the_keys_of_the_contract(source):
    report = strict(json.dumps(graded(source).as_dict()))

    assert set(report) == KEYS
    assert set(report["families"]) == {family.value for family in Family}
    for share in report["families"].values():
        assert set(share) == {"passed", "total", "score"}
    for check in report["checks"]:
        assert set(check) - {"gradient"} == CHECK_KEYS
        assert all(isinstance(check[key], str) for key in CHECK_KEYS - {"passed"})
        assert check["passed"] or check["detail"]
    assert set(report["seconds"]) == {"wall", "cpu"}


def test_families_count_the_checks_that_are_listed():
    report = graded(SUM).as_dict()

    for name, share in report["families"].items():
        own = [check for check in report["checks"] if check["family"] == name]
        assert (share["total"], share["passed"]) == (len(own), sum(c["passed"] for c in own))


def test_json_holds_no_nan_whatever_came_back():
    source = patched(RIGHT, ("weight * (y_pred", "np.nan * (y_pred"), ("np.mean(", "np.inf * ("))

    assert strict(json.dumps(graded(source).as_dict(), allow_nan=False))["score"] < 0.05


@pytest.mark.parametrize("task", ROWS)
@pytest.mark.parametrize("seed", [3])  # the audit has others
def test_right_code_gets_full_marks_and_uses_little_of_the_tolerance(task, seed):
    for variant in task.variants:
        report = graded(variant.source, seed, task)
        # Times are the audit's business, which has a quiet process for each source.
        missed = [f for f in failures(report) if f.check.ask != "fast"]

        assert not missed, missed[0].detail
        assert report.verdict == "passed"
        assert report.largest_share < 0.5


@pytest.mark.parametrize("task", ROWS)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return 0.0", id="zero"),
        pytest.param("return float('nan')", id="NaN"),
        pytest.param("return np.zeros_like(arguments[-1], dtype=float)", id="zeros"),
        pytest.param("return tuple(np.zeros(a.shape) for a in arguments)", id="many zeros"),
        pytest.param("raise ValueError('no')", id="ValueError"),
        pytest.param("return None", id="None"),
        pytest.param("return arguments[-1]", id="an argument"),
    ],
)
def test_code_that_computes_nothing_earns_next_to_nothing(task, body):
    source = "import numpy as np\n" + "".join(
        f"def {name}(*arguments, **parameters):\n    {body}\n" for name in task.functions
    )
    report = graded(source, task=task)

    assert report.score < 0.02
    assert report.verdict in ("failed", "partial")


@pytest.mark.parametrize("task", ROWS)
def test_the_untouched_starter_scores_exactly_nothing(task):
    for seed in range(3):
        report = graded(starter(task), seed, task)

        assert (report.score, report.verdict) == (0.0, "failed")


def test_a_task_without_gradient_has_that_family_empty():
    task = get("predictive-entropy")
    report = graded(task.variants[0].source, task=task).as_dict()

    assert report["families"]["gradients"] == {"passed": 0, "total": 0, "score": 0.0}
    assert report["score"] == 1.0


def test_what_came_back_before_an_ending_still_counts():
    report = grade(TINY, RIGHT, 1, Interrupted(lambda i, call: i < 40))

    assert report.error == {"kind": "timeout", "detail": "It took more than 5 s."}
    assert report.verdict == "partial"
    assert 0 < report.score < 1
    assert all("It took more than 5 s." in f.detail for f in failures(report))


def test_nothing_judged_is_an_error_with_a_score_of_zero():
    report = grade(TINY, RIGHT, 1, Interrupted(lambda i, call: False, Ending.MEMORY_LIMIT))

    assert (report.verdict, report.score, report.diagnosis) == ("error", 0.0, [])
    assert report.error["kind"] == "memory_limit"


@pytest.mark.parametrize("ending", [Ending.TIMEOUT, Ending.MEMORY_LIMIT, Ending.CRASHED])
def test_an_ending_within_the_timed_calls_costs_efficiency_alone(ending):
    report = grade(TINY, RIGHT, 1, Interrupted(lambda i, call: not call.timed, ending))

    assert report.error is None
    assert report.verdict == "passed"
    assert report.score == pytest.approx(0.95)
    assert {f.check.family for f in failures(report)} == {Family.EFFICIENCY}


def test_what_is_forbidden_is_told_even_within_the_timed_calls():
    report = grade(TINY, RIGHT, 1, Interrupted(lambda i, call: not call.timed, Ending.FORBIDDEN))

    assert report.error["kind"] == "forbidden"


class Noisy(Floor):
    """A floor where the first timed calls of each source seem to take a second."""

    def __init__(self):
        self.seen = set()

    def run(self, source, calls, functions=("loss", "grad"), limits=None, **rest):
        calls = made(calls)
        outcome = super().run(source, calls, functions, limits, **rest)
        if source in self.seen or source != RIGHT + "# mine\n":
            return outcome
        self.seen.add(source)
        slow = [
            type(r)(r.values, r.form, r.echoed, r.later, 1.0) if c.timed else r
            for r, c in zip(outcome.results, calls, strict=True)
        ]
        return Outcome(outcome.ending, "", tuple(slow), "", 0.0, 0.0)


def test_a_slow_moment_of_the_machine_costs_nothing():
    assert grade(TINY, RIGHT + "# mine\n", 1, Noisy()).score == 1.0


def test_state_between_calls_is_found_in_a_fresh_child():
    """In one child the cache is warm from the first call on, so that only a second child tells.

    Now and then the call that is repeated is itself the first: one seed alone could miss it.
    """
    source = patched(
        RIGHT,
        ("    e = y_pred - y_true", "    FIRST.append(y_pred.sum())\n    e = y_pred - y_true"),
        ("return weight * np.mean(0.5 * e**2)", "return FIRST[0] + weight * np.mean(0.5 * e**2)"),
    )
    reports = [graded(source + "\n\nFIRST = []\n", seed) for seed in range(4)]

    assert "loss: the same inputs give the same result again" in {
        finding.check.name for report in reports for finding in failures(report, Family.EDGE_CASES)
    }


class Watching(Floor):
    """A floor that notes how often each source was run, timed calls alone aside."""

    def __init__(self):
        self.runs = []

    def run(self, source, calls, functions=("loss", "grad"), limits=None, **rest):
        calls = made(calls)
        if not all(call.timed for call in calls):
            self.runs.append([call.timed for call in calls])
        return super().run(source, calls, functions, limits, **rest)


def test_a_second_child_runs_only_where_something_was_wrong():
    right, wrong = Watching(), Watching()
    grade(TINY, RIGHT, 1, right)
    grade(TINY, SUM, 1, wrong)

    assert (len(right.runs), len(wrong.runs)) == (1, 2)


class Faulty(Floor):
    def run(self, source, calls, functions=("loss", "grad"), limits=None, **rest):
        raise SandboxFault("no child came")


def test_a_fault_of_ours_is_no_report():
    with pytest.raises(SandboxFault, match="no child came"):
        grade(TINY, RIGHT, 1, Faulty())


def test_a_sample_report_has_inputs_output_and_the_gradient_element_by_element():
    report = graded(RIGHT, sample=True).as_dict()
    (preview,) = [check for check in report["checks"] if "gradient" in check]

    assert set(report) == KEYS | {"stdout"}
    assert all("The call: " in check["detail"] for check in report["checks"])
    assert preview["passed"]
    for row in preview["gradient"]:
        assert set(row) == {"index", "got", "expected", "numeric", "ratio"}
        assert math.isclose(row["got"], row["numeric"], rel_tol=1e-6, abs_tol=1e-9)
    assert len(preview["gradient"]) == 8


def test_a_hidden_report_never_repeats_what_an_exception_says():
    source = "def loss(y_true, y_pred, weight=1.0):\n    raise KeyError('leak', y_pred.tolist())\n"
    hidden, sample = (graded(source + "grad = loss\n", sample=s).as_dict() for s in (False, True))

    assert "leak" not in json.dumps(hidden)
    assert "leak" in json.dumps(sample)


def test_the_report_names_the_version_that_judged():
    assert graded(RIGHT).as_dict()["grader"] == grader_version()
    assert np.__version__ in grader_version()


@pytest.mark.sandbox
@pytest.mark.parametrize("task", ROWS)
def test_the_sandbox_gives_the_report_that_the_floor_gives(task, sandbox):
    """No wall changes a number: right and wrong code is judged alike with and without them."""
    for source in (task.variants[-1].source, task.misconceptions[0].source):
        walled, bare = grade(task, source, 5, sandbox), graded(source, 5, task)
        verdicts = [
            {f.check.name: f.passed for f in report.findings if f.check.ask != "fast"}
            for report in (walled, bare)
        ]

        assert verdicts[0] == verdicts[1]


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("source", "kind"),
    [
        pytest.param(b"import numpy as np\n", "missing_function", id="no function"),
        pytest.param(
            patched(RIGHT, ("def grad(y_true, y_pred, weight=1.0)", "def grad(y_true)")).encode(),
            "missing_function",
            id="grad with another signature",
        ),
        pytest.param(b"def loss(:", "syntax_error", id="syntax"),
        pytest.param(b"\xff\xfe", "syntax_error", id="not UTF-8"),
        pytest.param(b"import torch", "import_error", id="import"),
        pytest.param(b"1 / 0", "exception", id="exception"),
        pytest.param(b"#" * 70_000, "too_large", id="too large"),
        pytest.param(b"while True: pass", "timeout", id="spins"),
    ],
)
def test_unusable_sources_are_errors_with_a_sentence(source, kind, sandbox):
    report = grade(TINY, source, 1, sandbox).as_dict()

    assert (report["verdict"], report["score"]) == ("error", 0.0)
    assert report["error"]["kind"] == kind
    assert report["error"]["detail"]


@pytest.mark.sandbox
def test_endless_work_on_large_arrays_costs_efficiency_alone():
    source = patched(
        RIGHT,
        ("    e = y_pred - y_true", "    while y_pred.size > 1000: pass\n    e = y_pred - y_true"),
    )
    with Sandbox(Limits(timed_cpu_seconds=0.3, timed_wall_seconds=1.0)) as sandbox:
        report = grade(TINY, source, 1, sandbox)

    assert (report.verdict, report.error) == ("passed", None)
    assert report.score == pytest.approx(0.95)


def details(source):
    checks = graded(source).as_dict()["checks"]
    return [check["detail"] for check in checks if not check["passed"]]


def test_code_that_never_ran_is_told_neither_rules_nor_remedies():
    hints = {check.hint for check in make_plan(TINY, 1).checks} - {""}

    assert hints
    assert not [detail for detail in details("def loss(:") for hint in hints if hint in detail]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param("np.mean(", "np.sum(", False, id="wrong everywhere"),
        pytest.param("0.5 * e**2", "np.where(abs(e) > 1e4, 0, 0.5 * e**2)", True, id="at extremes"),
    ],
)
def test_a_remedy_is_told_where_only_the_magnitude_is_the_matter(old, new, told):
    remedies = [extreme.remedy for extreme in TINY.extremes if extreme.remedy]
    found = details(patched(RIGHT, (old, new)))

    assert any(remedy in detail for detail in found for remedy in remedies) is told
