"""`python -m script.pages`: write docs/tasks anew from the catalogue."""

from pathlib import Path

from django.conf import settings

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


def main(folder: Path = FOLDER) -> None:
    """Write the pages in a process of their own."""
    settings.configure(USE_I18N=False)  # the charts of the product are translated, these are not
    write(folder)
    print(f"{len(list(folder.glob('*.md'))) - 1} tasks in {folder}")


if __name__ == "__main__":
    main()
