"""Says which walls can't be put up on this machine, and what to install or set."""

import ctypes
import re
import subprocess
import sys
from pathlib import Path

from grader.sandbox import filters, runtime, walls
from grader.sandbox.outcome import SandboxFault
from grader.sandbox.sandbox import Sandbox

OLDEST_BUBBLEWRAP = (0, 5)
LANDLOCK_VERSION = 1
# What a failing start says, and the sentence that helps: the first that matches is told.
ADVICE = (
    (
        "o permissions to creat.* namespace|Creating new namespace failed|unshare",
        "Namespaces are refused to this process: in a container, use the seccomp profile of "
        "script/deploy and an AppArmor profile that allows userns; on Ubuntu 23.10 or later set "
        "kernel.apparmor_restrict_unprivileged_userns=0 or load such a profile.",
    ),
    (
        "setting up uid map",
        "The user namespace can't be mapped: on Ubuntu 23.10 or later set "
        "kernel.apparmor_restrict_unprivileged_userns=0, or load an AppArmor profile for bwrap.",
    ),
    (
        "find source path|Permission denied|ermission denied",
        "The Python runtime can't be read by the user that runs candidates' code: make the "
        "interpreter, its library and NumPy readable for everyone.",
    ),
)


def missing_walls() -> list[str]:
    """Return one sentence per missing wall; [] when the sandbox starts and all probes fail."""
    if sys.platform != "linux":
        return ["The sandbox is made of Linux namespaces and filters: run the grader on Linux."]
    sentences = [sentence for check in CHECKS if (sentence := check()) is not None]
    return sentences or failing_start()


def failing_start() -> list[str]:
    try:
        Sandbox().close()
    except SandboxFault as fault:
        advice = next((text for found, text in ADVICE if re.search(found, str(fault))), None)
        return [f"{advice} ({fault})" if advice else str(fault)]
    return []


def bubblewrap() -> str | None:
    try:
        path = walls.bubblewrap()
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True)
    except SandboxFault as fault:
        return str(fault)
    except (OSError, subprocess.SubprocessError) as error:
        return f"bubblewrap does not run: {error}"
    version = tuple(map(int, re.findall(r"\d+", said.stdout)[:2]))
    if version < OLDEST_BUBBLEWRAP:
        return f"{said.stdout.strip()} is too old: install version 0.5 or later."
    return None


def libseccomp() -> str | None:
    try:
        filters.child_program()
        filters.template_program()
    except SandboxFault as fault:
        return str(fault)
    return None


def kernel_filters() -> str | None:
    try:
        known = Path("/proc/sys/kernel/seccomp/actions_avail").read_text().split()
    except OSError:
        known = []
    if "kill_process" in known:
        return None
    return "The kernel has no system call filters: use one built with CONFIG_SECCOMP_FILTER."


def landlock() -> str | None:
    libc = ctypes.CDLL(None, use_errno=True)
    number = ctypes.c_long(444)  # the same on every machine
    version = libc.syscall(number, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version >= LANDLOCK_VERSION:
        return None
    return (
        "Landlock is missing: use Linux 5.13 or later and add landlock to the kernel's lsm= "
        "parameter; in a container its seccomp profile must allow landlock_*."
    )


def namespaces() -> str | None:
    for name, file, value in (
        ("user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", "0"),
        ("kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", "0"),
    ):
        try:
            found = Path(file).read_text().strip()
        except OSError:
            continue
        if found == value:
            return f"User namespaces are switched off: set {name} to another value than {value}."
    return None


def python() -> str | None:
    try:
        runtime.find()
    except SandboxFault as fault:
        return str(fault)
    return None


CHECKS = (bubblewrap, libseccomp, kernel_filters, landlock, namespaces, python)
