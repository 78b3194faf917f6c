"""E-mails through a real worker, a real broker and a real mail server."""

import shutil
import subprocess
import sys

import pytest

from tests.assessments.installation import ROOT, Installation
from tests.assessments.mail_server import mail_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
INVITE = """\
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from assessments.actions import invite
from assessments.models import AssessmentVersion
invite(AssessmentVersion.objects.get(), "Ada Lovelace", sys.argv[1], send=True)
"""


class Mailing(Installation):
    def invite(self, email):
        subprocess.run(
            [sys.executable, "-c", INVITE, email],
            env=self.environment, cwd=ROOT, check=True, capture_output=True, timeout=60,
        )  # fmt: skip


@pytest.fixture(scope="module")
def mailing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mailing")
    with (
        mail_server() as (mailbox, port),
        Mailing(folder, EMAIL_URL=f"smtp://127.0.0.1:{port}") as installation,
    ):
        yield installation, mailbox


def test_an_invitation_goes_out_by_the_worker_once(mailing):
    installation, mailbox = mailing

    installation.invite("ada@example.com")

    installation.wait_until(lambda: mailbox.envelopes)
    [envelope] = mailbox.envelopes
    assert envelope.rcpt_tos == ["ada@example.com"]
    mailbox.envelopes.clear()


def test_an_invitation_whose_message_the_broker_lost_goes_out_all_the_same(mailing):
    """The sweep rings again for what is due; here at once, for nobody waits a minute."""
    installation, mailbox = mailing
    with installation.without("default"), installation.without("beat"):
        installation.invite("bob@example.com")
        shutil.rmtree(installation.folder / "broker" / "default")
        (installation.folder / "broker" / "default").mkdir()
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", DUE],
            env=installation.environment, cwd=ROOT, check=True, capture_output=True, timeout=60,
        )  # fmt: skip

    installation.wait_until(lambda: mailbox.envelopes)
    assert [each.rcpt_tos for each in mailbox.envelopes] == [["bob@example.com"]]


DUE = """\
from django.utils import timezone
from assessments.models import Email
Email.objects.filter(sent_at=None).update(due_at=timezone.now())
"""
