"""Looks at the sandbox's processes from outside, where nothing inside can fake what is seen."""

import json
import os
from pathlib import Path

from grader.sandbox.outcome import SandboxFault

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")


def status(pid: int) -> dict[str, str]:
    """Return /proc/PID/status as a table; raise SandboxFault where the process is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError as error:
        raise SandboxFault("A process of the sandbox has died.") from error
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def address_space(pid: int) -> int:
    """Return the size of a process's address space in bytes."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[0])
    except (OSError, IndexError) as error:
        raise SandboxFault("The forkserver has died.") from error
    return pages * os.sysconf("SC_PAGE_SIZE")


def resident_kib(pid: int) -> int:
    return int(status(pid)["VmRSS"].split()[0])


def threads(pid: int) -> int:
    return int(status(pid)["Threads"])


def verify_child(pid: int, depth: int) -> None:
    """Raise SandboxFault unless the walls of a waiting child stand.

    Args:
        pid: of the child.
        depth: how many process id namespaces deep it must be, counting this one.
    """
    seen = status(pid)
    expected = {"Seccomp": "2", "NoNewPrivs": "1", "Threads": "1"}
    expected |= {f"Cap{kind}": "0" * 16 for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")}
    wrong = [
        f"{name} {seen.get(name)}" for name, value in expected.items() if seen.get(name) != value
    ]
    numbers = seen.get("NSpid", "").split()
    if len(numbers) != depth or numbers[-1] != "1":
        wrong.append(f"NSpid {numbers}")
    if "0" in seen.get("Uid", "0").split()[:4]:
        wrong.append("Uid 0")
    if wrong:
        raise SandboxFault(f"A child's walls do not stand: {', '.join(wrong)}.")


def verify_namespaces(report: bytes) -> None:
    """Raise SandboxFault unless every namespace in bubblewrap's report differs from ours."""
    try:
        made = json.loads(report)
    except ValueError as error:
        raise SandboxFault("bubblewrap does not report its namespaces.") from error
    for name in NAMESPACES:
        ours = os.stat(f"/proc/self/ns/{name}").st_ino
        if made.get(f"{name}-namespace", ours) == ours:
            raise SandboxFault(f"The sandbox has no {name} namespace of its own.")
