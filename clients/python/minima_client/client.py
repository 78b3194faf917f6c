"""One installation, one organisation's token, and all its resources."""

import os
import time
from collections.abc import Callable
from typing import Self

from requests import Session

from minima_client.endpoints import Deliveries, WebhookEndpoints
from minima_client.exports import Exports
from minima_client.grading import Batches, Submissions, Tasks
from minima_client.outcomes import Assessments, Attempts, Decisions, Questions, Reviews
from minima_client.people import Candidates, Invitations, Members
from minima_client.rows import Submission
from minima_client.sending import Patience, Sender


class Client:
    """The REST interface of an installation.

        with Client("https://minima.example.com", "mnm_…") as minima:
            for attempt in minima.attempts.list(state="finished"):
                print(attempt.candidate.name, attempt.score)

    Address and token come from MINIMA_URL and MINIMA_TOKEN where they are not given. A `session`
    of your own brings proxies and certificates. One client belongs to one thread.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        patience: Patience | None = None,
        session: Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.sender = sender = Sender(
            os.environ.get("MINIMA_URL", "") if url is None else url,
            os.environ.get("MINIMA_TOKEN", "") if token is None else token,
            patience or Patience(),
            session,
            sleep,
        )
        self.tasks, self.submissions = Tasks(sender), Submissions(sender)
        self.batches = Batches(sender)
        self.assessments, self.questions = Assessments(sender), Questions(sender)
        self.invitations, self.candidates = Invitations(sender), Candidates(sender)
        self.attempts = Attempts(sender)
        self.decisions, self.reviews = Decisions(sender), Reviews(sender)
        self.members, self.exports = Members(sender), Exports(sender)
        self.webhooks, self.deliveries = WebhookEndpoints(sender), Deliveries(sender)

    def __repr__(self) -> str:
        return f"<Client of {self.sender.root}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self.sender.session.close()

    def grade(self, task: str, source: str, *, timeout: float = 300.0) -> Submission:
        """Have code graded, and return it with its report; raises TimedOut."""
        sent = self.submissions.create(task, source)
        return self.submissions.wait(sent.id, timeout=timeout)
