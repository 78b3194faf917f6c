"""Processes that die in the middle, and what is left behind: nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from grader.sandbox import SandboxFault, keeper
from tests.grader.sandbox.conftest import CALLS, HONEST
from tests.grader.sandbox.test_hostile import assert_honest

pytestmark = pytest.mark.sandbox
ROOT = Path(__file__).parents[3]
HANGS = "import time\ntime.sleep(60)\n"


def wait_until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def children(pid):
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def is_gone(pid):
    """Dead, though perhaps not yet reaped by the init that inherited it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def fault_while(sandbox, action):
    """Run a program that hangs, do `action`, and return the fault that came of it."""
    threading.Timer(0.3, action).start()
    start = time.monotonic()
    with pytest.raises(SandboxFault) as fault:
        sandbox.run(HANGS, CALLS)
    assert time.monotonic() - start < 1.9  # before the limit
    return str(fault.value)


def test_a_killed_child_is_a_fault_of_ours(own_sandbox):
    template = own_sandbox.process_ids[0]

    def kill():
        os.kill(children(template)[0].pid, signal.SIGKILL)

    assert "killed from outside" in fault_while(own_sandbox, kill)
    assert_honest(own_sandbox.run(HONEST, CALLS))


def test_a_killed_forkserver_is_a_fault_of_ours(own_sandbox):
    template = own_sandbox.process_ids[0]

    fault_while(own_sandbox, lambda: os.kill(template, signal.SIGKILL))

    assert_honest(own_sandbox.run(HONEST, CALLS))
    assert own_sandbox.process_ids[0] != template


