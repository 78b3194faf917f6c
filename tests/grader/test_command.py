"""The command line's contract: lines on stdout, sentences on stderr, exit statuses 0, 2 and 3."""

import io
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

import pytest
from django.core.management import call_command

from grader import audit, command
from grader.catalogue import CATALOGUE, get
from grader.catalogue.task import Misconception, Variant
from grader.families import Family
from grader.sandbox import SandboxFault
from tests.grader.tiny import RIGHT, TINY

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.sandbox


def run(*arguments, capsys):
    """Run the command here; return status, lines of stdout and lines of stderr."""
    status = command.main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out.splitlines(), err.splitlines()


@pytest.fixture
def right(tmp_path):
    path = tmp_path / "right.py"
    path.write_text(get("huber").variants[0].source)
    return path


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text(get("huber").misconceptions[0].source)
    return path


def test_each_file_gets_one_json_object_a_line(right, wrong, capsys):
    status, out, err = run("grade", "huber", right, "--json", wrong, capsys=capsys)
    reports = [json.loads(line) for line in out]

    assert (status, err) == (0, [])
    assert [(r["task"], r["file"], r["verdict"]) for r in reports] == [
        ("huber", str(right), "passed"),
        ("huber", str(wrong), "partial"),
    ]
    assert [list(report)[:4] for report in reports] == [["task", "file", "verdict", "score"]] * 2


def test_without_json_each_file_gets_one_line_for_people(right, wrong, capsys):
    status, out, _ = run("grade", "huber", right, wrong, capsys=capsys)

    assert status == 0
    assert out[0].startswith(f"{right}: passed 1.000 (values ")
    assert get("huber").misconceptions[0].sentence in out[1]


def test_the_seed_decides_what_is_asked(right, capsys):
    seeds = [
        json.loads(run("grade", "huber", right, "--json", "--seed", seed, capsys=capsys)[1][0])
        for seed in (1, 2, 1)
    ]
    numbers = [[check["expected"] for check in report["checks"]] for report in seeds]

    assert numbers[0] == numbers[2] != numbers[1]
    assert [report["seed"] for report in seeds] == [1, 2, 1]


def test_list_prints_the_slugs(capsys):
    assert run("grade", "--list", capsys=capsys) == (0, list(CATALOGUE), [])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        pytest.param(["grade", "no-such-task", "x.py"], "no-such-task", id="unknown task"),
        pytest.param(["grade", "huber", "/no/such/file.py"], "/no/such/file.py", id="no file"),
        pytest.param(["grade", "huber", str(ROOT)], str(ROOT), id="a directory"),
        pytest.param(["grade", "huber"], "file", id="no files"),
        pytest.param(["grade"], "task", id="nothing"),
        pytest.param(["audit", "no-such-task"], "no-such-task", id="audit of an unknown task"),
        pytest.param(["frobnicate"], "usage", id="unknown command"),
        pytest.param([], "usage", id="no command"),
    ],
)
def test_unusable_input_is_one_clear_line_and_status_2(arguments, word, capsys):
    status, out, err = run(*arguments, capsys=capsys)

    assert (status, out, len(err)) == (2, [], 1)
    assert word in err[0]


def test_an_unreadable_file_does_not_keep_others_from_being_graded(right, capsys):
    status, out, err = run("grade", "huber", "/no/such.py", right, capsys=capsys)

    assert status == 2
    assert len(out) == len(err) == 1
    assert "passed" in out[0]


def test_a_fault_of_ours_prints_nothing_for_that_file_and_ends_with_3(
    right, wrong, capsys, monkeypatch
):
    grade = command.grade

    def faulty(task, source, seed, sandbox):
        if source == wrong.read_bytes():
            raise SandboxFault("the walls fell")
        return grade(task, source, seed, sandbox)

    monkeypatch.setattr(command, "grade", faulty)
    status, out, err = run("grade", "huber", wrong, right, "/no/such.py", capsys=capsys)

    assert status == 3
    assert [line.split(":")[0] for line in out] == [str(right)]
    assert "the walls fell" in err[0]


