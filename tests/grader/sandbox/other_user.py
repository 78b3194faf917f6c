"""Runs the sandbox as a user who is nobody in particular, when the tests themselves run as root."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[3]
UID = 65_533
PYTHONS = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
NOT_NEEDED = shutil.ignore_patterns("tests", "__pycache__", "*.pyi", "f2py", "include", "doc")


def stage(directory: Path) -> None:
    """Copy what a worker imports to where everybody may read it."""
    site = Path(np.__file__).parent.parent
    for source in (ROOT / "grader", site / "numpy", site / "numpy.libs"):
        if source.is_dir():
            shutil.copytree(source, directory / source.name, ignore=NOT_NEEDED)
    shutil.copy(Path(__file__).parent / "profile_filter.py", directory)
    shutil.copy(ROOT / "script" / "deploy" / "seccomp-grader.json", directory)
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


# Puts the process under the seccomp profile of the grading container, as Docker would.
UNDER_PROFILE = """
import ctypes
from profile_filter import program
code = program()
buffer = ctypes.create_string_buffer(code, len(code))
class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
filter = Program(len(code) // 8, ctypes.addressof(buffer))
assert libc.prctl(22, 2, ctypes.byref(filter), 0, 0) == 0
"""


def run(
    python: str, directory: Path, program: str, sent: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program as `UID`, without groups, in `directory`."""
    return subprocess.run(
        [python, "-B", "-c", program],
        cwd=directory,
        input=sent,
        env={"PATH": os.environ["PATH"]},
        user=UID,
        group=UID,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def usable_python(directory: Path) -> str | None:
    """Return a Python that this user may run and that can import the staged NumPy."""
    for python in PYTHONS:
        try:
            if run(python, directory, "import numpy.linalg").returncode == 0:
                return python
        except OSError:
            continue
    return None


def ask(python: str, directory: Path, program: str, question: Any) -> Any:
    """Return the JSON that a program prints, having read `question` as JSON."""
    done = run(python, directory, program, json.dumps(question))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
