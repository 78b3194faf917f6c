"""The command `minima`, as scripts call it."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from assessments import actions
from assessments.models import Invitation, Submission
from minima_client.command import main as command
from minima_client.command.output import printable
from minima_client.sending import Sender
from tests.assessments.conftest import make_report

CLIENT = Path(__file__).parents[2] / "clients/python"


@pytest.fixture
def minima(live_server, make_token, monkeypatch, capsys):
    """Runs the command, and returns its ending, what it printed and what it said beside."""
    monkeypatch.setenv("MINIMA_URL", live_server.url)
    monkeypatch.setenv("MINIMA_TOKEN", make_token())

    def run(*words):
        try:
            ending = command.main([str(word) for word in words])
        except SystemExit as left:
            ending = left.code
        said = capsys.readouterr()
        return ending, said.out, said.err

    return run


@pytest.fixture
def people(tmp_path):
    """Writes a file of people to invite."""

    def write(text, name="people.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def results(printed):
    return [json.loads(line) for line in printed.splitlines()]


def test_lists_are_tables_for_people_and_lines_of_json_for_programs(minima, version):
    actions.invite(version, "Ada \x1b[2J", "ada@example.com")
    ending, table, _ = minima("invitations", "--state", "sent")
    _, lines, _ = minima("invitations", "--json", "--created-after", "2020-01-01")

    assert ending == 0
    assert table.splitlines()[0].split()[:3] == ["id", "candidate", "name"]
    assert "ada@example.com" in table
    assert "\x1b" not in table
    [row] = results(lines)
    assert (row["candidate"]["email"], row["state"]) == ("ada@example.com", "sent")
    assert "etag" not in row
    assert "first" in minima("--json", "assessments")[1]
    assert minima("attempts", "--score-min", "0.5", "--json") == (0, "", "")
    assert "huber" in minima("tasks")[1]


def test_people_are_invited_once_however_often_it_is_run(minima, version, people):
    actions.invite(version, "Known", "known@example.com")
    over = actions.invite(version, "Late", "late@example.com")
    Invitation.objects.filter(pk=over.pk).update(expires_at=timezone.now() - timedelta(days=1))
    file = people(
        "Name;E-Mail;extra_percent;expires\n"
        "Ada;ADA@example.com;25;2030-12-31\n"
        "Known;known@example.com;;\n"
        ";nobody@example.com;;\n"
        "Ben;ben@example;;\n"
        "Late;late@example.com;;\n"
        "Ada again;ada@example.com;;\n"
        "Cleo;cleo@example.com;many;\n"
    )
    again = ["invite", file, "--assessment", "first", "--json"]
    planned = results(minima(*again, "--dry-run")[1])
    assert Invitation.objects.count() == 2
    ending, done, _ = minima(*again, "--send", "--language", "de")
    rerun = results(minima(*again, "--send")[1])

    assert [each["result"] for each in planned] == [
        "would be invited", "already invited", "left out", "left out", "would be invited",
        "left out", "left out",
    ]  # fmt: skip
    assert ending == 1
    assert {each["result"] for each in results(done)} == {"invited", "already invited", "left out"}
    assert [each["why"] for each in planned if each["result"] == "left out"] == [
        "no name", "no e-mail address", "the same address as line 2",
        "extra_percent: many is no whole number",
    ]  # fmt: skip
    assert {each["result"] for each in rerun} == {"already invited", "left out"}
    made = Invitation.objects.get(candidate__email="ada@example.com")
    assert (made.expires_at.year, made.language) == (2031, "de")
    assert Invitation.objects.filter(candidate__email="late@example.com").count() == 2
    assert made.emails.count() == 1
    assert all(each["link"] is None for each in results(done))


def test_refused_lines_are_told_and_the_rest_is_invited(minima, version, people):
    actions.finish_attempt(actions.start_attempt(actions.invite(version, "A", "a@example.com")))
    file = people("name,email,language\nA,a@example.com,\nB,b@example.com,tlh\nC,c@example.com,\n")

    ending, printed, said = minima("invite", file, "--assessment", "first", "--one-more")
    assert ending == 1
    assert "line 3  b@example.com  refused  language:" in printed
    assert "http" in printed.splitlines()[2]
    assert "3 of 3 lines: 2 invited, 1 refused" in said
    # The same file again is the same run.
    minima("invite", file, "--assessment", "first", "--one-more")
    assert Invitation.objects.count() == 3


def test_a_run_that_was_killed_is_gone_on_with(courier, minima, version, people, make_token):
    """The worst moment: the server has invited somebody, and the command never heard of it."""
    file = people("name,email\n" + "".join(f"P{n},p{n}@example.com\n" for n in range(4)))
    words = ["invite", str(file), "--assessment", "first"]
    courier.fate = lambda method, path: (
        "hold" if method == "POST" and len(courier.paths("POST")) == 3 else "deliver"
    )
    environment = os.environ | {
        "MINIMA_URL": courier.url, "MINIMA_TOKEN": make_token(), "PYTHONPATH": str(CLIENT),
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "minima_client", *words], env=environment, stdout=subprocess.PIPE
    ) as running:
        assert courier.held.wait(20)
        running.send_signal(signal.SIGKILL)
        printed = running.stdout.read().decode()
    courier.end.set()

    assert printed.count("invited") == 2
    assert Invitation.objects.count() == 3
    ending, printed, _ = minima(*words)
    assert (ending, printed.count("already invited")) == (0, 3)
    emails = Invitation.objects.values_list("candidate__email", flat=True)
    assert sorted(emails) == [f"p{n}@example.com" for n in range(4)]


def test_files_that_are_no_list_are_refused_in_one_line(minima, version, people, tmp_path):
    (tmp_path / "latin.csv").write_bytes("name,email\nJosé,j@example.com\n".encode("latin-1"))
    for file, why in [
        (tmp_path / "none.csv", "can't be read"),
        (tmp_path / "latin.csv", "not UTF-8"),
        (people("who,email\n", "0.csv"), "no column name"),
        (people("name,email,phone\n", "1.csv"), "not known: phone"),
        (people("name,email\n", "2.csv"), "nobody to invite"),
        (people('name,email\n"A,a@example.com\n', "3.csv"), "line 2"),
    ]:
        ending, printed, said = minima("invite", file, "--assessment", "first")
        assert (ending, printed) == (2, "")
        assert why in said
        assert said.count("\n") == 1
    assert minima("invite", people("name,email\nA,a@b.de\n"), "--assessment", "x")[0] == 2


def test_code_is_graded_and_waited_for(minima, broker, monkeypatch, tmp_path):
    """Reports come while the command waits for them."""

    def grade(sender, seconds):
        submission = Submission.objects.filter(status="queued").order_by("created_at").first()
        actions.store_report(
            str(submission.pk), submission.ticket, make_report(0.5, "partial", diagnosis=["No."])
        )

    monkeypatch.setattr("minima_client.client.time.sleep", lambda seconds: None)
    monkeypatch.setattr("minima_client.resources.time.monotonic", iter(range(10_000)).__next__)
    monkeypatch.setattr("minima_client.grading.LONG_POLL", 0)
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("x = 1")
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    make_client = command.Client

    def client(*given):
        made = make_client(*given)
        made.sender.sleep = lambda seconds: grade(made.sender, seconds)
        return made

    monkeypatch.setattr(command, "Client", client)
    ending, printed, _ = minima("grade", one, "--task", "huber")
    batch = results(minima("grade", one, two, "--task", "huber", "--json")[1])

    assert (ending, printed.split()[1:3]) == (0, ["partial", "0.500"])
    assert printed.rstrip().endswith("No.")
    assert [(each["file"], each["verdict"]) for each in batch] == [
        (str(one), "partial"), (str(two), "partial"),
    ]  # fmt: skip
    ending, _, said = minima("grade", tmp_path / "c.py", "--task", "huber")
    assert (ending, "can't be read" in said) == (2, True)
    ending, _, said = minima("grade", one, "--task", "hubert", "--json")
    assert (ending, json.loads(said)["error"]) == (4, "invalid")


def test_an_assessment_is_waited_for_until_everybody_has_a_score(minima, version, coding_question):
    attempt = actions.start_attempt(actions.invite(version, "A", "a@example.com"))
    sent = actions.submit_code(attempt, coding_question, "x = 1", "submit")
    late = actions.invite(version, "B", "b@example.com")
    waiting = ["wait", "assessment", "first", "--timeout", "0", "--json"]
    ending, _, said = minima(*waiting)
    assert (ending, json.loads(said)["error"]) == (6, "timed-out")

    actions.finish_attempt(attempt)
    actions.revoke_invitation(late)
    assert minima(*waiting)[0] == 6
    actions.store_report(str(sent.pk), sent.ticket, make_report())
    ending, printed, _ = minima(*waiting)
    assert ending == 0
    assert {"invited": 1, "scored": 1, "in_progress": 0}.items() <= results(printed)[0].items()


def test_what_fails_is_one_line_that_never_has_the_token(minima, make_token, monkeypatch, tmp_path):
    secret = "mnm_" + "s" * 40
    (tmp_path / "token").write_text(f"{secret}\n")
    monkeypatch.setattr(Sender, "pause", lambda sender, tried: None)
    for words, ending, told in [
        (["tasks", "--token", secret], 3, "Owners issue tokens"),
        (["--token-file", tmp_path / "token", "tasks"], 3, "Owners issue tokens"),
        (["tasks", "--token", f"{secret} x"], 2, "characters that no token has"),
        (["tasks", "--tokn", secret], 2, "--help"),
        (["tasks", "--url", "localhost"], 2, "MINIMA_URL"),
        (["attempts", "--token", make_token("grade")], 3, "scope"),
        (["wait", "submission", "7664589f-0e27-4fb3-86d1-8bf7869dfafd"], 4, "Check the id"),
        (["attempts", "--state", "asleep"], 4, "state"),
        (["attempts", "--score-min", "much"], 2, "score-min"),
        (["invitations", "--created-after", "soon"], 2, "2026-11-21"),
    ]:
        found, printed, said = minima(*words)
        assert (found, printed) == (ending, ""), words
        assert told in said, words
        assert said.count("\n") == 1, words
        assert secret not in said, words
    found, _, said = minima("tasks", "--json", "--token", secret)
    assert json.loads(said) == {
        "error": "unauthenticated", "message": json.loads(said)["message"], "exit": 3,
    }  # fmt: skip


def test_a_token_that_leaves_the_machine_unencrypted_is_warned_of(minima, live_server):
    _, _, said = minima("tasks", "--url", live_server.url.replace("localhost", "0.0.0.0"))
    _, _, here = minima("tasks")

    assert said.startswith("The token goes out unencrypted")
    assert here == ""


def test_what_a_terminal_would_obey_is_not_printed():
    assert printable("a\x1b]0;b\x07\u202ec\nd") == "a\ufffd]0;b\ufffd\ufffdc\ufffdd"
