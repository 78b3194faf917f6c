"""The supervisor keeps the product running, and ends it with nothing left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from script.product import supervisor
from script.product.processes import Process
from script.product.supervisor import GaveUp, Supervisor

ROOT = Path(__file__).parent.parent.parent
# A process that ignores being asked, and has a child of its own in its group.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
print("stands", flush=True)
time.sleep(300)
"""
PRODUCT = """
import os, sys
from script.product import supervisor
from script.product.processes import Process
supervisor.GRACE_SECONDS = 0.5
made = [
    Process("polite", (sys.executable, "-c", "import time; time.sleep(300)"), dict(os.environ)),
    Process("stubborn", (sys.executable, "-c", sys.argv[1]), dict(os.environ)),
]
supervisor.Supervisor(made, lambda: True, lambda: print("ready", flush=True)).run()
print("ended", flush=True)
"""


def process(name, code):
    return Process(name, (sys.executable, "-c", code), dict(os.environ))


@pytest.fixture(autouse=True)
def own_signals(monkeypatch):
    """Leave pytest its handlers, and don't wait for a second between two starts."""
    monkeypatch.setattr(supervisor, "RESTART_SECONDS", 0)
    before = {number: signal.getsignal(number) for number in supervisor.STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def product():
    """A supervisor with a polite and a stubborn process, as a process of its own."""
    command = [sys.executable, "-c", PRODUCT, STUBBORN]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        lines = [running.stdout.readline() for _ in range(2)]
        assert sorted(line.strip() for line in lines) == ["ready", "stubborn   | stands"]
        running.descendants = psutil.Process(running.pid).children(recursive=True)
        assert len(running.descendants) == 3
        yield running
        running.kill()


def still_running(processes, seconds=3):
    """Those that run on after `seconds`; what only waits to be reaped by init does not run."""
    deadline = time.monotonic() + seconds
    while (alive := [child for child in processes if runs(child)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def runs(child):
    try:
        return child.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", supervisor.STOPPING, ids=lambda number: number.name)
def test_a_signal_ends_every_process_even_a_stubborn_one(product, number):
    product.send_signal(number)

    assert product.wait(5) == 0
    assert product.stdout.read().strip() == "ended"
    assert still_running(product.descendants) == []


def test_a_killed_supervisor_takes_its_processes_with_it(product):
    stubborn = next(child for child in product.descendants if STUBBORN in child.cmdline())
    product.kill()
    product.wait(5)

    alive = still_running(product.descendants, seconds=1)
    for child in alive:
        child.kill()
    # The kernel asks as we do: only who does not listen, and its own child, are left.
    assert stubborn in alive
    assert len(alive) == 2


def test_a_process_that_dies_later_is_started_again(tmp_path, capsys):
    """It dies twice and then lives; its third life asks the supervisor to stop."""
    starts = tmp_path / "starts"
    code = f"""
import os, pathlib, signal, time
starts = pathlib.Path({str(starts)!r})
starts.write_text(starts.read_text() + "x" if starts.exists() else "x")
if starts.read_text() == "xxx":
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(300)
"""

    Supervisor([process("mortal", code)], lambda: True, lambda: None).run()

    assert starts.read_text() == "xxx"
    assert capsys.readouterr().out.count("mortal     | ended with status 0; starting it again") == 2


def test_a_process_that_dies_while_starting_ends_the_start():
    before = psutil.Process().children()
    failing = process("web", "raise SystemExit(3)")
    living = process("beat", "import time; time.sleep(300)")

    with pytest.raises(GaveUp, match=r"^web ended with status 3 while the product was starting$"):
        Supervisor([living, failing], lambda: False, lambda: None).run()

    assert psutil.Process().children() == before


def test_a_process_that_dies_again_and_again_ends_the_product():
    failing = process("grader-1", "import os; os.kill(os.getpid(), 9)")

    with pytest.raises(GaveUp, match=r"^grader-1 was ended by SIGKILL, 5 times in a row$"):
        Supervisor([failing], lambda: True, lambda: None).run()
