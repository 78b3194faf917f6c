"""A small world: two organisations, an assessment of two questions, an attempt, a client."""

import base64
import json
import shutil
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.html import strip_tags
from kombu.utils.json import loads
from rest_framework.test import APIClient

from assessments.actions import invite, issue_token, publish_assessment, start_attempt
from assessments.models import (
    ApiToken,
    Assessment,
    AssessmentQuestion,
    AssessmentVersion,
    Member,
    Organisation,
    User,
)
from questions.models import Question, QuestionVersion

CHOICE = {
    "context": "Whether the candidate knows.",
    "prompt": "Which one?",
    "options": [
        {"key": "a", "text": "This", "right": True, "rationale": "It is."},
        {"key": "b", "text": "That", "rationale": "No.", "misconception": "It is that."},
        {"key": "c", "text": "Neither", "rationale": "No.", "misconception": "Nothing is."},
    ],
    "official_answer": "This.",
}
CODING = {"context": "Whether they can.", "prompt": "Write it.", "task": "huber"}
SOURCE = "import numpy as np\n\n\ndef loss(y_true, y_pred, delta=1.0):\n    return 0.0\n"


def make_question(slug, kind, content):
    return QuestionVersion.objects.create(
        question=Question.objects.create(slug=slug),
        number=1,
        kind=kind,
        title=slug.capitalize(),
        content=content,
        status=QuestionVersion.Status.PUBLISHED,
        published_at=timezone.now(),
    )


def make_report(score=1.0, verdict="passed", **changes):
    """A report as the grader sends it."""
    family = {"passed": 20, "total": 20, "score": score}
    check = {"family": "values", "name": "a vector", "passed": score == 1.0, "detail": "Fine."}
    return {
        "task": "huber",
        "verdict": verdict,
        "score": score,
        "families": {"values": family, "gradients": family},
        "checks": [check],
        "error": None,
        "diagnosis": [],
        "seconds": {"wall": 0.01, "cpu": 0.01},
        "seed": 1,
        "grader": "0",
    } | changes


def words(response):
    """The words of a page, as somebody reads them."""
    return " ".join(unescape(strip_tags(response.content.decode())).split())


class Broker:
    """The messages that wait in the embedded broker's folder."""

    folder = Path(settings.VAR_DIR) / "broker"

    def messages(self, queue):
        return [loads(path.read_text()) for path in sorted((self.folder / queue).glob("*.msg"))]

    def headers(self, queue):
        return [message["headers"] for message in self.messages(queue)]

    def bodies(self, queue):
        """(args, kwargs, embed) of each message."""
        return [json.loads(base64.b64decode(m["body"])) for m in self.messages(queue)]

    def clear(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self):
        self.now = timezone.now()

    def __call__(self):
        return self.now

    def forward(self, **by):
        self.now += timedelta(**by)

    def to(self, moment, **after):
        self.now = moment + timedelta(**after)


@pytest.fixture
def broker():
    """An empty broker."""
    found = Broker()
    found.clear()
    yield found
    found.clear()


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """`with committed():` runs what waits for the commit, as if there were one."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def organisation(db):
    return Organisation.objects.create(name="Acme", slug="acme")


@pytest.fixture
def stranger(db):
    """Another organisation."""
    return Organisation.objects.create(name="Other", slug="other")


@pytest.fixture
def make_member(organisation):
    def make(role="recruiter", organisation=organisation, email="r@acme.example"):
        user = User.objects.create_user(email, "a long password")
        Member.objects.create(user=user, organisation=organisation, role=role)
        return user

    return make


@pytest.fixture
def choice(db):
    return make_question("which-one", "single_choice", CHOICE)


@pytest.fixture
def coding(db):
    return make_question("code-huber", "coding", CODING)


@pytest.fixture
def make_version(choice, coding):
    """An assessment of a choice (weight 1) and a coding question (weight 3), published."""

    def make(organisation, slug="first", **fields):
        assessment = Assessment.objects.create(organisation=organisation, slug=slug)
        version = AssessmentVersion.objects.create(
            assessment=assessment, number=1, title="First", **{"minutes": 30} | fields
        )
        for position, (question, weight) in enumerate([(choice, 1), (coding, 3)], start=1):
            AssessmentQuestion.objects.create(
                version=version, question_version=question, position=position, weight=weight
            )
        return publish_assessment(version)

    return make


@pytest.fixture
def version(make_version, organisation):
    return make_version(organisation)


@pytest.fixture
def invitation(version):
    return invite(version, "Ada", "ada@example.com")


@pytest.fixture
def attempt(invitation):
    return start_attempt(invitation)


@pytest.fixture
def choice_question(version):
    return version.questions.get(position=1)


@pytest.fixture
def coding_question(version):
    return version.questions.get(position=2)


@pytest.fixture
def make_api():
    """A client of the REST interface with a token of its own."""

    def make(organisation, *scopes):
        _, text = issue_token(organisation, "test", list(scopes or ApiToken.Scope))
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return client

    return make


@pytest.fixture
def api(make_api, organisation):
    return make_api(organisation)


@pytest.fixture
def past_deadline():
    """Moves an attempt's times so that its deadline was `seconds` ago."""

    def move(attempt, seconds):
        deadline = timezone.now() - timedelta(seconds=seconds)
        attempt.started_at, attempt.deadline = deadline - timedelta(minutes=30), deadline
        attempt.save()
        return attempt

    return move


@pytest.fixture
def clock(monkeypatch):
    """The server's clock: it stands still, and goes where a test puts it."""
    moved = Clock()
    monkeypatch.setattr(timezone, "now", moved)
    return moved
