"""How many orders of events a property test tries."""

from django.db import connection


def tried(orders: int) -> int:
    """All of them on SQLite; on PostgreSQL, where each costs several times as much, a third."""
    return orders if connection.vendor == "sqlite" else -(-orders // 3)
