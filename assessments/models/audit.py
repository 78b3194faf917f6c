"""Who did what, and who looked at whose personal data."""

from typing import Any, Self

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from assessments.models.organisation import ApiToken, Organisation, OwnedQuerySet, User
from questions.published import freeze


class EntryIsFinal(Exception):
    """Somebody wanted to change what the audit log says, or to take an entry out of it."""


class AuditEntryQuerySet(OwnedQuerySet):
    SIGN_IN = "sign_in."

    def looks(self) -> Self:
        """Those that say who looked at personal data."""
        return self.filter(is_access=True)

    def changes(self) -> Self:
        """Those that say who changed something."""
        return self.filter(is_access=False).exclude(verb__startswith=self.SIGN_IN)

    def sign_ins(self) -> Self:
        """Those that say who signed in, or tried to in vain."""
        return self.filter(verb__startswith=self.SIGN_IN)

    def update(self, **kwargs: Any) -> int:
        raise EntryIsFinal("Entries of the audit log never change.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise EntryIsFinal("Entries of the audit log stay.")


class AuditEntry(models.Model):
    """One line of an organisation's audit log; written with the change itself, never changed."""

    # All but who it was: members leave, and tokens are deleted.
    FROZEN = (
        "organisation_id", "at", "actor", "verb", "target_kind", "target_id", "detail", "is_access",
    )  # fmt: skip

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="audit_entries")
    at = models.DateTimeField(default=timezone.now)
    # Who: a member or a token; neither where a candidate or the installation itself did it.
    member = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    token = models.ForeignKey(ApiToken, models.SET_NULL, null=True, blank=True, related_name="+")
    # As they were called then: members leave, tokens are deleted.
    actor = models.CharField(max_length=320, blank=True)
    # What was done, as noun and past participle: "invitation.revoked".
    verb = models.CharField(max_length=60)
    # Of what: the name of a model and its key; no name of a candidate, which erasure would miss.
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.CharField(max_length=40, blank=True)
    detail: Any = models.JSONField(default=dict, blank=True)
    # Whether personal data were looked at, and nothing was changed.
    is_access = models.BooleanField(default=False)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-at", "-id"], name="audit_entry_newest"),
            models.Index(fields=["target_kind", "target_id"], name="audit_entry_target"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor or 'the installation'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EntryIsFinal("Entries of the audit log never change.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise EntryIsFinal("Entries of the audit log stay.")

    @classmethod
    def guard_in(cls, connection: BaseDatabaseWrapper) -> None:
        """Make the database itself refuse to change what an entry says."""
        freeze(connection, cls._meta.db_table, cls.FROZEN, message="an entry of the log is final")
