"""When a child is forked, when calls are made, and what each waits for."""

import dataclasses
import os
import signal
import time

import numpy as np
import pytest

from grader.sandbox import Call, Sandbox, SandboxFault
from grader.sandbox.inside import ahead
from tests.grader.sandbox.conftest import CALLS, HONEST, TIGHT
from tests.grader.sandbox.test_deaths import children, is_gone, wait_until
from tests.grader.sandbox.test_hostile import assert_honest

pytestmark = pytest.mark.sandbox
CRASHES = "import os\nos.abort()\n"
FAILS = "raise ValueError('no')\n"


@pytest.fixture
def patient():
    try:
        sandbox = Sandbox(TIGHT, patient=True)
    except SandboxFault as fault:
        pytest.skip(str(fault))
    with sandbox:
        sandbox.run(HONEST, CALLS)
        sandbox.renew()
        yield sandbox


def waiting(sandbox):
    """The process ids of the template's children that are alive."""
    return [child.pid for child in children(sandbox.process_ids[0]) if not is_gone(child.pid)]


def next_child(sandbox):
    """The process id of the child that waits for the next run."""
    wait_until(sandbox._keeper._child.is_ready)
    (pid,) = waiting(sandbox)
    return pid


def test_a_patient_sandbox_forks_when_it_is_told_to(patient):
    assert_honest(patient.run(HONEST, CALLS))
    wait_until(lambda: not waiting(patient))
    time.sleep(0.1)
    assert not waiting(patient)

    patient.renew()

    pid = next_child(patient)
    patient.renew()  # nothing is spent
    assert_honest(patient.run(HONEST, CALLS))
    wait_until(lambda: is_gone(pid))


@pytest.mark.parametrize("source", [HONEST, CRASHES, FAILS, "while True: pass"])
def test_a_patient_sandbox_that_is_told_nothing_forks_with_the_next_run(patient, source):
    for _ in range(2):
        endings = [patient.run(source, CALLS).ending for _ in range(2)]
        assert endings[0] == endings[1]
    assert_honest(patient.run(HONEST, CALLS))


def test_what_fails_while_renewing_is_met_by_nobody(patient):
    patient.run(HONEST, CALLS)
    template = patient.process_ids[0]
    os.kill(template, signal.SIGKILL)
    wait_until(lambda: is_gone(template))

    patient.renew()

    assert_honest(patient.run(HONEST, CALLS))
    assert patient.process_ids[0] != template


@pytest.mark.parametrize("patience", [False, True])
def test_a_child_is_dead_soon_after_its_result_is_there(patience):
    with Sandbox(TIGHT, patient=patience) as sandbox:
        sandbox.run(HONEST, CALLS)
        sandbox.renew()
        pid = next_child(sandbox)

        assert_honest(sandbox.run(HONEST, CALLS))

        wait_until(lambda: is_gone(pid), 1.0)


def test_calls_are_made_while_the_module_is_loaded(own_sandbox):
    own_sandbox.run(HONEST, CALLS)
    wait_until(own_sandbox._keeper._child.is_ready)
    tells = "import time\nprint(time.monotonic())\ntime.sleep(1.0)\nprint(time.monotonic())\n"
    made = []

    def slowly():
        time.sleep(0.2)
        made.append(time.monotonic())
        return CALLS

    outcome = own_sandbox.run(tells + HONEST, slowly)

    assert_honest(outcome)
    begun, loaded = map(float, outcome.stdout.split())
    assert begun < made[0] < loaded
    assert len(made) == 1


def test_the_time_for_making_calls_is_not_the_candidates(own_sandbox):
    limits = dataclasses.replace(TIGHT, wall_seconds=0.5)

    def slowly():
        time.sleep(0.8)
        return CALLS

    wait_until(own_sandbox._keeper._child.is_ready)
    assert_honest(own_sandbox.run(HONEST, slowly, limits=limits))
    assert own_sandbox.run("import time\ntime.sleep(5)", slowly, limits=limits).ending == "timeout"


@pytest.mark.parametrize("source", ["", FAILS])
def test_calls_that_never_come_to_it_are_not_run_either(own_sandbox, source):
    outcome = own_sandbox.run(source, lambda: CALLS)

    assert len(outcome.results) == len(CALLS)
    assert outcome.ending in ("syntax_error", "exception")


def test_an_error_in_making_calls_is_raised_and_the_next_run_is_as_ever(own_sandbox):
    def broken():
        raise LookupError("ours")

    with pytest.raises(LookupError):
        own_sandbox.run(HONEST, broken)

    assert_honest(own_sandbox.run(HONEST, CALLS))


def test_a_waiting_child_has_memory_for_large_arrays(own_sandbox):
    """Where the kernel can have it found at once (Linux 5.14 and later)."""
    own_sandbox.run(HONEST, CALLS)
    pid = next_child(own_sandbox)

    def its_own():
        """What it does not share with the template."""
        with open(f"/proc/{pid}/smaps_rollup") as status:
            (line,) = [line for line in status if line.startswith("Private_Dirty:")]
        return int(line.split()[1]) * 1024

    wait_until(lambda: its_own() > ahead.HEAP_BYTES)


def test_a_child_of_little_memory_does_without(own_sandbox):
    tiny = dataclasses.replace(TIGHT, memory_mib=2)

    assert own_sandbox.run("loss = grad = float\n", [], limits=tiny).ending == "finished"
    assert_honest(own_sandbox.run(HONEST, CALLS))


def test_a_forked_copy_leaves_the_owners_child_alone(patient):
    assert_honest(patient.run(HONEST, CALLS))
    pid = os.fork()
    if pid == 0:
        try:
            patient.renew()
            os._exit(0)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    for _ in range(3):
        assert_honest(patient.run(HONEST, CALLS))
        patient.renew()


HOLDS_PAGES = """
import ctypes, os, time

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
POPULATE_READ, PAGEOUT = 22, 21
inputs = libc.mmap(None, 1 << 22, 1, 1, 4, 0)
end = time.monotonic() + 0.2
os.write(3, b"L")
while time.monotonic() < end:
    libc.madvise(inputs, 65536, POPULATE_READ)
    libc.madvise(inputs, 65536, PAGEOUT)
os._exit(0)
"""


def test_pages_that_the_kernel_was_made_to_hold_are_no_fault_of_ours(own_sandbox):
    """A race: of ten tries one or more made a fault while the seal looked at single pages."""
    large = [Call("loss", (np.ones(400_000),))]
    for _ in range(20):
        assert own_sandbox.run(HOLDS_PAGES, large, ["loss"]).ending == "crashed"
    assert_honest(own_sandbox.run(HONEST, CALLS))
