"""Rounds of a periodic task: what can't be done for one row keeps no other row waiting."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

log = logging.getLogger(__name__)

Row = TypeVar("Row")


def each(rows: Iterable[Row], act: Callable[[Row], bool]) -> int:
    """Act on every row; return for how many there was something to do.

    An exception is logged and costs that row this round alone; the next round tries it again.
    """
    return sum(_done(row, act) for row in rows)


def _done(row: Row, act: Callable[[Row], bool]) -> bool:
    try:
        return act(row)
    except Exception:
        log.exception("%s could not be looked after", row)
        return False
