"""The product as it runs: a web server, workers and the sweep as processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from tests.ready import begin_with
from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable


class Installation:
    """Processes over one database and broker; a context manager that leaves none behind."""

    def __init__(self, folder, database_url="", broker_url="", **settings):
        self.folder = folder
        self.port = free_port()
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.grading_environment = kept | {"VAR_DIR": str(folder), "CELERY_BROKER_URL": broker_url}
        self.environment = self.grading_environment | {
            "DATABASE_URL": database_url,
            "SECRET_KEY": "only for tests",
            "SWEEP_SECONDS": "0.5",
            "PATIENCE_SECONDS": "4",
            **settings,
        }
        self.processes = {}

    def __enter__(self):
        self.prepare()
        self.token = json.loads((self.folder / "demo.json").read_text())["token"]
        with ExitStack() as unless_up:
            unless_up.callback(self.end)
            for name in COMMANDS:
                self.start(name)
            self.wait_until(self.is_up)
            unless_up.pop_all()
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill_tree(process)

    def prepare(self):
        on_sqlite = not self.environment["DATABASE_URL"]
        loaded = on_sqlite and begin_with("loaded", self.folder / "minima.sqlite3")
        subprocess.run(
            # One process for all of them: each would import the whole product anew.
            [PYTHON, "-c", BEGIN + ("" if loaded else LOAD) + DEMO],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, timeout=60,
        )  # fmt: skip

    def start(self, name):
        grading = name.startswith("grading")
        command = [
            part.format(port=self.port, name=name)
            for part in (COMMANDS | OTHERS)[name.rstrip("0123456789")]
        ]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [PYTHON, "-m", *command],
                cwd=ROOT if not grading else self.folder,
                env=(self.grading_environment | {"PYTHONPATH": str(ROOT)}) if grading
                else self.environment,
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def kill(self, name):
        """As the kernel kills when memory is short: without a word."""
        self.processes[name].kill()
        self.processes[name].wait()

    def kill_tree(self, process):
        found = psutil.Process(process.pid)
        for each in [*found.children(recursive=True), found]:
            each.kill()
        process.wait()

    def below(self, name):
        """The processes that `name` started: the sandbox's."""
        try:
            return psutil.Process(self.processes[name].pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def is_up(self):
        try:
            return self.call("GET", "/healthz")["database"]
        except (urllib.error.URLError, ConnectionError):
            return False

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(
            f"http://localhost:{self.port}{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            | headers,
        )
        with urllib.request.urlopen(request, timeout=40) as response:
            return json.load(response)

    def submit(self, task, source):
        return self.call("POST", "/api/v1/submissions/", {"task": task, "source": source})["id"]

    def report(self, pk, seconds=60):
        """Wait for the report of a submission by long polls."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.call("GET", f"/api/v1/submissions/{pk}/?wait=5")
            if found["status"] == "graded":
                return found
        raise AssertionError(f"{pk} is not graded after {seconds} s\n{self.logs()}")

    def logs(self):
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.log")
        )

    def wait_until(self, true, seconds=30):
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(self.logs())
            time.sleep(0.05)

    @contextmanager
    def without(self, name):
        """Stop a process for a while, in good order."""
        self.processes[name].terminate()
        self.processes[name].wait(15)
        try:
            yield
        finally:
            self.start(name)


BEGIN = """\
import os, django
from django.core.management import call_command as call
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
"""
LOAD = 'call("migrate", verbosity=0)\ncall("bank", "load")\n'
DEMO = 'call("make_demo")\n'
COMMANDS = {
    "web": ["gunicorn", "config.wsgi", "-b", "127.0.0.1:{port}", "-w", "2", "-k", "gthread",
            "--threads", "4", "--graceful-timeout", "1"],
    "default": ["celery", "-A", "config", "worker", "-P", "solo", "-Q", "default",
                "-n", "{name}@%h", "--without-gossip", "--without-mingle", "-l", "WARNING"],
    "grading": ["celery", "-A", "grader.worker", "worker", "-n", "{name}@%h",
                "--without-gossip", "--without-mingle", "-l", "WARNING"],
    "beat": ["celery", "-A", "config", "beat", "--pidfile", "", "-l", "WARNING"],
}  # fmt: skip
# Those that a test starts if it wants them.
OTHERS = {"grading-runs": [*COMMANDS["grading"], "-Q", "run"]}
