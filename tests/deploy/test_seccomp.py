"""The grading container's seccomp profile has what the sandbox needs, and no more."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PROFILE = ROOT / "script/deploy/seccomp-grader.json"
OURS = ["clone", "mount", "umount2", "pivot_root"]
# What root asks of setpriv to be the container's user: another uid, no capability, no way back.
AS_CONTAINER = ["--reuid=10001", "--regid=10001", "--clear-groups", "--bounding-set=-all"]
# A Python in root's own home, as pyenv makes it, is out of that user's reach: show it alone.
SHOW_PYTHON = """
set -e
kept=$(mktemp -d)
mount --bind "$1" "$kept"
mount -t tmpfs -o mode=0755 tmpfs "$2"
mkdir -p "$1"
mount --bind "$kept" "$1"
shift 2
exec "$@"
"""


def profile():
    return json.loads(PROFILE.read_text())


def rules_for(name):
    return [rule for rule in profile()["syscalls"] if name in rule["names"]]


def container(*command):
    """`command` as the grading container runs it, as far as one can without an engine."""
    if os.geteuid() != 0:
        return ["setpriv", "--no-new-privs", *command]
    command = ["setpriv", *AS_CONTAINER, "--inh-caps=-all", "--no-new-privs", *command]
    closed = [folder for folder in Path(sys.base_prefix).parents if not folder.stat().st_mode & 1]
    if not closed:
        return command
    show = ["unshare", "--mount", "bash", "-c", SHOW_PYTHON, "bash", sys.base_prefix]
    return [*show, str(closed[-1]), *command]


def check_walls(path):
    under = [sys.executable, str(ROOT / "tests/deploy/under_profile.py"), str(path)]
    return subprocess.run(
        container(*under, sys.executable, "-m", "grader", "check"),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.sandbox
def test_every_wall_stands_under_the_profile():
    done = check_walls(PROFILE)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.sandbox
@pytest.mark.parametrize("name", OURS)
def test_without_one_of_our_rules_the_sandbox_refuses_to_run(tmp_path, name):
    """Each right that the container has is needed; and without it nothing runs unprotected."""
    narrower = profile()
    narrower["syscalls"] = [rule for rule in narrower["syscalls"] if rule["names"] != [name]]
    tmp_path.chmod(0o755)
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(narrower))
    for folder in tmp_path.parents[:2]:
        folder.chmod(0o755)

    done = check_walls(path)

    assert done.returncode != 0
    assert (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_rules_has_a_reason(name):
    (rule,) = rules_for(name)

    assert rule["action"] == "SCMP_ACT_ALLOW"
    assert rule["comment"].startswith("Minima: ")


def test_our_rules_are_all_there_is_beyond_the_engines_own():
    ours = [rule for rule in profile()["syscalls"] if rule["comment"].startswith("Minima: ")]

    assert sorted(name for rule in ours for name in rule["names"]) == sorted(OURS)


@pytest.mark.parametrize(
    "name",
    [
        *("bpf", "ptrace", "keyctl", "add_key", "io_uring_setup", "userfaultfd", "setns"),
        *("unshare", "chroot", "mount_setattr", "move_mount", "open_tree", "init_module"),
        *("kexec_load", "reboot", "swapon", "perf_event_open", "process_vm_writev"),
        *("open_by_handle_at", "settimeofday", "modify_ldt", "iopl", "quotactl", "acct"),
    ],
)
def test_what_a_grader_never_needs_stays_refused(name):
    assert profile()["defaultAction"] == "SCMP_ACT_ERRNO"
    assert rules_for(name) == []


def test_clone3_is_absent_rather_than_refused():
    """Its flags lie in memory, where no filter can read them."""
    (rule,) = rules_for("clone3")

    assert (rule["action"], rule["errnoRet"]) == ("SCMP_ACT_ERRNO", 38)
