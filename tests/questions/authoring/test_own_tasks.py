"""A task of one's own is published when its audit is clean, and not before."""

import pytest

from questions.authoring import audits, drafting, reviewing
from questions.authoring.text import fields_of, text_of
from questions.models import TaskAudit
from tests.grader.own.examples import OWN, changed
from tests.questions.authoring.conftest import address, written

RESULT = {
    "killed": 9, "mutants": 9, "accepted": 6, "variants": 6, "checks": 110, "faults": [],
    "grader": "0+abc",
}  # fmt: skip


@pytest.fixture
def version(ada):
    draft = written(ada, "coding")
    fields = {**fields_of(draft.draft.text), "own": OWN}
    del fields["task"]
    drafting.save(ada, draft, text_of(fields), draft.draft.revision)
    return reviewing.send(ada, draft)


def audited(own, **changes):
    audit = TaskAudit.objects.create(task=audits.key_of({"own": own}))
    audits.store(audit.pk, audit.ticket, RESULT | changes)


def refusal(author, version):
    with pytest.raises(reviewing.NotReady) as raised:
        reviewing.publish(author, version)
    return [(found.field, found.sentence) for found in raised.value.found]


def test_a_task_that_nobody_audited_is_not_published(bo, version):
    assert refusal(bo, version) == [(("own",), reviewing.UNAUDITED)]


def test_a_task_whose_audit_finds_something_is_not_published(bo, version):
    audited(OWN, faults=["seed 1: misconception 'sum for mean' survives"])

    assert refusal(bo, version)


def test_the_audit_of_another_text_of_the_task_does_not_count(bo, version):
    audited(changed("misconceptions", 0, "source", to="loss = grad = None"))

    assert refusal(bo, version)


def test_a_task_with_a_clean_audit_is_published(bo, version):
    audited(OWN)

    assert reviewing.publish(bo, version).status == "published"


def test_the_worker_gets_the_definition(
    ada, version, client_of, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(audits, "_send", lambda audit, own: sent.append((audit.task, own)))

    with django_capture_on_commit_callbacks(execute=True):
        client_of(ada).post(address("audit", ada, version))

    assert sent == [(audits.key_of({"own": OWN}), OWN)]