def test_after_bubblewrap_was_killed_the_next_run_has_a_new_forkserver(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    template = own_sandbox.process_ids[0]
    outer = psutil.Process(template).ppid()

    os.kill(outer, signal.SIGKILL)
    wait_until(lambda: is_gone(outer))

    assert_honest(own_sandbox.run(HONEST, CALLS))
    assert own_sandbox.process_ids[0] != template
    wait_until(lambda: is_gone(template))


def test_a_forkserver_that_died_between_runs_is_replaced_unnoticed(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    template = own_sandbox.process_ids[0]
    outer = psutil.Process(template).ppid()
    os.kill(template, signal.SIGKILL)
    wait_until(lambda: is_gone(template) and is_gone(outer))

    assert_honest(own_sandbox.run(HONEST, CALLS))


def test_a_waiting_child_that_died_is_a_fault_once(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    template = own_sandbox.process_ids[0]
    wait_until(lambda: children(template))
    time.sleep(0.1)
    os.kill(children(template)[0].pid, signal.SIGKILL)

    with pytest.raises(SandboxFault):
        own_sandbox.run(HONEST, CALLS)
    assert_honest(own_sandbox.run(HONEST, CALLS))


def test_a_stopped_forkserver_is_a_fault(own_sandbox, monkeypatch):
    monkeypatch.setattr("grader.sandbox.child.READY_SECONDS", 0.3)
    own_sandbox.run(HONEST, CALLS)
    os.kill(own_sandbox.process_ids[0], signal.SIGSTOP)
    own_sandbox._keeper._server._control.settimeout(0.3)

    with pytest.raises(SandboxFault):
        run_repeatedly(own_sandbox)  # the first may have a child that was waiting already
    assert_honest(own_sandbox.run(HONEST, CALLS))


def run_repeatedly(sandbox):
    for _ in range(3):
        sandbox.run(HONEST, CALLS)


WORKER = """
import sys, time
import numpy as np
from grader.sandbox import Call, Sandbox
sandbox = Sandbox()
print(sandbox.process_ids[0], flush=True)
if sys.argv[1] == "running":
    sandbox.run("import time; time.sleep(60)", [])
time.sleep(60)
"""


@pytest.mark.parametrize("state", ["running", "waiting"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill", "terminate"])
def test_the_death_of_the_worker_takes_everything_with_it(state, how):
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, state], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as worker:
        template = psutil.Process(int(worker.stdout.readline()))
        wait_until(template.children)
        time.sleep(0.2)
        family = [each.pid for each in psutil.Process(worker.pid).children(recursive=True)]

        worker.send_signal(how)

    assert len(family) >= 3  # bubblewrap, the template, a child
    wait_until(lambda: all(map(is_gone, family)), 2.0)


def test_closing_leaves_no_process_and_no_descriptor(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    own_sandbox.close()
    before = len(os.listdir("/proc/self/fd"))
    family = {process.pid for process in psutil.Process().children(recursive=True)}

    own_sandbox.run(HONEST, CALLS)  # starts a new one
    own_sandbox.close()

    assert len(os.listdir("/proc/self/fd")) == before
    assert {process.pid for process in psutil.Process().children(recursive=True)} == family


def test_a_forked_copy_of_the_worker_gets_a_forkserver_of_its_own(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    mine = own_sandbox.process_ids[0]
    pid = os.fork()
    if pid == 0:
        try:
            outcome = own_sandbox.run(HONEST, CALLS)
            theirs = own_sandbox.process_ids[0]
            own_sandbox.close()
            os._exit(0 if outcome.ending == "finished" and theirs != mine else 1)
        finally:
            os._exit(2)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert_honest(own_sandbox.run(HONEST, CALLS))
    assert own_sandbox.process_ids[0] == mine


def test_runs_from_several_threads_take_turns(own_sandbox):
    outcomes = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(own_sandbox.run(HONEST, CALLS)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for outcome in outcomes:
        assert_honest(outcome)
    assert len(outcomes) == 4


@pytest.mark.parametrize("source", ["import os; os.abort()", "import os; os.write(3, b'!')"])
def test_after_a_suspicious_ending_the_forkserver_is_replaced(own_sandbox, source):
    template = own_sandbox.process_ids[0]
    own_sandbox.run(source, CALLS)

    wait_until(lambda: own_sandbox.run(HONEST, CALLS) and own_sandbox.process_ids[0] != template)

    assert_honest(own_sandbox.run(HONEST, CALLS))
    wait_until(lambda: is_gone(template))


@pytest.mark.parametrize(
    ("name", "value"), [("MAX_RUNS", 5), ("MAX_AGE_SECONDS", 0.0)], ids=["runs", "age"]
)
def test_an_old_forkserver_is_replaced_without_a_wait(own_sandbox, monkeypatch, name, value):
    templates = [own_sandbox.process_ids[0]]
    for _ in range(6):
        own_sandbox.run(HONEST, CALLS)
    monkeypatch.setattr(keeper, name, value)
    slowest = 0.0
    end = time.monotonic() + 1.0

    while time.monotonic() < end and len(templates) < 2:
        start = time.monotonic()
        assert_honest(own_sandbox.run(HONEST, CALLS))
        slowest = max(slowest, time.monotonic() - start)
        time.sleep(0.01)
        templates = sorted({*templates, own_sandbox.process_ids[0]})

    assert len(templates) >= 2
    assert slowest < 0.5


def test_probes_are_repeated_after_a_while(own_sandbox, monkeypatch):
    checked = []
    check = keeper.canary.check
    monkeypatch.setattr(keeper.canary, "check", lambda *a: checked.append(1) or check(*a))
    own_sandbox.run(HONEST, CALLS)
    assert not checked

    monkeypatch.setattr(keeper, "CANARY_SECONDS", 0.0)
    assert_honest(own_sandbox.run(HONEST, CALLS))

    assert checked


def test_three_hundred_runs_leak_nothing(own_sandbox):
    def seen():
        worker, template = psutil.Process(), psutil.Process(own_sandbox.process_ids[0])
        return worker.num_fds(), worker.memory_info().rss, template.memory_info().rss

    for _ in range(30):
        own_sandbox.run(HONEST, CALLS)
    before = seen()
    for _ in range(300):
        assert own_sandbox.run(HONEST, CALLS).ending == "finished"
    after = seen()

    assert after[0] <= before[0]
    assert after[1] - before[1] < 4 << 20
    assert after[2] - before[2] < 1 << 20
    assert len(psutil.Process(own_sandbox.process_ids[0]).children()) <= 1
