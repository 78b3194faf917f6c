"""What grading costs, as ratios to the floor: the same calls in a plain loop, no isolation at all.

    python -m benchmarks.grading                    every task, then one in detail
    python -m benchmarks.grading --task info-nce    that one in detail
    python -m benchmarks.grading --rounds 9         longer and steadier

The arms of a comparison take turns in short rounds, so that a busy moment of the machine meets all
of them; printed are medians over the rounds. CPU time is that of this process and of everything it
starts. "warm" grades one seed again and again, as for a candidate who submits twice or a run of the
samples; "cold" draws a new plan and computes new truths each time. Quote ratios, not milliseconds.
"""

import argparse
import os
import pickle
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from benchmarks.floor import loop
from grader import warm
from grader.catalogue import CATALOGUE, get
from grader.catalogue.task import Task
from grader.grading import grade
from grader.plan import Plan, make_plan
from grader.sandbox import Sandbox
from grader.sandbox.walls import Walls

ROOT = Path(__file__).parents[1]
ONE_RUN = ROOT / "benchmarks" / "one_run.py"
TICKS = os.sysconf("SC_CLK_TCK")
# Fewer than a forkserver lives for: its CPU time is read at both ends of a round.
RUNS = 20
SEED = 1
# One thread everywhere: inside the walls there is no other choice.
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Bare(Sandbox):
    """The same sandbox without any wall, to see what the walls cost."""

    _walls = Walls(namespaces=False, landlock=False, filters=False)


@dataclass(frozen=True)
class Cost:
    """Seconds for one submission."""

    cpu: float
    wall: float


Arm = Callable[[], object]


def cost(arm: Arm, runs: int, sandbox: Sandbox | None = None) -> Cost:
    """Return the mean cost of `runs` runs of an arm."""
    cpu, wall = cpu_seconds(sandbox), perf_counter()
    for _ in range(runs):
        arm()
    return Cost((cpu_seconds(sandbox) - cpu) / runs, (perf_counter() - wall) / runs)


def cpu_seconds(sandbox: Sandbox | None) -> float:
    """Return the CPU time so far: own, of ended processes, of the forkserver and its children."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = process_time() + ended.ru_utime + ended.ru_stime
    if sandbox is not None:
        stat = Path(f"/proc/{sandbox.process_ids[0]}/stat").read_text()
        total += sum(int(ticks) for ticks in stat.rpartition(")")[2].split()[11:15]) / TICKS
    return total


def compare(arms: dict[str, tuple[Arm, int, Sandbox | None]], rounds: int) -> dict[str, Cost]:
    """Return the median cost of each arm (what to run, how often a round, in which sandbox)."""
    costs: dict[str, list[Cost]] = {name: [] for name in arms}
    for _ in range(rounds):
        for name, (arm, runs, sandbox) in arms.items():
            costs[name].append(cost(arm, runs, sandbox))
    return {
        name: Cost(median(c.cpu for c in own), median(c.wall for c in own))
        for name, own in costs.items()
    }


def checked(task: Task, seed: int, sandbox: Sandbox) -> None:
    """Grade the task's first variant; stop where it does not pass, for then nothing is measured."""
    report = grade(task, task.variants[0].source, seed, sandbox)
    if report.verdict != "passed":
        raise SystemExit(f"{task.slug}: the reference is {report.verdict}: {report.diagnosis}")


def graded(task: Task, sandbox: Sandbox, seeds: Iterator[int] | None = None) -> Arm:
    """Return the arm that grades: always one seed, or another one each time."""
    return lambda: checked(task, next(seeds) if seeds else SEED, sandbox)


def every_task(rounds: int) -> None:
    """Print floor, warm and cold of each task."""
    print(f"{'task':34} checks calls  floor ms   warm   cold   (CPU, times the floor)")
    ratios = []
    for task in CATALOGUE.values():
        plan = make_plan(task, SEED)
        with Sandbox() as sandbox:
            checked(task, SEED, sandbox)
            found = compare(
                {
                    "floor": (floor(task, plan), RUNS, None),
                    "warm": (graded(task, sandbox), RUNS, sandbox),
                    "cold": (graded(task, sandbox, count(1000)), RUNS, sandbox),
                },
                rounds,
            )
        base = found["floor"].cpu
        ratios.append((found["warm"].cpu / base, found["cold"].cpu / base))
        print(
            f"{task.slug:34} {len(plan.checks):6} {len(plan.calls):5} {1e3 * base:9.2f}"
            f" {ratios[-1][0]:6.2f} {ratios[-1][1]:6.2f}",
            flush=True,
        )
    warm, cold = (median(column) for column in zip(*ratios, strict=True))
    print(f"{'median':34} {'':22} {warm:6.2f} {cold:6.2f}\n")


def floor(task: Task, plan: Plan) -> Arm:
    """Return the arm that makes the plan's calls right here."""
    return lambda: loop(task.variants[0].source, plan.calls)


