"""A form out of a schema: a tree of fields, each with its widget, its value and its faults."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from questions.authoring import schema as schemas
from questions.checking.formulas import MARKDOWN
from questions.reading import Field

Schema = Mapping[str, Any]
# Plain text that may take several lines, by its name or by its room; with the most room it is code.
LONG = {"description"}
LONG_FROM, CODE_FROM = 1_000, 20_000
# Boxes that one passes by keyboard without wishing for a way around them.
SHORT = 8
# What a form can hold in place of content that has another shape than the schema asks for.
TALL = {"markdown", "lines", "data", "code"}
SHAPES: dict[str, type | tuple[type, ...]] = {
    "rows": list, "lines": list, "several": list, "map": dict, "group": dict,
}  # fmt: skip


@dataclass(slots=True)
class Node:
    """A field of the form.

    Attributes:
        widget: the template that shows it, authoring/fields/<widget>.html.
        name: in the form, as "parameters.0.values".
        path: in the question, as ("parameters", "p", "values").
        key: of a row of a map, what the author calls it.
    """

    widget: str
    name: str
    path: Field
    label: str
    hint: str
    value: Any
    required: bool
    children: list["Node"] = field(default_factory=list)
    choices: list[tuple[str, str]] = field(default_factory=list)
    key: str = ""
    faults: list[Any] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"id-{self.name.replace('.', '-')}"

    @property
    def template(self) -> str:
        return f"authoring/fields/{self.widget}.html"

    @property
    def text(self) -> str:
        """The value as it is typed."""
        if self.widget == "lines":
            return "\n".join(" ".join(str(each).split()) for each in self.value or ())
        if self.widget == "data":
            return as_data(self.value)
        return "" if self.value is None else str(self.value)

    @property
    def parted(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The choices to be seen at once, and those of a long list that were not chosen."""
        if len(self.choices) <= SHORT or not self.value:
            return self.choices, []
        chosen = [choice for choice in self.choices if choice[0] in self.value]
        return chosen, [choice for choice in self.choices if choice[0] not in self.value]

    @property
    def rows(self) -> int:
        """The height of a text area: what is in it, and room to go on."""
        wide = (len(line) // 70 + 1 for line in self.text.split("\n"))
        return max(12 if self.widget == "code" else 2, min(sum(wide), 24))

    def walk(self) -> Iterator["Node"]:
        yield self
        for child in self.children:
            yield from child.walk()


def tree(kind: str, fields: Mapping[str, Any]) -> tuple[list[Node], list[Node]]:
    """Return the fields that ask, and those that describe."""
    schema = schemas.schema_of(kind)

    def made(name: str) -> Node:
        rules = schema["properties"][name]
        return build(rules, fields.get(name), name, (name,), name in schema["required"])

    asks, about = schemas.sections(kind)
    return [made(name) for name in asks], [made(name) for name in about]


def build(schema: Schema, value: Any, name: str, path: Field, required: bool) -> Node:
    """Return the node of one field with everything in it."""
    last = next(str(part) for part in reversed(path) if isinstance(part, str))
    widget = widget_of(schema, last)
    if value is not None and not isinstance(value, SHAPES.get(widget, object)):
        widget = "data"
    hint = " ".join(filter(None, [str(schema.get("description", "")), _ways(schema)]))
    node = Node(widget, name, path, label_of(last), hint, value, required)
    node.choices = _choices(schema, last)
    if widget == "several":
        # What is chosen comes first, in the order that it was chosen in.
        order = {choice: place for place, choice in enumerate(value or ())}
        node.choices.sort(key=lambda choice: order.get(choice[0], len(order)))
    node.children = list(_children(node, schema))
    return node


def widget_of(schema: Schema, name: str) -> str:
    """Return what a field is entered with."""
    if "enum" in schema:
        return "choice"
    if "const" in schema:
        return "check"
    kind = schema.get("type")
    if kind == "string":
        return _widget_of_text(schema, name)
    if kind == "array":
        return _widget_of_list(schema["items"])
    if kind == "object":
        return _widget_of_object(schema)
    return {"boolean": "truth", "integer": "number", "number": "number"}.get(str(kind), "data")


def _widget_of_text(schema: Schema, name: str) -> str:
    room = schema.get("maxLength", 0)
    if room >= CODE_FROM:
        return "code"
    return "markdown" if name in MARKDOWN or name in LONG or room >= LONG_FROM else "line"


def _widget_of_list(items: Schema) -> str:
    if "enum" in items:
        return "several"
    return {"object": "rows", "string": "lines"}.get(str(items.get("type")), "data")


def _widget_of_object(schema: Schema) -> str:
    """A map has names that its author chooses; without fields in its values it is plain data."""
    if "properties" in schema or "enum" in schema.get("propertyNames", {}):
        return "group"
    return "map" if properties(schema.get("additionalProperties", {})) else "data"


def properties(schema: Schema) -> dict[str, Schema]:
    """Return the fields of an object; where it may be one of several, those of each."""
    found: dict[str, Schema] = {}
    for one in schema.get("oneOf", ()):
        found |= one.get("properties", {})
    for name in schema.get("propertyNames", {}).get("enum", ()):
        found[str(name)] = schema["additionalProperties"]
    return found | dict(schema.get("properties", {}))


def item(schema: Schema) -> dict[str, Any]:
    """Return what a new row of a list holds: a letter of its own where it needs one, or nothing."""
    return {"key": ""} if "key" in properties(schema["items"]) else {}


def next_letter(taken: Any) -> str:
    return next((letter for letter in string.ascii_lowercase if letter not in taken), "")


def label_of(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def as_data(value: Any) -> str:
    """Return plain data as one types it: `0.2, 0.25`, or YAML where it is no list."""
    if value is None or isinstance(value, str):
        return value or ""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6).strip()
    text = text.removesuffix("\n...").strip()
    return text[1:-1] if isinstance(value, list) else text


def _choices(schema: Schema, name: str) -> list[tuple[str, str]]:
    values = schema.get("enum") or schema.get("items", {}).get("enum", ())
    known = schemas.titles(name)
    named = [(str(value), known.get(value, label_of(str(value)))) for value in values]
    return named or [(str(value), "") for value in schema.get("examples", ())]


def _children(node: Node, schema: Schema) -> Iterator[Node]:
    if node.widget == "group":
        yield from _fields(node, schema, node.value or {})
    elif node.widget == "rows":
        for index, value in enumerate(node.value or ()):
            row = _row(node, index, index, value)
            row.children = list(_fields(row, schema["items"], value)) if _is_fields(value) else []
            # What is chosen before what is written, so that it stands in a line.
            row.children.sort(key=lambda child: child.widget in TALL)
            if index:
                _say_once(row)
            yield row
    elif node.widget == "map":
        for index, (key, value) in enumerate((node.value or {}).items()):
            row = _row(node, index, key, value)
            row.key = key
            rules = schema["additionalProperties"]
            row.children = list(_fields(row, rules, value)) if _is_fields(value) else []
            for child in row.children:
                # The hint of the map says which of them belong together.
                child.required = True
            yield row


def _ways(schema: Schema) -> str:
    """Say which fields make one row of a map, where there are several ways."""
    rows = schema.get("additionalProperties")
    ways = [one["required"] for one in rows.get("oneOf", ())] if isinstance(rows, dict) else []
    told = "; or ".join(", ".join(way) for way in ways)
    return f"For each fill in {told}." if told else ""


def _row(node: Node, index: int, part: str | int, value: Any) -> Node:
    """A row of a list or a map; one that is no object is kept as plain data."""
    widget = "row" if _is_fields(value) else "data"
    label = f"{node.label.removesuffix('s')} {index + 1}"
    return Node(widget, f"{node.name}.{index}", (*node.path, part), label, "", value, False)


def _fields(node: Node, schema: Schema, value: Mapping[str, Any]) -> Iterator[Node]:
    required = schema.get("required", ())
    for name, rules in properties(schema).items():
        path = (*node.path, name)
        yield build(rules, value.get(name), f"{node.name}.{name}", path, name in required)


def _say_once(row: Node) -> None:
    """Leave the hints to the first row."""
    for child in row.walk():
        child.hint = ""


def _is_fields(value: Any) -> bool:
    return isinstance(value, dict)
