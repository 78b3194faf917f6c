"""The walls themselves: each is noticed when it is missing, and does not stand alone."""

import os
import stat
import time

import numpy as np
import psutil
import pytest

from grader.sandbox import (
    Call,
    Sandbox,
    SandboxFault,
    canary,
    filters,
    inspection,
    missing_walls,
    probes,
    runtime,
    walls,
)
from grader.sandbox.walls import Walls
from tests.grader.sandbox import other_user
from tests.grader.sandbox.conftest import CALLS, HONEST, TIGHT
from tests.grader.sandbox.test_hostile import ATTACKS, assert_honest, head

pytestmark = pytest.mark.sandbox
PROBE = Call("probe", (np.array([1.0]),))
OPENED = {  # what each layer is the only one to stop
    Walls(filters=False): {
        "socket", "socketpair", "signal all", "signal the group", "memory file", "pipe",
        "shared memory", "semaphore", "message queue", "machine code", "duplicate a descriptor",
        "set a limit", "exec", "spawn", "fork", "thread",
        # refused, in another way than the filter's
        "remove a file", "make a directory", "make a link", "change a mode", "become root",
        "signal the parent",
    },
    Walls(landlock=False): {"list /", "read the harness"},
    Walls(namespaces=False): set(),
}  # fmt: skip


def test_no_wall_is_missing_here(sandbox):
    assert missing_walls() == []


@pytest.mark.parametrize(
    ("layers", "opened"), OPENED.items(), ids=["filters", "landlock", "namespaces"]
)
def test_with_a_layer_taken_away_the_others_hold(layers, opened, sandbox):
    """The probes are harmless where they get through: they look for a refusal only."""

    class Weaker(Sandbox):
        _walls = layers

    with Weaker(TIGHT) as weaker:
        outcome = weaker.run(canary.SOURCE, [PROBE], ["probe"])

    through = set(canary.get_through(outcome_with_honest(outcome)))
    assert through <= opened
    assert "read /etc/passwd" not in through


def outcome_with_honest(outcome):
    """`get_through` looks at the second result."""
    return type(outcome)(
        outcome.ending, outcome.detail, outcome.results * 2, outcome.stdout, 0.0, 0.0
    )


def test_a_hole_keeps_the_sandbox_from_starting(monkeypatch, sandbox):
    """A child with a wall left out is refused, though everything in it works."""
    monkeypatch.setattr(filters, "ALLOWED", [*filters.ALLOWED, "socketpair", "pipe2"])
    filters.child_program.cache_clear()
    try:
        with pytest.raises(SandboxFault, match=r"have holes: socketpair, pipe\."):
            Sandbox(TIGHT)
    finally:
        monkeypatch.undo()
        filters.child_program.cache_clear()


def test_a_child_without_a_filter_is_refused_from_outside(monkeypatch, sandbox):
    """Whatever the inside claims: /proc/PID/status is read by the worker."""
    status = inspection.status

    def without(pid):
        return {**status(pid), "Seccomp": "0", "CapEff": "00000000000000ff", "NSpid": "12"}

    monkeypatch.setattr(inspection, "status", without)
    with pytest.raises(SandboxFault, match="Seccomp 0, CapEff 00000000000000ff, NSpid"):
        Sandbox(TIGHT)


def test_namespaces_shared_with_the_worker_are_refused():
    made = {f"{name}-namespace": 1 for name in inspection.NAMESPACES}
    made["net-namespace"] = os.stat("/proc/self/ns/net").st_ino

    with pytest.raises(SandboxFault, match="no net namespace of its own"):
        inspection.verify_namespaces(str(made).replace("'", '"').encode())
    with pytest.raises(SandboxFault, match="does not report"):
        inspection.verify_namespaces(b"")


def test_a_child_shows_its_walls_to_the_outside(own_sandbox):
    template = own_sandbox.process_ids[0]
    assert_honest(own_sandbox.run(HONEST, CALLS))
    time.sleep(0.1)
    child = psutil.Process(template).children()[0].pid

    seen = inspection.status(child)

    assert (seen["Seccomp"], seen["Seccomp_filters"], seen["NoNewPrivs"]) == ("2", "2", "1")
    assert {seen[name] for name in seen if name.startswith("Cap")} == {"0" * 16}
    assert len(seen["NSpid"].split()) == 3
    assert "0" not in seen["Uid"].split()
    assert inspection.status(template)["Seccomp"] == "2"
    assert os.stat(f"/proc/{template}/environ").st_uid == 0  # not dumpable: nobody may trace it


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda m, tmp: m.setenv("PATH", str(tmp)), "install the package bubblewrap"),
        (lambda m, tmp: fake_bwrap(m, tmp, "bubblewrap 0.4.1", 0), "too old"),
        (lambda m, tmp: fake_bwrap(m, tmp, "bubblewrap 0.8.0", stat.S_ISUID), "setuid"),
        (
            lambda m, tmp: fake_bwrap(m, tmp, "bwrap: No permissions to create new namespace", 0),
            "too old",
        ),
        (lambda m, tmp: m.setattr(runtime.subprocess, "run", not_there), "ldd is missing"),
        (lambda m, tmp: m.setattr(filters, "number_of", refuse), "libseccomp is too old"),
    ],
    ids=["no bwrap", "old bwrap", "setuid bwrap", "strange bwrap", "no ldd", "old libseccomp"],
)
def test_a_missing_wall_is_named(monkeypatch, tmp_path, break_it, says):
    caches = (runtime.find, filters.child_program, filters.template_program)
    for cached in caches:
        cached.cache_clear()
    try:
        break_it(monkeypatch, tmp_path)
        told = missing_walls()
    finally:
        monkeypatch.undo()
        for cached in caches:
            cached.cache_clear()

    assert any(says in sentence for sentence in told), told


