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
from questions.templatetags.scores import score

# A verb with its thing, {of}, or {whom} where the verb says what it is, and with details. A verb
# that is not here reads as it is written.
SENTENCES: Mapping[str, str] = {
    "invitation.created": "invited {whom}",
    "invitation.sent": "sent {of}",
    "invitation.joined": "took {whom} by an open link",
    "invitation.reminded": "reminded {whom}",
    "invitation.changed": "changed {of}",
    "invitation.extended": "extended {of} until {expires_at}",
    "invitation_list.confirmed": "invited {invited} from {of}",
    "open_link.created": "made {of} for up to {cap}",
    "accommodation.granted": "changed what is made easier for {whom}",
    "attempt.reopened": "let {whom} go on for {minutes} minutes: {reason}",
    "accommodation_request.granted": "granted the request of {whom}",
    "accommodation_request.declined": "declined the request of {whom}",
    "problem_report.answered": "answered a problem reported by {whom}",
    "decision.made": "decided about {whom}: {outcome}",
    "score.overridden": "overrode a score of {whom}",
    "score.override_taken_back": "took back an override of a score of {whom}",
    "review.handed_in": "reviewed an answer of {whom}",
    "review.taken_back": "took back {of}",
    "comment.added": "commented on {whom}",
    "pair.resolved": "said of {of}: {state}",
    "pair.reopened": "reopened the likeness of {of}",
    "label.put_on": "put {of} on {attempts}",
    "label.taken_off": "took {of} off {attempts}",
    "regrade.started": "started {of}",
    "regrade.committed": "took over {of}",
    "export.asked_for": "asked for {of}",
    "export.downloaded": "downloaded {of}",
    "export.deleted": "deleted {of}",
    "link.shared": "shared a report by {of}",
    "link.revoked": "revoked {of}",
    "attempt.printed": "made a PDF about {whom}",
    "scorecard.begun": "began {of}",
    "scorecard.handed_in": "handed in {of}: {recommends}",
    "scorecard.reopened": "took back {of}",
    "candidate.erased": "erased what is personal of {of}",
    "organisation.outlived": "erased what {of} has kept for long enough: {number} invitations",
    "organisation.changed": "changed the settings of {of}",
    "assessment.published": "published version {number} of {of}",
    "assessment.created": "made {of}",
    "assessment.cloned": "made {of} as a copy",
    "assessment.drafted": "began version {number} of {of}",
    "assessment.draft_discarded": "threw away the draft of version {number} of {of}",
    "assessment.closing_changed": "changed when {of} closes",
    "assessment.archived": "archived {of}",
    "assessment.unarchived": "brought {of} back",
    "question.published": "published version {number} of {of}",
    "question.leaked": "marked {of} as leaked",
    "question.brought_back": "brought {of} back",
    "token.issued": "issued {of}",
    "token.revoked": "revoked {of}",
    "member_invitation.sent": "invited {whom} to be a member: {role}",
    "member_invitation.resent": "invited {whom} to be a member once more",
    "member_invitation.revoked": "revoked the invitation of {whom} to be a member",
    "member.joined": "joined: {role}",
    "member.left": "left",
    "sign_in.made": "signed in with {how}",
    "sign_in.refused": "tried in vain to sign in as {whom}: {how}",
    "second_factor.added": "set up {kind} for signing in",
    "second_factor.removed": "removed {kind} for signing in",
    "second_factor.forgotten": "forgot the second factor of {whom}",
    "recovery_codes.renewed": "made new recovery codes",
    "password.changed": "changed the password",
    "names.hidden": "chose to see candidates without names",
    "names.shown": "chose to see candidates' names",
    "member.role_changed": "made {whom} {role}",
    "webhook.added": "added {of}",
    "webhook.changed": "changed {of}",
    "webhook.secret_rotated": "gave {of} another secret",
    "webhook.enabled": "switched {of} on",
    "webhook.disabled": "switched {of} off",
    "webhook.removed": "removed {of}",
    "webhook.tested": "sent a test event to {of}",
    "webhook.replayed": "sent once more to {of}",
    "invitation.ordered": "had {whom} invited through {connection}",
    "hiring_connection.added": "connected {of}: {system}",
    "hiring_connection.changed": "changed {of}",
    "hiring_connection.key_replaced": "gave {of} another key",
    "hiring_connection.paused": "paused {of}",
    "hiring_connection.resumed": "let {of} go on",
    "hiring_connection.removed": "removed {of}",
    "hiring_connection.told_again": "told {of} once more how an order stands",
    "single_sign_on.changed": "changed how members of {of} sign in",
    "single_sign_on.removed": "removed the single sign-on of {of}",
}
# What somebody looked at, by the word that the entry keeps.
LOOKS: Mapping[str, str] = {
    "report": "read the report of {whom}",
    "playback": "played back the code of {whom}",
    "similar code": "compared the code of {whom} with code that looks alike",
    "comparison": "compared {whom} with others",
    "scorecards": "read the scorecards of {whom}",
    "export": "exported candidates of {of}",
    "list": "read the list of attempts of {of}",
    "share": "followed a shared link to the report of {whom}",
    "page": "opened the page of {of}",
    "copy": "took a copy of the data of {of}",
    "whole_copy": "took a copy of everything that is kept of {of}",
}
# Details as they are read, and those that tell a person nothing.
WORDS: Mapping[str, str] = {
    "one_more": "although started often enough",
    "told": "with an answer to the candidate",
    "personal_data": "with names",
    "notice": "the notice",
}
KEYS = ("what", "name", "attempt", "user", "question", "link", "points", "order")
# Where neither a member nor a token did it.
NOBODY = "The installation"
VISITOR = "Somebody with a link"
STRANGER = "Somebody"

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
    text = f"the {noun} “{named}”" if isinstance(named, str) else f"a deleted {noun}"
    return Target(text, text)