def in_detail(task: Task, rounds: int) -> None:
    """Print one task against fresh processes, walls on against walls off, and what it occupies."""
    plan = make_plan(task, SEED)
    print(f"{task.slug}: {len(plan.checks)} checks, {len(plan.calls)} calls")
    with Sandbox() as walled, Bare() as bare:
        checked(task, SEED, walled)
        checked(task, SEED, bare)
        found = compare(
            {
                "floor: the calls in a plain loop": (floor(task, plan), RUNS, None),
                "graded, every wall up, warm": (graded(task, walled), RUNS, walled),
                "graded, every wall up, cold": (graded(task, walled, count(9000)), RUNS, walled),
                "graded, no wall": (graded(task, bare), RUNS, bare),
                "a fresh python per submission": (fresh(task, plan), 3, None),
                "a fresh bubblewrap and python": (fresh(task, plan, bubblewrap()), 3, None),
            },
            rounds,
        )
        found["one process per check *"] = per_check(task, plan)
        print_table(found)
    subprocess.run([sys.executable, "-m", "benchmarks.memory"], check=True, cwd=ROOT)
    print_start(task)


def fresh(task: Task, plan: Plan, prefix: tuple[str, ...] = ()) -> Arm:
    """Return the arm that starts an interpreter for the whole plan."""
    return started(packed(task, plan, range(len(plan.calls))), prefix)


def packed(task: Task, plan: Plan, which: range | tuple[int, ...]) -> bytes:
    """Return the source and some calls as `one_run` reads them."""
    calls = []
    for call in (plan.calls[i] for i in which):
        probe = call.probe and (call.probe.argument, call.probe.elements, call.probe.values)
        calls.append((call.function, list(call.arguments), dict(call.parameters), probe))
    return pickle.dumps((task.variants[0].source, calls))


def started(data: bytes, prefix: tuple[str, ...] = ()) -> Arm:
    """Return the arm that runs one process with `data` on its standard input."""
    command = [*prefix, sys.executable, str(ONE_RUN)]
    return lambda: subprocess.run(
        command, input=data, stdout=subprocess.PIPE, check=True, env={**os.environ, **THREADS}
    )


def bubblewrap() -> tuple[str, ...]:
    """Return the command that puts an ordinary bubblewrap around a process."""
    found = shutil.which("bwrap") or "bwrap"
    # As process 1 it is waited for, and so counted, by the outer bubblewrap.
    walls = ("--unshare-all", "--as-pid-1", "--die-with-parent")
    return (found, *walls, "--ro-bind", "/", "/", "--dev", "/dev")


def per_check(task: Task, plan: Plan) -> Cost:
    """Return the cost of one process per check, extrapolated from a few checks."""
    some = plan.checks[:: max(1, len(plan.checks) // 8)]
    arms = [started(packed(task, plan, check.calls)) for check in some]
    costs = [cost(arm, 1) for arm in arms]
    times = len(plan.checks) / len(some)
    return Cost(times * sum(c.cpu for c in costs), times * sum(c.wall for c in costs))


def print_table(found: dict[str, Cost]) -> None:
    """Print every arm as times the first one."""
    base = next(iter(found.values()))
    print(f"{'':34} {'CPU':>8} {'wall':>8}  {'CPU ms':>9} {'per second':>11}")
    for name, own in found.items():
        print(
            f"{name:34} {own.cpu / base.cpu:8.2f} {own.wall / base.wall:8.2f}"
            f" {1e3 * own.cpu:10.2f} {1 / own.wall:11.1f}"
        )
    on, off = found["graded, every wall up, warm"], found["graded, no wall"]
    print(f"walls on / walls off: CPU {on.cpu / off.cpu:.2f}, wall {on.wall / off.wall:.2f}")
    print("* extrapolated from every eighth part of the checks\n")


def print_start(task: Task) -> None:
    """Print how soon a new sandbox has graded, and what replacing its forkserver is felt as."""
    begun = perf_counter()
    with Sandbox() as sandbox:
        ready = perf_counter() - begun
        checked(task, SEED, sandbox)
        usual = median(timed(task, sandbox) for _ in range(RUNS))
        print(f"{'start to a waiting child':34} {1e3 * ready:8.0f} ms")
        before = sandbox.process_ids[0]
        sandbox._keeper.retire()  # what 500 runs, half an hour or a crash lead to
        longest, runs = 0.0, 0
        while sandbox.process_ids[0] == before and runs < 400:
            longest, runs = max(longest, timed(task, sandbox)), runs + 1
    print(f"{'one submission, usually':34} {1e3 * usual:8.1f} ms")
    print(f"{'the longest while replacing':34} {1e3 * longest:8.1f} ms, over {runs} submissions")


def timed(task: Task, sandbox: Sandbox) -> float:
    """Return the wall seconds of one submission."""
    begun = perf_counter()
    checked(task, SEED, sandbox)
    return perf_counter() - begun


def main() -> None:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", help="only this task, in detail")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    warm.look_for_cycles_less()  # as a grading worker does when it starts: for every arm alike
    if not options.task:
        every_task(options.rounds)
    in_detail(get(options.task or "huber"), options.rounds)


if __name__ == "__main__":
    # NumPy reads this when it is loaded, which is before any line of this file.
    if any(os.environ.get(name) != value for name, value in THREADS.items()):
        os.execve(sys.executable, [*sys.orig_argv], {**os.environ, **THREADS})
    main()
