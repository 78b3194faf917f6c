"""A curve of a task as a small SVG: the loss and its slope, kinks marked."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from assessments.curve_charts import bounds, nice_step, parts_of
from grader.catalogue.task import Curve, Task
from grader.judge.curves import reference_curves
from grader.plan.curves import points

WIDTH, HEIGHT = 340, 230
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 30, 40
# Files of their own know nothing of a page's theme but the reader's wish.
STYLE = (
    ".b{fill:#fff}text{font:12px system-ui,sans-serif;fill:#4b5757}.t{font-weight:600;fill:#1b2626}"
    ".g{stroke:#dbe2e2}.k{stroke:#8b9999;stroke-dasharray:2 4;stroke-width:1.5}"
    ".c{fill:none;stroke:#00655f;stroke-width:2.5}"
    "@media(prefers-color-scheme:dark){.b{fill:#161d1d}text{fill:#a9b5b5}.t{fill:#eef3f3}.g{stroke:#354141}"
    ".k{stroke:#7f8d8d}.c{stroke:#5ac8bd}}"
)

Numbers = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where numbers lie in the picture."""

    low: float
    high: float
    bottom: float
    top: float
    left: float

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.left + LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def picture(task: Task, curve: Curve) -> str:
    """Return the loss and, where there is one, the slope beside it; the same text every time."""
    drawn = reference_curves(task)[task.curves.index(curve)]
    panels = [
        "".join(_panel(title, drawn[part], curve, WIDTH * place))
        for place, (title, part) in enumerate(parts_of(drawn))
    ]
    width, label = WIDTH * len(panels), escape(f"{curve.title}, over {curve.axis}", quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" '
        f'width="{width}" height="{HEIGHT}" role="img" aria-label="{label}">\n'
        f'<style>{STYLE}</style>\n<rect class="b" width="{width}" height="{HEIGHT}" rx="8"/>\n'
        f"{''.join(panels)}</svg>\n"
    )


def _panel(title: str, values: Numbers, curve: Curve, left: float) -> Iterator[str]:
    frame = Frame(curve.low, curve.high, *bounds(values, ()), left)
    yield f'<text class="t" x="{left + LEFT}" y="18">{title}</text>\n'
    yield from _grid(frame, curve)
    for kink in curve.kinks:
        yield _line("k", frame.x(kink), TOP, frame.x(kink), HEIGHT - BOTTOM)
    for stretch in _stretches(points(curve), values):
        line = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in stretch)
        yield f'<polyline class="c" points="{line}"/>\n'


def _grid(frame: Frame, curve: Curve) -> Iterator[str]:
    right = frame.left + WIDTH - RIGHT
    for value in _ticks(frame.bottom, frame.top):
        y = frame.y(value)
        yield _line("g", frame.left + LEFT, y, right, y)
        yield _text(frame.left + LEFT - 6, y + 4, f"{value:.4g}", "end")
    for value in _ticks(frame.low, frame.high):
        yield _text(frame.x(value), HEIGHT - BOTTOM + 16, f"{value:.4g}", "middle")
    middle = frame.left + (LEFT + WIDTH - RIGHT) / 2
    yield _text(middle, HEIGHT - 6, escape(curve.axis), "middle")


def _ticks(low: float, high: float) -> list[float]:
    step = nice_step(high - low)
    return [
        step * i for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>\n'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>\n'


def _stretches(xs: Sequence[float], ys: Numbers) -> Iterator[list[tuple[float, float]]]:
    """Yield the runs of points between gaps: a slope has one at every kink."""
    run: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run
