"""From POST to the recorded score, on real PostgreSQL and Redis, as ratios of one run.

    python -m benchmarks.end_to_end [--latencies 100] [--burst 400] [--queue 1000]

It starts servers and workers of its own in temporary folders (Debian's packages postgresql and
redis-server must be there) and prints:

- the time from POST to the recorded score, which the doorbell rings for after the commit, and to
  the answer of the long poll, with one warm grading worker, against the floor: the same calls in a
  plain loop in one process (`benchmarks.floor`);
- the throughput of a burst, against the same submissions graded by as many sandboxes alone, with no
  queue, no web and no database;
- for a long queue: that every submission was graded once, and the resident sizes of worker and
  forkserver on the way.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from benchmarks.floor import loop
from grader import catalogue, warm
from grader.grading import grade
from grader.plan import make_plan
from tests.assessments.installation import Installation
from tests.services import PostgreSQL, Redis

TASK = "huber"
SOURCE = catalogue.get(TASK).variants[0].source
MIB = 1 << 20
ROUNDS = 4
# As in production; the tests of lost messages are less patient.
SETTINGS = {"SWEEP_SECONDS": "10", "PATIENCE_SECONDS": "30", "API_REQUESTS_PER_MINUTE": "1000000"}


class Client:
    """An API client that keeps its connection, as a hiring system's would."""

    def __init__(self, installation: Installation) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", installation.port, timeout=60)
        self._headers = {
            "Authorization": f"Bearer {installation.token}",
            "Content-Type": "application/json",
        }

    def call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        response = self._connection.getresponse()
        found: dict[str, Any] = json.loads(response.read())
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {found}")
        return found

    def submit(self) -> str:
        posted = self.call("POST", "/api/v1/submissions/", {"task": TASK, "source": SOURCE})
        return str(posted["id"])

    def grade(self, bell: "Bell") -> tuple[float, float]:
        """Submit; return the seconds until the score was recorded, and until it came here."""
        start = time.perf_counter()
        pk = self.submit()
        while self.call("GET", f"/api/v1/submissions/{pk}/?wait=20")["status"] != "graded":
            pass
        end = time.perf_counter()
        return bell.heard_at(pk) - start, end - start


class Bell:
    """Hears when a score was recorded: it is rung for once that is committed."""

    def __init__(self, url: str) -> None:
        self._heard: dict[str, float] = {}
        self._changed = threading.Condition()
        channel = redis.Redis.from_url(url).pubsub()
        channel.psubscribe(**{"minima.doorbell.*": self._hear})
        self._thread = channel.run_in_thread(sleep_time=1.0, daemon=True)

    def _hear(self, message: dict[str, Any]) -> None:
        with self._changed:
            self._heard[message["data"].decode()] = time.perf_counter()
            self._changed.notify_all()

    def close(self) -> None:
        self._thread.stop()
        self._thread.join()

    def heard_at(self, submission: str) -> float:
        """Return when it rang for `submission`; wait for it where need be."""
        with self._changed:
            if not self._changed.wait_for(lambda: submission in self._heard, timeout=20):
                raise RuntimeError(f"the doorbell never rang for {submission}")
            return self._heard.pop(submission)


