"""Redis as deployed: the graders' user does its work, and nothing beside it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from celery import Celery, signature

from grader import broker
from tests.conftest import started
from tests.services import Redis

ROOT = Path(__file__).parent.parent.parent
SOURCE = """
import numpy as np

def loss(y_true, y_pred):
    return float(np.mean((y_pred - y_true) ** 2))

def grad(y_true, y_pred):
    return 2 * (y_pred - y_true) / y_true.size
"""


class DeployedRedis(Redis):
    """Started by the script that docker-compose.yml mounts."""

    def command(self):
        # The servers' account may be unable to read a clone in somebody's home.
        script = shutil.copy(ROOT / "script/deploy/redis", self.folder / "start")
        return ["sh", str(script), *super().command()[1:], "--appendonly", "no"]

    def user_url(self, name):
        return f"redis://{name}:{name}-password@127.0.0.1:{self.port}/0"

    def user(self, name):
        return redis.Redis.from_url(self.user_url(name), decode_responses=True)


@pytest.fixture
def deployed(monkeypatch):
    monkeypatch.setenv("REDIS_PASSWORD", "minima-password")
    monkeypatch.setenv("GRADER_REDIS_PASSWORD", "grader-password")
    with started(DeployedRedis) as server:
        yield server


@pytest.fixture
def grading_worker(deployed):
    """A real grading worker that knows the graders' password and nothing else."""
    command = [sys.executable, "-m", "celery", "--quiet", "--app=grader.worker", "worker"]
    options = ["--loglevel=warning", "--without-gossip", "--without-mingle"]
    environ = {"PATH": os.environ["PATH"], "CELERY_BROKER_URL": deployed.user_url("grader")}
    with subprocess.Popen([*command, *options], cwd=ROOT, env=environ) as worker:
        yield worker
        worker.terminate()


def wait_for(question, seconds=20):
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


@pytest.mark.redis
@pytest.mark.sandbox
def test_a_grading_worker_grades_and_reports_as_the_graders_user(deployed, grading_worker):
    app = Celery("sender", set_as_current=False)
    app.conf.update(**broker.settings(deployed.user_url("minima"), ROOT / "var"))
    stored = signature("store", ("id", "ticket"), queue="default", app=app)
    with app.connection_for_write():
        app.send_task(
            "grader.tasks.grade",
            ("mean-squared-error", SOURCE, 1, False),
            queue="grading",
            link=stored,
        )
    app.close()

    assert wait_for(lambda: deployed.user("minima").llen("default")) == 1
    assert grading_worker.poll() is None


@pytest.mark.redis
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["LRANGE", "default", "0", "-1"], id="reads the reports of others"),
        pytest.param(["RPOP", "default"], id="takes the reports of others"),
        pytest.param(["LMOVE", "default", "run", "LEFT", "LEFT"], id="moves them to its own"),
        pytest.param(["DEL", "default"], id="deletes them"),
        pytest.param(["HGETALL", "unacked"], id="reads what other workers hold"),
        pytest.param(["PUBLISH", "/0.celery.pidbox", "shutdown"], id="controls workers"),
        pytest.param(["PUBLISH", "submission", "x"], id="rings a doorbell"),
        pytest.param(["PSUBSCRIBE", "*"], id="listens"),
        pytest.param(["KEYS", "*"], id="looks around"),
        pytest.param(["SCAN", "0"], id="looks around slowly"),
        pytest.param(["FLUSHALL"], id="empties everything"),
        pytest.param(["CONFIG", "SET", "dir", "/data"], id="changes the server"),
        pytest.param(["ACL", "LIST"], id="reads the users"),
        pytest.param(["CLIENT", "LIST"], id="reads the clients"),
        pytest.param(["EVAL", "return redis.call('GET', 'x')", "0"], id="runs a script"),
        pytest.param(["SHUTDOWN", "NOSAVE"], id="stops the server"),
    ],
)
def test_the_graders_user_is_refused(deployed, command):
    deployed.user("minima").lpush("default", "report")

    with pytest.raises(redis.exceptions.NoPermissionError):
        deployed.user("grader").execute_command(*command)


@pytest.mark.redis
def test_without_a_password_there_is_no_way_in(deployed):
    with pytest.raises(redis.exceptions.AuthenticationError):
        deployed.client().ping()


@pytest.mark.redis
def test_the_other_processes_do_their_work(deployed):
    client = deployed.user("minima")
    listener = client.pubsub()
    listener.subscribe("submission")

    assert client.lpush("run", "message") == 1
    assert client.publish("submission", "graded") == 1
    listener.close()


def test_a_missing_password_is_named():
    done = subprocess.run(
        ["sh", ROOT / "script/deploy/redis"],
        env={"PATH": os.environ["PATH"], "REDIS_PASSWORD": "x"},
        capture_output=True,
        text=True,
    )

    assert done.returncode != 0
    assert "GRADER_REDIS_PASSWORD" in done.stderr
