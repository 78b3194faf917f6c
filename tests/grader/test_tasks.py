"""The grading task tells of every fault of ours, and the worker listens to its queues only."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest
from celery.exceptions import Retry

from grader import tasks, warm
from grader.grading import grader_version
from grader.sandbox import SandboxFault
from tests.grader.own.examples import LOOPS, OWN

ON_FAULT = {"task": "assessments.tasks.record_fault", "args": ["id", "ticket"]}


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(tasks, "tell", lambda on_fault, text: found.append((on_fault, text)))
    monkeypatch.setattr(warm, "sandbox", lambda: "sandbox")
    return found


def judge(monkeypatch, outcome):
    def grade(task, source, seed, sandbox, *, sample, inputs):
        if isinstance(outcome, Exception):
            raise outcome
        return SimpleNamespace(
            as_dict=lambda: {"task": task.slug, "seed": seed, "sample": sample, "box": sandbox}
        )

    monkeypatch.setattr(tasks.grading, "grade", grade)


def test_a_report_is_returned_as_plain_data(told, monkeypatch):
    judge(monkeypatch, None)

    assert tasks.grade("huber", "x", 7, True, ON_FAULT) == {
        "task": "huber", "seed": 7, "sample": True, "box": "sandbox"
    }  # fmt: skip
    assert told == []


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (SandboxFault("no walls"), (Retry, SandboxFault)),
        (ZeroDivisionError("judge"), ZeroDivisionError),
    ],
    ids=["a fault of the sandbox", "a fault of the judge"],
)
def test_a_fault_is_told_and_is_no_report(told, monkeypatch, fault, raised):
    judge(monkeypatch, fault)

    with pytest.raises(raised):
        tasks.grade("huber", "x", 7, False, ON_FAULT)
    assert told == [(ON_FAULT, f"{type(fault).__name__}: {fault}")]


def test_an_unknown_task_is_a_fault(told):
    with pytest.raises(LookupError):
        tasks.grade("hubert", "x", 7, False, ON_FAULT)
    assert "hubert" in told[0][1]


def test_the_sandbox_is_made_once_and_closed(monkeypatch):
    made = []

    class Box:
        def __init__(self, *, patient):
            made.append(self)

        def close(self):
            made.append("closed")

    monkeypatch.setattr(warm, "Sandbox", Box)
    monkeypatch.setattr(warm, "_kept", [])

    warm.renew()  # nothing is there yet, and nothing is made for it
    assert not made
    assert warm.sandbox() is warm.sandbox() is made[0]
    warm.close()
    warm.close()
    assert made[1:] == ["closed"]


@pytest.mark.sandbox
def test_the_worker_has_the_next_child_forked_when_a_task_is_over():
    """In a process of its own, whose only Celery app is the worker's."""
    script = (
        "from grader import tasks, warm, worker\n"
        "source = 'def loss(*a, **k): return 1.0\\ngrad = loss\\n'\n"
        "tasks.grade('huber', source, 1)\n"
        "keeper = warm.sandbox()._keeper\n"
        "assert keeper._spent\n"
        "tasks.grade.apply(('huber', source, 1), throw=True)\n"
        "assert not keeper._spent and keeper._child is not None\n"
        "warm.close()\n"
    )

    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_sandbox_that_does_not_start_stops_no_worker(monkeypatch, caplog):
    def fail(**options):
        raise SandboxFault("no walls")

    monkeypatch.setattr(warm, "Sandbox", fail)
    monkeypatch.setattr(warm, "_kept", [])

    warm.start()

    assert "did not start" in caplog.text


def test_the_worker_needs_no_django():
    """In a process of its own, for this one has Django loaded."""
    script = (
        "import sys, grader.worker, grader.tasks\n"
        # Kombu looks for Django's lazy strings wherever Django is installed; that is all.
        "names = {'django.conf', 'django.db', 'config', 'assessments', 'questions'}\n"
        "assert not names & set(sys.modules), names & set(sys.modules)\n"
        "conf = grader.worker.app.conf\n"
        "queues = [q.name for q in conf.task_queues]\n"
        "assert queues == ['run', 'grading', 'batch', 'regrade']\n"
        "assert all(q.exchange.name == q.routing_key == q.name for q in conf.task_queues)\n"
        "assert conf.task_acks_late and conf.worker_prefetch_multiplier == 1\n"
        "assert conf.accept_content == ['json'] and conf.task_ignore_result\n"
    )

    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("task", "own"), [("huber", None), (OWN["slug"], OWN)], ids=["the catalogue's", "an own task"]
)
def test_an_audit_is_returned_as_plain_data(task, own):
    try:
        found = tasks.audit(task, own, seeds=1)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    finally:
        warm.close()

    assert json.loads(json.dumps(found)) == found
    assert (found["slug"], found["faults"], found["clean"], found["kill_score"]) == (
        task, [], True, 1.0
    )  # fmt: skip
    assert found["grader"] == grader_version()


@pytest.mark.sandbox
def test_a_submission_for_an_own_task_is_graded():
    try:
        report = tasks.grade(OWN["slug"], LOOPS, 7, False, None, OWN)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    finally:
        warm.close()

    assert (report["task"], report["verdict"]) == (OWN["slug"], "passed")
