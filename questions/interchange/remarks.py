"""What is said of a file and its questions while they are read and written."""

from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]


class Broken(Exception):
    """A file that is not read at all, and the place that is to blame."""

    def __init__(self, place: str, sentence: str) -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.place = place
        self.sentence = sentence


class Refused(Exception):
    """One question that is left out, and the reason; others go on."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence on one question, and where it stands."""

    question: str
    place: str
    sentence: str

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        return f"{self.question}{place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Part:
    """One question of a file, not yet understood.

    Attributes:
        name: how its file calls it.
        place: the line or the file that it stands in.
        body: what the format makes of it.
        carried: the question as Minima wrote it beside, as text; None in files of others.
    """

    name: str
    place: str
    body: Any
    carried: str | None = None


@dataclass(slots=True)
class Native:
    """What a format itself says of a question, and a sentence for each thing that is not kept.

    Attributes:
        stated: the slug was given as such, and not made from a title.
    """

    fields: Fields
    remarks: list[str] = field(default_factory=list)
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A question that was read."""

    fields: Fields
    place: str
    remarks: tuple[str, ...] = ()
    stated: bool = False

    @property
    def slug(self) -> str:
        return str(self.fields["slug"])


@dataclass(slots=True)
class Reading:
    """A file that was read: its questions, and what was left out, with the reason."""

    questions: list[Found] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)


@dataclass(slots=True)
class Writing:
    """A file to hand on, what it does not say, and which questions it does not hold."""

    data: bytes = b""
    written: int = 0
    losses: list[Remark] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
