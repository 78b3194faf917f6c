"""What was typed into the form, as the fields of a question: nothing is dropped for being wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from questions.authoring import nodes
from questions.authoring.nodes import Schema
from questions.authoring.schema import schema_of
from questions.reading import Unreadable, parse

# Numbers below this are read back as what they are.
MOST: dict[type, float] = {int: 10**18, float: 1e300}


def fields_from(posted: QueryDict, kind: str) -> dict[str, Any]:
    """Return what the form of `kind` says. What is empty is not there; an empty row is an {}."""
    schema = schema_of(kind)
    found = {"kind": kind}
    for name, rules in schema["properties"].items():
        value = _read(posted, rules, name, name)
        if value is not None and name != "kind":
            found[name] = value
    return found


def changed(fields: dict[str, Any], wish: str, kind: str) -> None:
    """Do what a button asks: `wish` is "add:options", "remove:options.2", "up:options.2".

    Or "drop:figure", for what is left of another kind.
    """
    verb, _, name = wish.partition(":")
    path = name.split(".")
    if verb == "drop":
        fields.pop(name, None)
        return
    if verb == "add":
        _add(fields, path, schema_of(kind))
        return
    holder = _at(fields, path[:-1])
    if holder is None or not path[-1].isdigit() or int(path[-1]) >= len(holder):
        return
    rows = list(holder.items()) if isinstance(holder, dict) else holder
    index = int(path[-1])
    row = rows.pop(index)
    if verb in {"up", "down"}:
        rows.insert(max(0, index + (1 if verb == "down" else -1)), row)
    if isinstance(holder, dict):
        holder.clear()
        holder.update(rows)


def started(kind: str) -> dict[str, Any]:
    """Return the fields that a new question of `kind` opens with: as many rows as it needs."""
    found: dict[str, Any] = {}
    schema = schema_of(kind)
    for name, rules in schema["properties"].items():
        if nodes.widget_of(rules, name) == "rows" and name in schema["required"]:
            for _ in range(rules.get("minItems", 1)):
                _add(found, [name], schema)
    return found


def _read(posted: QueryDict, schema: Schema, name: str, last: str) -> Any:
    """Return the value of one field; None where there is none."""
    if f"{name}:data" in posted:
        return _data(_text(posted, f"{name}:data"), as_list=schema.get("type") == "array")
    widget = nodes.widget_of(schema, last)
    if widget == "several":
        return posted.getlist(name) or None
    if widget == "check":
        return True if name in posted else None
    if widget == "rows":
        rows = [_row(posted, schema["items"], row) for row in _rows(posted, name)]
        return rows or None
    if widget == "map":
        return _map(posted, schema, name) or None
    if widget == "group":
        return _group(posted, schema, name) or None
    return _simple(_text(posted, name), widget)


def _simple(text: str, widget: str) -> Any:
    """Return what a single input says: a number where it is one, else what was typed."""
    if widget == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if widget == "truth":
        return {"true": True, "false": False}.get(text)
    if widget == "number":
        return _number(text.strip())
    if widget in {"markdown", "code"}:
        return text if text.strip() else None
    return text.strip() or None


def _number(text: str) -> int | float | str | None:
    for kind in (int, float):
        try:
            found = kind(text)
        except ValueError:
            continue
        # NaN, infinity and endless digits are no numbers of a file, and stay as they were typed.
        return found if abs(found) < MOST[kind] else text
    return text or None


def _group(posted: QueryDict, schema: Schema, name: str) -> dict[str, Any]:
    found = {}
    for part, rules in nodes.properties(schema).items():
        value = _read(posted, rules, f"{name}.{part}", part)
        if value is not None:
            found[part] = value
    return found


def _row(posted: QueryDict, items: Schema, name: str) -> Any:
    if f"{name}:data" in posted:
        return _data(_text(posted, f"{name}:data"), as_list=False)
    return _group(posted, items, name)


def _map(posted: QueryDict, schema: Schema, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for row in _rows(posted, name):
        key = _text(posted, f"{row}:key").strip()
        # A name that is there already would take the other's place: both stay.
        while key in found:
            key += "_2"
        found[key] = _row(posted, schema["additionalProperties"], row)
    return found


def _rows(posted: QueryDict, name: str) -> Iterable[str]:
    """The names of the rows of a list, in their order on the page."""
    found: dict[str, None] = {}
    for key in posted:
        if key.startswith(f"{name}."):
            index = key[len(name) + 1 :].partition(".")[0].partition(":")[0]
            found[f"{name}.{index}"] = None
    return found


def _data(text: str, *, as_list: bool) -> Any:
    """Return plain data typed as YAML; the text itself where it can't be read, to be mended."""
    if not text.strip():
        return None
    written = f"[{text}]" if as_list else text
    try:
        return parse(f"value: {written}" if "\n" not in text else _block(written))[0]["value"]
    except Unreadable:
        return text


def _block(text: str) -> str:
    return "value:\n" + "".join(f"  {line}\n" for line in text.split("\n"))


def _text(posted: QueryDict, name: str) -> str:
    """Return what was typed, without what no file can hold."""
    text = (posted.get(name) or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or not (c < " " or "\ud800" <= c <= "\udfff"))


def _at(fields: Any, path: list[str]) -> Any:
    """Return the list or map at `path`; None where there is none."""
    for part in path:
        if isinstance(fields, list):
            fields = fields[int(part)] if part.isdigit() and int(part) < len(fields) else None
        else:
            fields = fields.get(part) if isinstance(fields, dict) else None
    return fields if isinstance(fields, list | dict) else None


def _add(fields: dict[str, Any], path: list[str], schema: Mapping[str, Any]) -> None:
    holder: Any = fields
    rules: Schema = schema
    for part in path[:-1]:
        rules = nodes.properties(rules)[part] if isinstance(holder, dict) else rules["items"]
        holder = holder.setdefault(part, {}) if isinstance(holder, dict) else holder[int(part)]
    rules = nodes.properties(rules).get(path[-1], {})
    widget = nodes.widget_of(rules, path[-1])
    if widget == "rows" and isinstance(rows := holder.setdefault(path[-1], []), list):
        row = nodes.item(rules)
        if row:
            row["key"] = nodes.next_letter({r.get("key") for r in rows if isinstance(r, dict)})
        rows.append(row)
    if widget == "map" and isinstance(rows := holder.setdefault(path[-1], {}), dict):
        rows[nodes.next_letter(rows)] = {}
