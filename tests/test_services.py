"""The servers that other tests lean on are real, private and leave nothing behind."""

import os

import psycopg
import pytest
import redis

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
