"""How a person becomes a member: by an invitation that is sent to an e-mail address."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from assessments.models.organisation import Member, Organisation, OwnedQuerySet, User


class MemberInvitation(models.Model):
    """The secret is in the link of the e-mail alone; only its hash is kept."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="member_invitations"
    )
    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Member.Role)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    # The link, in the process that has just made it and nowhere else.
    link = ""

    objects = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="member_invited_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} as {self.role} of {self.organisation}"

    @property
    def is_open(self) -> bool:
        waits = self.accepted_at is None and self.revoked_at is None
        return waits and timezone.now() < self.expires_at
