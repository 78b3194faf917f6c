"""PostgreSQL where DATABASE_URL names it, else SQLite in a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dj_database_url

# Of one process: more than the threads that a web server has.
POOL_SIZE = 32


def settings(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return DATABASES; the file of SQLite is in `folder`."""
    url = environ.get("DATABASE_URL", "")
    if url:
        return {"default": _pooled(dj_database_url.parse(url, conn_health_checks=True))}
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "minima.sqlite3",
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing half way with "database is locked".
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    }


def _pooled(database: Any) -> Any:
    """Return the settings of `database` with a pool of connections where it is PostgreSQL.

    Celery closes its connection after each task, which costs a new one of some milliseconds each.
    """
    if database["ENGINE"].endswith("postgresql"):
        pool = {"min_size": 1, "max_size": POOL_SIZE, "timeout": 10}
        database.setdefault("OPTIONS", {}).setdefault("pool", pool)
    return database
