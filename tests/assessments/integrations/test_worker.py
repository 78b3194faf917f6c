"""Webhooks through the default worker as it runs: a real broker, and real receivers."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.redis,
    pytest.mark.postgresql,
    pytest.mark.timeout(120),
]

ROOT = Path(__file__).resolve().parents[3]
EVENTS = 20
# Each event in a transaction of its own, as things happen.
TELL = """\
import os, sys, django
django.setup()
from assessments.actions import webhooks
from assessments.models import Organisation
organisation = Organisation.objects.create(name="Acme", slug="acme")
endpoints = [webhooks.add_webhook(organisation, url, by=None)[0] for url in sys.argv[2:]]
for _ in range(int(sys.argv[1])):
    for endpoint in endpoints:
        webhooks.send_test_event(endpoint, by=None)
"""


@pytest.fixture
def environment(migrated_url, redis_server, tmp_path):
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    return kept | {
        "DATABASE_URL": migrated_url, "CELERY_BROKER_URL": redis_server.url, "SECRET_KEY": "x",
        "VAR_DIR": str(tmp_path), "WEBHOOKS_ALLOW_PRIVATE": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip


@pytest.fixture
def worker(environment):
    """As script/server starts it."""
    started = subprocess.Popen(
        [
            sys.executable, "-m", "celery", "--quiet", "--app=config.celery", "worker",
            "--queues=default", "--pool=threads", "--concurrency=4", "--without-gossip",
            "--without-mingle", "--loglevel=error",
        ],
        cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield started
    started.terminate()
    started.wait(30)


def test_a_slow_and_failing_receiver_keeps_no_other_waiting(environment, worker, receiver):
    receiver.answers["/hangs"] = lambda handler: receiver.over.wait(20)
    receiver.answers["/fails"] = (500, {}, b"not today")
    well = [f"/well/{number}" for number in range(3)]
    addresses = [receiver.url(path) for path in ("/hangs", "/fails", *well)]
    subprocess.run(
        [sys.executable, "-c", TELL, str(EVENTS), *addresses],
        cwd=ROOT, env=environment, check=True, capture_output=True, timeout=90,
    )  # fmt: skip

    def heard(path):
        return {headers["webhook-id"] for headers, _ in receiver.to(path)}

    end = time.monotonic() + 60
    while not all(len(heard(path)) == EVENTS for path in well):
        assert time.monotonic() < end, {path: len(heard(path)) for path in well}
        time.sleep(0.05)

    # One hangs all the while, and takes up one place.
    assert len(receiver.to("/hangs")) <= 2
    assert set(receiver.together.values()) == {1}
    assert sum(len(receiver.to(path)) for path in well) == EVENTS * len(well)
    assert heard("/fails")
