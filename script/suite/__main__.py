"""Run all steps, or with arguments the part of pytest that they name."""

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from script.suite.steps import QUICK, SLOW, TWO_AT_A_TIME, Step, pytest
from tests.services import PostgreSQL, ServiceMissing

ROOT = Path(__file__).resolve().parent.parent.parent
# Settings of the machine that would make a run differ from the next machine's.
PRODUCT_VARIABLES = {
    *("DATABASE_URL", "CELERY_BROKER_URL", "BASE_URL", "ALLOWED_HOSTS", "DEBUG"),
    *("SECRET_KEY", "SECRET_KEY_FILE", "STATIC_ROOT", "BEHIND_PROXY", "DJANGO_SETTINGS_MODULE"),
}


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    word: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.word:<8}{self.seconds:>7.1f} s  {self.name}"


def main(arguments: list[str]) -> int:
    os.chdir(ROOT)
    begin = time.monotonic()
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="minima-suite-"))
        environ = test_environ(os.environ, var)
        if arguments:
            return subprocess.run(pytest("tests", *arguments).command, env=environ).returncode
        environ["READY_DATABASES"] = str(Path(var, "ready"))
        results = list(run_side_by_side(QUICK, environ))
        results.append(run(TWO_AT_A_TIME, environ))
        results += run_side_by_side(SLOW, environ)
    return report(results, time.monotonic() - begin)


def test_environ(environ: Mapping[str, str], var: str) -> dict[str, str]:
    kept = {key: value for key, value in environ.items() if key not in PRODUCT_VARIABLES}
    # One thread a process for linear algebra: as many processes as cores run at a time.
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}
    return {**kept, **one_thread, "VAR_DIR": var, "SECRET_KEY": "only for tests"}


def run(step: Step, environ: Mapping[str, str]) -> Result:
    print(f"\n==> {step.name}: {shlex.join(step.command)}", flush=True)
    begin = time.monotonic()
    status = subprocess.run(step.command, cwd=ROOT / step.folder, env=environ).returncode
    return Result(step.name, "FAILED" if status else "passed", time.monotonic() - begin)


def run_side_by_side(
    lanes: Sequence[Sequence[Step]], environ: Mapping[str, str]
) -> Iterator[Result]:
    """Run lanes at the same time; what each step says is shown in one piece, at its end."""
    with ThreadPoolExecutor(len(lanes)) as pool:
        for results in pool.map(partial(run_lane, environ=environ), lanes):
            yield from results


def run_lane(steps: Sequence[Step], environ: Mapping[str, str]) -> list[Result]:
    return [run_quietly(step, environ) for step in steps]


def run_quietly(step: Step, environ: Mapping[str, str]) -> Result:
    begin = time.monotonic()
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="minima-suite-"))
        own = {"VAR_DIR": var}
        if step.on_postgresql:
            try:
                own["DATABASE_URL"] = stack.enter_context(PostgreSQL()).url
            except ServiceMissing as missing:
                return without_service(step, missing, environ)
        done = subprocess.run(
            step.command,
            cwd=ROOT / step.folder,
            env={**environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    print(f"\n==> {step.name}: {shlex.join(step.command)}\n{done.stdout}", flush=True)
    return Result(step.name, "FAILED" if done.returncode else "passed", time.monotonic() - begin)


def without_service(step: Step, missing: ServiceMissing, environ: Mapping[str, str]) -> Result:
    print(f"\n==> {step.name}: {missing}", flush=True)
    return Result(step.name, "FAILED" if environ.get("CI") == "true" else "skipped", 0)


def report(results: list[Result], seconds: float) -> int:
    print("\n" + "\n".join(map(str, results)))
    failed = [result.name for result in results if result.word == "FAILED"]
    print(
        f"{seconds / 60:.1f} minutes in all; "
        + (f"failed: {', '.join(failed)}" if failed else "all well")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
