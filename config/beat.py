"""Beat's scheduler, which shows that it lives: `celery beat --scheduler=config.beat:Scheduler`."""

from pathlib import Path
from typing import Any

from celery.beat import PersistentScheduler
from django.conf import settings

# Touched at every tick, some seconds apart; what looks after containers asks for its age.
ALIVE = Path(settings.VAR_DIR) / "beat.alive"


class Scheduler(PersistentScheduler):  # type: ignore[misc]
    def tick(self, *args: Any, **kwargs: Any) -> float:
        seconds: float = super().tick(*args, **kwargs)
        ALIVE.touch()
        return seconds
