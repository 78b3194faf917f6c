"""What the client can ask for: each operation as a value, so that a test compares all of them
with the schema that the server gives.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Generic, TypeVar
from urllib.parse import quote

R = TypeVar("R")


class Shape(Enum):
    """What an answer holds."""

    ONE = auto()
    MANY = auto()
    PAGES = auto()
    NOTHING = auto()
    FILE = auto()


@dataclass(frozen=True)
class Operation(Generic[R]):
    """A method of an address below `/api/v1/`.

    Attributes:
        row: what the answer holds, as `shape` says.
        takes: a TypedDict of the query where something is read, of the body where it is changed.
        matched: whether a change has to name the state that it changes.
    """

    method: str
    path: str
    row: type[R]
    shape: Shape = Shape.ONE
    takes: Any = None
    matched: bool = False

    def address(self, where: dict[str, Any]) -> str:
        """The path for one row; an id can't lead to another address."""
        return self.path.format_map({n: quote(str(v), safe="") for n, v in where.items()})


def listing(path: str, row: type[R], takes: Any = None) -> Operation[R]:
    return Operation("GET", path, row, Shape.PAGES, takes)


def detail(path: str, row: type[R], takes: Any = None) -> Operation[R]:
    return Operation("GET", path, row, Shape.ONE, takes)
