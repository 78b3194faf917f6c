"""A form that makes a thing once: sent twice, as by a double click, it makes one.

The browser shows the answer to the later of the two, so that this one has to say what the first one
made: a secret too. It is kept for a minute, sealed by what only the page with the form knows.
"""

import hashlib
from collections.abc import Callable

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from assessments.models import User
from assessments.sealing import seal, unseal

SECONDS = 60
# Each page that is shown has it in letters of its own, long and random.
_LETTERS = "csrfmiddlewaretoken"


def made_once(request: HttpRequest, make: Callable[[], str]) -> str:
    """Return what `make` returns; where the same page sent the same form before, what it did then.

    What `make` raises is raised again by the next one. Whoever sends without a page makes another.
    """
    letters = request.POST.get(_LETTERS, "")
    if not letters or not isinstance(request.user, User):
        return make()
    sent = _digest(request)
    with transaction.atomic():
        # Of two that are sent in the same moment the later one waits here.
        User.objects.select_for_update(no_key=True).get(pk=request.user.pk)
        if kept := cache.get(f"sent:{sent}"):
            return unseal(kept, f"form {letters}")
        made = make()
        cache.set(f"sent:{sent}", seal(made, f"form {letters}"), timeout=SECONDS)
        return made


def _digest(request: HttpRequest) -> str:
    sent = [str(request.user.pk), request.get_full_path(), request.POST.urlencode()]
    return hashlib.sha256("\n".join(sent).encode("utf-8", "replace")).hexdigest()
