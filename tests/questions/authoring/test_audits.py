"""The audit of a coding question: asked for by a page, made by a worker, shown from the store."""

import json

import pytest

from grader.catalogue import get
from grader.sandbox import Sandbox
from grader.tasks import audit as grader_audit
from questions.authoring import audits
from questions.models import TaskAudit
from questions.tasks import store_audit
from tests.questions.authoring.conftest import address, make_shared

RESULT = {
    "killed": 19, "mutants": 20, "accepted": 4, "variants": 4, "checks": 130,
    "faults": ["seed 1: misconception 'x' survives"], "grader": "0+abc",
}  # fmt: skip


@pytest.fixture
def coding(db):
    return make_shared("coding", "coding")


@pytest.fixture
def sent(monkeypatch):
    """What is sent to the broker: (task, args, kwargs, options)."""
    found = []

    class Message:
        def __init__(self, name, args=(), kwargs=None, **options):
            self.content = (name, args, kwargs)

        def apply_async(self, **options):
            found.append((*self.content, options))

    monkeypatch.setattr(audits, "signature", Message)
    return found


def test_the_page_asks_once_and_the_web_process_audits_nothing(
    ada, coding, client_of, sent, django_capture_on_commit_callbacks
):
    client = client_of(ada)

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address("audit", ada, coding))

    [(name, args, kwargs, options)] = sent
    assert (name, args, kwargs) == ("grader.tasks.audit", ("huber",), {"seeds": 1})
    assert options["queue"] == "regrade"
    assert "under way" in client.get(address("question", ada, coding)).content.decode()


def test_what_the_worker_found_is_shown(ada, coding, client_of):
    audit = TaskAudit.objects.create(task="huber")

    store_audit(RESULT, audit.pk, audit.ticket)

    page = client_of(ada).get(address("question", ada, coding)).content.decode()
    assert "19 / 20" in page
    assert "4 / 4" in page
    assert "survives" in page


@pytest.mark.parametrize(
    "changed",
    [
        {"killed": "19"}, {"killed": True}, {"faults": "none"}, {"faults": [1]}, {"grader": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_result_of_another_shape_is_refused(db, changed):
    audit = TaskAudit.objects.create(task="huber")

    assert not audits.store(audit.pk, audit.ticket, RESULT | changed)
    assert not audits.store(audit.pk, audit.ticket, None)


def test_a_wrong_ticket_and_a_second_result_change_nothing(db):
    audit = TaskAudit.objects.create(task="huber")

    assert not audits.store(audit.pk, "guessed", RESULT)
    assert audits.store(audit.pk, audit.ticket, RESULT)
    assert not audits.store(audit.pk, audit.ticket, RESULT | {"killed": 0})
    assert audits.newest("huber")[0].result["killed"] == 19


def test_a_lost_message_may_be_sent_again(db, monkeypatch):
    TaskAudit.objects.create(task="huber")
    assert audits.ask({"task": "huber"}) is None

    monkeypatch.setattr(audits, "PATIENCE", 0 * audits.PATIENCE)
    assert audits.ask({"task": "huber"}) is not None


@pytest.mark.sandbox
def test_what_the_grader_sends_is_what_the_page_stores(db, monkeypatch):
    task = get("mean-absolute-error").slug
    audit = TaskAudit.objects.create(task=task)
    with Sandbox() as sandbox:
        monkeypatch.setattr("grader.warm.sandbox", lambda: sandbox)
        found = json.loads(json.dumps(grader_audit(task, seeds=1)))

    assert audits.store(audit.pk, audit.ticket, found)
    assert found["killed"] == found["mutants"] > 0
