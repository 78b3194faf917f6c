"""What script/server decides before anything runs."""

import os
import socket
import stat

import pytest

from script.product.installation import CannotStart, Installation
from script.product.processes import processes

SECRETS = {
    "DATABASE_URL": "postgresql://minima:hunter2@db/minima",
    "SECRET_KEY": "hunter2",
    "EMAIL_HOST_PASSWORD": "hunter2",
    "AWS_SECRET_ACCESS_KEY": "hunter2",
}


@pytest.fixture
def var(tmp_path):
    return tmp_path / "a folder" / "var"


def installation(var, **variables):
    made = Installation.from_environ({"PATH": os.environ["PATH"], "VAR_DIR": str(var), **variables})
    made.make_var()
    return made


def test_the_secret_key_is_made_once_and_for_the_owner_alone(var):
    first = installation(var).secret_key()

    assert len(first) > 50
    assert installation(var).secret_key() == first
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700


def test_two_installations_have_two_secret_keys(tmp_path):
    keys = {installation(tmp_path / name).secret_key() for name in ("one", "two")}

    assert len(keys) == 2


def test_the_operators_secret_key_is_taken(var):
    assert installation(var, SECRET_KEY="mine").secret_key() == "mine"
    assert not (var / "secret_key").exists()


def test_grading_workers_are_given_no_secret(var):
    broker = "redis://localhost:6379/3"
    made = processes(installation(var, **SECRETS, CELERY_BROKER_URL=broker))
    graders = [process for process in made if process.name.startswith("grader")]

    assert len(graders) == 2
    for grader in graders:
        assert set(grader.environ) == {"PATH", "VAR_DIR", "CELERY_BROKER_URL", "PYTHONUNBUFFERED"}
        assert grader.environ["CELERY_BROKER_URL"] == broker


def test_the_other_processes_are_given_everything(var):
    made = processes(installation(var, **SECRETS))
    others = [process for process in made if not process.name.startswith("grader")]

    assert [process.name for process in others] == ["web", "default", "beat"]
    for process in others:
        assert process.environ.items() >= SECRETS.items()


def test_one_grading_worker_looks_after_nothing_but_runs(var):
    made = processes(installation(var, GRADERS="3"))
    queues = [
        part.removeprefix("--queues=")
        for process in made
        if process.name.startswith("grader")
        for part in process.command
        if part.startswith("--queues=")
    ]

    assert queues == ["run", *["run,grading,batch,regrade"] * 3]


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "٣", "1.5"])
def test_a_port_that_is_none_is_refused_by_name(var, port):
    with pytest.raises(CannotStart, match="PORT must be a whole number from 1 to 65535"):
        installation(var, PORT=port)


def test_a_port_in_use_is_told_with_a_way_out(var):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=rf"Address already in use.*PORT={port + 1}"):
            installation(var, PORT=str(port)).check_port()


def test_a_folder_serves_one_start_at_a_time(var):
    lock = installation(var).lock()

    with pytest.raises(CannotStart, match="already runs"):
        installation(var).lock()

    os.close(lock)
    os.close(installation(var).lock())


@pytest.mark.parametrize(
    ("host", "bind", "local"),
    [
        ("127.0.0.1", "127.0.0.1:8123", "http://127.0.0.1:8123"),
        ("0.0.0.0", "0.0.0.0:8123", "http://127.0.0.1:8123"),
        ("::", "[::]:8123", "http://[::1]:8123"),
    ],
)
def test_the_web_process_is_found_wherever_it_listens(var, host, bind, local):
    made = installation(var, HOST=host, PORT="8123")

    assert (made.bind, made.local_url) == (bind, local)
    assert made.base_url == "http://localhost:8123"
