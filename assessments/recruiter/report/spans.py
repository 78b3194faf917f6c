"""Spans of time, as short as a table can hold and as clear as a sentence needs."""

from datetime import timedelta


def span(length: timedelta) -> str:
    """Return "42 s", "12 min", "1 h 05 min" or "3 d 4 h"; negative lengths count as nothing."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def cpu(seconds: float) -> str:
    """Return CPU or wall time as "8 ms" or "2.4 s"."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
