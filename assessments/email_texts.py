"""What an e-mail says. One template a kind holds the words; the HTML part is made of the same."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.models import Accommodation, Attempt, Invitation, Organisation

LONGEST_SUBJECT = 300
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_GAP = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class EmailText:
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, `list`, `quote` or `link` of an e-mail, and its lines."""

    kind: str
    lines: tuple[str, ...]


def email_text(kind: str, invitation: Invitation, told: Mapping[str, Any]) -> EmailText:
    """Return the e-mail of `kind`, a name in `assessments/templates/email/`, about `invitation`.

    The first line of the template is the subject. A paragraph that is nothing but the link becomes
    a button; lines that begin with "- " a list, and with "> " a quotation. The language is the one
    that the recruiter picked, whoever is at work here; moments of `told` are put into its words.
    """
    with translation.override(invitation.language or settings.LANGUAGE_CODE):
        moments = {name: in_words(at) for name, at in told.items() if isinstance(at, datetime)}
        context = {**_facts(invitation), **told, **moments}
        written = render_to_string(f"email/{kind}.txt", context)
        return _framed(written, {invitation.link, context["data_link"]}, context)


def letter(written: str, organisation: Organisation, link: str = "", button: str = "") -> EmailText:
    """Return an e-mail to a member, its subject in the first line of `written`, in the same looks.

    It is in English, as the desk is; `link` becomes a button that says `button`.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _framed(written, {link}, {**_sender(organisation), "button": button})


def _framed(written: str, links: set[str], context: Mapping[str, Any]) -> EmailText:
    head, _, body = written.strip().partition("\n")
    text = _GAP.sub("\n\n", body).strip() + "\n"
    subject = one_line(head)[:LONGEST_SUBJECT]
    facts = {**context, "subject": subject, "blocks": list(_blocks(text, links))}
    return EmailText(subject, text, render_to_string("email/frame.html", facts))


def _sender(organisation: Organisation) -> dict[str, str]:
    return {
        "organisation": one_line(organisation.name),
        "site": urlsplit(settings.BASE_URL).netloc,
    }


def _facts(invitation: Invitation) -> dict[str, Any]:
    """What every e-mail may say; names are one line each, whatever was typed."""
    version, organisation = invitation.assessment_version, invitation.organisation
    attempt: Attempt | None = Attempt.objects.filter(invitation=invitation).first()
    held = Accommodation.objects.in_force(invitation)
    return {
        "name": one_line(invitation.candidate.name),
        **_sender(organisation),
        "title": one_line(version.title),
        "link": invitation.link,
        "button": _("Open the assessment"),
        "data_link": f"{invitation.link}data/",
        # Whole minutes, rounded down: nobody is promised what they do not get.
        "minutes": version.minutes * (100 + held.extra_percent) // 100 + held.extra_minutes,
        "untimed": held.untimed,
        "opens_at": in_words(invitation.opens_at) if invitation.opens_at else "",
        "expires_at": in_words(invitation.closes_at),
        "deadline": in_words(attempt.deadline) if attempt else "",
        "goes_on": attempt is not None and attempt.finished_at is None,
        "finished_at": in_words(attempt.finished_at) if attempt and attempt.finished_at else "",
        "contact": organisation.contact_email,
        "version": version,
    }


def in_words(moment: datetime) -> str:
    """Return "Saturday 5 December 2026, 14:00 UTC": nobody knows the reader's zone beforehand."""
    shown = pgettext("moment", "l j F Y, H:i")
    return formatted(moment.astimezone(UTC), shown) + " UTC"


def one_line(text: str) -> str:
    """Return `text` without line ends and other characters that could reorder what is read."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def quoted(text: str) -> list[str]:
    """Return what a person wrote as the lines of a quotation."""
    return [one_line(line) for line in text.strip().splitlines()]


def _blocks(text: str, links: set[str]) -> Iterator[Block]:
    for part in text.strip().split("\n\n"):
        lines = part.splitlines()
        if part in links:
            yield Block("link", (part,))
        elif all(line.startswith("- ") for line in lines):
            yield Block("list", tuple(line[2:] for line in lines))
        elif all(line.startswith(">") for line in lines):
            yield Block("quote", tuple(line[1:].strip() for line in lines))
        else:
            yield Block("paragraph", tuple(lines))
