"""What the trusted side does beside a child: it sees the results so far, and is in nobody's way."""

import dataclasses
import time

import numpy as np
import pytest

from grader.sandbox import Call, NotRun, Returned
from grader.sandbox.meanwhile import Meanwhile
from tests.grader.sandbox.conftest import TIGHT

pytestmark = pytest.mark.sandbox
PATIENT = dataclasses.replace(TIGHT, wall_seconds=20.0, timed_wall_seconds=20.0)
X = (np.ones(3),)
CALLS = [Call("loss", X), Call("loss", X, hold=True), Call("loss", X, timed=True)]
COUNTS = "n = 0\ndef loss(x):\n    global n\n    n += 1\n    return float(n)\n"
TAKES_ITS_TIME = COUNTS.replace(
    "    return", "    if n == 3: __import__('time').sleep(0.5)\n    return"
)
# The number of the first call, in the memory that results come back through.
TAMPERS = """
import gc, struct
n = 0

def loss(x):
    global n
    n += 1
    if n == 3:
        gc.unfreeze()
        for each in gc.get_objects():
            if type(each).__name__ == "Writer":
                each._region[96:104] = struct.pack("<d", 99.0)
    return float(n)
"""


class Watching(Meanwhile):
    """Notes when it was at work, and what it was shown."""

    def __init__(self, steps=3, seconds=0.0):
        self.steps, self.seconds = steps, seconds
        self.beside, self.shown = [], ()

    def beside_calls(self):
        return self.step("calls")

    def beside_timed(self, results):
        self.shown = results
        return self.step("timed")

    def step(self, name):
        for _ in range(self.steps):
            self.beside.append(name)
            time.sleep(self.seconds)
            yield


def numbers(results):
    return [float(result.values[0]) for result in results if isinstance(result, Returned)]


def test_all_results_but_the_timed_are_there_when_the_first_timed_call_starts(sandbox):
    watching = Watching()

    outcome = sandbox.run(TAKES_ITS_TIME, CALLS, ["loss"], PATIENT, watching)

    assert watching.beside == ["calls"] * 3 + ["timed"] * 3
    assert numbers(watching.shown) == [1.0, 2.0]
    assert isinstance(watching.shown[2], NotRun)
    assert numbers(outcome.results) == [1.0, 2.0, 3.0]


def test_a_result_that_got_an_addition_is_another_object_and_others_are_the_same(sandbox):
    watching = Watching()

    results = sandbox.run(COUNTS, CALLS, ["loss"], PATIENT, watching).results

    assert results[0] is watching.shown[0]
    assert watching.shown[1].later is None
    assert results[1].later is not None


def test_what_was_seen_can_not_be_changed_by_a_timed_call(sandbox):
    outcome = sandbox.run(TAMPERS, CALLS, ["loss"], PATIENT)

    assert outcome.ending == "finished"
    assert numbers(outcome.results) == [1.0, 2.0, 3.0]


def test_the_same_change_before_the_timed_calls_would_have_been_read(sandbox):
    """The test above tries something that works."""
    calls = [*CALLS[:2], Call("loss", X), CALLS[2]]

    assert numbers(sandbox.run(TAMPERS, calls, ["loss"], PATIENT).results)[0] == 99.0


def test_work_that_is_never_done_holds_nothing_up(sandbox):
    endless = Watching(steps=10**9, seconds=0.001)

    outcome = sandbox.run(COUNTS, CALLS, ["loss"], PATIENT, endless)

    assert outcome.ending == "finished"
    assert numbers(outcome.results) == [1.0, 2.0, 3.0]


def test_clocks_are_watched_between_the_steps(sandbox):
    endless = Watching(steps=10**9, seconds=0.001)
    source = "def loss(x):\n    while True: pass\n"

    assert sandbox.run(source, CALLS, ["loss"], None, endless).ending == "timeout"
    assert "timed" not in endless.beside


def test_an_error_in_the_work_beside_is_raised_and_the_next_run_is_as_ever(own_sandbox):
    class Broken(Meanwhile):
        def beside_timed(self, results):
            raise LookupError("ours")

    with pytest.raises(LookupError):
        own_sandbox.run(COUNTS, CALLS, ["loss"], PATIENT, Broken())

    assert numbers(own_sandbox.run(COUNTS, CALLS, ["loss"], PATIENT).results) == [1.0, 2.0, 3.0]
