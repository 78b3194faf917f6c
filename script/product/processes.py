"""The processes that make up the product, and what each of them may know."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from script.product.installation import Installation

# Celery warns root of its own deserialiser, which is not in use; nothing of a candidate's runs as
# root, for the sandbox's first step is to give that up.
NO_ROOT_WARNING = "ignore:You're running the worker with superuser privileges"


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str]


def processes(installation: Installation) -> list[Process]:
    server, grader = installation.server_environ(), installation.grader_environ()
    return [
        Process("web", web(installation), server),
        Process("default", default_worker(), server),
        Process("beat", beat(), server),
        # A candidate who presses Run never waits behind submissions that are being graded.
        Process("grader-run", grading_worker("run", "run"), grader),
        *(
            Process(f"grader-{n}", grading_worker(str(n), "run,grading,batch,regrade"), grader)
            for n in range(1, installation.graders + 1)
        ),
    ]


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *arguments)


def web(installation: Installation) -> tuple[str, ...]:
    return python("gunicorn", "--config=config/gunicorn.py", f"--bind={installation.bind}")


def worker(app: str, name: str, *arguments: str) -> tuple[str, ...]:
    """A Celery worker without chatter between workers, which nothing here listens to."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=warning")
    command = ("--quiet", f"--app={app}", "worker", f"-n{name}@%h", *quiet, *arguments)
    filters = ("-W", NO_ROOT_WARNING) if os.geteuid() == 0 else ()
    return (sys.executable, *filters, "-m", "celery", *command)


def default_worker() -> tuple[str, ...]:
    # Its tasks wait for the database and for other systems rather than for the processor.
    arguments = ("--queues=default", "--pool=threads", "--concurrency=4")
    return worker("config.celery", "default", *arguments)


def grading_worker(name: str, queues: str) -> tuple[str, ...]:
    # One process is one grader: the sandbox has processes of its own.
    return worker("grader.worker", f"grader-{name}", f"--queues={queues}", "--pool=solo")


def beat() -> tuple[str, ...]:
    return python("celery", "--quiet", "--app=config.celery", "beat", "--loglevel=warning")
