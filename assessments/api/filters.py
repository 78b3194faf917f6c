"""What lists are narrowed by: parameters of the query, checked as bodies are."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from rest_framework import serializers

from assessments.api.changes import changed_since
from assessments.api.strict import AddressField, MomentField, ShareField, StrictSerializer, YesField
from assessments.models import (
    Attempt,
    Decision,
    EventType,
    Invitation,
    Member,
    Submission,
    WebhookDelivery,
)
from assessments.models.webhook import TEST
from grader.catalogue import CATALOGUE


class Filters(StrictSerializer):
    """Without any, a list is whole. `WAYS` has the condition of each parameter."""

    WAYS: ClassVar[dict[str, str]] = {}

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        given = {name: value for name, value in self.validated_data.items() if name in self.WAYS}
        return rows.filter(**{self.WAYS[name]: value for name, value in given.items()})


def _moment(text: str) -> MomentField:
    return MomentField(required=False, help_text=text)


def _id(of: str) -> serializers.UUIDField:
    return serializers.UUIDField(required=False, help_text=f"Of one {of}.")


class CreatedFilters(Filters):
    WAYS = {"created_after": "created_at__gt", "created_before": "created_at__lt"}

    created_after = _moment("Made later than that.")
    created_before = _moment("Made earlier than that.")


class AssessmentFilters(CreatedFilters):
    WAYS = {**CreatedFilters.WAYS, "archived": "archived_at__isnull"}

    archived = YesField(required=False, help_text="Whether it was put away.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if "archived" in self.validated_data:
            self.validated_data["archived"] = not self.validated_data["archived"]
        return super().narrowed(rows)


class QuestionFilters(Filters):
    WAYS = {"topic": "question__topics__slug", "kind": "kind", "difficulty": "question__difficulty"}

    topic = serializers.SlugField(required=False, max_length=50, help_text="A topic's slug.")
    kind = serializers.SlugField(required=False, max_length=30, help_text="A kind's slug.")
    difficulty = serializers.ChoiceField(["1", "2", "3"], required=False)


class InvitationFilters(CreatedFilters):
    WAYS = {
        **CreatedFilters.WAYS,
        "state": "state",
        "assessment": "assessment_version__assessment",
        "email": "candidate__email",
    }

    state = serializers.ChoiceField(Invitation.State.choices, required=False)
    assessment = _id("assessment")
    email = AddressField(required=False, help_text="Of the candidate.")


class CandidateFilters(CreatedFilters):
    WAYS = {**CreatedFilters.WAYS, "email": "email"}

    email = AddressField(required=False)


class AttemptFilters(Filters):
    WAYS = {
        "state": "state",
        "assessment": "invitation__assessment_version__assessment",
        "candidate": "invitation__candidate",
        "finished_after": "finished_at__gt",
        "finished_before": "finished_at__lt",
        "score_min": "score__gte",
        "score_max": "score__lte",
    }

    state = serializers.ChoiceField(Attempt.State.choices, required=False)
    assessment = _id("assessment")
    candidate = _id("candidate")
    finished_after = _moment("Over later than that.")
    finished_before = _moment("Over earlier than that.")
    score_min = ShareField(required=False, help_text="Scored, and at least that.")
    score_max = ShareField(required=False, help_text="Scored, and at most that.")
    updated_since = _moment("Started, handed in, graded, scored or decided of since then.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        since = self.validated_data.get("updated_since")
        found: QuerySet[Any] = super().narrowed(rows)
        return found.filter(changed_since(since)) if since else found


class DecisionFilters(Filters):
    WAYS = {
        "attempt": "attempt",
        "outcome": "outcome",
        "made_after": "made_at__gt",
        "made_before": "made_at__lt",
    }

    attempt = _id("attempt")
    outcome = serializers.ChoiceField(Decision.Outcome.choices, required=False)
    made_after = _moment("Made later than that.")
    made_before = _moment("Made earlier than that.")
    in_force = YesField(required=False, help_text="true: the newest of each attempt alone.")

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        found: Any = super().narrowed(rows)
        if self.validated_data.get("in_force"):
            found = found.in_force_one_by_one()
        return cast(QuerySet[Any], found)


class ReviewFilters(Filters):
    WAYS = {
        "attempt": "attempt",
        "submitted_after": "submitted_at__gt",
        "submitted_before": "submitted_at__lt",
    }

    attempt = _id("attempt")
    submitted_after = _moment("Handed in later than that.")
    submitted_before = _moment("Handed in earlier than that.")


class MemberFilters(Filters):
    WAYS = {"role": "role"}

    role = serializers.ChoiceField(Member.Role.choices, required=False)


# What was practised is nobody's business.
OF_RECORD = [each for each in Submission.Purpose.choices if each[0] != Submission.Purpose.PRACTICE]


class SubmissionFilters(CreatedFilters):
    WAYS = {
        **CreatedFilters.WAYS,
        "task": "task",
        "status": "status",
        "purpose": "purpose",
        "verdict": "verdict",
        "attempt": "attempt",
        "graded_after": "graded_at__gt",
        "graded_before": "graded_at__lt",
    }

    task = serializers.ChoiceField(list(CATALOGUE), required=False)
    status = serializers.ChoiceField(Submission.Status.choices, required=False)
    purpose = serializers.ChoiceField(OF_RECORD, required=False)
    verdict = serializers.ChoiceField(Submission.Verdict.choices, required=False)
    attempt = _id("attempt")
    graded_after = _moment("Graded later than that.")
    graded_before = _moment("Graded earlier than that.")


class BatchFilters(CreatedFilters):
    """When they were sent."""


class WebhookFilters(CreatedFilters):
    WAYS = {**CreatedFilters.WAYS, "enabled": "disabled_at__isnull"}

    enabled = YesField(required=False, help_text="Whether anything is sent to it.")


class DeliveryFilters(Filters):
    WAYS = {
        "endpoint": "endpoint",
        "state": "state",
        "type": "event__type",
        "happened_after": "event__timestamp__gt",
        "happened_before": "event__timestamp__lt",
    }

    endpoint = _id("endpoint")
    state = serializers.ChoiceField(WebhookDelivery.State.choices, required=False)
    type = serializers.ChoiceField([*EventType.values, TEST], required=False)
    happened_after = _moment("Of what happened later than that.")
    happened_before = _moment("Of what happened earlier than that.")
