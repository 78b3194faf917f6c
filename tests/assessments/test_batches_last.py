"""A candidate's code is graded before what other systems sent in bulk: a real grading worker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from assessments import actions
from assessments.actions.coding import SUBMIT
from grader.catalogue import get

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.sandbox]

ROOT = Path(__file__).resolve().parents[2]
RIGHT = get("huber").variants[0].source
SENT = 200


@pytest.fixture
def worker(broker):
    """A grading worker over the broker of this test."""
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    started = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "--quiet", "--app=grader.worker", "worker",
            "-n", "grader@%h", "--without-gossip", "--without-mingle", "--loglevel=error",
        ],
        cwd=ROOT, env=kept | {"VAR_DIR": str(settings.VAR_DIR)}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield started
    started.send_signal(signal.SIGTERM)
    started.wait(20)


def reported(broker):
    """The submissions whose reports have come, in order."""
    return [args[1] for args, _, _ in broker.bodies("default")]


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_a_candidate_hands_in_waits_for_no_batch(
    organisation, attempt, coding_question, broker, committed, worker
):
    token, _ = actions.issue_token(organisation, "bulk", ["grade"])
    with committed():
        batch = actions.submit_batch(token, [{"task": "huber", "source": RIGHT}] * SENT)
    assert len(broker.messages("batch")) + len(reported(broker)) >= SENT - 1
    wait_until(lambda: reported(broker))

    with committed():
        mine = str(actions.submit_code(attempt, coding_question, RIGHT, SUBMIT).pk)
    before = len(reported(broker))
    wait_until(lambda: mine in reported(broker))

    place = reported(broker).index(mine)
    # What is under way is finished first, and one more that was taken already.
    assert place <= before + 2
    assert len(broker.messages("batch")) > SENT / 2
    assert batch.items.count() == SENT
