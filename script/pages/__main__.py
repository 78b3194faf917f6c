"""`python -m script.pages`: write docs/tasks anew from the catalogue."""

from pathlib import Path

from script.pages import FOLDER, pages


def write(folder: Path = FOLDER) -> None:
    """Make `folder` hold the pages and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for path in folder.iterdir():
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
    print(f"{len(list(FOLDER.glob('*.md'))) - 1} tasks in {FOLDER}")
