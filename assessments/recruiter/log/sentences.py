"""Entries of the audit log as sentences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Any

from django.utils.dateparse import parse_datetime

from assessments.models import AuditEntry
from assessments.recruiter.log.targets import Target, noun_of, targets_of
from assessments.recruiter.viewer import Viewer

# What is said of `of`, and with which details. A verb that is not here reads as it is written.
SENTENCES: Mapping[str, str] = {
    "invitation.created": "made {of}",
    "invitation.extended": "extended {of} until {expires_at}",
    "invitation.revoked": "revoked {of}",
    "invitation.sent": "sent {of}",
    "accommodation.granted": "changed what is made easier by {of}",
    "accommodation_request.granted": "granted the request of {of}",
    "accommodation_request.declined": "declined the request of {of}",
    "problem_report.answered": "answered a problem reported in {of}",
    "decision.made": "decided about {of}: {outcome}",
    "candidate.erased": "erased what is personal of {of}",
    "candidate.copied": "took a copy of the data of {of}",
    "organisation.outlived": "erased what {of} has kept for long enough: {number} invitations",
    "organisation.changed": "changed the settings of {of}",
    "assessment.published": "published version {number} of {of}",
    "assessment.created": "made {of}",
    "question.published": "published version {number} of {of}",
    "question.leaked": "marked {of} as leaked",
    "question.retired": "retired {of}",
    "question.brought_back": "brought {of} back",
    "token.issued": "issued {of}",
    "token.revoked": "revoked {of}",
}
# What somebody looked at, by the word that the entry keeps.
LOOKS: Mapping[str, str] = {
    "report": "read the report of {of}",
    "comparison": "compared {of} with others",
    "export": "exported candidates of {of}",
    "share": "followed a shared link to {of}",
    "page": "opened the page of {of}",
    "pdf": "printed {of}",
    "names": "saw the names in {of}",
}
# Where neither a member nor a token did it.
NOBODY = "The installation"
VISITOR = "Somebody with a link"

Piece = str | datetime


@dataclass(frozen=True, slots=True)
class Line:
    """An entry to be read.

    Attributes:
        before: what stands before its target, and `after` behind it; a moment is a piece of it.
    """

    entry: AuditEntry
    who: str
    before: str
    target: Target
    after: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The sentence without links."""
        after = "".join(
            f"{each:%Y-%m-%d %H:%M} UTC" if isinstance(each, datetime) else each
            for each in self.after
        )
        return f"{self.who} {self.before}{self.target.text}{after}"


def lines_of(entries: Iterable[AuditEntry], viewer: Viewer) -> list[Line]:
    """Return a line for each entry; the queries are as many as there are kinds of targets."""
    found = list(entries)
    targets = targets_of(found, viewer)
    return [
        _line(entry, targets.get((entry.target_kind, entry.target_id)) or _gone(entry))
        for entry in found
    ]


def _gone(entry: AuditEntry) -> Target:
    """What is not there any more, or has no name."""
    noun = noun_of(entry.target_kind) if entry.target_kind else "something"
    named = entry.detail.get("name")
    return Target(f"the {noun} “{named}”" if isinstance(named, str) else f"a {noun}")


def _line(entry: AuditEntry, target: Target) -> Line:
    before, _, after = _sentence(entry).partition("{of}")
    told = {name: _read(value) for name, value in entry.detail.items()}
    return Line(
        entry,
        _who(entry),
        before.format_map(told),
        target,
        (*_filled(after, told), *_rest(entry, _fields(before + after))),
    )


def _filled(text: str, told: Mapping[str, Piece]) -> Iterator[Piece]:
    for words, name, _, _ in Formatter().parse(text):
        yield words
        if name:
            yield told[name]


def _who(entry: AuditEntry) -> str:
    return entry.actor or (VISITOR if entry.detail.get("what") == "share" else NOBODY)


def _sentence(entry: AuditEntry) -> str:
    if entry.is_access:
        what = str(entry.detail.get("what", "data"))
        return LOOKS.get(what, f"looked at the {what.replace('_', ' ')} of {{of}}")
    known = SENTENCES.get(entry.verb)
    if known and all(name in entry.detail for name in _fields(known)):
        return known
    noun, _, participle = entry.verb.partition(".")
    did, about = participle.replace("_", " "), noun.replace("_", " ")
    # The verb is of the target itself, or of something at it: a comment, say.
    if noun.replace("_", "") == entry.target_kind:
        return f"{did} {{of}}"
    return f"{did} the {about} of {{of}}"


def _fields(sentence: str) -> set[str]:
    """The details that a sentence has a place for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name} - {"of"}


def _rest(entry: AuditEntry, said: set[str]) -> Iterator[Piece]:
    """Details that the sentence has no place for."""
    for name, value in entry.detail.items():
        if name not in said | {"what", "name"} and value not in (None, "", [], {}, False):
            yield f"; {name.replace('_', ' ')}"
            if value is not True:
                yield ": "
                yield _read(value)


def _read(value: Any) -> Piece:
    if isinstance(value, str):
        return _moment(value) or value
    if isinstance(value, list):
        return ", ".join(str(_read(each)) for each in value)
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{_read(value['from'])} → {_read(value['to'])}"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
