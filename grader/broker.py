"""Where Celery's messages travel, for both apps alike: Redis, or files under VAR_DIR."""

import os
from pathlib import Path
from typing import Any

# Above the longest grading with its retries, so that Redis never hands out a running one again.
VISIBILITY_SECONDS = 300
# How often an idle worker looks for new files; 1 s by default, which a person would feel.
EMBEDDED_POLLING_SECONDS = 0.02

# Grading by urgency, most urgent first: a candidate looks at the screen, a submission, bulk.
GRADING_QUEUES = ("run", "grading", "regrade")


def settings(url: str, folder: Path) -> dict[str, Any]:
    """Return Celery's settings for the broker at `url`; "" means files in `folder`."""
    if url:
        options = {"visibility_timeout": VISIBILITY_SECONDS, "queue_order_strategy": "priority"}
        return {"broker_url": url, "broker_transport_options": options}
    return {"broker_url": "filesystem://", "broker_transport_options": _embedded(folder)}


def _embedded(folder: Path) -> dict[str, Any]:
    messages, control = folder / "messages", folder / "control"
    for path in (messages, control):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "polling_interval": EMBEDDED_POLLING_SECONDS,
    }


def from_environment() -> dict[str, Any]:
    """Return the settings that CELERY_BROKER_URL, or else VAR_DIR, asks for."""
    var = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")
    return settings(os.environ.get("CELERY_BROKER_URL", ""), var / "broker")
