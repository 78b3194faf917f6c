"""Questions as the text of their files: fields in one order, Markdown as it is read."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from questions import kinds
from questions.files import NO_CONTENT
from questions.models import Question, QuestionVersion

HEADER = "# yaml-language-server: $schema=schema.json\n"
FIRST = (
    "slug", "status", "kind", "title", "topics", "roles", "difficulty", "minutes", "context",
    "instruction",
)  # fmt: skip
LAST = ("official_answer", "related", "tags", "sources")
WIDTH = 100
# What YAML takes for breaks of lines, or nobody sees: it is written by its number.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def fields_of(version: QuestionVersion, topics: Sequence[str]) -> dict[str, Any]:
    """Return what a file says of `version` and of its question, which is sorted under `topics`."""
    question = version.question
    about = {
        "slug": question.slug,
        # Nothing said means published: one word less for nearly every file.
        "status": "" if version.status == QuestionVersion.Status.PUBLISHED else version.status,
        "kind": version.kind,
        "title": version.title,
        "topics": list(topics),
        "roles": question.roles,
        "difficulty": Question.Difficulty(question.difficulty).name.lower(),
        "minutes": question.minutes,
        "related": question.related,
        "tags": question.tags,
    }
    said = {name: value for name, value in about.items() if value}
    content = version.rules.written(version.content)
    return {name: value for name, value in content.items() if name not in NO_CONTENT} | said


def text(fields: Mapping[str, Any]) -> str:
    """Return the file that says `fields`: reading it gives them back."""
    return HEADER + yaml.dump(
        _ordered(fields),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        # Text in a line stays in a line; the indentation comes on top.
        width=WIDTH + 20,
    )


def _ordered(fields: Mapping[str, Any]) -> dict[str, Any]:
    own = kinds.get(fields["kind"]).schema["properties"]
    order = [*FIRST, *(name for name in own if name not in LAST), *LAST]
    return {name: _as_in(own.get(name, {}), fields[name]) for name in order if name in fields}


def _as_in(schema: Mapping[str, Any], value: Any) -> Any:
    """Return `value` with its fields in the schema's order, for databases have one of their own."""
    if isinstance(value, list):
        return [_as_in(schema.get("items", {}), each) for each in value]
    if not isinstance(value, dict):
        return value
    rules = schema
    for one in schema.get("oneOf", ()):
        if value.keys() <= one.get("properties", {}).keys():
            rules = one
            break
    known = rules.get("properties", {})
    others = rules.get("additionalProperties") or {}
    order = [*(name for name in known if name in value), *(n for n in value if n not in known)]
    return {name: _as_in(known.get(name, others), value[name]) for name in order}


class _Dumper(yaml.SafeDumper):
    """Lists in a list stand further in, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, data: str) -> yaml.ScalarNode:
    style = "|" if "\n" in data else ">" if len(data) > WIDTH else None
    if _UNSEEN.search(data):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _represent_list(dumper: _Dumper, data: list[Any]) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=_fits(data))


def _represent_fields(dumper: _Dumper, data: dict[str, Any]) -> yaml.MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=_fits(data))


def _fits(data: list[Any] | dict[str, Any]) -> bool:
    """Tell what reads well in one line: numbers and words, and no sentences."""
    if isinstance(data, dict):
        values = list(data.values())
        short = len(str(data)) < WIDTH and sum(isinstance(value, str) for value in values) <= 1
    else:
        values = data
        short = len(str(data)) < WIDTH or all(isinstance(value, list) for value in values)
    return short and all(_is_word(value) for value in values)


def _is_word(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, int | float) for each in value)
    return not isinstance(value, str | dict) or (isinstance(value, str) and len(value) <= 30)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_representer(dict, _represent_fields)
