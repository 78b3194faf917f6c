"""Budgets: each has an ending, and what came before it counts."""

import dataclasses
import time

import numpy as np
import pytest

from grader.sandbox import Call, Limits, NotRun, Returned
from tests.grader.sandbox.conftest import CALLS, HONEST, TIGHT

pytestmark = pytest.mark.sandbox
# CPU seconds as tight as ever, but time enough by the clock on a busy machine.
PATIENT = dataclasses.replace(TIGHT, wall_seconds=20.0, timed_wall_seconds=20.0)
X = (np.ones(3),)
TIMED = Call("loss", X, timed=True)


def test_cpu_time_of_a_timed_call_is_read_from_outside(sandbox):
    source = """
import time

def loss(x):
    end = time.process_time() + 0.05
    while time.process_time() < end:
        pass
    return 1.0
"""
    outcome = sandbox.run(source, [Call("loss", X), TIMED, TIMED], ["loss"], PATIENT)

    assert outcome.results[0].cpu_seconds is None
    for result in outcome.results[1:]:
        assert 0.05 <= result.cpu_seconds < 0.15
    assert 0.15 <= outcome.cpu_seconds < 0.4


def test_sleeping_costs_a_timed_call_nothing(sandbox):
    source = "import time\ndef loss(x):\n    time.sleep(0.1)\n    return 1.0\n"

    outcome = sandbox.run(source, [TIMED], ["loss"])

    assert outcome.results[0].cpu_seconds < 0.05
    assert outcome.wall_seconds > 0.1


def test_timed_calls_have_a_budget_of_their_own(sandbox):
    source = """
import time

def loss(x):
    end = time.process_time() + 0.4
    while time.process_time() < end:
        pass
    return 1.0
"""
    # 0.4 s before, of 0.6 s; then 0.4 s of 0.5 s.
    outcome = sandbox.run(source, [Call("loss", X), TIMED], ["loss"], PATIENT)

    assert outcome.ending == "finished"


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(100)"], ids=["spin", "sleep"])
def test_a_run_that_is_stopped_in_its_timed_calls_keeps_the_others(sandbox, body):
    source = f"import time\ndef loss(x):\n    return 1.0\ndef grad(x):\n    {body}\n"
    calls = [Call("loss", X), TIMED, Call("grad", X, timed=True), TIMED]

    outcome = sandbox.run(source, calls)

    assert outcome.ending == "timeout"
    assert outcome.detail == "The code was stopped in the calls that measure its speed."
    assert [type(result) for result in outcome.results] == [Returned, Returned, NotRun, NotRun]
    assert outcome.results[2].running


def test_a_timed_call_that_raises_is_a_result(sandbox):
    outcome = sandbox.run("def loss(x):\n    raise ValueError\n", [TIMED, TIMED], ["loss"])

    assert outcome.ending == "finished"
    assert [result.bases[0] for result in outcome.results] == ["ValueError"] * 2


@pytest.mark.parametrize(
    ("code", "seconds"), [("while True: pass", 0.6), ("import time; time.sleep(100)", 2.0)]
)
def test_a_hang_is_over_soon_after_its_limit(sandbox, code, seconds):
    start = time.monotonic()

    outcome = sandbox.run(code, CALLS)

    assert outcome.ending == "timeout"
    assert "while the module was being loaded" in outcome.detail
    assert seconds <= time.monotonic() - start < seconds + 2


def test_limits_can_be_named_for_one_run(sandbox):
    source = "import numpy as np\ndef loss(x):\n    return np.ones(80_000_000).sum()\n"
    call = Call("loss", X)
    roomy = Limits(cpu_seconds=5, wall_seconds=10, memory_mib=1024)

    tight = sandbox.run(source, [call], ["loss"])
    wide = sandbox.run(source, [call], ["loss"], roomy)
    again = sandbox.run(source, [call], ["loss"])

    assert tight.results[0].bases[0] == again.results[0].bases[0] == "MemoryError"
    assert float(wide.results[0].values[0]) == 80_000_000


def test_memory_has_room_for_what_was_promised(sandbox):
    megabytes = TIGHT.memory_mib - 32
    source = f"hoard = bytearray({megabytes} << 20)\ndef loss(x):\n    return 1.0\n"

    assert sandbox.run(source, [Call("loss", X)], ["loss"]).ending == "finished"


def test_stdout_up_to_the_limit_is_kept_and_a_byte_more_is_not(sandbox):
    source = "print('x' * {}, end='')\n" + HONEST

    full = sandbox.run(source.format(TIGHT.stdout_bytes), CALLS)
    more = sandbox.run(source.format(TIGHT.stdout_bytes + 1), CALLS)

    assert (full.ending, len(full.stdout)) == ("finished", TIGHT.stdout_bytes)
    assert (more.ending, len(more.stdout)) == ("output_limit", TIGHT.stdout_bytes)


def test_stdout_comes_back_after_a_crash_too(sandbox):
    outcome = sandbox.run("import os\nprint('here')\nos._exit(3)\n", CALLS)

    assert (outcome.ending, outcome.stdout) == ("crashed", "here\n")


def test_a_warning_is_printed(sandbox):
    outcome = sandbox.run("import numpy as np\nnp.log(np.zeros(1))\n" + HONEST, CALLS)

    assert outcome.ending == "finished"
    assert "RuntimeWarning: divide by zero" in outcome.stdout


def test_files_are_limited_by_number(sandbox):
    source = """
import os

def loss(x):
    kept = []
    try:
        while True:
            kept.append(os.open(os.__file__, os.O_RDONLY))
    except OSError:
        return float(len(kept))
"""
    outcome = sandbox.run(source, [Call("loss", X)], ["loss"])

    assert (
        outcome.results[0].values[0] == TIGHT.open_files - 6
    )  # null, stdout twice, the run's three