def _line(entry: AuditEntry, target: Target) -> Line:
    sentence = _sentence(entry)
    mark = "{whom}" if "{whom}" in sentence else "{of}"
    before, _, after = sentence.partition(mark)
    shown = target._replace(text=target.whom) if mark == "{whom}" else target
    told = {name: _told(name, value) for name, value in entry.detail.items()}
    return Line(
        entry,
        _who(entry),
        before.format_map(told),
        shown if mark in sentence else Target("", ""),
        (*_filled(after, told), *_rest(entry, _fields(before + after))),
    )


def _filled(text: str, told: Mapping[str, Piece]) -> Iterator[Piece]:
    for words, name, _, _ in Formatter().parse(text):
        yield words
        if name:
            yield told[name]


def _who(entry: AuditEntry) -> str:
    if entry.verb == "sign_in.refused":
        return STRANGER
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
    return {name for _, name, _, _ in Formatter().parse(sentence) if name} - {"of", "whom"}


def _rest(entry: AuditEntry, said: set[str]) -> Iterator[Piece]:
    """Details that the sentence has no place for."""
    for name, value in entry.detail.items():
        if name in said or name in KEYS or value in (None, "", [], {}, False):
            continue
        yield f"; {WORDS.get(name) or name.replace('_', ' ')}"
        if value is not True:
            yield ": "
            yield _counted(value) if name == "attempts" else _read(value)


def _told(name: str, value: Any) -> Piece:
    """A detail in the midst of a sentence."""
    if name == "recommends":
        return str(value).replace("_", " ")
    if name != "attempts":
        return _read(value)
    count = _counted(value)
    return f"{count} attempt" if count == "1" else f"{count} attempts"


def _counted(keys: Any) -> str:
    """Keys tell a person nothing, but how many there are."""
    return str(len(keys) if isinstance(keys, list) else keys)


def _read(value: Any) -> Piece:
    if isinstance(value, str):
        return _moment(value) or value
    if isinstance(value, list):
        return ", ".join(str(_read(each)) for each in value)
    if isinstance(value, dict) and value.keys() == {"from", "to"}:
        return f"{_read(value['from'])} → {_read(value['to'])}"
    if isinstance(value, float):
        # No detail but shares has digits behind the point.
        return score(value)
    return str(value)


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
