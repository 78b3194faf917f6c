"""A death in the middle of taking over leaves all old or all new."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.timeout(120)]

ROOT = Path(__file__).resolve().parents[3]
START = """\
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from assessments import actions
from assessments.actions import regrade_commit
from assessments.models import *
from tests.assessments.conftest import CHOICE, CODING, make_question, make_report
"""
# Six attempts whose code had 0.2, and a dry run that gives 1.0.
PREPARE = (
    START
    + """\
organisation = Organisation.objects.create(name="Acme", slug="acme")
owner = User.objects.create_user("o@acme.example")
assessment = Assessment.objects.create(organisation=organisation, slug="first")
version = AssessmentVersion.objects.create(assessment=assessment, number=1, title="A", minutes=9)
question = make_question("code", "coding", CODING)
AssessmentQuestion.objects.create(version=version, question_version=question, position=1)
actions.publish_assessment(version)
for number in range(6):
    attempt = actions.start_attempt(actions.invite(version, "Ada", f"a{number}@example.com"))
    sent = actions.submit_code(attempt, version.questions.get(), "loss = 1", "submit")
    actions.store_report(str(sent.pk), sent.ticket, make_report(0.2, "partial"))
    actions.finish_attempt(attempt)
regrade = actions.start_regrade(assessment, reason="So.", by=owner)
for row in regrade.submissions.all():
    actions.store_regraded(row.pk, row.ticket, make_report(1.0))
while actions.work_on_regrade(str(regrade.pk)):
    pass
"""
)
COMMIT = (
    START
    + """\
regrade_commit.CHUNK = 2
real, done = regrade_commit.rescore, []
def slowly(attempts):
    real(attempts)
    done.append(1)
    if len(done) == 2:
        print("in the middle", flush=True)
        time.sleep(60)
if sys.argv[1] == "slowly":
    regrade_commit.rescore = slowly
regrade = Regrade.objects.get()
actions.commit_regrade(regrade, User.objects.get())
"""
)
LOOK = (
    START
    + """\
print(
    sorted(set(Attempt.objects.values_list("score", flat=True))),
    sorted(set(Submission.objects.values_list("score", flat=True))),
    PastGrading.objects.count(),
    Regrade.objects.get().state,
    AuditEntry.objects.filter(verb="regrade.committed").count(),
)
"""
)


@pytest.fixture
def run(migrated_url, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG"}}
    environment |= {"DATABASE_URL": migrated_url, "VAR_DIR": str(tmp_path), "SECRET_KEY": "x"}

    def start(program, *words):
        return subprocess.Popen(
            [sys.executable, "-c", program, *words],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    return start


def said(process):
    out, error = process.communicate(timeout=60)
    assert process.returncode == 0, error
    return out.strip()


def test_a_kill_in_the_middle_of_taking_over_leaves_all_as_it_was(run):
    said(run(PREPARE))
    taking_over = run(COMMIT, "slowly")
    assert taking_over.stdout.readline().strip() == "in the middle"
    # Others see nothing of it before the end.
    assert said(run(LOOK)) == "[0.2] [0.2] 0 ready 0"
    taking_over.send_signal(signal.SIGKILL)
    taking_over.communicate()
    time.sleep(0.2)

    assert said(run(LOOK)) == "[0.2] [0.2] 0 ready 0"
    said(run(COMMIT, "at once"))
    assert said(run(LOOK)) == "[1.0] [1.0] 6 committed 1"
