"""How often similar code is found, how often it is not meant, and how quick that is among many.

    python -m benchmarks.similar [--many 10000]

The catalogue's right answers are the authors: two of a task are compared as if neither were a
usual solution of it. Then one submission is compared with all others of its task, in a PostgreSQL
of the benchmark's own. Exit status 1 where the queries depend on how many there are, or the time
grows by more than SLOWEST times.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import combinations
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from assessments.similarity.comparison import Likeness, code_of, compare
from assessments.similarity.threshold import SHORTEST, is_alike
from assessments.similarity.winnowing import known_grams
from benchmarks.population import begin, grow, model
from grader.catalogue import CATALOGUE
from grader.catalogue.starter import starter
from grader.catalogue.task import Task
from tests.assessments.similarity.disguises import DISGUISES, merged
from tests.services import PostgreSQL

FEW, MANY = 100, 10_000
SLOWEST = 12.0
ROUNDS = 7
BATCH = 1000


def sources(task: Task) -> list[str]:
    return [variant.source for variant in task.variants]


def others(task: Task, *ones: str) -> list[str]:
    return [source for source in sources(task) if source not in ones]


def likeness(task: Task, one: str, other: str, usual: Sequence[str]) -> Likeness:
    known = known_grams((starter(task), *usual))
    return compare(code_of(one, known), code_of(other, known))


def by_different_authors() -> Iterator[Likeness]:
    for task in CATALOGUE.values():
        for one, other in combinations(sources(task), 2):
            yield likeness(task, one, other, others(task, one, other))


def with_mistakes() -> Iterator[Likeness]:
    for task in CATALOGUE.values():
        for one, other in combinations([each.source for each in task.misconceptions], 2):
            yield likeness(task, one, other, sources(task))


def copied(disguise: Callable[[str], str]) -> Iterator[Likeness]:
    for task in CATALOGUE.values():
        for source in sources(task):
            yield likeness(task, source, disguise(source), others(task, source))


def half_copied() -> Iterator[Likeness]:
    for task in CATALOGUE.values():
        own = sources(task)
        for source, other in zip(own, [*own[1:], own[0]], strict=True):
            yield likeness(task, source, merged(source, other), others(task, source))


def say(name: str, found: Sequence[Likeness]) -> None:
    long = [each for each in found if each.length >= SHORTEST]
    alike = sum(map(is_alike, long))
    shares = [each.similarity for each in long]
    print(
        f"{name:32} {alike:5} of {len(long):5}   {len(found) - len(long):9}"
        f"   {median(shares):6.2f} {min(shares):6.2f} {max(shares):6.2f}"
    )


def figures() -> None:
    print(f"{'pairs':32} {'alike':>14}   too short   median lowest highest (shared)")
    say("right, by different authors", list(by_different_authors()))
    say("wrong, in the same task", list(with_mistakes()))
    for name, disguise in DISGUISES.items():
        say(f"copied {name}", list(copied(disguise)))
    say("copied half of it", list(half_copied()))


def handed_in(number: int) -> str:
    """Code as somebody might write it: of any task of the catalogue, with constants of its own."""
    chance = random.Random(number)
    task = CATALOGUE[chance.choice(list(CATALOGUE))]
    lines = chance.choice(sources(task)).splitlines()
    place = chance.randrange(len(lines))
    return "\n".join([*lines[:place], *lines[place:][:1] * 2, *lines[place + 1 :], ""])


def write() -> None:
    """Give every copied submission code of its own, and its fingerprint."""
    submissions = model("Submission")
    make = import_string("assessments.actions.fingerprinting._make")
    waiting = submissions.objects.filter(fingerprint=None, purpose="submit")
    rows = list(waiting.select_related("question__question_version").order_by("pk"))
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        for number, each in enumerate(part, start=start):
            each.source = handed_in(number)
        submissions.objects.bulk_update(part, ["source"])
        for each in part:
            make(each)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measured() -> tuple[float, int]:
    """Return the median seconds and the queries of comparing one submission with all others."""
    find = import_string("assessments.actions.fingerprinting.find_pairs")
    fingerprints = model("Fingerprint").objects.filter(length__gte=SHORTEST).order_by("pk")
    times, counts = [], []
    for fingerprint in fingerprints[:ROUNDS]:
        reset_queries()
        with CaptureQueriesContext(connection) as queries:
            start = time.perf_counter()
            find(fingerprint)
            times.append(time.perf_counter() - start)
        counts.append(len(queries))
    return median(times), max(counts)


def main(many: int) -> int:
    figures()
    call_command("migrate", verbosity=0)
    call_command("bank", "load", verbosity=0, stdout=StringIO())
    world: Any = begin()
    found = []
    for first, last in ((1, FEW), (FEW + 1, many)):
        grow(world, first, last)
        write()
        found.append(measured())
    (before, then), (seconds, queries) = found
    marks = model("Mark").objects.count()
    print(f"\none submission among {FEW}: {1e3 * before:.0f} ms, {then} queries")
    print(f"one submission among {many}: {1e3 * seconds:.0f} ms, {queries} queries, {marks} hashes")
    print(
        f"goal: the same queries, at most {SLOWEST:g} times the time: {seconds / before:.1f} times"
    )
    return int(queries != then or seconds > SLOWEST * before)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--many", type=int, default=MANY, help="how many submissions at the end")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    with TemporaryDirectory() as folder, PostgreSQL() as server:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings",
                       "DATABASE_URL": server.url, "SECRET_KEY": "benchmark"}  # fmt: skip
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        django.setup()
        status = main(asked.many)
        connection.close()
        sys.exit(status)
