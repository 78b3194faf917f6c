"""Fixtures and rules for the whole suite."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.ready import begin_with
from tests.services import PostgreSQL, Redis, ServiceMissing

IN_CI = os.environ.get("CI") == "true"
# Who asks for one of these touches the database, and so is worth running on both kinds.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
# Pages and answers, one room a persona: what they call is tried on both kinds, and in a browser.
ROOMS = tuple(f"tests/assessments/{room}/" for room in ("api", "candidate", "recruiter"))


def pytest_addoption(parser):
    parser.addoption(
        "--database-only",
        action="store_true",
        help="run only the tests that touch the database (script/test: once more on PostgreSQL)",
    )
    parser.addoption(
        "--without-rooms",
        action="store_true",
        help="leave the pages' tests that touch the database to the run on PostgreSQL",
    )


def pytest_collection_modifyitems(config, items):
    wanted = [item for item in items if is_wanted(item, config)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def is_wanted(item, config):
    if item.get_closest_marker("on_postgresql") and connection.vendor != "postgresql":
        return False
    if uses_database(item):
        in_a_room = item.nodeid.startswith(ROOMS)
        return not (in_a_room and config.getoption("--without-rooms"))
    return not config.getoption("--database-only")


def uses_database(item):
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """On a desk a missing service skips its tests; with CI=true that is a failure."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped, and with CI=true nothing may be: {reason}"
    return report


def started(make):
    try:
        return make()
    except ServiceMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings):
    """On SQLite a run of everything migrates once, and each of its processes takes a copy."""
    if connection.vendor != "sqlite":
        return django_db_keepdb
    return begin_with("migrated", connection.settings_dict["TEST"]["NAME"]) or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """On PostgreSQL nobody may stay who would keep the database from being dropped at the end."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    """A Redis of the test's own: `.url`, `.client()`, `.stop()`, and `.restart()`: then empty."""
    with started(Redis) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A PostgreSQL cluster for the session: `.url`, and `.database(name)` for one of your own."""
    with started(PostgreSQL) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own (for processes that it starts)."""
    with postgresql_server.database(f"test_{uuid.uuid4().hex}") as url:
        yield url


@pytest.fixture(scope="session")
def migrated(postgresql_server, tmp_path_factory) -> Iterator[str]:
    """The name of a database with our tables and nothing in them, to be copied: that is quicker."""
    name, var = "migrated", tmp_path_factory.mktemp("migrated")
    with postgresql_server.database(name) as url:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"],
            cwd=Path(__file__).parent.parent,
            env={
                "PATH": os.environ["PATH"],
                "DATABASE_URL": url,
                "SECRET_KEY": "x",
                "VAR_DIR": var,
            },
            check=True,
        )
        yield name


@pytest.fixture
def migrated_url(postgresql_server, migrated) -> Iterator[str]:
    """The URL of a database of the test's own with our tables."""
    with postgresql_server.database(f"test_{uuid.uuid4().hex}", migrated) as url:
        yield url
