"""Curves of a report as pictures: options for the charting script, and the same in words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.curve_band import band

Numbers = Sequence[float | None]
REFERENCE = gettext_lazy("Reference")
# Numbers of six digits are the same when they differ by less.
SAME = 1e-4
# How far the code's curve may carry the picture beyond the reference's range, in such ranges.
ROOM = 1.0
# Farther out a number is a gap: no screen has pixels for it.
FAR = 1e3


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: what it is called, the script's options, and what it shows in a sentence."""

    id: str
    title: str
    options: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A point in the table beside the pictures; None is a gap."""

    x: float
    kink: bool
    numbers: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A curve of a report: its pictures, its table, and a remark on what is missing in them."""

    title: str
    axis: str
    remark: str
    charts: tuple[Chart, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def figures(report: Mapping[str, Any], key: str, own: str) -> list[Figure]:
    """Return the figures of a report.

    Args:
        key: what the ids of this submission's pictures begin with.
        own: what the submitted code is called.
    """
    passed = report.get("verdict") == "passed"
    curves = enumerate(report.get("curves") or ())
    return [figure(curve, f"{key}-{i}", own, passed=passed) for i, curve in curves]


def figure(curve: Mapping[str, Any], key: str, own: str, *, passed: bool) -> Figure:
    """Return the pictures of loss and slope; of a task without slopes only the first."""
    shown = parts_of(curve["expected"])
    whose = _whose(curve, own, passed=passed)
    charts = [_chart(curve, f"{key}-{part}", title, part, whose) for title, part in shown]
    return Figure(
        curve["title"],
        curve["axis"],
        _remark(curve, [part for _, part in shown], passed=passed),
        tuple(charts),
        tuple(f"{title}: {name}" for title, _ in shown for name in whose),
        tuple(_rows(curve, [part for _, part in shown])),
    )


def _whose(curve: Mapping[str, Any], own: str, *, passed: bool) -> list[str]:
    """Name the lines of a picture; of what passed one line stands for both."""
    if curve["got"]:
        return [own, str(REFERENCE)]
    return [_("%(own)s and reference") % {"own": own}] if passed else [str(REFERENCE)]


def parts_of(drawn: Mapping[str, Numbers]) -> list[tuple[str, str]]:
    """Return what there is to draw, by its title: loss and slope, or of tasks without one a score.

    What has no number anywhere is not drawn.
    """
    has_slope, has_value = any_number(drawn["grad"]), any_number(drawn["loss"])
    value = [(_("Loss") if has_slope else _("Score"), "loss")] if has_value else []
    return [*value, (_("Slope"), "grad")] if has_slope else value


def any_number(values: Numbers) -> bool:
    return any(value is not None for value in values)


def _rows(curve: Mapping[str, Any], parts: Sequence[str]) -> Iterable[Row]:
    sides = [curve[side] for side in ("got", "expected") if curve[side]]
    columns = [side[part] for part in parts for side in sides]
    for x, *numbers in zip(curve["x"], *columns, strict=False):
        kink = any(math.isclose(x, kink, rel_tol=1e-5) for kink in curve["kinks"])
        yield Row(x, kink, tuple(numbers))


def _remark(curve: Mapping[str, Any], parts: Sequence[str], *, passed: bool) -> str:
    if curve["got"]:
        counts = [_against(curve["got"][part], curve["expected"][part]) for part in parts]
        total = sum(len(curve["expected"][part]) for part in parts)
        off, gaps = sum(off for off, _ in counts), sum(gaps for _, gaps in counts)
        said = [_found(off, gaps, total)]
        if not (passed or off or gaps):
            said.append(_("What is wrong shows in other inputs."))
        if any(_is_cut(curve, part) for part in parts):
            said.append(_("Where the line of the code is not seen, it lies beyond the edge."))
        return " ".join(said)
    if passed:
        return _("The code agrees with the reference, so that one line stands for both.")
    return _("The code gave no number on this line: only the reference is drawn.")


def _is_cut(curve: Mapping[str, Any], part: str) -> bool:
    """Tell whether the code's curve leaves the picture."""
    got, expected = curve["got"][part], curve["expected"][part]
    return leaves(got, *bounds(expected, got))


def _found(off: int, gaps: int, total: int) -> str:
    if not off and not gaps:
        return _("The code agrees with the reference all along this line.")
    numbers = {"off": off, "gaps": gaps, "total": total}
    if not gaps:
        sentence = ngettext(
            "Of %(total)d numbers %(off)d differs.",
            "Of %(total)d numbers %(off)d differ.",
            off,
        )
        return sentence % numbers
    if not off:
        sentence = ngettext(
            "Of %(total)d numbers %(gaps)d is missing.",
            "Of %(total)d numbers %(gaps)d are missing.",
            gaps,
        )
        return sentence % numbers
    sentence = ngettext(
        "Of %(total)d numbers %(off)d differ and %(gaps)d is missing.",
        "Of %(total)d numbers %(off)d differ and %(gaps)d are missing.",
        gaps,
    )
    return sentence % numbers


def _against(got: Numbers, expected: Numbers) -> tuple[int, int]:
    """Count the numbers that differ, and those that are missing."""
    pairs = [(g, e) for g, e in zip(got, expected, strict=False) if e is not None]
    top = max((abs(e) for _, e in pairs), default=0.0)
    off = sum(g is not None and abs(g - e) > SAME * max(abs(e), SAME * top) for g, e in pairs)
    return off, sum(g is None for g, _ in pairs)


def _chart(
    curve: Mapping[str, Any], key: str, title: str, part: str, whose: Sequence[str]
) -> Chart:
    expected: Numbers = curve["expected"][part]
    got: Numbers = curve["got"][part] if curve["got"] else ()
    low, high = bounds(expected, got)
    axis = {"min": low, "max": high} if leaves(got, low, high) else {"scale": True}
    lines = [_line(whose[-1], "right", curve, expected, low, high)]
    if curve["got"]:
        lines.insert(0, _line(whose[0], "own", curve, got, low, high))
        lines = [*band(curve["x"], got, expected, low, high), *lines]
    lines[-1]["markLine"] = _kinks(curve["kinks"])
    words = _words(curve, title, expected, got)
    return Chart(
        key,
        title,
        {
            "animation": False,
            "aria": {"label": {"description": words}},
            "legend": {**_LEGEND, "data": [line["name"] for line in lines if line["name"]]},
            "grid": {"left": 8, "right": 20, "top": 36, "bottom": 28, "containLabel": True},
            "xAxis": {**_AXIS, "name": curve["axis"], "min": curve["x"][0], "max": curve["x"][-1]},
            "yAxis": {"type": "value", "splitNumber": 4, **_BELOW, **axis},
            "tooltip": {"trigger": "axis"},
            "series": lines,
        },
        words,
    )


_BELOW = {"axisLine": {"onZero": False}}
_AXIS = {
    "type": "value", "nameLocation": "middle", "nameGap": 26, "splitLine": {"show": False}, **_BELOW
}  # fmt: skip
# A stretch of each line, without a point on it.
_LEGEND = {
    "left": 0, "top": 0, "selectedMode": False, "itemWidth": 32, "itemStyle": {"opacity": 0}
}  # fmt: skip


def _line(
    name: str, look: str, curve: Mapping[str, Any], values: Numbers, low: float, high: float
) -> dict[str, Any]:
    room = FAR * (high - low)
    near = [y if y is not None and low - room < y < high + room else None for y in values]
    colour = f"--m-curve-{look}"
    dashes = {"type": "dashed", "width": 2} if look == "right" else {"type": "solid", "width": 3}
    return {
        "name": name,
        "type": "line",
        "showSymbol": False,
        "symbolSize": 7,
        "data": [list(point) for point in zip(curve["x"], near, strict=False)],
        "lineStyle": {**dashes, "color": colour},
        "itemStyle": {"color": colour},
        "z": 3 if look == "right" else 2,
    }


def _kinks(kinks: Sequence[float]) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"xAxis": kink} for kink in kinks],
        "lineStyle": {"type": [2, 4], "width": 1.5, "color": "--m-line-strong"},
        "label": {"formatter": "kink", "position": "insideEndTop", "color": "--m-text-quiet"},
    }


