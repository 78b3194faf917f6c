"""script/server as a newcomer meets it: one command, and the whole product answers."""

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.services import free_port

ROOT = Path(__file__).parent.parent.parent
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
HUBER = """
import numpy as np

def loss(y_true, y_pred, delta=1.0):
    size = np.abs(y_pred - y_true)
    small = np.minimum(size, delta)
    return float(np.mean(small * (size - 0.5 * small)))

def grad(y_true, y_pred, delta=1.0):
    return np.clip(y_pred - y_true, -delta, delta) / y_true.size
"""


class Started:
    """A running script/server, its last words and everything that it started."""

    def __init__(self, var, **variables):
        self.port = free_port()
        environ = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [ROOT / "script/server"],
            cwd="/",
            env=environ | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.words = ""
        while "Ctrl-C stops it" not in self.words:
            line = self.process.stdout.readline()
            if not line:
                self.stop()
                raise AssertionError(self.words)
            self.words += line
        self.children = psutil.Process(self.process.pid).children(recursive=True)

    def word(self, label):
        return re.search(rf"{label}:\s+(\S+)", self.words).group(1)

    def call(self, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode() if body else None,
            headers={
                "Authorization": f"Bearer {self.word('token')}",
                "Content-Type": "application/json",
            },
        )
        with DIRECT.open(request, timeout=60) as response:
            return json.load(response)

    def page(self, url):
        with DIRECT.open(url.replace("localhost", "127.0.0.1"), timeout=60) as response:
            return response.status, response.read().decode()

    def stop(self, number=signal.SIGINT):
        """Its exit status, once it and its output have ended."""
        with self.process:
            self.process.send_signal(number)
            self.process.stdout.read()
        return self.process.returncode

    def survivors(self):
        return [child for child in self.children if child.is_running() and not is_zombie(child)]


def is_zombie(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def var(tmp_path):
    return tmp_path / "kept here"


@pytest.fixture
def start(var):
    running = []

    def start(**variables):
        running.append(Started(var, **variables))
        return running[-1]

    yield start
    for started in running:
        if not started.process.stdout.closed:
            started.stop()


@pytest.mark.slow
@pytest.mark.sandbox
def test_one_command_starts_the_product_once_and_a_second_start_keeps_everything(start):
    first = start()
    answer = first.call("/api/v1/submissions/", {"task": "huber", "source": HUBER})
    graded = first.call(f"/api/v1/submissions/{answer['id']}/?wait=25")
    assert graded["status"] == "graded"
    assert graded["report"]["families"]["values"]["score"] == 1
    status, page = first.page(first.word("Candidate"))
    assert status == 200
    assert "Start" in page
    with pytest.raises(AssertionError, match="Cannot go on: another script/server already runs"):
        start()
    begin = time.monotonic()
    assert first.stop() == 0
    assert time.monotonic() - begin < 10
    assert first.survivors() == []

    token = first.word("token")
    second = start()
    second.words = second.words.replace(second.word("token"), token)

    assert second.word("Candidate").split("/sit/")[1] == first.word("Candidate").split("/sit/")[1]
    assert second.call(f"/api/v1/submissions/{answer['id']}/")["report"] == graded["report"]
    assert second.stop(signal.SIGTERM) == 0
    assert second.survivors() == []


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.redis
@pytest.mark.postgresql
def test_the_product_runs_on_postgresql_and_redis(start, postgresql_url, redis_server, var):
    started = start(DATABASE_URL=postgresql_url, CELERY_BROKER_URL=redis_server.url)
    answer = started.call("/api/v1/submissions/", {"task": "huber", "source": HUBER})
    graded = started.call(f"/api/v1/submissions/{answer['id']}/?wait=25")

    assert graded["report"]["families"]["values"]["score"] == 1
    assert not list(var.glob("*.sqlite3"))
    assert not (var / "broker").exists()
    assert started.stop() == 0
    assert started.survivors() == []
