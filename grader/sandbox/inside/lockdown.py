"""What the template and each child take away from themselves, by raw system calls.

System call numbers come from the trusted side, which asked libseccomp for this machine's.
"""

import ctypes
import os
import resource
import signal
from collections.abc import Mapping

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 38, 47, 4
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x08000000, 0x10000000, 0x20000000
SECCOMP_SET_MODE_FILTER = 1
CAPABILITY_VERSION_3 = 0x20080522
LANDLOCK_RULE_PATH_BENEATH = 1
LANDLOCK_CREATE_RULESET_VERSION = 1
LANDLOCK_READ_FILE, LANDLOCK_READ_DIR = 1 << 2, 1 << 3
RULESET = 101
# Rights to files that each version of Landlock's interface knows, as a number of bits.
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
# A child's own soft and hard limits, beside those of the run.
CLOSED_LIMITS = {
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
    resource.RLIMIT_SIGPENDING: 64,
    resource.RLIMIT_STACK: 16 << 20,
}

# PyDLL keeps the interpreter's lock: the process must stay whole across a clone.
libc = ctypes.PyDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


class Ruleset(ctypes.Structure):
    """struct landlock_ruleset_attr."""

    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class PathBeneath(ctypes.Structure):
    """struct landlock_path_beneath_attr."""

    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


CAPABILITY_HEADER = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
NO_CAPABILITIES = (ctypes.c_uint32 * 6)()


def checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def prctl(option: int, value: int = 0) -> None:
    zero = ctypes.c_ulong(0)
    checked(libc.prctl(option, ctypes.c_ulong(value), zero, zero, zero), f"prctl {option}")


class Lockdown:
    """The walls of a child, prepared once in the template so that putting them up is cheap.

    Args:
        syscalls: numbers of the system calls used here, by name.
        program: the child's seccomp filter, an array of struct sock_filter; empty for none.
        readable: directories that stay readable; None leaves Landlock out.
        namespaces: give each child user, pid and ipc namespaces of its own.
    """

    def __init__(
        self,
        syscalls: Mapping[str, int],
        program: bytes,
        readable: list[str] | None,
        namespaces: bool,
    ) -> None:
        self._syscalls = syscalls
        self._code = ctypes.create_string_buffer(program, len(program))
        self._program = Program(len(program) // 8, ctypes.addressof(self._code))
        self._ruleset = -1 if readable is None else self._make_ruleset(readable)
        self._flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC if namespaces else 0
        self._last_capability = last_capability()

    def _call(self, name: str, *arguments: object) -> int:
        return checked(libc.syscall(self._syscalls[name], *arguments), name)

    def _make_ruleset(self, readable: list[str]) -> int:
        version = self._call(
            "landlock_create_ruleset", None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION
        )
        attributes = Ruleset(files=(1 << FILE_RIGHTS[min(version, 5)]) - 1)
        size = 8
        if version >= 4:  # no rule allows any port: neither bind nor connect over TCP
            attributes.network, size = 3, 16
        if version >= 6:  # abstract sockets and signals stay inside
            attributes.scoped, size = 3, 24
        made = self._call(
            "landlock_create_ruleset", ctypes.byref(attributes), ctypes.c_size_t(size), 0
        )
        for directory in readable:
            self._allow_reading(made, directory)
        # The low descriptors are the children's.
        os.dup2(made, RULESET, inheritable=False)
        os.close(made)
        return RULESET

    def _allow_reading(self, ruleset: int, directory: str) -> None:
        parent = os.open(directory, os.O_PATH | os.O_DIRECTORY)
        rule = PathBeneath(LANDLOCK_READ_FILE | LANDLOCK_READ_DIR, parent)
        self._call("landlock_add_rule", ruleset, LANDLOCK_RULE_PATH_BENEATH, ctypes.byref(rule), 0)
        os.close(parent)

    def fork(self) -> int:
        """Fork as os.fork does, into new namespaces; return 0 in the child.

        One clone instead of unshare and two forks: a third cheaper. The hooks are the ones
        that os.fork itself runs around its system call.
        """
        api = ctypes.pythonapi
        api.PyOS_BeforeFork()
        pid: int = libc.syscall(self._syscalls["clone"], self._flags | signal.SIGCHLD, 0, 0, 0, 0)
        if pid == 0:
            api.PyOS_AfterFork_Child()
        else:
            api.PyOS_AfterFork_Parent()
        return checked(pid, "clone")

    def close_up(self, first_closed: int) -> None:
        """Put up the walls of this child, the last one being the system call filter.

        Args:
            first_closed: this descriptor and all above it are closed.
        """
        prctl(PR_SET_DUMPABLE, 0)
        if self._flags:
            # A new user namespace starts with all of them.
            drop_capabilities(self._syscalls["capset"], self._last_capability)
        if self._program.length:
            prctl(PR_SET_NO_NEW_PRIVS, 1)
        if self._ruleset >= 0:
            self._call("landlock_restrict_self", self._ruleset, 0)
        self._call("close_range", first_closed, ctypes.c_uint(0xFFFFFFFF), 0)
        if self._program.length:
            self._call("seccomp", SECCOMP_SET_MODE_FILTER, 0, ctypes.byref(self._program))
            self._prove()

    def _prove(self) -> None:
        """Die unless the filter refuses a socket."""
        if libc.syscall(self._syscalls["socket"], 1, 1, 0) >= 0:
            os._exit(70)


def last_capability() -> int:
    """Return the number of the last capability that this kernel knows."""
    capability = 0
    while libc.prctl(23, ctypes.c_ulong(capability + 1), 0, 0, 0) >= 0:  # PR_CAPBSET_READ
        capability += 1
    return capability


def limit(limits: Mapping[int, int]) -> None:
    """Set `limits`, soft and hard alike, and those that are the same for every run."""
    for kind, value in {**CLOSED_LIMITS, **limits}.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def drop_capabilities(capset: int, last: int) -> None:
    """Give up every capability, for good.

    Args:
        capset: number of the system call.
        last: number of the last capability that this kernel knows.
    """
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    checked(libc.syscall(capset, CAPABILITY_HEADER, NO_CAPABILITIES), "capset")


def become(uid: int, capset: int) -> None:
    """Turn the host's root into the unprivileged `uid`, with no groups and no way back."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    # The bounding set can only be emptied by who still may: root, before it is gone.
    last = last_capability()
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    os.setresuid(uid, uid, uid)
    checked(libc.syscall(capset, CAPABILITY_HEADER, NO_CAPABILITIES), "capset")
    # The change of user has cleared it. Some kernels ask bwrap for a right to signal that it has
    # given up: then it is the end of the control socket that ends the template with its worker.
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