def bounds(expected: Numbers, got: Numbers) -> tuple[float, float]:
    """Return the lowest and the highest number that a picture shows.

    The reference is always whole; the code's curve may carry the picture only so far, for beside
    a number of 1e6 the reference is a flat line.
    """
    known = [value for value in expected if value is not None]
    low, high = min(known), max(known)
    room = ROOM * ((high - low) or abs(high) or 1.0)
    drawn = [min(max(value, low - room), high + room) for value in got if value is not None]
    low, high = min([low, *drawn]), max([high, *drawn])
    if low == high:  # a constant has its line in the middle
        low, high = low - room, high + room
    step = nice_step(high - low)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def nice_step(span: float) -> float:
    """Return a power of ten, or twice or five times one: about a fifth of the span."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= span / 5)


def leaves(got: Numbers, low: float, high: float) -> bool:
    return any(value is not None and not low <= value <= high for value in got)


def _words(curve: Mapping[str, Any], title: str, expected: Numbers, got: Numbers) -> str:
    """What a listener is told of a picture."""
    known = [value for value in expected if value is not None]
    course = _(
        "%(chart)s along %(axis)s from %(start)s to %(stop)s: the reference runs from %(first)s to"
        " %(last)s, between %(least)s and %(most)s."
    )
    ends = {"start": f"{curve['x'][0]:g}", "stop": f"{curve['x'][-1]:g}"}
    heights = {"first": known[0], "last": known[-1], "least": min(known), "most": max(known)}
    shown = {name: f"{height:.3g}" for name, height in heights.items()}
    said = [course % {"chart": title, "axis": curve["axis"], **ends, **shown}]
    if curve["got"]:
        found = _found(*_against(got, expected), len(expected))
        said.append(_("The code: %(found)s") % {"found": found})
    if curve["kinks"]:
        places = ", ".join(f"{kink:g}" for kink in curve["kinks"])
        said.append(_("Kinks at %(places)s.") % {"places": places})
    return " ".join([*said, _("The table has the numbers.")])
