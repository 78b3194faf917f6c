"""What a page of the list of questions costs at 10,000 of them, as ratios to 100.

    python -m benchmarks.authoring

The list is asked as an author's browser asks it, with a search and with filters, in a database of
its own. Exit status 1 where the number of queries depends on the number of questions.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from tempfile import TemporaryDirectory

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

FEW, MANY = 100, 10_000
ROUNDS = 5
PAGES = {
    "first page": "",
    "last page": "?page=9999",
    "search": "?q=gradient",
    "topic and status": "?topic=ranking&status=published",
    "role": "?role=ai-engineer",
    "most often seen": "?sort=exposure",
}


def sign_in() -> Client:
    """Return the client of an author of a new organisation."""
    organisation = apps.get_model("assessments", "Organisation").objects.create(slug="acme")
    user = apps.get_model("assessments", "User").objects.create_user("a@example.com")
    organisation.members.create(user=user, role="author")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def fill(first: int, last: int) -> None:
    """Make the questions of these numbers, a third of them with a word to be searched for."""
    questions = apps.get_model("questions", "Question")
    versions = apps.get_model("questions", "QuestionVersion")
    made = questions.objects.bulk_create(
        (questions(slug=f"question-{n}", difficulty=1 + n % 3) for n in range(first, last)), 500
    )
    topic, _ = apps.get_model("questions", "Topic").objects.get_or_create(slug="ranking")
    link = questions.topics.through
    link.objects.bulk_create([link(question=each, topic=topic) for each in made[::10]], 500)
    versions.objects.bulk_create(
        [
            versions(
                question=each, number=1, kind="true_false", title=f"Question {n}",
                status="published",
                content={"prompt": "What of the gradient? " * (n % 3 == 0) + "A statement. " * 20},
                published_at=timezone.now(),
            )
            for n, each in enumerate(made)
        ],
        500,
    )  # fmt: skip


def measured(ask: Callable[[], object]) -> tuple[float, int]:
    """Return the median seconds and the number of queries."""
    reset_queries()  # what made the questions fills the log
    with CaptureQueriesContext(connection) as queries:
        ask()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return median(times), len(queries)


def main() -> int:
    client = sign_in()
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in PAGES}
    for first, last in ((0, FEW), (FEW, MANY)):
        fill(first, last)
        for name, query in PAGES.items():
            found[name].append(measured(partial(client.get, f"/desk/questions/acme/{query}")))
    print(f"{'page of the list':18} {'queries':>7} {'ms':>6}   times that of {FEW}")
    for name, (few, many) in found.items():
        print(f"{name:18} {many[1]:7} {1e3 * many[0]:6.0f}   {many[0] / few[0]:.1f}")
    return int(any(few[1] != many[1] for few, many in found.values()))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        django.setup()
        call_command("migrate", verbosity=0)
        sys.exit(main())
