"""The servers that other tests lean on are real, private and leave nothing behind."""

import os
import sqlite3
from contextlib import closing

import psycopg
import pytest
import redis

from tests.ready import begin_with
from tests.services import Redis


@pytest.mark.redis
def test_redis_comes_back_empty_after_a_restart(redis_server):
    redis_server.client().set("key", "value")

    redis_server.restart()

    assert redis_server.client().get("key") is None


@pytest.mark.redis
def test_a_stopped_redis_leaves_no_process_and_no_folder():
    with Redis() as server:
        pid, folder = server.process.pid, server.folder
        assert folder.is_dir()

    with pytest.raises(redis.ConnectionError):
        server.client().ping()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()


@pytest.mark.postgresql
def test_postgresql_databases_are_separate_and_dropped(postgresql_server):
    with postgresql_server.database("one") as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE here (id int)")
        with postgresql_server.database("two") as other, psycopg.connect(other) as second:
            assert second.execute("SELECT to_regclass('here')").fetchone() == (None,)

    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_a_part_of_a_whole_run_begins_with_a_copy_and_alone_with_nothing(tmp_path, monkeypatch):
    made, own = tmp_path / "migrated.sqlite3", tmp_path / "own.sqlite3"
    monkeypatch.delenv("READY_DATABASES", raising=False)
    assert not begin_with("migrated", own)
    monkeypatch.setenv("READY_DATABASES", str(tmp_path))
    assert not begin_with("migrated", own)
    with closing(sqlite3.connect(made)) as writing:
        writing.execute("PRAGMA journal_mode=WAL")
        writing.execute("CREATE TABLE kept (name TEXT)")
        writing.execute("INSERT INTO kept VALUES ('in the journal')")
        writing.commit()

        assert begin_with("migrated", own)

    with closing(sqlite3.connect(own)) as copied:
        assert copied.execute("SELECT name FROM kept").fetchall() == [("in the journal",)]
