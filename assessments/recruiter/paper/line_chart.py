"""The options of a chart as a picture: what the charting script draws on a screen, for paper.

It knows what our charts use: lines and dots over two axes, dashes, kinks, a legend.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import escape

from assessments.curve_charts import nice_step

WIDTH, HEIGHT = 320.0, 190.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 24.0, 34.0
_FONT = 'font-family="Inter Paper, sans-serif" font-size="8.5"'
_QUIET, _GRID, _EDGE = (
    "oklch(50% 0.016 195deg)",
    "oklch(91.6% 0.007 195deg)",
    "oklch(64% 0.014 195deg)",
)
_TOKENS = {
    "--m-curve-own": "oklch(58% 0.165 48deg)",
    "--m-curve-right": "oklch(46% 0.082 190deg)",
    "--m-line-strong": _EDGE,
    "--m-text-quiet": _QUIET,
    "--m-values": "oklch(52% 0.09 190deg)",
}
# As in charts.js, for lines that name no colour.
_SERIES = (
    "oklch(52% 0.09 190deg)",
    "oklch(52% 0.15 275deg)",
    "oklch(62% 0.15 52deg)",
    "oklch(52% 0.16 330deg)",
    "oklch(50% 0.03 230deg)",
)
_DASHES = {"dashed": "6 4", "dotted": "2 3", "solid": ""}

Point = tuple[float, float]
Range = tuple[float, float]


def line_chart(options: Mapping[str, Any], words: str) -> str:
    """Return the picture as SVG; `words` say what it shows."""
    # What has no name is a ground between two lines, and on paper left out.
    series = [line for line in options.get("series") or () if line.get("name")]
    lines = [[_point(each) for each in line.get("data") or ()] for line in series]
    known = [point for line in lines for point in line if point is not None]
    if not known:
        return ""
    x = _range([p[0] for p in known], options.get("xAxis") or {}, tight=True)
    y = _range([p[1] for p in known], options.get("yAxis") or {}, tight=False)
    drawn = "".join(
        _line(line, number, points, x, y)
        for number, (line, points) in enumerate(zip(series, lines, strict=True))
    )
    return (
        f'<svg class="m-paper-chart" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img"'
        f' aria-label="{escape(words)}"><title>{escape(words)}</title>'
        f"{_axes(options, x, y)}{_kinks(series, x)}{drawn}{_legend(series)}</svg>"
    )


def _point(told: Any) -> Point | None:
    x, y = told
    return None if x is None or y is None else (float(x), float(y))


def _range(values: Sequence[float], axis: Mapping[str, Any], *, tight: bool) -> Range:
    low, high = min(values), max(values)
    if not tight and not axis.get("scale"):
        low, high = min(low, 0.0), max(high, 0.0)
    told = (axis.get("min"), axis.get("max"))
    low = float(told[0]) if isinstance(told[0], int | float) else low
    high = float(told[1]) if isinstance(told[1], int | float) else high
    if high <= low:
        low, high = low - 0.5, high + 0.5
    if tight:
        return low, high
    step = nice_step(high - low)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def _place(value: float, limits: Range, start: float, stop: float) -> float:
    low, high = limits
    return round(start + (value - low) / (high - low) * (stop - start), 2)


def _across(value: float, x: Range) -> float:
    return _place(value, x, LEFT, WIDTH - RIGHT)


def _up(value: float, y: Range) -> float:
    return _place(value, y, HEIGHT - BOTTOM, TOP)


def _rule(colour: str, x1: float, x2: float, y1: float, y2: float, more: str = "") -> str:
    return f'<line x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}" stroke="{colour}"{more}/>'


def _text(said: str, x: float, y: float, anchor: str = "start") -> str:
    place = f'x="{x}" y="{y}" text-anchor="{anchor}"'
    return f'<text {_FONT} fill="{_QUIET}" {place}>{escape(said)}</text>'


def _axes(options: Mapping[str, Any], x: Range, y: Range) -> str:
    floor, end = HEIGHT - BOTTOM, WIDTH - RIGHT
    rows = "".join(
        _rule(_GRID, LEFT, end, _up(value, y), _up(value, y))
        + _text(_said(value), LEFT - 4, _up(value, y) + 3, "end")
        for value in _ticks(y)
    )
    columns = "".join(
        _text(_said(value), _across(value, x), floor + 11, "middle") for value in _ticks(x)
    )
    name = str((options.get("xAxis") or {}).get("name") or "")
    label = _text(name, (LEFT + end) / 2, HEIGHT - 8, "middle")
    return rows + columns + _rule(_EDGE, LEFT, end, floor, floor) + label


def _ticks(limits: Range) -> list[float]:
    low, high = limits
    step = nice_step(high - low)
    first = math.ceil(low / step - 1e-9)
    return [each * step for each in range(first, math.floor(high / step + 1e-9) + 1)]


def _said(value: float) -> str:
    return f"{value:.6g}".replace("-", "\u2212") if abs(value) > 1e-12 else "0"


def _line(
    line: Mapping[str, Any], number: int, points: Sequence[Point | None], x: Range, y: Range
) -> str:
    look = line.get("lineStyle") or {}
    colour = _colour(look.get("color"), number)
    path = "".join(_strokes(points, x, y))
    drawn = (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{_width(look)}"'
        f' stroke-linejoin="round"{_dashes(look)}/>'
    )
    if line.get("showSymbol"):
        drawn += "".join(
            f'<circle cx="{_across(p[0], x)}" cy="{_up(p[1], y)}" r="2.5" fill="{colour}"/>'
            for p in points
            if p is not None
        )
    return drawn


def _strokes(points: Sequence[Point | None], x: Range, y: Range) -> Iterable[str]:
    """Yield the parts of a path; where there is no number, or one off the picture, is a gap."""
    pen = False
    for point in points:
        if point is None or not y[0] <= point[1] <= y[1]:
            pen = False
            continue
        yield f"{'L' if pen else 'M'}{_across(point[0], x)} {_up(point[1], y)}"
        pen = True


def _width(look: Mapping[str, Any]) -> float:
    return round(float(look.get("width") or 2) * 0.7, 2)


def _dashes(look: Mapping[str, Any]) -> str:
    kind = look.get("type") or "solid"
    dashes = " ".join(map(str, kind)) if isinstance(kind, list) else _DASHES.get(kind, "")
    return f' stroke-dasharray="{dashes}"' if dashes else ""


def _colour(told: Any, number: int) -> str:
    return _TOKENS.get(str(told), _SERIES[number % len(_SERIES)])


def _kinks(series: Iterable[Mapping[str, Any]], x: Range) -> str:
    marks = [mark for line in series for mark in (line.get("markLine") or {}).get("data") or ()]
    places = [_across(mark["xAxis"], x) for mark in marks if x[0] <= mark["xAxis"] <= x[1]]
    dashes = ' stroke-dasharray="2 4"'
    return "".join(
        _rule(_EDGE, at, at, TOP, HEIGHT - BOTTOM, dashes) + _text("kink", at - 3, TOP + 8, "end")
        for at in places
    )


def _legend(series: Sequence[Mapping[str, Any]]) -> str:
    parts, at = [], 0.0
    for number, line in enumerate(series):
        look, name = line.get("lineStyle") or {}, str(line.get("name") or "")
        stroke = f' stroke-width="{_width(look)}"{_dashes(look)}'
        parts.append(_rule(_colour(look.get("color"), number), at, at + 20, 8, 8, stroke))
        parts.append(_text(name, at + 24, 11))
        at += 36 + 5 * len(name)
    return "".join(parts)
