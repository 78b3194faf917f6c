from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class QuestionsConfig(AppConfig):
    name = "questions"

    def ready(self) -> None:
        # For every app: assessments has versions, too.
        post_migrate.connect(guard_versions)


def guard_versions(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the database itself refuse changes of published versions.

    After every migration, for SQLite drops a table's triggers when it rebuilds the table.
    """
    connection = connections[using]
    versions = [model for model in app_config.get_models() if hasattr(model, "guard_in")]
    tables = connection.introspection.table_names() if versions else []
    for model in versions:
        if model._meta.db_table in tables:
            model.guard_in(connection)
