"""A picture as a page shows it, with its numbers as a table for those who read instead."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

from grader.catalogue.task import Task
from questions.study.pictures import pictures

ROWS = 13


def shown(task: Task) -> list[dict[str, Any]]:
    """Return each picture as a template needs it: its data, and the rows of its start."""
    return [
        {
            "id": f"picture-{number}",
            "data": drawn,
            "last": len(drawn["x"]) - 1,
            "rows": list(_rows(drawn)),
            "summary": summary(drawn),
            "settings": [(knob["label"], knob["values"][knob["start"]]) for knob in drawn["knobs"]],
            "has_slope": drawn["slope"] is not None,
            "value": "Loss" if task.function == "loss" else "Score",
        }
        for number, drawn in enumerate(pictures(task), start=1)
    ]


def summary(drawn: Mapping[str, Any]) -> str:
    """Return in a sentence what the picture shows at its start."""
    line, axis = started(drawn), drawn["axis"]
    known = [(y, x) for x, y in zip(drawn["x"], drawn["loss"][line], strict=True) if y is not None]
    (least, there), (most, _) = min(known), max(known)
    many = sum(y == least for y, _ in known) > 1
    said = f"The value goes from {least:.3g} to {most:.3g}; it is least at {axis} = {there:.3g}"
    said += " and elsewhere." if many else "."
    slopes = [s for s in drawn["slope"][line] if s is not None] if drawn["slope"] else []
    if not slopes:
        return said
    flat, steep = f"{min(slopes):.3g}", f"{max(slopes):.3g}"
    if flat == steep:
        return f"{said} The slope is {flat} everywhere."
    return f"{said} The slope lies between {flat} and {steep}."


def _rows(drawn: Mapping[str, Any]) -> Iterator[tuple[int, float, float | None, float | None]]:
    line = started(drawn)
    slopes = drawn["slope"][line] if drawn["slope"] else [None] * len(drawn["x"])
    for i in some(len(drawn["x"])):
        yield i, drawn["x"][i], drawn["loss"][line][i], slopes[i]


def started(drawn: Mapping[str, Any]) -> int:
    """The line of the picture's start: its knobs' places as the digits of a number."""
    sizes = [len(knob["values"]) for knob in drawn["knobs"]]
    places = [knob["start"] for knob in drawn["knobs"]]
    return sum(place * prod(sizes[i + 1 :]) for i, place in enumerate(places))


def some(count: int) -> Sequence[int]:
    """Places spread evenly over `count`, both ends among them."""
    step = max(1.0, (count - 1) / (ROWS - 1))
    return sorted({round(i * step) for i in range(ROWS) if round(i * step) < count})
