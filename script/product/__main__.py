"""Prepare the installation, start its processes and say how to reach it."""

import os
import subprocess
import sys
from functools import partial
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from script.product.installation import ROOT, CannotStart, Installation
from script.product.processes import processes, python
from script.product.supervisor import GaveUp, Supervisor
from script.product.welcome import welcome

# A proxy in the operator's environment has no business between us and our own web process.
DIRECT = build_opener(ProxyHandler({}))


def main() -> int:
    os.chdir(ROOT)
    try:
        start(Installation.from_environ(os.environ))
    except (CannotStart, GaveUp) as error:
        print(f"Cannot go on: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("Minima has stopped.")
    return 0


def start(installation: Installation) -> None:
    installation.make_var()
    lock = installation.lock()
    installation.check_port()
    # Trying the walls takes a moment, which preparing the database takes anyway.
    with subprocess.Popen(**wall_check(installation)) as check:
        demo = prepare(installation)
        told, _ = check.communicate()
    walls = told.strip().splitlines() if check.returncode else []
    Supervisor(
        processes(installation),
        is_ready=partial(answers, f"{installation.local_url}/healthz"),
        when_ready=lambda: print(welcome(installation, demo, walls), flush=True),
    ).run()
    os.close(lock)


def prepare(installation: Installation) -> str:
    """Bring database, bank and static files up to date; return the way to the demo organisation."""
    command = python("script.product.prepare")
    environ = installation.server_environ()
    done = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise CannotStart("the database could not be prepared; the lines above say why")
    return done.stdout


def wall_check(installation: Installation) -> dict[str, Any]:
    """The process that fails, and says why, where the sandbox can't run code."""
    return {
        "args": python("grader", "check"),
        "env": installation.grader_environ(),
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
    }


def answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
