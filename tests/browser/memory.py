"""Scenes that are played once: each later test begins with the database that the first one left."""

import pickle
import sqlite3
from contextlib import closing

from django.core.management import call_command
from django.db import connection

from tests.ready import begin_with


class Memory:
    """Keeps what a scene wrote into an empty SQLite database, and what it returned."""

    def __init__(self):
        self._kept = {}

    def scene(self, name, play):
        """Return what `play()` returns, with all that it writes; on other databases it plays."""
        if connection.vendor != "sqlite":
            return play()
        if name not in self._kept:
            self._kept[name] = (pickle.dumps(play()), self._copy())
        returned, database = self._kept[name]
        connection.ensure_connection()
        database.backup(connection.connection)
        return pickle.loads(returned)

    def _copy(self):
        connection.ensure_connection()
        copy = sqlite3.connect(":memory:")
        connection.connection.backup(copy)
        return copy

    def forget(self):
        for _, database in self._kept.values():
            with closing(database):
                pass
        self._kept.clear()


def load_bank():
    """Load the question bank into a database that is empty but for our tables."""
    if connection.vendor == "sqlite":
        # Only then does it see what was written beside it.
        connection.close()
        if begin_with("loaded", connection.settings_dict["NAME"]):
            return
    call_command("bank", "load", verbosity=0)
