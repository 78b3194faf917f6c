"""What keeps a draft from being published, each fault with its field and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from questions import files
from questions.authoring.schema import schema_of
from questions.checking import wording
from questions.models import Question
from questions.reading import Field


@dataclass(frozen=True, slots=True)
class Found:
    """Something to mend.

    Attributes:
        level: "needed" for what is not there yet, "fault" for what is wrong, "advice" for what may
            stay.
    """

    field: Field
    sentence: str
    level: str = "fault"


def faults(fields: Mapping[str, Any], question: Question) -> list[Found]:
    """Return all that keeps `fields` from being a version of `question`, in the fields' order."""
    found = [_said(error) for error in _validator(fields).iter_errors(dict(fields))]
    if not found:
        found = [*_of_file(fields), *_of_neighbours(fields, question)]
    return found


def advice(fields: Mapping[str, Any]) -> list[Found]:
    """Return what may stay, and is a cue when many questions have it; of fields without faults."""
    return [Found(field, sentence, "advice") for field, sentence in wording.advice(fields)]


def entry_of(fields: Mapping[str, Any]) -> files.Entry:
    """Return the entry that `fields` make; raise BadFile where they are no question."""
    return files.checked(Path(str(fields["slug"])), fields, {(): 1})


def _of_file(fields: Mapping[str, Any]) -> Iterator[Found]:
    try:
        entry_of(fields)
    except files.BadFile as bad:
        for fault in bad.faults:
            yield Found(_field(fault.field), fault.sentence)


def _of_neighbours(fields: Mapping[str, Any], question: Question) -> Iterator[Found]:
    """Yield what only the other questions tell: a short name that is taken, a link to nothing."""
    own: Any = question.organisation
    visible = Question.objects.visible_to(own)
    if visible.filter(slug=fields["slug"]).exclude(pk=question.pk).exists():
        yield Found(("slug",), "Another question is called so: choose another short name.")
    elif fields["slug"] != question.slug and _was_published(question):
        yield Found(("slug",), f"It was published as {question.slug!r}, and keeps that name.")
    related = fields.get("related", ())
    known = set(visible.filter(slug__in=related).values_list("slug", flat=True))
    for index, slug in enumerate(related):
        if slug not in known or slug == fields["slug"]:
            yield Found(("related", index), f"{slug!r} is no other question: drop it, or mend it.")


def _was_published(question: Question) -> bool:
    return question.versions.filter(published_at__isnull=False).exists()


def _validator(fields: Mapping[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema_of(str(fields.get("kind", ""))))


def _field(dotted: str) -> Field:
    parts = dotted.split(".") if dotted else []
    return tuple(int(part) if part.isdigit() else part for part in parts)


# What to do, by the rule of the schema that is broken; {0} is what the rule says.
SENTENCES = {
    "minLength": "Fill this in.",
    "minItems": "At least {0} are needed: add some.",
    "maxItems": "At most {0} fit: drop some.",
    "minProperties": "Fill in one of these.",
    "maxLength": "At most {0} characters fit: shorten it.",
    "minimum": "The least is {0}.",
    "maximum": "The most is {0}.",
    "exclusiveMinimum": "It must be more than {0}.",
    "uniqueItems": "Something is there twice: drop one.",
    "additionalProperties": "It has a field that is not known here: look at the plain text.",
    "oneOf": "Fill in exactly one way of saying it, and leave the others empty.",
    "const": "Tick it, or leave it out.",
}
TYPES = {
    "string": "Write a text here.",
    "integer": "Write a whole number.",
    "number": "Write a number.",
    "boolean": "Choose true or false.",
    "array": "Write a list here.",
    "object": "This must have fields of its own.",
}
PATTERNS = {
    "^[a-z]$": "One small letter from a to z.",
    "^[a-z][a-z0-9_]*$": "A name is of small letters, digits and _, and begins with a letter.",
    "^[a-z0-9]+(-[a-z0-9]+)*$": "Small letters and digits, with hyphens between words.",
}


def _said(error: ValidationError) -> Found:
    """Return a broken rule of the schema as its field and what to do."""
    field, rule = tuple(error.absolute_path), str(error.validator)
    said: Any = error.validator_value
    if rule == "required":
        # One error a field: the first that the message does not name is another error's.
        missing = next(n for n in said if error.message.startswith(repr(n)))
        return Found((*field, missing), "Fill this in.", "needed")
    if rule == "minLength" or (rule == "minItems" and not error.instance):
        return Found(field, "Fill this in.", "needed")
    if rule == "enum":
        return Found(field, "Choose one of the list.", "fault")
    if rule == "type":
        wanted = said if isinstance(said, str) else "string"
        return Found(field, TYPES[wanted])
    if rule == "pattern":
        return Found(field, PATTERNS.get(str(said), f"It must look like {said}."))
    return Found(field, SENTENCES.get(rule, f"{error.message}.").format(said))
