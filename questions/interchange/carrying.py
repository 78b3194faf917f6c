"""The whole question beside what a format can say of it, and what to believe when they differ.

A file of ours carries each question in a corner that other programs pass by. Reading it back, the
format's own words are compared with those that we would write today for the carried question:
where they are the same, nothing was edited elsewhere, and the carried question is exact; where
they differ, the edit counts, and the rest stays.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

from jsonschema import Draft202012Validator

from questions import kinds
from questions.files import COMMON
from questions.interchange import draws
from questions.interchange.remarks import Fields

NAMESPACE = "urn:minima:question:1"
# Required of a question that is to be asked; a draft may still lack it.
_LATER = {"minLength", "minItems", "maxItems", "minProperties"}
_OF_A_DRAFT = ("slug", "kind", "title")


@dataclass(frozen=True, slots=True)
class Carried:
    """A question as a file carries it.

    Attributes:
        fields: of the question in the bank.
        seed: which draw of it stands in the file; None where nothing is drawn.
    """

    fields: Fields
    seed: int | None = None

    @property
    def shown(self) -> Fields:
        """The question that stands in the file."""
        return self.fields if self.seed is None else draws.drawn(self.fields, self.seed)

    def text(self) -> str:
        seed = {} if self.seed is None else {"seed": self.seed}
        said = json.dumps({**seed, "fields": self.fields}, ensure_ascii=False)
        # Moodle looks for these two in comments.
        return said.replace("[id:", "\\u005bid:").replace("[tag:", "\\u005btag:")


def carriers(fields: Fields) -> list[Carried]:
    """Return what a file carries for a question: itself, or several draws of it."""
    if not fields.get("parameters"):
        return [Carried(fields)]
    return [Carried(fields, seed) for seed in draws.seeds(fields)]


def parsed(text: str) -> Carried | None:
    """Return what is carried as `text`; None where it is damaged."""
    try:
        found = json.loads(text)
        fields, seed = found["fields"], found.get("seed")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not has_shape(fields) or not (seed is None or (type(seed) is int and 0 <= seed < 10**6)):
        return None
    return Carried(fields, seed)


def element(carried: str, tag: str = "question") -> ElementTree.Element:
    found = ElementTree.Element(tag, {"xmlns": NAMESPACE})
    found.text = carried
    return found


def in_element(parent: ElementTree.Element) -> str | None:
    """Return what is carried below `parent`, or by it; None where nothing is."""
    found = next(parent.iter(f"{{{NAMESPACE}}}question"), None)
    return None if found is None else (found.text or "")


def has_shape(fields: object) -> bool:
    """Tell fields of which a draft can be made: each of its type, though some may be empty."""
    kind = fields.get("kind") if isinstance(fields, dict) else None
    if not isinstance(kind, str) or kind not in kinds.KINDS:
        return False
    return _shape(kind).is_valid(fields)


@cache
def _shape(kind: str) -> Draft202012Validator:
    own = kinds.get(kind).schema
    rules = {
        "type": "object",
        "required": [*_OF_A_DRAFT, *own["required"]],
        "properties": {**COMMON, **own["properties"]},
        "additionalProperties": False,
    }
    return Draft202012Validator(_loosened(rules))


def _loosened(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {name: _loosened(each) for name, each in schema.items() if name not in _LATER}
    return [_loosened(each) for each in schema] if isinstance(schema, list) else schema


def merged(ours: Any, base: Any, theirs: Any) -> Any:
    """Return `ours` with what `theirs` says otherwise than `base`, which was made from `ours`."""
    if theirs == base:
        return ours
    if all(isinstance(each, dict) for each in (ours, base, theirs)):
        return _merged_fields(ours, base, theirs)
    if all(isinstance(each, list) and len(each) == len(ours) for each in (ours, base, theirs)):
        return [merged(*each) for each in zip(ours, base, theirs, strict=True)]
    return theirs


def _merged_fields(ours: Fields, base: Fields, theirs: Fields) -> Fields:
    found: Fields = {}
    for name in {**ours, **theirs}:
        if name in ours and name in base and name in theirs:
            found[name] = merged(ours[name], base[name], theirs[name])
        elif name in theirs and theirs.get(name) != base.get(name):
            found[name] = theirs[name]
        elif name in ours and (name not in base or name in theirs):
            found[name] = ours[name]
    return found


def missing(ours: Any, theirs: Any, way: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the fields of `ours` that `theirs` does not say, or says otherwise."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = (missing(each, theirs.get(name), (*way, name)) for name, each in ours.items())
        return _once(found)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return _once(missing(*each, way) for each in zip(ours, theirs, strict=True))
    same = ours == theirs or (isinstance(ours, str) and ours.strip() == theirs)
    return [] if same or ours in ("", [], {}) else [" of ".join(reversed(way))]


def _once(names: Sequence[list[str]] | Any) -> list[str]:
    return list(dict.fromkeys(name for each in names for name in each))
