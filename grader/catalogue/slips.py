"""Mistakes that a solution may have wherever it holds the same lines: written once, for any row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.catalogue.task import Misconception, patched
from grader.families import Family


@dataclass(frozen=True, slots=True)
class Slip:
    """A misconception without its source.

    Attributes:
        name, family, sentence: as a `Misconception` has them.
        changes: each (old, new) that makes the mistake out of a right solution. Either may hold
            fields in braces, as in "{slope}", for what solutions call differently.
    """

    name: str
    family: Family
    sentence: str
    changes: tuple[tuple[str, str], ...]

    def made(self, source: str, fields: Mapping[str, str]) -> Misconception:
        changes = ((old.format(**fields), new.format(**fields)) for old, new in self.changes)
        return Misconception(self.name, self.family, self.sentence, patched(source, *changes))


def made(source: str, slips: Sequence[Slip], **fields: str) -> tuple[Misconception, ...]:
    """Return the slips of a right solution, with `fields` filled in; ValueError where none fits."""
    return tuple(slip.made(source, fields) for slip in slips)
