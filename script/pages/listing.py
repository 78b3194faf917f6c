"""The list of all tasks."""

from collections.abc import Iterable

from grader.catalogue.task import Task
from questions.files import topics
from script.pages.markdown import cell, table

INTRO = """\
# Tasks

What candidates can be asked to write, made from the rows in `grader/catalogue/` by
`python -m script.pages`. Each page has the formula, the rules, an example with its numbers, and
what the grader looks at. The inputs of the hidden checks are drawn anew for every attempt and
stand nowhere.
"""


def listing(tasks: Iterable[Task]) -> str:
    """Return the page that leads to the page of every task."""
    rows = [_row(task) for task in sorted(tasks, key=lambda task: task.title.lower())]
    head = ("task", "slug", "topics", "difficulty", "minutes")
    return f"{INTRO}\n{len(rows)} tasks:\n\n{table(head, rows)}"


def _row(task: Task) -> tuple[str, ...]:
    link = f"[{cell(task.title)}]({task.slug}.md)"
    named = ", ".join(topics()[slug] for slug in task.brief.topics)
    return link, f"`{task.slug}`", named, task.brief.difficulty, str(task.brief.minutes)
