"""The desk at 100,000 attempts, as ratios to 100 of them and to a bare view.

    python -m benchmarks.desk [--many 100000]

It starts a PostgreSQL of its own and fills it with attempts at one assessment of a shipped
template: answers, code with its report, parts of scores, labels, decisions, integrity events. The
pages are asked as browsers ask them. Exit status 1 where the number of queries depends on the
number of attempts, or a goal is missed.

Goals: a page takes at most PAGE_LIMIT times what it takes at 100 attempts, the overview, which
adds all of them up, OVERVIEW_LIMIT times, and a row of a file no longer than at 100.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from io import StringIO
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import django
from django.core.management import call_command
from django.db import connection, reset_queries
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.utils.module_loading import import_string

from benchmarks.population import begin, grow
from tests.services import PostgreSQL

FEW, MANY = 100, 100_000
ROUNDS = 5
PAGE_LIMIT, OVERVIEW_LIMIT = 6, 15
# A row of a file may take so many times what it takes at 100, where reading begins as well.
ROW_LIMIT = 1.0
TABLE = "/desk/attempts/?view="
PAGES = {
    "table": TABLE,
    "table, last page": f"{TABLE}&page=999999",
    "by score": f"{TABLE}&sort=-score",
    "by name": f"{TABLE}&sort=candidate",
    "by time taken": f"{TABLE}&sort=taken",
    "by topic": f"{TABLE}&sort=-topic.{{topic}}&column=topic.{{topic}}",
    "by family": f"{TABLE}&sort=family.gradients&column=family.gradients",
    "by decision": f"{TABLE}&sort=decision",
    "graded, 80 to 90 %": f"{TABLE}&stage=graded&score_min=80&score_max=90",
    "topic from 90 %": f"{TABLE}&part=topic.{{topic}}&part_min=90&part_max=&sort=-score",
    "label and decision": f"{TABLE}&label={{label}}&decision=hold",
    "integrity events": f"{TABLE}&has=events",
    "search": f"{TABLE}&q=ada+77",
    "desk": "/desk/",
    "overview": "/desk/assessments/{assessment}/",
    "report": "/desk/attempts/{attempt}/",
    "compare six": "/desk/compare/?{six}",
}
# Of all that the table shows, made as a worker makes those of large tables.
FILES = {"CSV, all": "csv", "XLSX, all": "xlsx"}


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare)]


def measured(get: Callable[[], Any]) -> tuple[float, int]:
    """Return the median seconds and the number of queries of a page."""
    get()  # what is computed once, and kept, is no part of it
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        if (answer := get()).status_code != 200:
            raise RuntimeError(f"A page is no page: {answer.status_code}.")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        get()
        times.append(time.perf_counter() - start)
    return median(times), len(queries)


def written(client: Client, form: str) -> float:
    """Return the seconds until a file is there as a whole."""
    work_on = import_string("assessments.exports.making.work_on")
    start = time.perf_counter()
    address = client.post("/desk/attempts/export/", {"format": form}).headers["Location"]
    while work_on(UUID(address.strip("/").rpartition("/")[2])):
        pass
    answer: Any = client.get(f"{address}file/")
    if answer.status_code != 200 or answer.getvalue() == b"":
        raise RuntimeError("A file is empty.")
    return time.perf_counter() - start


def bare_seconds() -> float:
    """What the test client and a view that does nothing take."""
    with override_settings(ROOT_URLCONF="benchmarks.desk", MIDDLEWARE=[]):
        return measured(partial(Client(headers={"host": "localhost"}).get, "/bare/"))[0]


def pages(client: Client, places: dict[str, str]) -> dict[str, tuple[float, int]]:
    found = {}
    for name, address in PAGES.items():
        try:
            found[name] = measured(partial(client.get, address.format(**places)))
        except Exception as error:
            error.add_note(f"on the page: {name}")
            raise
    return found


def main(many: int) -> int:
    call_command("migrate", verbosity=0)
    call_command("bank", "load", verbosity=0, stdout=StringIO())
    floor = bare_seconds()
    world = begin()
    found: list[dict[str, tuple[float, int]]] = []
    files: list[dict[str, float]] = []
    for first, last in ((1, FEW), (FEW + 1, many)):
        start = time.perf_counter()
        grow(world, first, last)
        print(f"made {last - first + 1} attempts in {time.perf_counter() - start:.0f} s")
        client = sign_in(world.user)
        found.append(pages(client, world.places()))
        files.append({name: written(client, form) / last for name, form in FILES.items()})
    return told(floor, many, *found) | told_files(*files)


def sign_in(user: Any) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def told(
    floor: float, many: int, few: dict[str, tuple[float, int]], much: dict[str, tuple[float, int]]
) -> int:
    """Print the pages; return 1 where a goal is missed."""
    print(f"\n{'page':22} {'queries':>7} {'ms':>6} {f'times {FEW}':>10} {'times bare':>11}")
    missed = []
    for name, (seconds, queries) in much.items():
        before, then = few[name]
        ratios = f"{seconds / before:10.1f} {seconds / floor:11.0f}"
        print(f"{name:22} {queries:7} {1e3 * seconds:6.0f} {ratios}")
        if queries != then:
            missed.append(f"{name}: {then} queries became {queries}")
        limit = OVERVIEW_LIMIT if name == "overview" else PAGE_LIMIT
        if seconds > limit * before:
            missed.append(f"{name}: more than {limit} times as long at {many} attempts")
    goal = f"the same queries at any size, at most {PAGE_LIMIT} times the time"
    return judged(f"{goal} (overview: {OVERVIEW_LIMIT})", missed)


def told_files(few: dict[str, float], much: dict[str, float]) -> int:
    """Print what a row of a file takes; return 1 where a goal is missed."""
    print(f"\n{'file':22} {'ms a row':>10} {f'times {FEW}':>10}")
    for name, seconds in much.items():
        print(f"{name:22} {1e3 * seconds:10.3f} {seconds / few[name]:10.2f}")
    slow = [name for name, seconds in much.items() if seconds > ROW_LIMIT * few[name]]
    return judged("a row takes no longer than in a small file", slow)


def judged(goal: str, missed: list[str]) -> int:
    print(f"goal: {goal}: {'missed' if missed else 'reached'}")
    for line in missed:
        print(f"  {line}")
    return int(bool(missed))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--many", type=int, default=MANY, help="how many attempts at the end")
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
