"""The database's questions as files, which load as what they were."""

import json
import os
from collections import defaultdict
from pathlib import Path

from questions import files, writing
from questions.models import Question, QuestionVersion


def export(folder: Path) -> int:
    """Write the newest version of every shared question to `folder`; return their number.

    The schema goes beside them, so that editors check and complete there, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    topics = _topics()
    count = 0
    shared = QuestionVersion.objects.newest().filter(question__organisation=None)
    for version in shared.select_related("question").iterator():
        fields = writing.fields_of(version, topics[version.question_id])
        _write(folder / f"{version.question.slug}.yaml", writing.text(fields))
        count += 1
    _write(folder / "schema.json", json.dumps(files.schema(), indent=2, ensure_ascii=False) + "\n")
    return count


def _topics() -> defaultdict[int, list[str]]:
    """The topics of each question, in the order that it names them in."""
    links = Question.topics.through.objects.order_by("pk")
    found: defaultdict[int, list[str]] = defaultdict(list)
    for question, slug in links.values_list("question_id", "topic__slug"):
        found[question].append(slug)
    return found


def _write(path: Path, text: str) -> None:
    """Replace a file in one step: whoever reads meanwhile sees the old one or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)
