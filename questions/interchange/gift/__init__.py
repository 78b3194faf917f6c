"""GIFT, Moodle's text format: questions between blank lines, for concepts alone.

Source: Moodle's `question/format/gift`.
"""

import re
from dataclasses import dataclass
from itertools import groupby

from questions.interchange import about, bounds
from questions.interchange.bounds import MAX_QUESTIONS, at_line, decoded
from questions.interchange.gift.escaping import escaped, hidden
from questions.interchange.gift.reading import read_question
from questions.interchange.gift.writing import write_question
from questions.interchange.remarks import Broken, Fields, Native, Part

CARRIED = "// minima: "
_CATEGORY = re.compile(r"^\s*\$CATEGORY:\s*(.*)$")
_ID = re.compile(r"\[id:([^\]\x00-\x1f]+)\]")
_TAG = re.compile(r"\[tag:([^\]\x00-\x1f]+)\]")


@dataclass(frozen=True, slots=True)
class Body:
    """A question: its text with escapes, and what the comments above it say."""

    text: str
    category: str = ""
    slug: str = ""
    tags: tuple[str, ...] = ()


class Gift:
    slug = "gift"
    title = "GIFT"
    suffix = ".gift"

    def split(self, data: bytes) -> list[Part]:
        """Return the questions of a file; raise Broken where it is no text, or holds none."""
        text = decoded(data)
        if found := bounds.control(text):
            line = at_line("", text.count("\n", 0, found.start()) + 1)
            raise Broken(line, f"The character U+{ord(found[0]):04X} stands in no text.")
        parts, category = [], ""
        for number, lines in _blocks(text):
            category = _category(lines, category)
            part = _part(number, lines, category)
            parts += [part] if part.body.text else []
        if not parts:
            raise Broken("", "There is no question in it.")
        if len(parts) > MAX_QUESTIONS:
            raise Broken("", f"It has {len(parts)} questions; {MAX_QUESTIONS} are read at most.")
        return parts

    def join(self, parts: list[Part]) -> bytes:
        blocks: list[str] = []
        ordered = sorted(parts, key=lambda part: part.body.category)
        for category, group in groupby(ordered, key=lambda part: part.body.category):
            blocks.append(f"$CATEGORY: {category}")
            blocks += [_block(part) for part in group]
        return ("\n\n".join(blocks) + "\n").encode()

    def read_one(self, body: Body) -> Native:
        native = read_question(hidden(body.text))
        fields, remarks = about.read_tags(list(body.tags), body.category)
        if about.is_slug(body.slug):
            fields["slug"], native.stated = body.slug, True
        native.fields = {**fields, **native.fields}
        native.remarks = list(dict.fromkeys([*remarks, *native.remarks]))
        return native

    def write_one(self, fields: Fields) -> Body:
        text = write_question(fields)
        return Body(text, about.category(fields), fields["slug"], tuple(about.tags(fields)))


def _blocks(text: str) -> list[tuple[int, list[str]]]:
    """Return what stands between blank lines, with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    after_blank = True
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            after_blank = True
        elif after_blank:
            blocks.append((number, [line]))
            after_blank = False
        else:
            blocks[-1][1].append(line)
    return blocks


def _category(lines: list[str], category: str) -> str:
    """Return the category that a block sets, else the one that holds, and take it out of it."""
    for line in list(lines):
        if found := _CATEGORY.match(line):
            category = found[1].strip()
            lines.remove(line)
    return category


def _part(number: int, lines: list[str], category: str) -> Part:
    comments = [line.strip() for line in lines if line.lstrip().startswith("//")]
    text = "\n".join(line for line in lines if not line.lstrip().startswith("//")).strip()
    carried = next((line for line in comments if line.startswith(CARRIED)), None)
    said = " ".join(line for line in comments if not line.startswith(CARRIED))
    slug = _ID.search(said)
    body = Body(text, category, slug[1].strip() if slug else "", tuple(_TAG.findall(said)))
    name = " ".join(text.split())[:60]
    return Part(name, at_line("", number), body, carried.removeprefix(CARRIED) if carried else None)


def _block(part: Part) -> str:
    body: Body = part.body
    # A tag that holds a bracket would end there; the rest of the file carries it.
    tags = "".join(f" [tag:{tag}]" for tag in body.tags if not set(tag) & set("[]<>`\"'"))
    lines = [f"// [id:{body.slug}]{tags}"]
    if part.carried is not None:
        lines.append(f"{CARRIED}{part.carried}")
    return "\n".join([*lines, body.text])


__all__ = ["Body", "Gift", "escaped"]
