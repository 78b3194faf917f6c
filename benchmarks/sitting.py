"""Many candidates at once: each saves every 5 s and runs code every 30 s.

    python -m benchmarks.sitting [--candidates 300] [--seconds 90]

It starts the whole product with a PostgreSQL and a Redis of its own, and prints how long saves and
runs take, measured where the candidate waits, and beside them the same number of requests to a bare
Django view in the same web server. Exit status 1 where a request failed, where more than one save
in twenty took 200 ms, or where a Run took more than 3 s.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crowd import SAVE_SECONDS, Connection, Seat, Tally, every, sit
from script.product.installation import ROOT, Installation
from script.product.processes import processes
from tests.services import PostgreSQL, Redis, free_port

SAVE_LIMIT, RUN_LIMIT = 0.2, 3.0
SEATS = """\
import django, json, sys
django.setup()
from django.core.management import call_command as call
from assessments.actions import invite, start_attempt
from assessments.actions.demonstrating import make_demo
from django.urls import reverse
from grader.catalogue import get
call("migrate", verbosity=0)
call("collectstatic", interactive=False, verbosity=0)
call("bank", "load", verbosity=0)
version = make_demo().invitation.assessment_version
coding = version.questions.get(question_version__kind="coding")
source = get(coding.question_version.content["task"]).variants[0].source
seats = []
for number in range(int(sys.argv[1])):
    invitation = invite(version, f"Candidate {number}", f"c{number}@example.com")
    start_attempt(invitation, consented=True)
    place = [invitation.token, coding.position]
    seats.append({
        "question": reverse("candidate:question", args=place),
        "clock": reverse("candidate:clock", args=place[:1]),
        "source": source,
    })
print("SEATS", json.dumps(seats))
"""
BARE = """\
import json
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
settings.configure(SECRET_KEY="x", ALLOWED_HOSTS=["*"], ROOT_URLCONF="bare", MIDDLEWARE=[])
def save(request):
    return JsonResponse({"revision": json.loads(request.body)["revision"] + 1})
urlpatterns = [path("draft/", save)]
application = get_wsgi_application()
"""


@contextmanager
def running(commands: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]]) -> Iterator[None]:
    """Run processes, and end them all; the sandboxes end with theirs."""
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL
        )
        for command, environ in commands.values()
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(30)


def take_seats(environ: Mapping[str, str], count: int) -> list[Seat]:
    """Make a database with so many running attempts."""
    made = subprocess.run(
        [sys.executable, "-c", SEATS, str(count)],
        cwd=ROOT, env=dict(environ), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    line = next(line for line in made.stdout.splitlines() if line.startswith("SEATS "))
    return [Seat(**seat) for seat in json.loads(line.removeprefix("SEATS "))]


async def until_up(port: int, path: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if (await Connection(port).ask("GET", path)).status < 500:
                return
        except OSError:
            pass
        await asyncio.sleep(0.2)
    raise SystemExit(f"nothing answers on port {port}")


async def measured(port: int, seats: list[Seat], seconds: float) -> Tally:
    await until_up(port, "/healthz")
    await sit(port, seats[: len(seats) // 10], 10)  # everything comes up and gets warm
    return await sit(port, seats, seconds)


async def bare(port: int, candidates: int, seconds: float) -> Tally:
    """The saves alone, to a view that does nothing with them."""
    await until_up(port, "/")
    tally, end = Tally(), time.monotonic() + seconds
    body = json.dumps({"content": {"source": "x" * 1000}, "revision": 1}).encode()

    async def one() -> None:
        connection = Connection(port)

        async def save() -> None:
            start = time.perf_counter()
            await connection.ask("PUT", "/draft/", body)
            tally.seconds["save"].append(time.perf_counter() - start)

        await every(SAVE_SECONDS, end, save)

    await asyncio.gather(*(one() for _ in range(candidates)))
    return tally


def bare_tally(folder: Path, candidates: int, seconds: float) -> Tally:
    (folder / "bare.py").write_text(BARE)
    port = free_port()
    command = (
        sys.executable, "-m", "gunicorn", "--config=config/gunicorn.py", f"--bind=127.0.0.1:{port}",
        f"--chdir={folder}", "bare:application",
    )  # fmt: skip
    with running({"bare": (command, {"PYTHONPATH": str(folder)})}):
        return asyncio.run(bare(port, candidates, seconds))


def product_tally(folder: Path, urls: tuple[str, str], candidates: int, seconds: float) -> Tally:
    installation = Installation.from_environ(
        {
            "PATH": os.environ["PATH"],
            "VAR_DIR": str(folder / "var"),
            "PORT": str(free_port()),
            "DATABASE_URL": urls[0],
            "CELERY_BROKER_URL": urls[1],
            "LOG_LEVEL": "WARNING",
        }
    )
    installation.make_var()
    seats = take_seats(installation.server_environ(), candidates)
    commands = {each.name: (each.command, each.environ) for each in processes(installation)}
    with running(commands):
        return asyncio.run(measured(installation.port, seats, seconds))


def print_tally(tally: Tally, plain: Tally) -> None:
    for name, seconds in sorted(tally.seconds.items()):
        print(f"{name}: {len(seconds)} times, ms: {distribution(tally, name)}")
    print(f"save to a bare Django view, as often, ms: {distribution(plain, 'save')}")
    ratios = [tally.quantile("save", q) / plain.quantile("save", q) for q in (0.5, 0.95)]
    print(
        "a save takes {:.1f} times a bare view's median, and at 95 % {:.1f} times".format(*ratios)
    )


def distribution(tally: Tally, name: str) -> str:
    shares = [f"{100 * q:.0f} % {tally.quantile(name, q) * 1e3:.1f}" for q in (0.5, 0.95, 0.99)]
    return f"{', '.join(shares)}, at most {max(tally.seconds[name]) * 1e3:.1f}"


def missed(tally: Tally) -> list[str]:
    """What of the goals was not met."""
    found = [f"{len(tally.failures)} failed, such as {tally.failures[0]}"] if tally.failures else []
    if tally.quantile("save", 0.95) > SAVE_LIMIT:
        found.append("more than one save in twenty took 200 ms")
    if max(tally.seconds["Run until its result"]) > RUN_LIMIT:
        found.append("a Run took more than 3 s")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Many candidates at once.")
    parser.add_argument("--candidates", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, PostgreSQL() as postgresql, Redis() as redis:
        folder = Path(name)
        plain = bare_tally(folder, options.candidates, options.seconds / 3)
        with postgresql.database("benchmark") as url:
            tally = product_tally(folder, (url, redis.url), options.candidates, options.seconds)
    print_tally(tally, plain)
    for line in (problems := missed(tally)):
        print(f"not met: {line}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
