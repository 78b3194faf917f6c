"""Senders as processes of their own: one that is killed, and two at once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parents[3]
START = """\
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.utils import timezone
from assessments.actions import webhook_sending, webhooks
from assessments.models import *
"""
PREPARE = (
    START
    + """\
organisation = Organisation.objects.create(name="Acme", slug="acme")
for path in sys.argv[2:]:
    endpoint, _ = webhooks.add_webhook(organisation, path, by=None)
    for _ in range(int(sys.argv[1])):
        webhooks.send_test_event(endpoint, by=None)
"""
)
# Sends, and is killed before it can note what came of it.
DIE = (
    START
    + """\
def never(delivery, outcome):
    print(outcome.status, flush=True)
    time.sleep(60)
webhook_sending.note = never
webhook_sending.send_round()
"""
)
SEND = (
    START
    + """\
print("ready", flush=True)
sys.stdin.readline()
sent = webhook_sending.send_round()
print(sent, WebhookDelivery.objects.filter(state="delivered").count())
"""
)
LEASE_IS_OVER = (
    START
    + """\
WebhookDelivery.objects.update(due_at=timezone.now())
WebhookEndpoint.objects.update(served_until=timezone.now())
"""
)


@pytest.fixture
def run(migrated_url, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    environment |= {
        "DATABASE_URL": migrated_url,
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "x",
        "WEBHOOKS_ALLOW_PRIVATE": "1",
    }

    def start(program, *words):
        return subprocess.Popen(
            [sys.executable, "-c", program, *words],
            cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return start


def said(process):
    out, error = process.communicate("go\n", timeout=60)
    assert process.returncode == 0, error
    return out.split()


def test_what_was_sent_by_somebody_who_was_killed_is_sent_again_under_the_same_id(run, receiver):
    said(run(PREPARE, "1", receiver.url()))
    dying = run(DIE)
    assert dying.stdout.readline().strip() == "204"
    dying.send_signal(signal.SIGKILL)
    dying.communicate()

    assert said(run(SEND)) == ["ready", "0", "0"]  # nobody knows yet that it is dead
    said(run(LEASE_IS_OVER))
    assert said(run(SEND)) == ["ready", "1", "1"]

    first, second = (headers["webhook-id"] for headers, _ in receiver.to())
    assert first == second


def test_two_senders_at_once_send_everything_once(run, receiver):
    paths = [receiver.url(f"/{number}") for number in range(4)]
    said(run(PREPARE, "10", *paths))
    senders = [run(SEND), run(SEND)]
    for each in senders:
        assert each.stdout.readline().strip() == "ready"

    for each in senders:
        each.stdin.write("go\n")
        each.stdin.flush()
    counts = [each.communicate(timeout=60)[0].split() for each in senders]

    sent = Counter(headers["webhook-id"] for _, headers, _ in receiver.came)
    assert set(sent.values()) == {1}
    assert len(sent) == sum(int(count) for count, _ in counts) == 40
    assert set(receiver.together.values()) == {1}
