"""Hands one e-mail to the mail server, in the name of its organisation."""

import re
import smtplib
from contextlib import suppress
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from assessments.email_texts import one_line
from assessments.models import Email

# From this reply on a server refuses for good; below it, for now.
FOR_GOOD = 500
_LANGUAGE = re.compile('<html lang="([^"]+)"')


class Undeliverable(Exception):
    """The mail server will never take this e-mail for this address: trying again is of no use."""


class NotDelivered(Exception):
    """The mail server can't be reached, or does not take the e-mail now."""


def deliver(email: Email) -> None:
    """Send `email`; raise Undeliverable or NotDelivered with what the server said, no address."""
    try:
        _send(message(email))
    except smtplib.SMTPRecipientsRefused as refused:
        code, reply = next(iter(refused.recipients.values()))
        raise (Undeliverable if code >= FOR_GOOD else NotDelivered)(_said(code, reply)) from refused
    except smtplib.SMTPResponseException as refused:
        raise NotDelivered(_said(refused.smtp_code, refused.smtp_error)) from refused
    except OSError as error:  # all of smtplib's own exceptions, too
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    except ValueError as error:
        raise Undeliverable(f"This can't be written as an e-mail: {error}") from error


def _send(message: EmailMultiAlternatives) -> None:
    connection = get_connection()
    try:
        connection.send_messages([message])
    finally:
        # Refused at the door, it would stay open; and what goes wrong now undoes no delivery.
        with suppress(OSError):
            connection.close()


def message(email: Email) -> EmailMultiAlternatives:
    """Return `email` with its headers. The same e-mail sent again has the same Message-ID."""
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = sender.rpartition("@")[2] or "localhost"
    organisation = email.organisation
    made = EmailMultiAlternatives(
        subject=one_line(email.subject),
        body=email.text,
        from_email=formataddr((one_line(organisation.name), sender)),
        to=[email.to],
        reply_to=[organisation.contact_email] if organisation.contact_email else None,
        headers={
            "Message-ID": f"<{email.pk}.{email.created_at:%Y%m%d%H%M%S%f}@{domain}>",
            # Nobody's "I am away" should come back.
            "Auto-Submitted": "auto-generated",
            "Content-Language": _language(email),
        },
    )
    made.attach_alternative(email.html, "text/html")
    return made


def _language(email: Email) -> str:
    """Return the candidate's, also where the e-mail is all that is left of them."""
    if email.invitation:
        return email.invitation.language or settings.LANGUAGE_CODE
    written = _LANGUAGE.search(email.html)
    return written[1] if written else settings.LANGUAGE_CODE


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return one_line(f"{code} {text}")
