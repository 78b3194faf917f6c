"""SQLite databases that a run of everything makes once (script/suite), for its parts to begin with.

A part that runs alone makes its own, by the same commands.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def begin_with(name: str, path: Path | str) -> bool:
    """Copy the database `name` to `path`; return whether there is one."""
    made = Path(os.environ.get("READY_DATABASES", "/nowhere"), f"{name}.sqlite3")
    if not made.is_file():
        return False
    copy(made, path)
    return True


def copy(source: Path | str, path: Path | str) -> None:
    """Copy a database whole, with what its journal still holds."""
    with closing(sqlite3.connect(source)) as made, closing(sqlite3.connect(path)) as own:
        made.backup(own)
