"""The file of an export while it is written: straight into its pieces, with no room anywhere else.

A worker's disk may be small, and another machine serves the file.
"""

import io
from collections.abc import Callable
from typing import Any

PIECE = 1024 * 1024


class Sink(io.RawIOBase):
    """Takes bytes, and hands on pieces of PIECE bytes as soon as there are so many."""

    def __init__(self, keep: Callable[[int, bytes], None]) -> None:
        super().__init__()
        self._keep = keep
        self._waiting = bytearray()
        self._position = self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Any) -> int:
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) >= PIECE:
            self._hand_on(PIECE)
        return len(data)

    def end(self) -> None:
        """Hand on what is left."""
        if self._waiting:
            self._hand_on(len(self._waiting))

    def _hand_on(self, number: int) -> None:
        self._keep(self._position, bytes(self._waiting[:number]))
        del self._waiting[:number]
        self._position += 1
