"""The system call filters, as BPF programs made by libseccomp for the machine this runs on."""

import ctypes
import ctypes.util
import errno
import functools
import os
from collections.abc import Iterable

from grader.sandbox.outcome import SandboxFault

ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
OPTIMIZE, BAD_ARCHITECTURE = 8, 2
EQUAL, AT_LEAST, MASKED_EQUAL = 4, 5, 7

PROT_WRITE, PROT_EXEC, MAP_ANONYMOUS = 2, 4, 0x20
F_GETFD, F_SETFD, F_GETFL = 1, 2, 3
TCGETS, FIOCLEX = 0x5401, 0x5451
# O_TMPFILE without the O_DIRECTORY that is part of it: listing directories is allowed.
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | (os.O_TMPFILE & ~os.O_DIRECTORY)
# Descriptors below are the child's own: null, stdout, the run's socket, inputs, results.
FIRST_FILE = 6

# All that imports, linear algebra, transforms, random numbers and tracebacks need.
ALLOWED = """
    read readv write writev close fstat newfstatat statx stat lstat lseek pread64 getdents64 getcwd
    readlink readlinkat access faccessat faccessat2 munmap mremap brk madvise mbind futex
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack getpid gettid getppid getuid geteuid getgid
    getegid clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrandom
    uname sysinfo sched_getaffinity sched_yield getrlimit getrusage exit exit_group restart_syscall
    poll ppoll select pselect6 set_robust_list get_robust_list rseq epoll_create1 membarrier
""".split()  # noqa: SIM905

# No honest loss function comes near these: not refused but ended, and recorded as forbidden.
HOSTILE = """
    ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_open pidfd_getfd
    pidfd_send_signal unshare setns mount umount2 mount_setattr move_mount open_tree fsopen fsmount
    fsconfig fspick pivot_root chroot bpf perf_event_open userfaultfd io_uring_setup io_uring_enter
    io_uring_register io_setup io_submit keyctl add_key request_key init_module finit_module
    delete_module kexec_load kexec_file_load reboot swapon swapoff acct quotactl quotactl_fd
    name_to_handle_at open_by_handle_at seccomp iopl ioperm modify_ldt personality syslog
    clock_settime settimeofday adjtimex clock_adjtime fanotify_init lookup_dcookie vhangup
    memfd_secret landlock_create_ruleset landlock_add_rule landlock_restrict_self
""".split()  # noqa: SIM905
# The template itself puts its children behind walls: these it must keep.
TEMPLATE_NEEDS = frozenset(
    ("seccomp", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
)
# Called by number in the template and its children.
BY_NUMBER = """
    clone capset seccomp close_range socket landlock_create_ruleset landlock_add_rule
    landlock_restrict_self
""".split()  # noqa: SIM905


class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp: one argument of a system call compared with one or two numbers."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def equal(argument: int, value: int) -> Comparison:
    return Comparison(argument, EQUAL, value, 0)


def masked(argument: int, mask: int, value: int) -> Comparison:
    return Comparison(argument, MASKED_EQUAL, mask, value)


@functools.cache
def library() -> ctypes.CDLL:
    """Return libseccomp; raise SandboxFault where it isn't installed."""
    try:
        found = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError as error:
        raise SandboxFault(
            "libseccomp is missing: install the package libseccomp2 (Debian, Ubuntu)."
        ) from error
    found.seccomp_init.restype = ctypes.c_void_p
    found.seccomp_init.argtypes = [ctypes.c_uint32]
    found.seccomp_release.argtypes = [ctypes.c_void_p]
    found.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    found.seccomp_export_bpf.argtypes = [ctypes.c_void_p, ctypes.c_int]
    found.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p
    ]  # fmt: skip
    return found


def number_of(name: str) -> int:
    """Return the number of a system call on this machine, negative where it has none."""
    return int(library().seccomp_syscall_resolve_name(name.encode()))


def numbers() -> dict[str, int]:
    """Return the numbers of the system calls that the template makes itself."""
    return {name: number_of(name) for name in BY_NUMBER}


class Filter:
    """A filter under construction."""

    def __init__(self, default: int) -> None:
        self._context = library().seccomp_init(default)
        # i386 on x86_64, x32: another table of numbers, so a way around this list.
        self._set(BAD_ARCHITECTURE, KILL_PROCESS)
        # A binary tree instead of a chain: loading it is what each child pays for.
        self._set(OPTIMIZE, 2)

    def _set(self, attribute: int, value: int) -> None:
        if library().seccomp_attr_set(self._context, attribute, value):
            raise SandboxFault("libseccomp is too old: version 2.5 or later is needed.")

    def rule(self, action: int, name: str, *comparisons: Comparison) -> None:
        """Add one rule; a call that this machine does not know needs none."""
        number = number_of(name)
        if number < 0:
            return
        array = (Comparison * len(comparisons))(*comparisons)
        result = library().seccomp_rule_add_array(
            self._context, action, number, len(comparisons), array
        )
        if result not in (0, -errno.EEXIST):
            raise SandboxFault(f"libseccomp refuses a rule for {name}: {os.strerror(-result)}.")

    def rules(self, action: int, names: Iterable[str]) -> None:
        for name in names:
            self.rule(action, name)

    def export(self) -> bytes:
        """Return the program, an array of struct sock_filter, and give up the construction."""
        file = os.memfd_create("filter")
        try:
            if library().seccomp_export_bpf(self._context, file):
                raise SandboxFault("libseccomp can't write the filter.")
            return os.pread(file, 1 << 20, 0)
        finally:
            os.close(file)
            library().seccomp_release(self._context)


def refuse(number: int) -> int:
    """Return the action that makes a call fail with an errno."""
    return 0x00050000 | number


@functools.cache
def child_program() -> bytes:
    """Return the allow-list of a child: everything else fails with EPERM or ends it."""
    made = Filter(refuse(errno.EPERM))
    made.rules(ALLOW, ALLOWED)
    made.rules(KILL_PROCESS, HOSTILE)
    made.rule(refuse(errno.ENOSYS), "clone3")
    made.rule(ALLOW, "open", masked(1, WRITING, 0))
    made.rule(ALLOW, "openat", masked(2, WRITING, 0))
    for request in (TCGETS, FIOCLEX):
        made.rule(ALLOW, "ioctl", equal(1, request))
    for command in (F_GETFD, F_SETFD, F_GETFL):
        made.rule(ALLOW, "fcntl", equal(1, command))
    made.rule(ALLOW, "prlimit64", equal(0, 0), equal(2, 0))
    # Machine code comes from the read-only files of the runtime and from nowhere else.
    made.rule(ALLOW, "mmap", masked(2, PROT_EXEC, 0))
    made.rule(
        ALLOW,
        "mmap",
        masked(2, PROT_EXEC | PROT_WRITE, PROT_EXEC),
        masked(3, MAP_ANONYMOUS, 0),
        Comparison(4, AT_LEAST, FIRST_FILE, 0),
    )
    made.rule(ALLOW, "mprotect", masked(2, PROT_EXEC, 0))
    return made.export()


@functools.cache
def template_program() -> bytes:
    """Return the deny-list that bwrap loads before the template: it holds for children too."""
    made = Filter(ALLOW)
    made.rules(KILL_PROCESS, (name for name in HOSTILE if name not in TEMPLATE_NEEDS))
    return made.export()
