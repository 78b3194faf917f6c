"""Where a question is found, as Moodle's categories and tags say it."""

import re

from questions.files import DIFFICULTIES, ROLES, topics
from questions.interchange.remarks import Fields

ROOT = "$course$/top/Minima"
# Moodle cuts longer ones.
LONGEST_TAG = 50
_LISTS = {"topic": "topics", "role": "roles", "related": "related"}
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


def category(fields: Fields) -> str:
    """Return the category of a question: its first topic."""
    found = fields.get("topics") or [""]
    title = topics().get(found[0], "")
    return f"{ROOT}/{title}" if title else ROOT


def topic_of(path: str) -> str | None:
    """Return the topic of a category; "" where it is to name none, None for any other."""
    name = path.strip().rstrip("/").rpartition("/")[2].strip()
    if not name or name in {"top", "Minima", "$course$", "$system$"} or name.startswith("Default"):
        return ""
    slugs = {title.casefold(): slug for slug, title in topics().items()}
    return name if name in topics() else slugs.get(name.casefold())


def tags(fields: Fields) -> list[str]:
    """Return what Moodle keeps as tags; what is longer than a tag may be is left out."""
    found = [f"{prefix}:{slug}" for prefix, name in _LISTS.items() for slug in fields.get(name, ())]
    found += [f"{name}:{fields[name]}" for name in ("difficulty", "minutes") if name in fields]
    found += [f"task:{fields['task']}"] if "task" in fields else []
    found += [f"own:{fields['own']['slug']}"[:LONGEST_TAG]] if "own" in fields else []
    return [tag for tag in [*found, *fields.get("tags", ())] if len(tag) <= LONGEST_TAG]


def read_tags(found: list[str], path: str) -> tuple[Fields, list[str]]:
    """Return what tags and a category say, and a sentence for each that says nothing to us."""
    fields: Fields = {}
    remarks: list[str] = []
    topic = topic_of(path)
    if topic:
        fields["topics"] = [topic]
    elif topic is None:
        remarks.append(f"The category {path.strip()[:120]!r} is no topic of the bank.")
    for tag in dict.fromkeys(" ".join(tag.split()) for tag in found):
        if tag and not _read_tag(fields, tag):
            fields.setdefault("tags", []).append(tag)
    return fields, remarks


def _read_tag(fields: Fields, tag: str) -> bool:
    """Take a tag for what it says; tell whether it says anything to us."""
    prefix, colon, value = tag.partition(":")
    if not colon:
        return False
    if prefix == "difficulty" and value in DIFFICULTIES:
        fields["difficulty"] = value
    elif prefix == "minutes" and re.fullmatch("[1-9][0-9]?", value):
        fields["minutes"] = int(value)
    elif prefix in {"task", "own"} and re.fullmatch("[a-z0-9_-]+", value):
        fields[prefix] = value
    elif prefix in _LISTS and _SLUG.fullmatch(value) and (prefix != "role" or value in ROLES):
        listed = fields.setdefault(_LISTS[prefix], [])
        if value not in listed:
            listed.append(value)
    else:
        return False
    return True


def slug(text: str) -> str:
    """Return a slug for a title; "" where it has no letter of a slug."""
    words = re.findall("[a-z0-9]+", text.lower())
    found = "-".join(words)[:90]
    return found.strip("-")


def is_slug(text: str) -> bool:
    return bool(_SLUG.fullmatch(text)) and len(text) <= 100
