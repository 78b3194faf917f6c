"""Having code graded, singly and in batches."""

from collections.abc import Callable, Iterator, Sequence
from typing import Unpack

from minima_client.operations import Operation, Shape, detail, listing
from minima_client.resources import Resource, until
from minima_client.rows import Batch, Result, Submission, SubmissionLine, Task, TaskDetail
from minima_client.said import (
    Created,
    Id,
    NewBatch,
    NewItem,
    NewSubmission,
    Paged,
    SubmissionFilters,
    Waiting,
)

# What the server waits for at the longest.
LONG_POLL = 25


class Tasks(Resource):
    LIST = Operation("GET", "tasks/", Task, Shape.MANY)
    GET = detail("tasks/{slug}/", TaskDetail)

    def list(self) -> Sequence[Task]:
        """What code can be graded for."""
        return self._many(self.LIST)

    def get(self, slug: str) -> TaskDetail:
        """One task with its formula and rules."""
        return self._one(self.GET, slug=slug)


class Submissions(Resource):
    LIST = listing("submissions/", SubmissionLine, SubmissionFilters)
    GET = detail("submissions/{id}/", Submission, Waiting)
    CREATE = Operation("POST", "submissions/", Submission, takes=NewSubmission)

    def list(self, **filters: Unpack[SubmissionFilters]) -> Iterator[SubmissionLine]:
        """The organisation's submissions, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id, *, wait: int = 0) -> Submission:
        """One submission; with `wait` after so many seconds at the latest, 25 at the most."""
        return self._one(self.GET, {"wait": wait} if wait else None, waits=wait, id=pk)

    def create(self, task: str, source: str, *, key: str | None = None) -> Submission:
        """Have code graded; `wait` gives the report."""
        return self._one(self.CREATE, {"task": task, "source": source}, key=key)

    def wait(self, pk: Id, *, timeout: float = 300.0) -> Submission:
        """The submission once it is graded; raises TimedOut."""
        return until(
            lambda left: self.get(pk, wait=min(LONG_POLL, int(left))),
            lambda found: found.status == "graded",
            timeout=timeout,
            # A server that is busy answers at once instead of waiting.
            pause=lambda looked: self._sender.sleep(1.0),
            what=f"Submission {pk}",
        )


class Batches(Resource):
    LIST = listing("batches/", Batch, Created)
    GET = detail("batches/{id}/", Batch)
    CREATE = Operation("POST", "batches/", Batch, takes=NewBatch)
    RESULTS = listing("batches/{id}/results/", Result, Paged)

    def list(self, **filters: Unpack[Created]) -> Iterator[Batch]:
        """The batches of the organisation, the newest first."""
        return self._pages(self.LIST, filters)

    def get(self, pk: Id) -> Batch:
        """One batch, and how much of it is graded."""
        return self._one(self.GET, id=pk)

    def create(self, items: Sequence[NewItem], *, key: str | None = None) -> Batch:
        """Have up to 1,000 modules graded, all or none of them."""
        return self._one(self.CREATE, {"items": list(items)}, key=key)

    def wait(
        self,
        pk: Id,
        *,
        timeout: float = 3600.0,
        progress: Callable[[Batch], None] = lambda batch: None,
    ) -> Batch:
        """The batch once all of it is graded; `progress` is told how far it is each time."""

        def look(left: float) -> Batch:
            batch = self.get(pk)
            progress(batch)
            return batch

        return until(
            look,
            lambda batch: batch.finished_at is not None,
            timeout=timeout,
            pause=lambda looked: self._sender.sleep(min(15.0, 1.3**looked)),
            what=f"Batch {pk}",
        )

    def results(self, pk: Id, *, page_size: int = 50) -> Iterator[Result]:
        """Each item with its report, in the order in which they were sent."""
        return self._pages(self.RESULTS, {"page_size": page_size}, id=pk)