def test_a_sandbox_that_does_not_start_is_status_3(right, capsys, monkeypatch):
    def refuse():
        raise SandboxFault("no bubblewrap")

    monkeypatch.setattr(command, "Sandbox", refuse)
    status, out, err = run("grade", "huber", right, capsys=capsys)

    assert (status, out) == (3, [])
    assert "no bubblewrap" in err[0]


def test_file_names_of_any_bytes_are_printed(tmp_path, capsys):
    path = tmp_path / os.fsdecode(b"\xff\n.py")
    path.write_text("")
    status, out, _ = run("grade", "huber", path, capsys=capsys)
    _, lines, _ = run("grade", "--json", "huber", path, capsys=capsys)

    assert (status, len(out), len(lines)) == (0, 1, 1)
    assert json.loads(lines[0])["file"] == str(path)


def test_a_file_larger_than_allowed_is_not_read_to_its_end():
    assert len(command.read_source("/dev/zero")) == 65_537


def test_check_says_that_every_wall_stands(capsys):
    assert run("check", capsys=capsys) == (0, ["Every wall of the sandbox stands."], [])


def test_check_names_each_missing_wall(capsys, monkeypatch):
    monkeypatch.setattr(command, "missing_walls", lambda: ["Landlock is missing.", "No seccomp."])

    assert run("check", capsys=capsys) == (3, [], ["Landlock is missing.", "No seccomp."])


def test_lines_are_flushed_as_they_are_done(right):
    """A reader of the pipe sees the first line while the second file is still to come."""
    fifo = right.with_name("late.py")
    os.mkfifo(fifo)
    arguments = [sys.executable, "-m", "grader", "grade", "huber", str(right), str(fifo)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        first = process.stdout.readline()
        fifo.write_text("")
        second = process.stdout.readline()

    assert "passed" in first
    assert "error" in second
    assert process.returncode == 0


def test_manage_py_grades_through_the_same_code(right, wrong):
    out = io.StringIO()
    call_command("grade", "huber", str(right), str(wrong), json=True, stdout=out)
    reports = [json.loads(line) for line in out.getvalue().splitlines()]

    assert [report["verdict"] for report in reports] == ["passed", "partial"]


def test_manage_py_leaves_with_the_same_status():
    err = io.StringIO()
    with pytest.raises(SystemExit) as leave:
        call_command("grade", "no-such-task", "x.py", stderr=err)

    assert leave.value.code == 2
    assert "no-such-task" in err.getvalue()


def audited(task, capsys, monkeypatch):
    monkeypatch.setitem(CATALOGUE, task.slug, task)
    options = ArgumentParser()
    audit.add_audit_arguments(options)
    arguments = options.parse_args([task.slug, "--seeds", "1"])
    status = audit.run_audit(arguments, sys.stdout, sys.stderr)
    return status, capsys.readouterr().out.splitlines()


def changed(**fields):
    """The tiny task with some of its fields changed."""
    own = {name: getattr(TINY, name) for name in TINY.__dataclass_fields__}
    return type(TINY)(**own | fields)


def test_the_audit_of_a_sound_task_has_a_row_and_the_kill_score(capsys, monkeypatch):
    status, lines = audited(changed(), capsys, monkeypatch)

    assert status == 0
    assert "3/3" in lines[1]
    assert "2/2" in lines[1]
    assert lines[2].startswith("Kill score 100.0%: 3 of 3 wrong submissions rejected")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        pytest.param(
            {"misconceptions": (Misconception("none", Family.VALUES, "It is right.", RIGHT),)},
            "misconception 'none' survives in values: passed, score 1.0",
            id="a misconception that is right",
        ),
        pytest.param(
            {
                "misconceptions": (
                    Misconception(
                        "edge", Family.VALUES, "It is.", RIGHT.replace("weight <= 0", "False")
                    ),
                )
            },
            "misconception 'edge' survives in values: partial",
            id="rejected in another family",
        ),
        pytest.param(
            {"variants": (Variant("plain", RIGHT), Variant("bad", RIGHT.replace("0.5", "0.6")))},
            "variant 'bad' gets 0.",
            id="a variant that is wrong",
        ),
    ],
)
def test_the_audit_fails_and_says_what_is_wrong(fields, sentence, capsys, monkeypatch):
    status, lines = audited(changed(**fields), capsys, monkeypatch)

    assert status == 1
    assert any(sentence in line for line in lines)
