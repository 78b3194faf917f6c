"""Signs of life of a worker that writes a file, so that nobody takes it for dead."""

import time
from collections.abc import Callable
from typing import IO, Any

# How often a worker that writes says that it is alive.
SECONDS = 5


class Pulse:
    """Calls `tell` now and then, however often it is asked to."""

    def __init__(self, tell: Callable[[], object]) -> None:
        self._tell = tell
        self._told = time.monotonic()

    def beat(self) -> None:
        if time.monotonic() - self._told > SECONDS:
            self._tell()
            self._told = time.monotonic()


class BeatingFile:
    """A file of which each write is a sign of life.

    A workbook is compressed once its last row is there: of a million rows that takes half a minute
    for forty columns, and minutes for some hundred.
    """

    def __init__(self, file: IO[bytes], pulse: Pulse) -> None:
        self._file, self._pulse = file, pulse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: Any) -> int:
        self._pulse.beat()
        return self._file.write(data)
