"""Celery's broker as files, for a product that runs without any service.

Kombu's own filesystem transport writes a message under its final name, so that a reader may find
half of it, and moves what it takes to the machine's temporary folder. Here a message appears
by one rename and is taken by another, which the file system lets only one process win.
"""

import re
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, virtual
from kombu.utils.json import dumps, loads

SCHEME = "files"
# How often an idle worker looks for new files; 1 s by default, which a person would feel.
POLLING_SECONDS = 0.02
_NAME = re.compile(r"[A-Za-z0-9@_-][A-Za-z0-9@._-]{0,99}")


class UrgentFirst:
    """Asks the queues in their order and starts at the first one again every time."""

    def __init__(self, fun: Any, resources: list[str], predicate: type[Exception]) -> None:
        self.fun, self.resources, self.predicate = fun, resources, predicate

    def get(self, callback: Any, **kwargs: Any) -> Any:
        for resource in self.resources:
            try:
                return self.fun(resource, callback, **kwargs)
            except self.predicate:
                continue
        raise self.predicate()

    def close(self) -> None:
        """Nothing is held."""


class Channel(virtual.Channel):
    """One folder a queue, one file a message, named by time so that the oldest sorts first."""

    def _folder(self, queue: str) -> Path:
        if not _NAME.fullmatch(queue):
            raise ChannelError(f"Invalid queue name: {queue!r}")
        client: Any = self.connection.client
        return Path(client.transport_options["folder"]) / queue

    def _new_queue(self, queue: str, **kwargs: Any) -> None:
        self._folder(queue).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _has_queue(self, queue: str, **kwargs: Any) -> bool:
        return self._folder(queue).is_dir()

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:
        # Every queue is reached by its own name, so that no table of bindings is shared.
        return [routing_key or exchange]

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:
        folder = self._folder(queue)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        draft = folder / f".{name}"
        draft.write_text(dumps(message))  # type: ignore[no-untyped-call]
        draft.rename(folder / f"{name}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in self._waiting(queue):
            taken = path.with_suffix(".taken")
            try:
                path.rename(taken)
            except FileNotFoundError:  # another worker was faster
                continue
            text = taken.read_text()
            taken.unlink()
            return loads(text)  # type: ignore[no-untyped-call]
        raise Empty

    def _waiting(self, queue: str) -> list[Path]:
        return sorted(self._folder(queue).glob("*.msg"))

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        waiting = self._waiting(queue)
        for path in waiting:
            path.unlink(missing_ok=True)
        return len(waiting)

    def _delete(self, queue: str, *args: Any, **kwargs: Any) -> None:
        self._purge(queue)

    def _reset_cycle(self) -> None:
        self._cycle = UrgentFirst(self._get_and_deliver, self._active_queues, Empty)


class Transport(virtual.Transport):
    Channel = Channel
    polling_interval = POLLING_SECONDS
    driver_type = "files"
    driver_name = "files"
    # Messages are on disk: what a process remembers of queues dies with it.
    global_state = virtual.BrokerState()  # type: ignore[no-untyped-call]

    def __init__(self, client: Any, **kwargs: Any) -> None:
        super().__init__(client, **kwargs)  # type: ignore[no-untyped-call]
        self.state = self.global_state

    def driver_version(self) -> str:
        return "1"

    def verify_connection(self, connection: Any) -> bool:
        client: Any = self.client
        return Path(client.transport_options["folder"]).is_dir()


def register() -> None:
    """Let Kombu find this transport under `files://`."""
    TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
