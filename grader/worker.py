"""The grading worker's Celery app: `celery -A grader.worker worker`.

It runs next to hostile code, so it knows the broker's address and nothing else: no database, no
secret key, no Django.
"""

import logging
from typing import Any

from celery import Celery
from celery.signals import (
    celeryd_after_setup,
    task_postrun,
    worker_process_init,
    worker_shutdown,
)
from kombu.entity import Exchange, Queue

from grader import broker, warm

# Celery's own line on a finished task repeats the whole report.
logging.getLogger("celery.app.trace").setLevel(logging.WARNING)


def _queue(name: str) -> Queue:
    """A queue that gets what is sent to it by name, and nothing that is sent to another."""
    return Queue(name, Exchange(name), name)  # type: ignore[no-untyped-call]


# No fixups: Celery would set Django up where it finds DJANGO_SETTINGS_MODULE.
app = Celery("grader", include=["grader.tasks"], fixups=[])
app.set_default()
app.conf.update(
    **broker.from_environment(),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_queues=[_queue(name) for name in broker.GRADING_QUEUES],
    task_default_queue="grading",
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # A message is acknowledged when its work is done: a killed worker's goes to another.
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    # One process is one grader: the cheapest in latency and memory.
    worker_pool="solo",
    worker_hijack_root_logger=False,
    timezone="UTC",
)


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def listen_to_grading_only(instance: Any, **kwargs: Any) -> None:
    """Keep to the queues known now: a queue that is only written to later is not ours to read."""
    queues = instance.app.amqp.queues
    queues.select(list(queues.consume_from))


@worker_process_init.connect  # type: ignore[untyped-decorator]
def warm_up(**kwargs: Any) -> None:
    """Start the sandbox before the first submission asks for it."""
    warm.start()


@task_postrun.connect  # type: ignore[untyped-decorator]
def renew_sandbox(**kwargs: Any) -> None:
    """Have the next child forked, now that the report of the last one is sent."""
    warm.renew()


@worker_shutdown.connect  # type: ignore[untyped-decorator]
def close_sandbox(**kwargs: Any) -> None:
    warm.close()
