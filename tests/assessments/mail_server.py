"""A real SMTP server of a test's own, which keeps what it is sent or refuses it as it is told."""

import email
import email.policy
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.services import free_port

USER, PASSWORD = "minima", "s3cret: with/odd@signs"


class Mailbox:
    """What arrived, in order, with the reply to give instead: `refuse` at RCPT, `fail` at DATA."""

    def __init__(self):
        self.envelopes = []
        self.refuse = self.fail = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.fail:
            return self.fail
        self.envelopes.append(envelope)
        return "250 OK"

    def messages(self):
        policy = email.policy.default
        return [email.message_from_bytes(each.content, policy=policy) for each in self.envelopes]

    def message(self):
        [only] = self.messages()
        return only


def allowed(server, session, envelope, mechanism, data):
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextmanager
def mail_server(**options):
    """Yield the mailbox and the port of a server, which is gone afterwards."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def parts(message):
    """The text and the HTML of a message."""
    return [
        message.get_body(preferencelist=(kind,)).get_content().replace("\r\n", "\n")
        for kind in ("plain", "html")
    ]
