"""Who presses Run waits behind nobody: real workers over a real broker, whose queue is long."""

import pytest

from grader.catalogue import get
from tests.assessments.installation import Installation
from tests.assessments.sitter import Sitter
from tests.services import Redis, ServiceMissing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.redis,
    pytest.mark.postgresql,
    pytest.mark.timeout(300),
]

RIGHT = get("huber").variants[0].source
SPINS = "def loss(y_true, y_pred, delta=1.0):\n    while True:\n        pass\n\n\ngrad = loss\n"


@pytest.fixture
def served(tmp_path, migrated_url):
    """The product with a grader for runs; no message counts as lost while it is graded."""
    try:
        redis = Redis()
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    settings = {"PATIENCE_SECONDS": "600"}
    with redis, Installation(tmp_path, migrated_url, redis.url, **settings) as installation:
        installation.start("grading-runs")
        installation.wait_until(lambda: installation.below("grading-runs"))
        yield installation
        # What still spins would take its time to end in good order.
        installation.kill("grading")


def test_a_run_comes_back_while_long_gradings_queue(served):
    candidate = Sitter(served)
    long = [served.submit("huber", f"{SPINS}# {number}\n") for number in range(10)]

    for number in range(5):
        page = candidate.run(f"{RIGHT}# {number}\n")
        assert "10 of 10 sample checks passed" in page
        assert "is the slope of your loss" in page

    queued = [served.call("GET", f"/api/v1/submissions/{pk}/")["status"] for pk in long]
    # Each takes seconds. Without a grader of its own, each run would have waited for one of them.
    assert queued.count("queued") > 5
