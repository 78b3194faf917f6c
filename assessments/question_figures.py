"""The figure of a question as options for the charting script, and as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

# Told apart without colour as well.
_DASHES: Sequence[Any] = ("solid", "dashed", "dotted", [12, 4, 2, 4])
TABLE_ROWS = 13


def options(figure: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the charting script draws."""
    return {
        "animation": False,
        "aria": {"label": {"description": figure["description"]}},
        "legend": {"right": 0, "top": 0, "selectedMode": False, "itemWidth": 32},
        "grid": {"left": 12, "right": 20, "top": 40, "bottom": 32, "containLabel": True},
        "xAxis": _axis(figure["x"], nameLocation="middle", nameGap=28, scale=True),
        # In its middle a label would be cut off at the left edge.
        "yAxis": _axis(
            figure["y"],
            nameLocation="end",
            nameGap=12,
            nameTextStyle={"align": "left"},
            splitNumber=4,
        ),
        "series": [_line(line, number) for number, line in enumerate(figure["lines"])],
    }


def _axis(axis: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    ends = {end: axis[key] for end, key in (("min", "from"), ("max", "to")) if key in axis}
    return {
        "type": "value",
        "name": axis["label"],
        "axisLine": {"onZero": False},
        **ends,
        **more,
    }


def _line(line: Mapping[str, Any], number: int) -> dict[str, Any]:
    few = len(line["x"]) <= 12
    return {
        "name": line["label"],
        "type": "line",
        "showSymbol": few,
        "data": [[x, y] for x, y in zip(line["x"], line["y"], strict=True)],
        "lineStyle": {"width": 2.5, "type": _DASHES[number % len(_DASHES)]},
    }


def rows(figure: Mapping[str, Any]) -> list[tuple[str, list[tuple[float, float]]]]:
    """Return each line with some of its points, for those who read instead of looking."""
    return [(line["label"], _some(line)) for line in figure["lines"]]


def _some(line: Mapping[str, Any]) -> list[tuple[float, float]]:
    points = list(zip(line["x"], line["y"], strict=True))
    if len(points) <= TABLE_ROWS:
        return points
    step = (len(points) - 1) / (TABLE_ROWS - 1)
    return [points[round(i * step)] for i in range(TABLE_ROWS)]
