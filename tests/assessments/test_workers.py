"""Real workers over real brokers: every accepted submission is graded, once, whoever is killed."""

import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError

import psutil
import pytest

from grader.catalogue import get
from tests.assessments.installation import ROOT, Installation
from tests.services import Redis, ServiceMissing

pytestmark = [pytest.mark.slow, pytest.mark.sandbox, pytest.mark.timeout(300)]

RIGHT = get("huber").variants[0].source
CONSTANT = "def loss(y_true, y_pred, delta=1.0):\n    return 7.0\n\n\ngrad = loss\n"
BROKEN = "def loss(:\n"
SPINS = "def loss(y_true, y_pred, delta=1.0):\n    while True:\n        pass\n\n\ngrad = loss\n"


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    """SQLite and the broker of files."""
    with Installation(tmp_path_factory.mktemp("embedded")) as installation:
        yield installation


@pytest.fixture(scope="module")
def served(tmp_path_factory, postgresql_server, migrated):
    """PostgreSQL, and a Redis of its own, for it is killed."""
    try:
        redis = Redis()
    except ServiceMissing as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("served")
    with (
        redis,
        postgresql_server.database("minima_workers", migrated) as url,
        Installation(folder, url, redis.url) as installation,
    ):
        installation.redis = redis
        yield installation


def check_all(installation, sent):
    """Each is graded, with the verdict that its code always gets, and stays as it was graded."""
    found = {pk: installation.report(pk) for pk, _ in sent}
    for pk, verdict in sent:
        assert found[pk]["report"]["verdict"] == verdict, pk
        assert found[pk]["report"]["score"] == (1.0 if verdict == "passed" else 0.0)
    time.sleep(1)  # late duplicates would change something now
    for pk, _ in sent:
        assert installation.call("GET", f"/api/v1/submissions/{pk}/") == found[pk]


def send(installation, count):
    """Right and broken code in turn, with the verdict that each must get."""
    kinds = [(RIGHT, "passed"), (BROKEN, "error")]
    return [(installation.submit("huber", kinds[i % 2][0]), kinds[i % 2][1]) for i in range(count)]


def test_the_embedded_product_grades_without_any_service(embedded):
    sent = send(embedded, 6)

    check_all(embedded, sent)


def test_the_embedded_product_finds_again_what_a_killed_worker_had(embedded):
    spinning = embedded.submit("huber", SPINS)
    sent = send(embedded, 4)
    time.sleep(0.5)
    embedded.kill("grading")
    embedded.start("grading")

    check_all(embedded, sent)
    assert embedded.report(spinning)["report"]["error"]["kind"] == "timeout"


@pytest.mark.parametrize(
    "name",
    ["embedded", pytest.param("served", marks=[pytest.mark.redis, pytest.mark.postgresql])],
)
def test_the_same_request_eight_times_at_once_is_one_submission(request, name):
    installation = request.getfixturevalue(name)
    body = {"task": "huber", "source": RIGHT}

    def post(index):
        while True:
            try:
                return installation.call(
                    "POST", "/api/v1/submissions/", body, **{"Idempotency-Key": "at once"}
                )
            except HTTPError as error:
                # The first one is still being carried out: who asks again gets its answer.
                if error.code != 409:
                    raise

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))

    assert len({answer["id"] for answer in answers}) == 1
    assert installation.report(answers[0]["id"])["report"]["verdict"] == "passed"


def kill_one(processes):
    """Kill any of them; False where none was left to kill."""
    try:
        random.choice(processes).kill()
    except (IndexError, psutil.NoSuchProcess):
        return False
    return True


@pytest.mark.redis
@pytest.mark.postgresql
def test_every_kind_of_death_loses_nothing(served):
    """Workers, forkserver and children die at random moments while submissions come in."""
    random.seed(20)
    sent = []
    for name in ("grading", "default", "sandbox", "grading", "sandbox", "default"):
        sent += send(served, 6)
        time.sleep(random.uniform(0.0, 0.1))
        if name == "sandbox":
            served.wait_until(lambda: kill_one(served.below("grading")))
        else:
            served.kill(name)
            served.start(name)

    check_all(served, sent)


@pytest.mark.redis
@pytest.mark.postgresql
def test_a_broker_that_comes_back_empty_loses_nothing(served):
    with served.without("grading"):
        sent = send(served, 6)
        served.redis.restart()
        sent += send(served, 2)

    check_all(served, sent)


@pytest.mark.redis
@pytest.mark.postgresql
def test_a_message_that_is_delivered_twice_is_stored_once(served):
    with served.without("grading"), served.without("default"):
        sent = send(served, 4)
        client = served.redis.client()
        for message in client.lrange("grading", 0, -1):
            client.rpush("grading", message)
        assert client.llen("grading") == 8

    check_all(served, sent)


@pytest.mark.redis
@pytest.mark.postgresql
def test_the_grading_worker_knows_the_broker_and_nothing_else(served):
    environment = psutil.Process(served.processes["grading"].pid).environ()

    assert "CELERY_BROKER_URL" in environment
    assert not {"DATABASE_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE"} & set(environment)


# Code that a grader of old gave a quarter; waits as long as a candidate's would.
REGRADE = """\
import os, sys, time, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from assessments import actions
from assessments.models import AssessmentVersion, Attempt, Submission, User

def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)

version = AssessmentVersion.objects.get()
attempt = actions.start_attempt(actions.invite(version, "Ada", "again@example.com"))
coding = attempt.asked()[1]
pk = actions.submit_code(attempt, coding, sys.stdin.read(), Submission.Purpose.SUBMIT).pk
actions.finish_attempt(attempt)
found = Submission.objects.filter(pk=pk)
until(lambda: found.get().is_graded)
found.update(score=0.25, report=found.get().report | {"score": 0.25, "grader": "old"})
before = actions.rescore_attempt(attempt)
by = User.objects.get()
regrade = actions.start_regrade(version.assessment, by=by, reason="The grader was wrong.")
until(lambda: regrade.refresh_from_db() or regrade.state == "ready")
between = Attempt.objects.get(pk=attempt.pk).score
actions.commit_regrade(regrade, by)
after = Attempt.objects.get(pk=attempt.pk).score
kept = found.get().past_gradings.get()
print(before, between, after, kept.score, kept.report["grader"], found.get().score)
"""


@pytest.mark.redis
@pytest.mark.postgresql
def test_a_regrade_goes_through_real_workers_and_counts_once_it_is_taken_over(served):
    done = subprocess.run(
        [sys.executable, "-c", REGRADE],
        cwd=ROOT, env=served.environment, input=RIGHT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, f"{done.stderr}\n{served.logs()}"
    # The code weighs 3 of 4, and nobody answered the other question.
    assert done.stdout.split() == ["0.1875", "0.1875", "0.75", "0.25", "old", "1.0"]
