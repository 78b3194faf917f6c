"""Plain sentences as Markdown."""

import re
from collections.abc import Iterable, Sequence

MEANT = re.compile(r"([\\*$<>\[\]])")
CODE = re.compile(r"(`[^`]*`)")


def text(sentence: str) -> str:
    """Return a sentence whose signs mean nothing but themselves, `code` aside."""
    parts = CODE.split(sentence)
    return "".join(part if part.startswith("`") else MEANT.sub(r"\\\1", part) for part in parts)


def cell(sentence: str) -> str:
    """Return a sentence for a table, where a bar would end the column."""
    return text(sentence).replace("|", "\\|")


def bullets(sentences: Iterable[str]) -> str:
    return "".join(f"- {text(sentence)}\n" for sentence in sentences)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
