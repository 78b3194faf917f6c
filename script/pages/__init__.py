"""The generated pages of docs/tasks: one for each task of the catalogue, and their list."""

from pathlib import Path

from grader.catalogue import CATALOGUE
from script.pages.listing import listing
from script.pages.page import page
from script.pages.picture import picture

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "tasks"


def pages() -> dict[str, str]:
    """Return the text of every file in docs/tasks by its name."""
    made = {"index.md": listing(CATALOGUE.values())}
    for task in CATALOGUE.values():
        pictures = {f"{task.slug}-{i}.svg": curve for i, curve in enumerate(task.curves, start=1)}
        made[f"{task.slug}.md"] = page(task, dict(zip(pictures, task.curves, strict=True)))
        made |= {name: picture(task, curve) for name, curve in pictures.items()}
    return made
