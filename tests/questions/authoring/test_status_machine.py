"""Whatever two authors do in whichever order: no step is skipped, and nothing published changes."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments.models import Organisation
from questions.authoring import drafting, reviewing, withdrawing
from questions.authoring.house import Author
from questions.authoring.text import fields_of as parsed
from questions.authoring.text import text_of
from questions.models import QuestionVersion, Withdrawal
from tests.orders import tried
from tests.questions.authoring.conftest import make_user, written

REFUSED = (
    drafting.NoDraft, drafting.StaleDraft, reviewing.OwnWork, reviewing.WrongStatus,
    reviewing.NotReady, withdrawing.NotWithdrawn,
)  # fmt: skip
WHO = st.sampled_from(["ada", "bo"])


class Authoring(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        acme = Organisation.objects.create(name="Acme", slug="acme")
        self.people = {
            name: Author(make_user(f"{name}@acme.example", acme), acme, alone=False)
            for name in ("ada", "bo")
        }
        self.question = written(self.people["ada"]).question
        self.published = {}
        self.wrote = {1: {"ada"}}

    def teardown(self):
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @property
    def newest(self):
        return self.question.versions.latest("number")

    def attempt(self, act, *args):
        try:
            act(*args)
        except REFUSED:
            return False
        return True

    @rule(who=WHO)
    def edit(self, who):
        before = self.newest
        drafting.edit(self.people[who], self.question)
        if before.published_at:
            self.wrote[self.newest.number] = {who}

    @rule(who=WHO, prompt=st.sampled_from(["Which?", "Which ones?", ""]), lag=st.integers(0, 1))
    def save(self, who, prompt, lag):
        version = self.newest
        if not hasattr(version, "draft"):
            return
        text = text_of(parsed(version.draft.text) | {"prompt": prompt})
        changes = text != version.draft.text
        done = self.attempt(
            drafting.save, self.people[who], version, text, version.draft.revision - lag
        )
        assert done == (version.status == "draft" and not (changes and lag))
        if done and changes:
            self.wrote[version.number].add(who)

    @rule(who=WHO)
    def send(self, who):
        version = self.newest
        complete = hasattr(version, "draft") and bool(parsed(version.draft.text)["prompt"])
        done = self.attempt(reviewing.send, self.people[who], version)
        assert done == (version.status == "draft" and complete)

    @rule(who=WHO)
    def send_back(self, who):
        version = self.newest
        done = self.attempt(reviewing.send_back, self.people[who], version)
        assert done == (version.status == "in_review")

    @rule(who=WHO)
    def publish(self, who):
        version = self.newest
        done = self.attempt(reviewing.publish, self.people[who], version)
        assert done == (version.status == "in_review" and who not in self.wrote[version.number])

    @rule(who=WHO, status=st.sampled_from(["retired", "leaked"]))
    def withdraw(self, who, status):
        before = Withdrawal.objects.open().first()
        done = self.attempt(
            withdrawing.take_back, self.people[who], self.question, status, "Because"
        )
        allowed = before is None or (before.status, status) == ("retired", "leaked")
        assert done == (bool(self.published) and allowed)

    @rule(who=WHO)
    def bring_back(self, who):
        before = Withdrawal.objects.open().exists()
        assert before == self.attempt(withdrawing.bring_back, self.people[who], self.question)

    @precondition(lambda self: self.published)
    @rule(who=WHO)
    def discard(self, who):
        version = self.newest
        done = self.attempt(drafting.discard, self.people[who], version)
        assert done == (version.status == "draft")

    @invariant()
    def what_is_published_stays_as_it_is(self):
        for version in self.question.versions.exclude(published_at=None):
            content = (version.content, version.title, version.digest, version.published_by_id)
            assert self.published.setdefault(version.number, content) == content

    @invariant()
    def at_most_one_version_is_on_its_way_and_only_drafts_have_text(self):
        on_the_way = self.question.versions.filter(published_at=None)
        assert on_the_way.count() <= 1
        assert {v.pk for v in on_the_way} == set(
            QuestionVersion.objects.filter(draft__isnull=False).values_list("pk", flat=True)
        )

    @invariant()
    def somebody_else_published_each(self):
        names = {author.user.pk: name for name, author in self.people.items()}
        for version in self.question.versions.exclude(published_at=None):
            assert names[version.published_by_id] not in self.wrote[version.number]

    @invariant()
    def what_is_withdrawn_is_no_published_version(self):
        withdrawn = Withdrawal.objects.open().exists()
        published = self.question.versions.filter(status="published").exists()
        assert not (withdrawn and published)


@pytest.mark.django_db
def test_no_order_of_steps_skips_the_review_or_changes_what_is_published():
    run_state_machine_as_test(
        Authoring,
        settings=settings(
            max_examples=tried(30),
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
