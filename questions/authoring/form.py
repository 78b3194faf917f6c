"""The editor's form: a draft, what it says field by field, and what is to be mended where."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from questions import kinds
from questions.authoring import faults
from questions.authoring.faults import Found
from questions.authoring.nodes import Node, tree
from questions.authoring.text import fields_of, foreign
from questions.models import Draft, QuestionVersion
from questions.reading import Field, Unreadable


@dataclass(slots=True)
class Form:
    """A draft to be shown.

    Attributes:
        as_text: as the plain text of its file; also where that can't be read.
        asks, about: the fields that ask, and those that sort and describe; none for the text.
        found: all that is to be mended, and advice.
        leftover: what another kind had, which this one does not know.
    """

    version: QuestionVersion
    draft: Draft
    as_text: bool
    asks: list[Node] = field(default_factory=list)
    about: list[Node] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    leftover: dict[str, Any] = field(default_factory=dict)
    unreadable: str = ""

    @classmethod
    def of(cls, version: QuestionVersion, draft: Draft, *, as_text: bool) -> "Form":
        form = cls(version, draft, as_text)
        try:
            fields = fields_of(draft.text)
        except Unreadable as error:
            form.as_text = True
            form.unreadable = f"Line {error.line}: {error.sentence}"
            form.found = [Found((), form.unreadable)]
            return form
        form.found = faults.faults(fields, version.question)
        if not form.found:
            form.found = faults.advice(fields)
        form.leftover = foreign(fields)
        if isinstance(fields.get("kind"), str) and fields["kind"] in kinds.KINDS:
            form.asks, form.about = tree(fields["kind"], fields)
            _place(form.found, form.nodes())
        else:
            form.as_text = True
        return form

    def nodes(self) -> Iterator[Node]:
        for node in (*self.asks, *self.about):
            yield from node.walk()

    @property
    def faults(self) -> list[Found]:
        """What keeps it from being published."""
        return [found for found in self.found if found.level != "advice"]

    @property
    def needed(self) -> int:
        return sum(found.level == "needed" for found in self.found)

    @property
    def wrong(self) -> int:
        return sum(found.level == "fault" for found in self.found)


def _place(found: Iterable[Found], nodes: Iterable[Node]) -> None:
    """Put each fault to its field, or to the nearest thing around it."""
    by_path = {node.path: node for node in nodes}
    for each in found:
        node = by_path.get(_nearest(each.field, by_path))
        if node:
            node.faults.append(each)


def _nearest(field: Field, known: Iterable[Field]) -> Field:
    while field and field not in known:
        field = field[:-1]
    return field