def fake_bwrap(monkeypatch, directory, version, mode):
    file = directory / "bwrap"
    file.write_text(f"#!/bin/sh\necho '{version}'\n")
    file.chmod(0o755 | mode)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")


def not_there(*arguments, **options):
    if arguments[0][0] == "ldd":
        raise FileNotFoundError("ldd")
    raise OSError("not in this test")


def refuse(name):
    raise SandboxFault("libseccomp is too old")


def test_a_bubblewrap_that_may_make_no_namespace_is_explained(monkeypatch, tmp_path):
    file = tmp_path / "bwrap"
    file.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit\n'
        "echo 'bwrap: No permissions to create new namespace' >&2\nexit 1\n"
    )
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    told = missing_walls()

    assert len(told) == 1
    assert told[0].startswith("Namespaces are refused to this process: in a container, use the")


@pytest.mark.parametrize("bwrap", ["exit 1", "exec sleep 0", None], ids=["fails", "ends", "none"])
def test_starts_that_fail_leave_no_descriptor(monkeypatch, tmp_path, bwrap):
    if bwrap is not None:
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\n{bwrap}\n")
        (tmp_path / "bwrap").chmod(0o755)
    runtime.find()
    monkeypatch.setenv("PATH", str(tmp_path))
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(5):
        with pytest.raises(SandboxFault):
            Sandbox(TIGHT)

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_forkserver_is_ready_within_a_second(sandbox):
    seconds = []
    for _ in range(3):
        start = time.monotonic()
        Sandbox(TIGHT).close()
        seconds.append(time.monotonic() - start)

    assert min(seconds) < 1.0  # 0.12 s on a quiet machine; benchmarks/ has the figures


def test_nothing_but_the_runtime_is_mounted():
    for source, target in runtime.find().binds:
        assert target.startswith(("/python/", "/site/numpy", "/harness/", "/lib")), target
        assert "celery" not in str(source)
    options = walls.command(Walls(), 3, 4, 5)
    assert not {"--bind", "--dev-bind", "--proc", "--dev", "--share-net", "--unshare-all"} & {
        *options
    }


@pytest.fixture(scope="module")
def stage(tmp_path_factory):
    if os.geteuid() != 0:
        pytest.skip("the tests do not run as root: every other test is this one")
    directory = tmp_path_factory.mktemp("stage")
    for parent in (directory, *directory.parents[:2]):
        parent.chmod(0o755)
    other_user.stage(directory)
    python = other_user.usable_python(directory)
    if python is None:
        pytest.skip("no Python that another user may run can import this NumPy")
    return python, directory


AS_NOBODY = """
import json, sys
import numpy as np
from grader.sandbox import Call, Limits, Sandbox, missing_walls
a, b = np.array([1.0, 2.0, 4.0]), np.array([3.0, 2.0, 1.0])
calls = [Call("loss", (a, b)), Call("grad", (a, b)), Call("loss", (a, b))]
endings = []
with Sandbox(Limits(cpu_seconds=0.6, wall_seconds=2.0, memory_mib=256)) as sandbox:
    for name in json.loads(sys.stdin.read()):
        outcome = sandbox.run(name, calls)
        endings.append([outcome.ending, "GOT THROUGH" in outcome.stdout])
print(json.dumps([missing_walls(), endings]))
"""


def test_the_same_walls_stand_without_root(stage):
    python, directory = stage
    chosen = [path for path in ATTACKS if "timeout" not in head(path)["ends"]][::3]

    missing, endings = other_user.ask(
        python, directory, AS_NOBODY, [path.read_text() for path in chosen]
    )

    assert missing == []
    expected = [[head(path)["ends"], False] for path in chosen]
    assert {path.stem: end for path, end in zip(chosen, endings, strict=True)} == {
        path.stem: end for path, end in zip(chosen, expected, strict=True)
    }


def test_the_containers_profile_lets_the_walls_be_put_up(stage):
    """Docker's own defaults without capabilities, as the compose file asks for them."""
    python, directory = stage

    missing, endings = other_user.ask(
        python, directory, other_user.UNDER_PROFILE + AS_NOBODY, [HONEST]
    )

    assert (missing, endings) == ([], [["finished", False]])


def test_probes_are_named():
    assert len(probes.ATTEMPTS) >= 28
    assert tuple(probes.ATTEMPTS) == canary.PROBES
