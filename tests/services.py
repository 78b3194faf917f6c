"""Real PostgreSQL and Redis servers for the tests: temporary folders, free ports, no traces."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

import psycopg
import redis

START_SECONDS = 30
STOP_SECONDS = 10


class ServiceMissing(Exception):
    """A program that a test needs is not installed; the message names its Debian package."""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, package: str) -> str:
    """The path of `name`, also where Debian hides PostgreSQL's programs from PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, debian), None)
    if found is None:
        raise ServiceMissing(f"needs {name}: apt-get install {package}")
    return found


def unprivileged() -> pwd.struct_passwd | None:
    """The account that servers run as when the tests run as root: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def temporary_folder(prefix: str) -> Path:
    """A private folder that the servers' account owns; /tmp, for root's own may be closed to it."""
    account = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp" if account else None))
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def as_service(*command: str) -> list[str]:
    """`command` run without root's rights, and killed by the kernel when the tests are killed."""
    wrapper = ["setpriv", "--pdeathsig", "KILL"]
    if account := unprivileged():
        wrapper += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return [*wrapper, "--", *command]


class Server:
    """One server process with its folder; a context manager that leaves neither behind."""

    stop_signal = signal.SIGTERM

    def __init__(self) -> None:
        self.folder = temporary_folder(f"minima-{type(self).__name__.lower()}-")
        self.log = self.folder / "log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                as_service(*self.command()), cwd=self.folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.command()[0]} did not start:\n{self.log.read_text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Redis(Server):
    """A Redis that keeps nothing on disk, so that `restart` brings it back empty."""

    def __init__(self, *arguments: str) -> None:
        self.executable = program("redis-server", "redis-server")
        self.arguments = arguments
        super().__init__()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--daemonize"]
        return [self.executable, *options, "no", *self.arguments]

    def answers(self) -> bool:
        with closing(socket.socket()) as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def restart(self) -> None:
        """As after a power cut: every message that was queued is gone."""
        self.stop()
        self.start()


class PostgreSQL(Server):
    """A cluster without fsync: as quick as the disk is careless, right for tests alone."""

    # SIGINT is PostgreSQL's "fast shutdown": it ends the sessions instead of waiting for them.
    stop_signal = signal.SIGINT

    def __init__(self) -> None:
        self.executable = program("postgres", "postgresql")
        super().__init__()
        self.data = self.folder / "data"

    @property
    def url(self) -> str:
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        return f"postgresql://minima@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        if not self.data.exists():
            self.initialise()
        super().start()

    def initialise(self) -> None:
        initdb = [program("initdb", "postgresql"), "--pgdata", str(self.data)]
        options = ["--username=minima", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            as_service(*initdb, *options, "--no-sync"),
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "200",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [self.executable, "-D", str(self.data), "-p", str(self.port), *options]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def database(self, name: str, template: str = "template1") -> Iterator[str]:
        """The URL of a fresh database, dropped at the end whoever is still connected.

        It is empty, or a copy of the database `template`, to which nobody may be connected.
        """
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
            try:
                yield self.database_url(name)
            finally:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
