"""Invitations as they go over the wire."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from assessments.api.accommodations import NewAccommodationSerializer
from assessments.api.resources import Scope
from assessments.api.serializers import CandidateSerializer
from assessments.api.strict import (
    AddressField,
    MessageField,
    MomentField,
    NameField,
    StrictSerializer,
)
from assessments.models import Invitation

EITHER = "Give expires_in_days or expires_at, and not both."


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation, and nothing of what was made easier: that has an address of its own."""

    assessment = serializers.UUIDField(source="assessment_version.assessment_id", read_only=True)
    version = serializers.IntegerField(source="assessment_version.number", read_only=True)
    candidate = CandidateSerializer(read_only=True)
    is_open = serializers.BooleanField(read_only=True, help_text="Whether it can be started.")
    attempt = serializers.UUIDField(
        source="attempt.pk", read_only=True, allow_null=True, default=None
    )
    link = serializers.SerializerMethodField(
        help_text="What the candidate follows; null without the scope invite."
    )

    class Meta:
        model = Invitation
        fields = [
            "id", "assessment", "version", "candidate", "state", "is_open", "created_at",
            "opens_at", "expires_at", "language", "message", "attempt", "erased_at", "link",
        ]  # fmt: skip
        read_only_fields = fields

    def get_link(self, invitation: Invitation) -> str | None:
        return invitation.link if self.context["view"].caller.has(Scope.INVITE) else None


def _days(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=365, required=False, help_text="From now on; 14 unless told.",
        **options,
    )  # fmt: skip


class ExtensionSerializer(StrictSerializer):
    expires_in_days = _days()
    expires_at = MomentField(required=False, help_text="Instead of days: until that moment.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "expires_in_days" in attrs and "expires_at" in attrs:
            raise serializers.ValidationError({"expires_at": EITHER})
        return attrs


class NewInvitationSerializer(ExtensionSerializer):
    assessment = serializers.UUIDField(help_text="Its newest published version is meant.")
    name = NameField(help_text="Of the candidate.")
    email = AddressField(help_text="Of the candidate, who is known by it.")
    opens_at = MomentField(required=False, help_text="When it can be started at the earliest.")
    message = MessageField(default="", help_text="Your own words in the e-mail.")
    language = serializers.ChoiceField(
        [*settings.LANGUAGES], required=False, allow_blank=True, default="",
        help_text="Of e-mails and pages; empty: as the candidate's browser asks.",
    )  # fmt: skip
    send = serializers.BooleanField(default=False, help_text="Whether to e-mail the link.")
    one_more = serializers.BooleanField(
        default=False, help_text="Invite although the candidate has used up all attempts."
    )
    accommodation = NewAccommodationSerializer(required=False)


class ChangedInvitationSerializer(StrictSerializer):
    """What is left out stays as it is."""

    expires_at = MomentField(required=False)
    opens_at = MomentField(required=False, allow_null=True, help_text="null: at once.")
    message = MessageField(required=False)
