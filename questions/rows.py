"""The coding questions that rows of the catalogue bring along."""

from pathlib import Path
from typing import Any

from grader.catalogue import CATALOGUE
from grader.catalogue.task import Task
from questions import files


def questions(folder: Path = files.BANK) -> list[dict[str, Any]]:
    """Return the fields of a question per row, where `folder` has no file for it."""
    made = [fields_of(task) for task in CATALOGUE.values()]
    written = {path.stem for path in files.paths(folder)}
    return [fields for fields in made if fields["slug"] not in written]


def entry(fields: dict[str, Any]) -> files.Entry:
    """Check the fields as those of a file; raise BadFile, which names the question."""
    return files.checked(Path(fields["slug"]), fields, {(): 1})


def fields_of(task: Task) -> dict[str, Any]:
    """Return what a file about `task` would say."""
    brief = task.brief
    return {
        "slug": f"code-{task.slug}",
        "kind": "coding",
        "title": task.title,
        "topics": list(brief.topics),
        "difficulty": brief.difficulty,
        "minutes": brief.minutes,
        "context": brief.context,
        "sources": [task.source],
        "task": task.slug,
        "prompt": brief.prompt,
    }
