"""The REST interface at 100,000 attempts, and webhooks to a receiver that is slow and fails.

    python -m benchmarks.api [--many 100000] [--events 10000]

It starts a PostgreSQL of its own, fills it with attempts as benchmarks.desk does, and asks as other
systems do. Beside each call it asks a bare DRF view, with no token and no database, in the same
process. Then it tells so many events to one receiver that answers late and with an error, and to
nine that are well. Exit status 1 where the number of queries depends on the number of attempts, a
goal is missed, or an event is lost.

Goals: a call takes at most PAGE_LIMIT times what it takes at 100 attempts; what is told to those
who are well arrives as soon as if nobody were slow, give or take BESIDE_LIMIT.
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

import django
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils.module_loading import import_string

from benchmarks.population import World, action, begin, grow, model
from benchmarks.telling import told
from tests.services import PostgreSQL

FEW, MANY, EVENTS = 100, 100_000, 10_000
ROUNDS = 9
PAGE_LIMIT = 6
ROOT = "/api/v1/"
# What stands in braces is of the attempt that all others are copies of.
CALLS = {
    "attempts": "attempts/?page_size=50",
    "attempts, id and score": "attempts/?page_size=50&fields=id,score",
    "attempts, last pages": "attempts/?page_size=50&finished_before={long_ago}",
    "attempts, score": "attempts/?score_min=0.8&score_max=0.9",
    "attempts, updated": "attempts/?updated_since={lately}",
    "attempts, of one": "attempts/?candidate={candidate}",
    "attempt": "attempts/{attempt}/",
    "answers": "attempts/{attempt}/answers/",
    "report": "attempts/{attempt}/report/",
    "invitations": "invitations/?page_size=50",
    "invitations, by e-mail": "invitations/?email=ada77@example.com",
    "candidates": "candidates/?page_size=50",
    "submissions": "submissions/?page_size=50",
    "decisions in force": "decisions/?in_force=true",
    "assessments": "assessments/",
    "questions": "questions/?page_size=50",
}


def bare_urls() -> list[Any]:
    """A view of DRF that asks nobody who it is, and no database."""
    view = import_string("rest_framework.views.APIView")
    response = import_string("rest_framework.response.Response")
    bare: Any = type(
        "Bare", (view,),
        {"authentication_classes": [], "permission_classes": [], "throttle_classes": [],
         "get": lambda self, request: response({"results": []})},
    )  # fmt: skip
    return [path("", include("config.urls")), path("bare/", bare.as_view())]


class Urls:
    """What ROOT_URLCONF may be: an object with patterns."""

    def __init__(self) -> None:
        self.urlpatterns = bare_urls()


def measured(get: Callable[[], Any]) -> tuple[float, int]:
    """Return the median seconds and the number of queries of a call."""
    get()  # the look is noted, and what is computed once is kept
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        if (answer := get()).status_code != 200:
            raise RuntimeError(f"A call failed: {answer.status_code} {answer.content[:300]}")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        get()
        times.append(time.perf_counter() - start)
    return median(times), len(queries)


def calls(client: Client, places: dict[str, str]) -> dict[str, tuple[float, int]]:
    return {
        name: measured(partial(client.get, ROOT + address.format(**places)))
        for name, address in CALLS.items()
    }


def client_of(world: World) -> Client:
    organisation = world.attempt.organisation
    _, text = action("issue_token")(organisation, "benchmark", ["read", "author", "grade"])
    return Client(headers={"host": "localhost", "authorization": f"Bearer {text}"})


def places_of(world: World) -> dict[str, str]:
    attempts = model("Attempt").objects.exclude(pk=world.attempt.pk).order_by("-started_at")
    one = attempts[1]
    oldest = attempts.filter(finished_at__isnull=False).order_by("finished_at")[60:61].first()
    written = "%Y-%m-%dT%H:%M:%SZ"
    return {
        "attempt": str(one.pk),
        "candidate": str(one.invitation.candidate_id),
        "lately": one.started_at.strftime(written),
        "long_ago": (oldest or one).finished_at.strftime(written),
    }


def main(many: int, events: int) -> int:
    call_command("migrate", verbosity=0)
    call_command("bank", "load", verbosity=0, stdout=StringIO())
    world, found = begin(), []
    client = client_of(world)
    with override_settings(ROOT_URLCONF=Urls(), API_REQUESTS_PER_MINUTE=10**9):
        for first, last in ((1, FEW), (FEW + 1, many)):
            start = time.perf_counter()
            grow(world, first, last)
            print(f"made {last - first + 1} attempts in {time.perf_counter() - start:.0f} s")
            floor = measured(partial(client.get, "/bare/"))[0]
            found.append(calls(client, places_of(world)))
    status = compared(floor, many, *found)
    return told(world.attempt.organisation, events) | status


def compared(
    floor: float, many: int, few: dict[str, tuple[float, int]], much: dict[str, tuple[float, int]]
) -> int:
    """Print the calls; return 1 where a goal is missed."""
    print(f"\na bare view: {1e3 * floor:.1f} ms")
    print(f"{'call':24} {'queries':>7} {'ms':>6} {f'times {FEW}':>10} {'rate to bare':>13}")
    missed = []
    for name, (seconds, queries) in much.items():
        before, then = few[name]
        ratios = f"{seconds / before:10.1f} {floor / seconds:13.3f}"
        print(f"{name:24} {queries:7} {1e3 * seconds:6.1f} {ratios}")
        if queries != then:
            missed.append(f"{name}: {then} queries became {queries}")
        if seconds > PAGE_LIMIT * before:
            missed.append(f"{name}: more than {PAGE_LIMIT} times as long at {many} attempts")
    goal = f"the same queries at any size, at most {PAGE_LIMIT} times the time"
    print(f"goal: {goal}: {'missed' if missed else 'reached'}")
    for line in missed:
        print(f"  {line}")
    return int(bool(missed))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--many", type=int, default=MANY, help="how many attempts at the end")
    parser.add_argument("--events", type=int, default=EVENTS, help="how many events are told")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    with TemporaryDirectory() as folder, PostgreSQL() as server:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings",
                       "DATABASE_URL": server.url, "SECRET_KEY": "benchmark",
                       "WEBHOOKS_ALLOW_PRIVATE": "1"}  # fmt: skip
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        django.setup()
        status = main(asked.many, asked.events)
        connection.close()
        sys.exit(status)
