"""How much one token may ask for."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MINUTE = 60


class TokenThrottle(BaseThrottle):
    """So many requests a minute and token, counted in each web process by itself.

    A counter a minute, for DRF's own throttles keep every single time.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.user is None or request.user.pk is None:
            return True
        key = f"requests:{request.user.pk}:{int(time.time()) // MINUTE}"
        cache = caches["process"]
        cache.add(key, 0, timeout=2 * MINUTE)
        return cache.incr(key) <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE
