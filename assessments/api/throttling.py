"""How much one token may ask for."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from assessments.pace import calls_this_minute, seconds_left


class TokenThrottle(BaseThrottle):
    """So many requests a minute and token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.user is None or request.user.pk is None:
            return True
        asked = calls_this_minute(f"requests:{request.user.pk}")
        return asked <= settings.API_REQUESTS_PER_MINUTE

    def wait(self) -> float:
        return seconds_left()
