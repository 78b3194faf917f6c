"""The outer walls: what bubblewrap is asked for, and what each layer can be left out as."""

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.sandbox import runtime
from grader.sandbox.outcome import SandboxFault

# The user that everything inside runs as, when the worker is root; unmapped in the children.
NOBODY = 65_534
# One thread each: a run is one process that may not start another.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "LC_ALL": "C.UTF-8",
    "LD_LIBRARY_PATH": "/lib",
}
TEMPLATE = "/harness/grader/sandbox/inside/template.py"
PYTHON_OPTIONS = ("-I", "-S", "-B", "-X", "utf8")


@dataclass(frozen=True)
class Walls:
    """Which layers stand. All do, but in the tests that take one away, and in benchmarks.

    Attributes:
        namespaces: bubblewrap around the template, and namespaces of each child's own.
        landlock: no file but the runtime's can be opened.
        filters: the system call filters of template and child.
    """

    namespaces: bool = True
    landlock: bool = True
    filters: bool = True


def bubblewrap() -> str:
    """Return the path of bwrap; raise SandboxFault where it is missing or setuid."""
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxFault("bubblewrap is missing: install the package bubblewrap.")
    if os.stat(found).st_mode & stat.S_ISUID:
        raise SandboxFault(f"{found} is setuid: take that bit away (chmod u-s {found}).")
    return found


def environment(walls: Walls) -> dict[str, str]:
    """The environment of the command: bubblewrap clears it, and sets what the template gets."""
    return {} if walls.namespaces else {**ENVIRONMENT, "LD_LIBRARY_PATH": ""}


def command(walls: Walls, control: int, filter_file: int, facts: int) -> list[str]:
    """Return the command that starts the template.

    Args:
        walls: the layers.
        control: descriptor of the control socket, which the template inherits.
        filter_file: descriptor of the template's filter, which bubblewrap reads.
        facts: descriptor to which bubblewrap writes what it has made.
    """
    if not walls.namespaces:
        python = str(runtime.find().executable)
        return [python, *PYTHON_OPTIONS, str(runtime.INSIDE / "template.py"), str(control)]
    arguments = [bubblewrap(), *isolation(), *mounts(), "--info-fd", str(facts)]
    if walls.filters:
        arguments += ["--seccomp", str(filter_file)]
    return [*arguments, "--", "/python/bin/python3", *PYTHON_OPTIONS, TEMPLATE, str(control)]


def isolation() -> list[str]:
    """Never --unshare-all, whose user namespace is only tried for."""
    options = ["pid", "net", "ipc", "uts", "cgroup"]
    if os.geteuid() != 0:
        options.insert(0, "user")
    arguments = [f"--unshare-{name}" for name in options]
    if os.geteuid() != 0:
        arguments += ["--uid", str(NOBODY), "--gid", str(NOBODY), "--cap-drop", "ALL"]
    else:
        # Root mounts; the template then becomes nobody, for which it needs these three.
        arguments += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            arguments += ["--cap-add", capability]
    arguments += ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"]
    for name, value in ENVIRONMENT.items():
        arguments += ["--setenv", name, value]
    return arguments


def mounts() -> list[str]:
    """The runtime, read-only, on an empty root that is made read-only last."""
    found = runtime.find()
    arguments = []
    parents = {parent for _, target in found.binds for parent in PurePosixPath(target).parents}
    for directory in sorted(parents - {PurePosixPath("/")}):
        # By itself bubblewrap would make them for its own user only.
        arguments += ["--perms", "0755", "--dir", str(directory)]
    for source, target in found.binds:
        arguments += ["--ro-bind", str(source), target]
    if found.covered is not None:
        arguments += ["--tmpfs", found.covered, "--remount-ro", found.covered]
    return [*arguments, "--remount-ro", "/", "--chdir", "/"]


def configuration(walls: Walls) -> dict[str, object]:
    """What the template does not find out by itself, but for the filters."""
    found = runtime.find()
    inside = found.path
    if not walls.namespaces:
        root = Path(__file__).parents[2]
        inside = [str(found.stdlib), f"{found.stdlib}/lib-dynload", str(found.site), str(root)]
    return {
        "path": inside,
        "harness": inside[-1],
        "readable": [inside[0], inside[2], "/lib"] if walls.landlock else None,
        "namespaces": walls.namespaces,
        "become": NOBODY if walls.namespaces and os.geteuid() == 0 else None,
    }
