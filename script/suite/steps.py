"""The steps of script/test, quick ones first; all of them run, whatever the others found."""

import sys
from dataclasses import dataclass

# What starts processes of its own, and waits for them: steps of their own.
ALONE = "sandbox or browser or redis or slow"

# Quick, and worth knowing before minutes have passed.
ARCHITECTURE = ("tests/test_architecture.py", "tests/test_repository.py")
NOT_AGAIN = tuple(f"--ignore={path}" for path in ARCHITECTURE)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    command: tuple[str, ...]
    folder: str = "."
    # Whether it runs on a PostgreSQL server of its own.
    on_postgresql: bool = False


def python(name: str, *arguments: str) -> Step:
    return Step(name, (sys.executable, *arguments))


def pytest(name: str, *arguments: str) -> Step:
    return python(name, "-m", "pytest", "--durations=15", *arguments)


# Lanes: the steps of each come one after the other, beside those of the other lane.
QUICK = [
    [
        python("ruff", "-m", "ruff", "check", "."),
        python("format", "-m", "ruff", "format", "--check", "."),
        python("mypy", "-m", "mypy"),
        Step("front end", ("npm", "test", "--silent"), folder="frontend"),
    ],
    [
        python("databases to begin with", "-m", "script.suite.databases"),
        python("migrations", "manage.py", "makemigrations", "--check", "--dry-run"),
        python("django", "manage.py", "check"),
        pytest("architecture", "-q", *ARCHITECTURE),
    ],
]
TWO_AT_A_TIME = pytest(
    "tests, two at a time",
    *("-q", "-n2", "--without-rooms", "-m", f"not ({ALONE})", *NOT_AGAIN),
)
# A browser waits half of its time: for a pause in the typing, or for an answer. The tests of a file
# share what is dear to set up.
IN_A_BROWSER = pytest("tests in a browser", *("-q", "-n2", "--dist", "loadfile", "-m", "browser"))
ON_POSTGRESQL = Step(
    "tests on PostgreSQL",
    pytest("", "-q", "-n2", "--database-only", "-m", f"not ({ALONE})").command,
    on_postgresql=True,
)
SLOW = [
    [IN_A_BROWSER, ON_POSTGRESQL],
    [
        pytest("tests of sandbox and workers", "-q", "-m", f"({ALONE}) and not browser"),
        python("audit", "manage.py", "audit", "--seeds", "2", "--jobs", "1"),
    ],
]
