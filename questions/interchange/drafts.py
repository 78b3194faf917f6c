"""What was read elsewhere as a draft of ours: every field in its place, though some are empty."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.catalogue import CATALOGUE
from questions import files, kinds
from questions.checking.formulas import texts
from questions.files import topics
from questions.interchange import about, bounds, carrying
from questions.interchange.remarks import Fields, Refused

_USUAL: Fields = {"difficulty": "medium", "minutes": 5, "context": ""}
_EMPTY: dict[str, Fields] = {
    "true_false": {"rationale": "", "misconception": ""},
    "numeric": {"misconceptions": []},
    "open_text": {"rubric": []},
}
_MOST_FAULTS = 12


def completed(fields: Fields, *, ours: bool = False) -> tuple[Fields, list[str]]:
    """Return fields that make a draft, and a sentence for each that could not be kept.

    Raises Refused where nothing can be made of them. In `ours` each letter is as we wrote it.
    """
    wanted = kinds.get(fields["kind"]).schema["required"]
    texts_wanted = {name: "" for name in ("prompt", "official_answer") if name in wanted}
    found = {**_USUAL, **texts_wanted, **_EMPTY.get(fields["kind"], {}), **fields}
    found.pop("status", None)
    found["title"] = found.get("title") or _title(found["prompt"])
    found["slug"] = found.get("slug") or about.slug(found["title"]) or "question"
    for option in found.get("options", ()):
        option.setdefault("rationale", "")
        if not option.get("right"):
            option.setdefault("misconception", "")
    for pair in found.get("pairs", ()):
        pair.setdefault("rationale", "")
    remarks = list(_sort(found))
    _refuse_strange(found, ours=ours)
    return found, remarks


def unfinished(fields: Fields) -> list[str]:
    """Return what is to be done before the draft can be published."""
    try:
        files.checked(Path(fields["slug"]), fields, {(): 1})
    except files.BadFile as bad:
        said = [f"{f.field}: {f.sentence}" if f.field else f.sentence for f in bad.faults]
        more = [f"and {len(said) - _MOST_FAULTS} more"] if len(said) > _MOST_FAULTS else []
        return [*said[:_MOST_FAULTS], *more]
    return []


def _title(prompt: str) -> str:
    return " ".join(prompt.split())[:80].strip() or "A question without a title"


def _sort(fields: Fields) -> Iterator[str]:
    """Keep the topics that there are."""
    asked = list(fields.get("topics", ()))
    fields["topics"] = [topic for topic in asked if topic in topics()]
    for topic in asked:
        if topic not in topics():
            yield f"The topic {topic!r} is not known here."


def _refuse_strange(fields: Fields, *, ours: bool) -> None:
    """Refuse texts that no database keeps or that were garbled, and fields of another shape."""
    for field, text in texts(_plain(fields)):
        if sentence := bounds.strange(text) or ("" if ours else bounds.mangled(text)):
            raise Refused(f"{'.'.join(map(str, field))}: {sentence}")
    if fields["kind"] == "coding":
        _refuse_unknown_task(fields)
    if not carrying.has_shape(fields) or not _has_content(fields):
        raise Refused("A question of its kind can't be made of what it says.")


def _refuse_unknown_task(fields: Fields) -> None:
    if isinstance(fields.get("own"), str):
        raise Refused("Its task was an author's own, and the file does not bring it along.")
    if "own" not in fields and fields.get("task") not in CATALOGUE:
        raise Refused(f"The catalogue has no task {fields.get('task')!r}.")


def _has_content(fields: Fields) -> bool:
    """Tell whether its kind can make a version of it, for what a file carries may be damaged."""
    try:
        return bool(files.Entry(fields).content)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError):
        return False


def _plain(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in {"slug", "kind"}}
