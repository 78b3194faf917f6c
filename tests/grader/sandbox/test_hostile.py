"""Every file of tests/grader/hostile is an attack that says in its head how it must end.

    # ends: <Ending>
    # results: one kind for all calls, or one per call: returned, raised, unusable, running, not run
    # says: a part of what a person reads about it
    # prints: what stdout must show
    # needs: the only machine on which it makes sense

An attack that gets through prints GOT THROUGH.
"""

import os
import platform
from pathlib import Path

import psutil
import pytest

from grader.sandbox import NotRun, Raised, Returned, Unusable
from tests.grader.sandbox.conftest import CALLS, HONEST

HOSTILE = Path(__file__).parents[1] / "hostile"
KINDS = {Returned: "returned", Raised: "raised", Unusable: "unusable"}


def head(path):
    lines = path.read_text().splitlines()
    pairs = (line.removeprefix("# ").split(": ", 1) for line in lines if line.startswith("# "))
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


ATTACKS = [
    path
    for path in sorted(HOSTILE.glob("*.py"))
    if head(path).get("needs", platform.machine()) == platform.machine()
]


def kind(result):
    if isinstance(result, NotRun):
        return "running" if result.running else "not run"
    return KINDS[type(result)]


def words(outcome):
    """All that a person may read about a run."""
    told = [outcome.detail]
    for result in outcome.results:
        if isinstance(result, Raised):
            told.append(f"{result.bases[0]} {result.message}")
        if isinstance(result, Unusable):
            told.append(result.what)
    return "\n".join(told)


def descendants():
    return {process.pid for process in psutil.Process().children(recursive=True)}


@pytest.fixture(scope="module")
def others():
    """Servers that other tests keep for the whole session."""
    return descendants()


@pytest.fixture(scope="module")
def open_before_any(kept_sandbox):
    """Descriptors of this process before the first attack: none of them may leak one."""
    return len(os.listdir("/proc/self/fd"))


def assert_honest(outcome):
    assert (outcome.ending, outcome.detail) == ("finished", "")
    loss, grad, again = (result.values[0] for result in outcome.results)
    assert float(loss) == float(again) == pytest.approx(13 / 3)
    assert grad.tolist() == pytest.approx([4 / 3, 0, -2])


def test_there_are_many_attacks():
    assert len(ATTACKS) >= 100


@pytest.mark.sandbox
@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack_ends_as_it_declares_and_leaves_nothing(path, sandbox, others, open_before_any):
    expected = head(path)

    outcome = sandbox.run(path.read_bytes(), CALLS)

    assert outcome.ending == expected["ends"], (outcome.detail, outcome.stdout)
    assert "GOT THROUGH" not in outcome.stdout
    assert expected.get("says", "") in words(outcome)
    assert expected.get("prints", "") in outcome.stdout
    kinds = [kind(result) for result in outcome.results]
    if "results" in expected:
        wanted = expected["results"].split(", ")
        assert kinds == (wanted * len(CALLS) if len(wanted) == 1 else wanted), words(outcome)
    assert_honest(sandbox.run(HONEST, CALLS))
    # A forkserver with its child, and a successor that may just be starting.
    assert len(os.listdir("/proc/self/fd")) <= open_before_any + 24
    assert len(descendants() - others) <= 6
