"""What every list of questions costs at 10,000 of them, as ratios to 100.

    python -m benchmarks.question_lists

The pages are asked as browsers ask them, in a database of its own, with the shipped bank loaded:
the author's list with its search and filters, what waits for review, exposure, export, a file of
1,000 questions that is looked at, the study pages and the role templates. Exit status 1 where the
number of queries depends on the number of questions.
"""

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
from django.apps import apps
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.module_loading import import_string

FEW, MANY = 100, 10_000
# Questions of a file to be looked at, and assessments that ask questions, per question made.
FILES = {FEW: 10, MANY: 1_000}
ASKED = 10
ROUNDS = 5
PAGES = {
    "list, first page": "/desk/questions/acme/",
    "list, last page": "/desk/questions/acme/?page=9999",
    "search": "/desk/questions/acme/?q=gradient",
    "topic and status": "/desk/questions/acme/?topic=ranking&status=published",
    "role": "/desk/questions/acme/?role=ai-engineer",
    "waits for review": "/desk/questions/acme/?status=in_review",
    "most often seen": "/desk/questions/acme/?sort=exposure",
    "seen by 50 or more": "/desk/questions/acme/?exposure=50",
    "withdrawn": "/desk/questions/acme/?status=retired",
    "export": "/desk/questions/acme/export/?whose=&format=gift",
    "import, first page": "/desk/questions/acme/import/{file}/",
    "import, last page": "/desk/questions/acme/import/{file}/?page=9999",
    "study": "/study/",
    "study, search": "/study/?q=gradient",
    "study, topic": "/study/topics/regression/",
    "study, loss": "/study/losses/huber/",
    "glossary": "/study/glossary/",
    "templates": "/desk/templates/",
    "template": "/desk/templates/data-scientist-junior-long/",
}


def model(app: str, name: str) -> Any:
    return apps.get_model(app, name)


def sign_in() -> Client:
    """Return the client of the owner of a new organisation."""
    organisation = model("assessments", "Organisation").objects.create(slug="acme")
    user = model("assessments", "User").objects.create_user("a@example.com")
    organisation.members.create(user=user, role="owner")
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def fill(first: int, last: int) -> None:
    """Make the questions of these numbers: a third with a word to search for, a third our own."""
    organisation = model("assessments", "Organisation").objects.get()
    questions = model("questions", "Question")
    made = questions.objects.bulk_create(
        (
            questions(slug=f"question-{n}", difficulty=1 + n % 3,
                      organisation=None if n % 3 else organisation)
            for n in range(first, last)
        ),
        500,
    )  # fmt: skip
    topic, _ = model("questions", "Topic").objects.get_or_create(slug="ranking")
    link = questions.topics.through
    link.objects.bulk_create([link(question=each, topic=topic) for each in made[::10]], 500)
    seen = model("questions", "Exposure")
    seen.objects.bulk_create(
        [seen(question=each, organisation=organisation, candidates=n % 90)
         for n, each in enumerate(made) if n % 2], 500,
    )  # fmt: skip
    ask(organisation, publish(made))


def publish(made: list[Any]) -> list[Any]:
    """Make a version of each question; every 20th of our own waits for review."""
    versions = model("questions", "QuestionVersion")
    statement = {"right": True, "rationale": "Yes.", "misconception": "No.",
                 "official_answer": "True."}  # fmt: skip
    return versions.objects.bulk_create(  # type: ignore[no-any-return]
        [
            versions(
                question=each, number=1, kind="true_false", title=f"Question {n}",
                status="in_review" if waits else "published",
                published_at=None if waits else timezone.now(),
                content={**statement, "prompt": "A statement. " * 20
                         + "What of the gradient? " * (n % 3 == 0)},
            )
            for n, each in enumerate(made)
            for waits in [each.organisation_id is not None and n % 20 == 0]
        ],
        500,
    )  # fmt: skip


def ask(organisation: Any, versions: list[Any]) -> None:
    """Make assessments, each of which asks ten of the questions."""
    published = [version for version in versions if version.published_at]
    asked = model("assessments", "AssessmentQuestion")
    for start in range(0, len(published) - ASKED, 10 * ASKED):
        name = f"assessment-{published[start].pk}"
        assessment = organisation.assessments.create(slug=name)
        version = model("assessments", "AssessmentVersion").objects.create(
            assessment=assessment, number=1, title=name, minutes=30
        )
        asked.objects.bulk_create(
            asked(version=version, question_version=each, position=position)
            for position, each in enumerate(published[start : start + ASKED], start=1)
        )


def upload(count: int) -> int:
    """Upload a file of `count` questions, and read it as the worker does; return its key."""
    texts = (f"::Imported {n}::What of {n}? {{=a#b ~c#d}}\n" for n in range(count))
    kept = model("questions", "Import").objects.create(
        organisation=model("assessments", "Organisation").objects.get(),
        name="a.gift",
        format="gift",
        data="\n".join(texts).encode(),
    )
    read = import_string("questions.tasks.read_import")
    start = time.perf_counter()
    read(kept.pk)
    print(f"read a file of {count} questions in {time.perf_counter() - start:.1f} s")
    return int(kept.pk)


def measured(get: Callable[[], Any]) -> tuple[float, int]:
    """Return the median seconds and the number of queries."""
    get()  # what is computed once, and kept, is no part of it
    reset_queries()  # what made the questions fills the log
    with CaptureQueriesContext(connection) as queries:
        if get().status_code != 200:
            raise RuntimeError("A page is no page.")
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        get()
        times.append(time.perf_counter() - start)
    return median(times), len(queries)


def main() -> int:
    call_command("migrate", verbosity=0)
    call_command("bank", "load", verbosity=0, stdout=StringIO())
    client = sign_in()
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in PAGES}
    for first, last in ((0, FEW), (FEW, MANY)):
        fill(first, last)
        file = upload(FILES[last])
        for name, page in PAGES.items():
            address = page.format(file=file)
            found[name].append(measured(partial(client.get, address)))
    print(f"{'page':18} {'queries':>7} {'ms':>6}   times that of {FEW}")
    for name, (few, many) in found.items():
        print(f"{name:18} {many[1]:7} {1e3 * many[0]:6.0f}   {many[0] / few[0]:.1f}")
    uneven = [name for name, (few, many) in found.items() if few[1] != many[1]]
    for name in uneven:
        print(f"{name}: {found[name][0][1]} queries became {found[name][1][1]}")
    return int(bool(uneven))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        django.setup()
        sys.exit(main())
