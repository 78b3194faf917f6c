"""A candidate with a link, and the product behind it: in this process, or as it really runs."""

import subprocess
import sys

import pytest

from assessments.actions import invite, start_attempt
from assessments.actions.demonstrating import QUESTIONS, make_demo
from assessments.models import AssessmentVersion
from questions.actions import load_entry
from questions.audited import audited
from questions.management.commands.bank import sources
from tests.assessments.installation import ROOT, Installation
from tests.browser.conftest import DESKTOP, Visit

# How many of the tests below take a link of their own.
LINKS = 7
MORE = f"""\
import os, django
from django.core.management import call_command
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from assessments.actions import invite
from assessments.models import AssessmentVersion
call_command("collectstatic", interactive=False, verbosity=0)
version = AssessmentVersion.objects.get()
for number in range({LINKS}):
    invitation = invite(version, "Ada Lovelace", f"ada{{number}}@example.com")
    print(invitation.get_absolute_url())
"""


class Running(Installation):
    """With the front end under hashed names, as in production, and some invitations."""

    def prepare(self):
        super().prepare()
        made = subprocess.run(
            [sys.executable, "-c", MORE], env=self.environment,
            cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        self.links = made.stdout.split()


def open_demo():
    for source in sources([]):
        if source.slug in QUESTIONS:
            load_entry(audited(source.read()), shipped=source.shipped)
    return make_demo().invitation.assessment_version.pk


@pytest.fixture
def version(live_server, memory):
    """The demo's assessment: a choice, then the Huber loss; of the bank what it asks."""
    return AssessmentVersion.objects.get(pk=memory.scene("the demo", open_demo))


@pytest.fixture
def invitation(version):
    return invite(version, "Ada Lovelace", "ada.lovelace@example.com")


@pytest.fixture
def attempt(invitation):
    return start_attempt(invitation, consented=True)


@pytest.fixture
def link(invitation):
    return invitation.get_absolute_url()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The whole product with workers that grade, and links for candidates, one a test."""
    with Running(tmp_path_factory.mktemp("running")) as installation:
        yield installation


@pytest.fixture
def visit_running(browser, running):
    """Makes a visitor of the running product, with a link that nobody has used."""
    visits = []

    def make(**context):
        address = f"http://localhost:{running.port}"
        visits.append(Visit(browser, address, **{"viewport": DESKTOP} | context))
        return visits[-1], running.links.pop()

    yield make
    for each in visits:
        each.context.close()
    assert [line for each in visits for line in each.complaints] == []
