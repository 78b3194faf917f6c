"""Rounds of calls to other systems: many at a time, each noted as its answer comes."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from assessments.integrations.parcels import Outcome, Parcel

Row = TypeVar("Row")

# So many are called at a time.
CONCURRENT = 16
# For so long a round takes on what is due; then another may begin, and it only waits for answers.
ROUND_SECONDS = 10.0
# How long a round that waits for answers goes without looking for what has become due.
LOOK_SECONDS = 0.25


def go_round(
    take: Callable[[int], Iterable[tuple[Row, Parcel]]],
    note: Callable[[Row, Outcome], None],
    seconds: float,
    ends: Callable[[], object],
) -> int:
    """Send what `take` finds due for so many places, and what becomes due meanwhile.

    Returns how much was sent. `ends` is called once nothing more is taken on; what is under way is
    still waited for.
    """
    until, sent, takes_on = time.monotonic() + seconds, 0, True
    under_way: dict[Future[Outcome], Row] = {}
    with ThreadPoolExecutor(CONCURRENT) as pool:
        while True:
            if takes_on:
                for row, parcel in take(CONCURRENT - len(under_way)):
                    under_way[pool.submit(parcel.send)] = row
            if takes_on and (not under_way or time.monotonic() >= until):
                takes_on = False
                ends()
            if not under_way:
                return sent
            done, _ = wait(under_way, LOOK_SECONDS, FIRST_COMPLETED)
            for each in done:
                note(under_way.pop(each), each.result())
            sent += len(done)
