"""Which scope opens what: one line for each address of the interface.

    Row("candidate-detail", "candidate", get=READ, delete=Way(ADMIN, 204))

reads: the address of that name, for the candidate of the world below, is given to who may read,
and deletes for who may administer, who gets a 204 then. Any other scope gets a 403, another
method a 405, a token of another organisation a 404, and no token a 401. An address without a row
of the world is there for another organisation as well, with its own rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils import timezone

from assessments import actions
from assessments.actions import exporting, webhooks
from assessments.exports import making
from assessments.models import Review, WebhookEndpoint

READ, INVITE, AUTHOR, GRADE, ADMIN = "read", "invite", "author", "grade", "admin"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Way:
    """A method: the scopes that open it, its answer, what is sent, and what a stranger gets."""

    scopes: tuple[str, ...]
    status: int = 200
    body: Callable[["World"], Mapping[str, Any]] = lambda world: {}
    headers: Mapping[str, str] = field(default_factory=dict)
    foreign: int | None = None


@dataclass(frozen=True)
class Row:
    name: str
    of: str = ""
    ways: Mapping[str, Way] = field(default_factory=dict)


def row(name, of="", **ways):
    found = {m: w if isinstance(w, Way) else Way(w) for m, w in ways.items()}
    return Row(name, of, found)


def type_of(kind):
    """The type of a problem, as clients know it."""
    return f"{settings.BASE_URL}/api/v1/problems/{kind}/"


class World:
    """A row of each resource, of one organisation."""

    def __init__(self, version, make_member, graded):
        self.version, self.make_member, self.graded = version, make_member, graded
        self.organisation = version.assessment.organisation

    @cached_property
    def member(self):
        return self.make_member("owner").memberships.get().pk

    @cached_property
    def task(self):
        return "huber"

    @cached_property
    def assessment(self):
        return self.version.assessment.pk

    @cached_property
    def question(self):
        """Of the organisation alone: shared ones are everybody's."""
        made = self.version.questions.get(position=1).question_version
        made.question.organisation = self.organisation
        made.question.save()
        return made.pk

    @cached_property
    def invitation(self):
        return actions.invite(self.version, "Grace", "grace@example.com").pk

    @cached_property
    def over(self):
        return self.graded("Ada")

    @cached_property
    def attempt(self):
        return self.over.pk

    @cached_property
    def candidate(self):
        return self.over.candidate.pk

    @cached_property
    def submission(self):
        return actions.submit_for_api(self.organisation, "huber", "x = 1").pk

    @cached_property
    def batch(self):
        token, _ = actions.issue_token(self.organisation, "bulk", [GRADE])
        return actions.submit_batch(token, [CODE]).pk

    @cached_property
    def export(self):
        """A file that is ready."""
        token, _ = actions.issue_token(self.organisation, "data", [READ])
        made = exporting.ask_for_export(
            self.organisation, by=token, kind="attempts", form="csv", filters={}
        )
        while making.work_on(made.pk):
            pass
        return made.pk

    @cached_property
    def decision(self):
        by = self.organisation.members.get(pk=self.member).user
        [made] = actions.decide([self.over], "hold", "Later.", by)
        return made.pk

    @cached_property
    def review(self):
        by = self.organisation.members.get(pk=self.member).user
        return Review.objects.create(
            attempt=self.over, question=self.version.questions.first(), reviewer=by, score=0.5,
            submitted_at=timezone.now(),
        ).pk  # fmt: skip

    @cached_property
    def webhook(self):
        address = "https://hooks.example.org/minima"
        return webhooks.add_webhook(self.organisation, address, by=None)[0].pk

    @cached_property
    def delivery(self):
        endpoint = WebhookEndpoint.objects.get(pk=self.webhook)
        return webhooks.send_test_event(endpoint, by=None).pk


EXPORT = {"kind": "attempts", "format": "parquet"}
CODE = {"task": "huber", "source": "x = 1"}
KEY = {"Idempotency-Key": "k"}
ANY = {"If-Match": "*"}
HOOK = {"url": "https://hooks.example.org/other"}


