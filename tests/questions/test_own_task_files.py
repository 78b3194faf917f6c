"""A coding question's file with a task of its own, checked and audited from the command line."""

import json

import pytest
from django.core.management import CommandError, call_command

from grader.sandbox import SandboxFault, missing_walls
from questions.models import Question, Topic
from tests.grader.own.examples import MODULE, OWN, changed

pytestmark = pytest.mark.sandbox
FILE = {
    "slug": "code-half-squares", "kind": "coding", "title": "Half squares",
    "topics": ["regression"], "difficulty": "easy", "minutes": 15,
    "context": "Whether they can.", "prompt": "Write it.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def walls():
    try:
        missing = missing_walls()
    except SandboxFault as fault:
        missing = [str(fault)]
    if missing:
        pytest.skip(missing[0])


@pytest.fixture
def written(tmp_path):
    def write(own):
        path = tmp_path / "code-half-squares.yaml"
        path.write_text(json.dumps(FILE | ({"own": own} if own else {"task": "huber"})))
        return path

    return write


def audit(path, capsys):
    """The exit status and what was printed."""
    try:
        call_command("audit", file=path, seeds=1)
        status = 0
    except SystemExit as stopped:
        status = stopped.code
    return status, capsys.readouterr().out


def test_a_clean_task_passes(written, capsys):
    status, out = audit(written(OWN), capsys)

    assert status == 0
    assert "Kill score 100.0%: 3 of 3 wrong submissions" in out


def test_a_mistake_that_survives_fails(written, capsys):
    status, out = audit(written(changed("misconceptions", 0, "source", to=MODULE)), capsys)

    assert status == 1
    assert "'sum for mean' survives" in out


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        pytest.param(None, "no task of its own", id="a task of the catalogue"),
        pytest.param(changed("large", to=[900_000]), "own.large", id="a faulty definition"),
        pytest.param(changed("slug", to=7), "own.slug", id="not the schema"),
    ],
)
def test_a_file_that_cannot_be_audited_says_why(written, own, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("audit", file=written(own), seeds=1)


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["check", "load"])
def test_a_published_file_needs_a_clean_audit(written, action):
    spoilt = changed("misconceptions", 0, "source", to=MODULE)

    with pytest.raises(CommandError):
        call_command("bank", action, written(spoilt))
    assert not Question.objects.filter(slug=FILE["slug"]).exists()


@pytest.mark.django_db
def test_a_file_with_a_clean_audit_is_loaded(written):
    Topic.objects.create(slug="regression", title="Regression")

    call_command("bank", "load", written(OWN))

    assert Question.objects.get(slug=FILE["slug"]).versions.get().status == "published"
