"""How often something is asked for in a minute."""

import time

from django.core.cache import cache

MINUTE = 60


def calls_this_minute(key: str) -> int:
    """Count one more call of `key`, and return how many there were in this minute.

    A counter a minute, for the usual throttles keep every single time.
    """
    name = f"{key}:{this_minute()}"
    cache.add(name, 0, timeout=2 * MINUTE)
    return int(cache.incr(name))


def this_minute() -> int:
    """Return the number of the minute that it is, counted since 1970."""
    return int(time.time()) // MINUTE


def seconds_left() -> float:
    """Until the next minute begins, and with it another count."""
    return MINUTE - time.time() % MINUTE
