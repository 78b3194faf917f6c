"""How one process rings at all web processes: through Redis, or by sockets on one machine."""

import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import redis


class Ringing(Protocol):
    def ring(self, submission_id: str) -> None:
        """Ring at every listening process; nobody listening is fine."""

    def rings(self) -> Iterator[str | None]:
        """Yield the ids that are rung for, and None when rings may have been missed."""


class Sockets:
    """One datagram socket a listening process, all in one folder under VAR_DIR."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The address of a Unix socket is at most 107 bytes; by the folder's descriptor it is short.
        self.folder = folder
        self.descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def address(self, name: str) -> str:
        return f"/proc/self/fd/{self.descriptor}/{name}"

    def ring(self, submission_id: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for name in os.listdir(self.descriptor):
                self._send(sender, name, submission_id)

    def _send(self, sender: socket.socket, name: str, submission_id: str) -> None:
        try:
            sender.sendto(submission_id.encode(), self.address(name))
        except (ConnectionRefusedError, FileNotFoundError):  # its process is gone
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self.descriptor)
        except BlockingIOError:
            pass  # too many rings wait there: that process finds out when its waits end

    def rings(self) -> Iterator[str | None]:
        name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(self.address(name))
            try:
                yield None
                while True:
                    yield listening.recv(100).decode(errors="replace")
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=self.descriptor)


class RedisChannel:
    """A publish/subscribe channel of the broker's Redis."""

    def __init__(self, url: str) -> None:
        self.client = redis.Redis.from_url(
            url, socket_connect_timeout=3, socket_timeout=5, health_check_interval=15
        )
        # Channels are not apart by database, unlike everything else in Redis.
        self.channel = f"minima.doorbell.{self.client.get_connection_kwargs().get('db', 0)}"

    def ring(self, submission_id: str) -> None:
        self.client.publish(self.channel, submission_id)

    def rings(self) -> Iterator[str | None]:
        with self.client.pubsub() as channel:  # type: ignore[no-untyped-call]
            channel.subscribe(self.channel)
            while True:
                message = channel.get_message(timeout=1.0)
                if message and message["type"] == "subscribe":
                    yield None
                elif message:
                    yield message["data"].decode(errors="replace")


# Between two tries to listen, when the way is broken.
PAUSE_SECONDS = 1.0


def pause() -> None:
    time.sleep(PAUSE_SECONDS)
