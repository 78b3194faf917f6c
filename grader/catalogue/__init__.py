"""The catalogue of loss tasks: every module here that names TASKS adds its rows."""

from importlib import import_module
from pkgutil import iter_modules

from grader.catalogue.task import Task


class UnknownTask(LookupError):
    """No task has that slug."""


def _collect() -> dict[str, Task]:
    modules = (import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__))
    tasks = [task for module in modules for task in getattr(module, "TASKS", ())]
    catalogue = {task.slug: task for task in tasks}
    if len(catalogue) != len(tasks):
        raise ValueError("two tasks of the catalogue share a slug")
    return dict(sorted(catalogue.items()))


CATALOGUE = _collect()


def get(slug: str) -> Task:
    """Return the task called `slug`; raise UnknownTask where there is none."""
    try:
        return CATALOGUE[slug]
    except KeyError:
        raise UnknownTask(f"There is no task {slug!r}; `grade --list` lists them.") from None