def person(world):
    return {"assessment": str(world.assessment), "name": "Emmy", "email": "emmy@example.org"}


def decided(world):
    return {"outcome": "advance", "reason": "Good.", "decided_by": "r@acme.example"}


def reviewed(world):
    """Of a choice, which nobody scores: a conflict."""
    return {"position": 1, "reviewer": "r@acme.example", "points": {"0": 1}}


TABLE = [
    row("task-list", get=(READ, GRADE)),
    row("task-detail", "task", get=Way((READ, GRADE), foreign=200)),
    row("submission-list", get=(READ, GRADE), post=Way((GRADE,), 202, lambda w: CODE)),
    row("submission-detail", "submission", get=(READ, GRADE)),
    row("batch-list", get=(GRADE,), post=Way((GRADE,), 202, lambda w: {"items": [CODE]})),
    row("batch-detail", "batch", get=(GRADE,)),
    row("batch-results", "batch", get=(GRADE,)),
    row("assessment-list", get=(READ, INVITE)),
    row("assessment-detail", "assessment", get=(READ, INVITE)),
    row("question-list", get=(READ, AUTHOR)),
    row("question-detail", "question", get=(READ, AUTHOR)),
    row("candidate-list", get=(READ,)),
    row("candidate-detail", "candidate", get=(READ,), delete=Way((ADMIN,), 204)),
    row(
        "invitation-list",
        get=(READ, INVITE),
        post=Way((INVITE,), 201, person, KEY, foreign=404),
    ),
    row(
        "invitation-detail",
        "invitation",
        get=(READ, INVITE),
        patch=Way((INVITE,), 200, lambda w: {"message": "Hello."}, ANY),
    ),
    row("invitation-revoke", "invitation", post=(INVITE,)),
    row("invitation-extend", "invitation", post=(INVITE,)),
    row("invitation-send", "invitation", post=Way((INVITE,), headers=KEY)),
    row("accommodation-detail", "invitation", get=(INVITE,), put=Way((INVITE,), headers=ANY)),
    row("attempt-list", get=(READ,)),
    row("attempt-detail", "attempt", get=(READ,)),
    row("attempt-answers", "attempt", get=(READ,)),
    row("attempt-report", "attempt", get=(READ,)),
    row("attempt-decisions", "attempt", post=Way((ADMIN,), 201, decided)),
    row("attempt-reviews", "attempt", post=Way((ADMIN,), 409, reviewed)),
    row("review-list", get=(READ,)),
    row("review-detail", "review", get=(READ,)),
    row("decision-list", get=(READ,)),
    row("decision-detail", "decision", get=(READ,)),
    row("export-list", get=(READ,), post=Way((READ,), 202, lambda w: EXPORT)),
    row("export-detail", "export", get=(READ,), delete=Way((READ,), 204)),
    row("export-file", "export", get=(READ,)),
    row("export-codebook", "export", get=(READ,)),
    row("member-list", get=(ADMIN,)),
    row("member-detail", "member", get=(ADMIN,)),
    row("webhook-list", get=(ADMIN,), post=Way((ADMIN,), 201, lambda w: HOOK)),
    row(
        "webhook-detail",
        "webhook",
        get=(ADMIN,),
        patch=Way((ADMIN,), 200, lambda w: {"enabled": False}, ANY),
        delete=Way((ADMIN,), 204),
    ),
    row("webhook-rotate", "webhook", post=Way((ADMIN,), headers=KEY)),
    row("webhook-test", "webhook", post=Way((ADMIN,), 202)),
    row("webhook-replay", "webhook", post=Way((ADMIN,), 202)),
    row("delivery-list", get=(ADMIN,)),
    row("delivery-detail", "delivery", get=(ADMIN,)),
    row("delivery-replay", "delivery", post=Way((ADMIN,), 202)),
]
