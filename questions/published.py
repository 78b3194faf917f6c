"""What was published never changes: scores name the versions that they were made from."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class PublishedIsFinal(Exception):
    """A published version was about to be changed; make a new version instead."""


class Version(models.Model):
    """A numbered version whose content is final once it is published.

    What may still change afterwards (that it was retired, say) goes by `update()` in an action;
    `FROZEN` names the columns that the database itself guards, too.
    """

    FROZEN: tuple[str, ...] = ()

    number = models.PositiveIntegerField()
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_when_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.refuse_when_published()
        return super().delete(*args, **kwargs)

    def refuse_when_published(self) -> None:
        """Raise PublishedIsFinal where the stored row is published already."""
        if not self._state.adding and self._stored_is_published():
            raise PublishedIsFinal(f"{self} is published: it never changes. Make a new version.")

    @classmethod
    def guard_in(cls, connection: BaseDatabaseWrapper) -> None:
        """Make the database itself refuse to change the frozen columns of published rows."""
        table = cls._meta.db_table
        freeze(
            connection,
            table,
            cls.FROZEN,
            message=f"a published row of {table} never changes",
            when="OLD.published_at IS NOT NULL",
        )

    def _stored_is_published(self) -> bool:
        stored = type(self)._default_manager.filter(pk=self.pk, published_at__isnull=False)
        return stored.exists()


def freeze(
    connection: BaseDatabaseWrapper,
    table: str,
    columns: Iterable[str],
    *,
    message: str,
    when: str = "TRUE",
) -> None:
    """Make the database refuse to change `columns` of the rows of `table` that `when` describes."""
    with connection.cursor() as cursor:
        for statement in _triggers(connection.vendor, table, columns, message, when):
            cursor.execute(statement)


def _triggers(
    vendor: str, table: str, columns: Iterable[str], message: str, when: str
) -> list[str]:
    name, quoted = f"{table}_is_final", ", ".join(f'"{column}"' for column in columns)
    if vendor == "sqlite":
        return [
            f'DROP TRIGGER IF EXISTS "{name}"',
            f'CREATE TRIGGER "{name}" BEFORE UPDATE OF {quoted} ON "{table}" '
            f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        ]
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$",
        f'CREATE OR REPLACE TRIGGER "{name}" BEFORE UPDATE OF {quoted} ON "{table}" FOR EACH ROW '
        f'WHEN ({when}) EXECUTE FUNCTION "{name}"()',
    ]