def floor_seconds(count: int) -> float:
    """Return the median time of one submission's calls in a plain loop, over fresh seeds."""
    plans = [make_plan(catalogue.get(TASK), seed) for seed in range(count)]
    seconds = []
    for plan in plans:
        start = time.perf_counter()
        loop(SOURCE, plan.calls)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def alone_per_second(count: int, processes: int) -> float:
    """Return how many submissions a second so many processes grade with nothing around them."""
    context = get_context("spawn")
    ready, rates = context.Barrier(processes), context.Queue()
    shares = [
        context.Process(target=_grade_alone, args=(count // processes, ready, rates))
        for _ in range(processes)
    ]
    for share in shares:
        share.start()
    found = [rates.get(timeout=600) for _ in shares]
    for share in shares:
        share.join()
    return float(sum(found))


def _grade_alone(count: int, ready: Any, rates: Any) -> None:
    warm.start()
    grade(catalogue.get(TASK), SOURCE, 0, warm.sandbox())
    ready.wait()
    start = time.perf_counter()
    for seed in range(1, count + 1):
        grade(catalogue.get(TASK), SOURCE, seed, warm.sandbox())
        warm.renew()
    rates.put(count / (time.perf_counter() - start))
    warm.close()


def print_latencies(installation: Installation, broker: str, count: int) -> None:
    client, bell = Client(installation), Bell(broker)
    for _ in range(10):
        client.grade(bell)
    took, floors = [], []
    for _ in range(ROUNDS):  # turn by turn, so that both meet the same machine
        took += [client.grade(bell) for _ in range(count // ROUNDS)]
        floors.append(floor_seconds(count // ROUNDS))
    bell.close()
    floor = statistics.median(floors)
    print(f"floor: {floor * 1e3:.1f} ms for the same calls in a plain loop")
    print(f"from POST, one at a time, {len(took)} times:")
    for name, seconds in zip(
        ("recorded score", "pushed result"), zip(*took, strict=True), strict=True
    ):
        median, p99 = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.99)]
        print(
            f"  to the {name}: median {median * 1e3:.1f} ms = {median / floor:.2f} x floor,"
            f" p99 {p99 * 1e3:.1f} ms = {p99 / floor:.2f} x floor"
        )


class Queue:
    """Submissions that wait while no grading worker runs, and are then graded."""

    def __init__(self, installation: Installation, database: str, workers: int) -> None:
        self.installation = installation
        self.database = psycopg.connect(database, autocommit=True)
        self.started = 0.0
        self.workers = ["grading", *(f"grading{i}" for i in range(2, workers + 1))]

    def fill(self, count: int) -> None:
        """Queue `count` submissions from four connections at once."""
        threads = [threading.Thread(target=self._submit, args=(count // 4,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _submit(self, count: int) -> None:
        client = Client(self.installation)
        for _ in range(count):
            client.submit()

    def graded_since(self, start: float) -> list[float]:
        rows = self.database.execute(
            "SELECT extract(epoch FROM graded_at) FROM assessments_submission"
            " WHERE graded_at > to_timestamp(%s) ORDER BY graded_at",
            [start],
        ).fetchall()
        return [float(row[0]) for row in rows]

    def start(self) -> None:
        self.started = time.time()
        for name in self.workers:
            self.installation.start(name)

    def hold(self) -> None:
        """Keep the workers from taking anything; what they run ends first."""
        for name in self.workers:
            psutil.Process(self.installation.processes[name].pid).suspend()

    def go_on(self) -> None:
        for name in self.workers:
            psutil.Process(self.installation.processes[name].pid).resume()

    def burst(self, count: int) -> float:
        """Return the seconds in which so many are graded that all waited before."""
        self.hold()
        self.fill(count)
        start = time.time()
        self.go_on()
        return self.wait(count, start)[-1] - start

    def wait(self, count: int, start: float) -> list[float]:
        """Return when each was graded, once so many were."""
        while len(graded := self.graded_since(start)) < count:
            time.sleep(0.1)
        return graded

    def drain(self, count: int, look_at: tuple[int, ...]) -> tuple[list[float], list[str]]:
        """Start the workers; return when each was graded, and sizes at some counts."""
        sizes: list[str] = []
        self.start()
        for mark in look_at:
            self.wait(mark, self.started)
            sizes.append(f"after {mark}: {self.sizes()}")
        return self.wait(count, self.started), sizes

    def sizes(self) -> str:
        worker = psutil.Process(self.installation.processes["grading"].pid)
        below = worker.children(recursive=True)
        rss = worker.memory_info().rss / MIB
        inside = sum(_pss(process) for process in below)
        return f"worker {rss:.1f} MiB resident, forkserver and children {inside:.1f} MiB (PSS)"

    def stop(self) -> None:
        for name in self.workers:
            process = self.installation.processes.pop(name, None)
            if process is not None:
                process.terminate()
                process.wait(20)


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss / MIB)
    except psutil.NoSuchProcess:
        return 0.0


def print_burst(installation: Installation, database: str, count: int, workers: int) -> None:
    queue = Queue(installation, database, workers)
    queue.stop()
    queue.start()
    queue.fill(8 * workers)  # they come up and get warm
    queue.wait(8 * workers, queue.started)
    seconds, alone = 0.0, []
    for _ in range(ROUNDS):  # turn by turn, so that both meet the same machine
        seconds += queue.burst(count // ROUNDS)
        queue.hold()
        alone.append(alone_per_second(count // ROUNDS, workers))
        queue.go_on()
    queue.stop()
    rate, rate_alone = count / seconds, statistics.harmonic_mean(alone)
    print(
        f"burst of {count}, {workers} grading worker(s): {rate:.1f} a second"
        f" = {100 * rate / rate_alone:.0f} % of {workers} sandbox(es) alone"
        f" ({rate_alone:.1f} a second)"
    )


def print_queue(installation: Installation, database: str, count: int) -> None:
    queue = Queue(installation, database, 1)
    queue.stop()
    queue.fill(count)
    graded, sizes = queue.drain(count, (100, count))
    time.sleep(2)
    late = len(queue.graded_since(graded[-1]))
    queue.stop()
    print(f"queue of {count}: {len(graded)} graded, {late} graded again")
    for line in sizes:
        print(f"  {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description="From POST to the recorded score, as ratios.")
    parser.add_argument("--latencies", type=int, default=100)
    parser.add_argument("--burst", type=int, default=400)
    parser.add_argument("--queue", type=int, default=1000)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgreSQL() as postgresql,
        Redis() as broker,
        postgresql.database("benchmark") as url,
        Installation(Path(folder), url, broker.url, **SETTINGS) as installation,
    ):
        print_latencies(installation, broker.url, options.latencies)
        print_burst(installation, url, options.burst, 1)
        print_burst(installation, url, options.burst, 2)
        print_queue(installation, url, options.queue)


if __name__ == "__main__":
    main()
