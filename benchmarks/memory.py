"""What grading occupies: worker, forkserver and a waiting child, when every task has been graded.

    python -m benchmarks.memory

A process of its own, because a worker gives large arrays back to the system when they are freed,
which would slow down the floor that `benchmarks/grading.py` measures beside it.
"""

import os
import time
from pathlib import Path

from grader import warm
from grader.catalogue import CATALOGUE
from grader.grading import grade

SEEDS = 6  # of each task: enough to fill what a worker keeps


def main() -> None:
    """Grade every task's first variant for some seeds, then print."""
    warm.start()
    for task in CATALOGUE.values():
        for seed in range(SEEDS):
            grade(task, task.variants[0].source, seed, warm.sandbox())
            warm.renew()
    time.sleep(0.5)  # until the last child is reaped and the next one waits
    server = warm.sandbox().process_ids[0]
    child = int(Path(f"/proc/{server}/task/{server}/children").read_text().split()[-1])
    print(f"{'memory after every task, MiB':34} {'RSS':>8} {'PSS':>8}")
    total = 0.0
    names = ("worker", "forkserver", "waiting child")
    for name, pid in zip(names, (os.getpid(), server, child), strict=True):
        resident, proportional = sizes(pid)
        total += proportional
        print(f"{name:34} {resident:8.1f} {proportional:8.1f}")
    print(f"{'together':34} {'':8} {total:8.1f}\n")
    warm.close()


def sizes(pid: int) -> tuple[float, float]:
    """Return RSS and PSS of a process in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kib["Rss"] / 1024, kib["Pss"] / 1024


if __name__ == "__main__":
    main()
