"""Files of other programs to questions and back, with a word on everything that does not fit."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any, Protocol

from questions.checking.formulas import texts
from questions.interchange import bounds, carrying, drafts, draws
from questions.interchange.carrying import Carried
from questions.interchange.remarks import (
    Fields,
    Found,
    Native,
    Part,
    Reading,
    Refused,
    Remark,
    Writing,
)

# What a file need not say: it comes from the file itself, or is decided here.
_UNSAID = {"slug", "status"}
# Whatever was typed so far is a draft, and anything may be missing from it.
_UNFINISHED = {"draft", "in_review"}
NOT_FAR_ENOUGH = "It is a draft that is not far enough for a file."


class Format(Protocol):
    """A format of files.

    Attributes:
        slug, title, suffix: how commands, people and files call it.
    """

    slug: str
    title: str
    suffix: str

    def split(self, data: bytes) -> list[Part]:
        """Return the questions of a file; raise Broken where it can't be read."""

    def join(self, parts: list[Part]) -> bytes:
        """Return the file of some questions."""

    def read_one(self, body: Any) -> Native:
        """Return what the format itself says of a question; raise Refused."""

    def write_one(self, fields: Fields) -> Any:
        """Return the body of a question; raise Refused where the format has none for it."""


def read(form: Format, data: bytes) -> Reading:
    """Return the questions of a file; raise Broken, before anything is read, where it is none."""
    reading = Reading()
    taken: dict[str, Found] = {}
    for part in form.split(data):
        try:
            _keep(reading, taken, _read_part(form, part))
        except Refused as refused:
            reading.refused.append(Remark(part.name, part.place, str(refused)))
        except RecursionError:
            sentence = "Its text is nested too deeply."
            reading.refused.append(Remark(part.name, part.place, sentence))
    return reading


def write(form: Format, questions: Iterable[Fields]) -> Writing:
    """Return the file of some questions, with what it does not say and does not hold."""
    writing = Writing()
    parts: list[Part] = []
    for fields in questions:
        said = {name: value for name, value in fields.items() if name != "status"}
        try:
            found = _parts(form, said)
            lost = _losses(form, said)
        except Refused as refused:
            writing.refused.append(Remark(fields["slug"], "", str(refused)))
            continue
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError):
            if fields.get("status") not in _UNFINISHED:
                raise
            writing.refused.append(Remark(fields["slug"], "", NOT_FAR_ENOUGH))
            continue
        parts += found
        writing.written += 1
        writing.losses += [Remark(fields["slug"], "", each) for each in lost]
    writing.data = form.join(parts)
    return writing


def _keep(reading: Reading, taken: dict[str, Found], found: Found) -> None:
    """Add a question; one that stands there already is another draw of the same."""
    if found.slug in taken and not found.stated:
        found = _renamed(found, taken)
    other = taken.get(found.slug)
    if other is None:
        taken[found.slug] = found
        reading.questions.append(found)
    elif other.fields != found.fields:
        raise Refused(f"Another question of this file is called {found.slug!r}, too.")


def _renamed(found: Found, taken: dict[str, Found]) -> Found:
    number = 2
    while f"{found.slug}-{number}" in taken:
        number += 1
    return Found({**found.fields, "slug": f"{found.slug}-{number}"}, found.place, found.remarks)


def _read_part(form: Format, part: Part) -> Found:
    native = form.read_one(part.body)
    carried = None if part.carried is None else carrying.parsed(part.carried)
    if carried is not None:
        return _resolved(form, part, native, carried)
    fields, remarks = drafts.completed(deepcopy(native.fields))
    damaged = ["What Minima wrote beside it is damaged, and not read."] if part.carried else []
    return Found(fields, part.place, (*damaged, *native.remarks, *remarks), native.stated)


def _resolved(form: Format, part: Part, native: Native, carried: Carried) -> Found:
    """Return the carried question, with what was edited in the file since it was written."""
    try:
        base = _native(form, carried)
    except Refused as refused:
        raise Refused(f"What Minima wrote beside it can't be used: {refused}") from refused
    if native.fields == base.fields:
        fields, remarks = drafts.completed(deepcopy(carried.fields), ours=True)
        return Found(fields, part.place, tuple(remarks), stated=True)
    edited = native.fields
    if native.fields["kind"] == base.fields["kind"]:
        edited = carrying.merged(carried.shown, base.fields, native.fields)
    fields, remarks = drafts.completed(deepcopy(edited))
    said = "It was edited elsewhere: what was edited counts, and the rest is as it was here."
    return Found(fields, part.place, (said, *remarks), stated=True)


def _parts(form: Format, fields: Fields) -> list[Part]:
    if any(bounds.uncarried(text) for _, text in texts(fields)):
        raise Refused("It holds a character that no file keeps.")
    return [_part(form, carried) for carried in carrying.carriers(fields)]


def _part(form: Format, carried: Carried) -> Part:
    shown = carried.shown
    return Part(shown["title"], "", form.write_one(shown), carried.text())


def _native(form: Format, carried: Carried) -> Native:
    """Return what another program would know of the question."""
    (part,) = form.split(form.join([_part(form, carried)]))
    return form.read_one(part.body)


def _losses(form: Format, fields: Fields) -> list[str]:
    """Return what other programs do not get to know of a question."""
    carried = carrying.carriers(fields)[0]
    native = _native(form, carried)
    shown = {name: value for name, value in carried.shown.items() if name not in _UNSAID}
    lost = carrying.missing(shown, native.fields)
    found = []
    if carried.seed is not None:
        found.append(f"It is written as up to {draws.DRAWS} draws: {form.title} draws nothing.")
    if lost:
        found.append(
            f"{form.title} does not say, or says otherwise: {', '.join(lost)}. "
            "The file carries it for Minima alone."
        )
    return found
