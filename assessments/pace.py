"""How often something is asked for in a minute."""

import time

from django.core.cache import caches

MINUTE = 60


def calls_this_minute(key: str, kept: str = "process") -> int:
    """Count one more call of `key`, and return how many there were in this minute.

    `kept` is the cache that counts: each process by itself, or `default` for all of them together.
    A counter a minute, for the usual throttles keep every single time.
    """
    name, cache = f"{key}:{int(time.time()) // MINUTE}", caches[kept]
    cache.add(name, 0, timeout=2 * MINUTE)
    return int(cache.incr(name))


def seconds_left() -> float:
    """Until the next minute begins, and with it another count."""
    return MINUTE - time.time() % MINUTE
