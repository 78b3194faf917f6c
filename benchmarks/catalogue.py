"""What a whole grading costs, task by task, as ratios to the median task.

    python -m benchmarks.catalogue              every task
    python -m benchmarks.catalogue --rounds 5   steadier

Each grading draws a new plan, runs the task's first variant behind every wall and judges it. The
tasks take turns in short rounds, so that a busy moment of the machine meets all of them. Exit
status 1 where a task costs more than 5 times the median.
"""

import argparse
import sys
from itertools import count
from statistics import median

from benchmarks.grading import Cost, cost, graded
from grader import warm
from grader.catalogue import CATALOGUE
from grader.plan import make_plan

MOST = 5.0
RUNS = 4


def costs(rounds: int) -> dict[str, Cost]:
    """Return the median cost of grading each task once."""
    found: dict[str, list[Cost]] = {slug: [] for slug in CATALOGUE}
    seeds = count(1000)
    for _ in range(rounds):
        for slug, task in CATALOGUE.items():
            arm = graded(task, warm.sandbox(), seeds)
            arm()  # the yardstick's time and the large truths are kept for all seeds
            found[slug].append(cost(arm, RUNS, warm.sandbox()))
    return {
        slug: Cost(median(c.cpu for c in own), median(c.wall for c in own))
        for slug, own in found.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="What grading each task costs, as ratios.")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    warm.start()
    found = costs(options.rounds)
    warm.close()
    middle = median(each.cpu for each in found.values())
    print(f"{'task':34} checks calls   CPU   wall   (times the median task's)")
    wall = median(each.wall for each in found.values())
    for slug, own in sorted(found.items(), key=lambda item: item[1].cpu):
        plan = make_plan(CATALOGUE[slug], 0)
        print(
            f"{slug:34} {len(plan.checks):6} {len(plan.calls):5}"
            f" {own.cpu / middle:6.2f} {own.wall / wall:6.2f}"
        )
    dear = [slug for slug, own in found.items() if own.cpu > MOST * middle]
    print(f"median task: {1e3 * middle:.1f} ms of CPU, {1e3 * wall:.1f} ms in all")
    print(f"more than {MOST:g} times the median: {', '.join(dear) or 'none'}")
    return 1 if dear else 0


if __name__ == "__main__":
    sys.exit(main())
