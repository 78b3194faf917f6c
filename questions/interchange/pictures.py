"""Figures of questions as pictures in SVG, for programs that draw none themselves."""

from collections.abc import Sequence
from xml.etree import ElementTree

from questions import figures
from questions.interchange.remarks import Fields, Refused

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 20, 60
# Lines are told apart without their colours, too.
STYLES = (("#1f77b4", ""), ("#d62728", "8 4"), ("#2ca02c", "2 4"), ("#9467bd", "10 3 2 3"))
TICKS = 5


def svg(figure: Fields) -> bytes:
    """Return the picture of a figure; raise Refused where it can't be drawn."""
    try:
        lines = figures.lines(figure)
    except (ValueError, KeyError) as error:
        raise Refused(f"Its figure can't be drawn: {error}") from error
    horizontal = _span([x for line in lines for x in line["x"]])
    vertical = _span([y for line in lines for y in line["y"]])
    root = ElementTree.Element("svg", _frame())
    ElementTree.SubElement(root, "title").text = figure["description"]
    ElementTree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    _add_axes(root, figure, horizontal, vertical)
    for line, style in zip(lines, STYLES, strict=False):
        _add_line(root, line, style, horizontal, vertical)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _frame() -> dict[str, str]:
    return {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "font-family": "sans-serif",
        "font-size": "13",
    }


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _across(x: float, span: tuple[float, float]) -> float:
    return LEFT + (x - span[0]) / (span[1] - span[0]) * (WIDTH - LEFT - RIGHT)


def _down(y: float, span: tuple[float, float]) -> float:
    return HEIGHT - BOTTOM - (y - span[0]) / (span[1] - span[0]) * (HEIGHT - TOP - BOTTOM)


def _add_axes(
    root: ElementTree.Element, figure: Fields, x: tuple[float, float], y: tuple[float, float]
) -> None:
    for tick in range(TICKS + 1):
        at_x = x[0] + (x[1] - x[0]) * tick / TICKS
        at_y = y[0] + (y[1] - y[0]) * tick / TICKS
        across, down = _across(at_x, x), _down(at_y, y)
        _add_rule(root, (across, TOP), (across, HEIGHT - BOTTOM))
        _add_rule(root, (LEFT, down), (WIDTH - RIGHT, down))
        _add_text(root, (across, HEIGHT - BOTTOM + 18), f"{at_x:.4g}", "middle")
        _add_text(root, (LEFT - 8, down + 4), f"{at_y:.4g}", "end")
    middle = (LEFT + WIDTH - RIGHT) / 2
    _add_text(root, (middle, HEIGHT - 14), figure["x"]["label"], "middle")
    turned = _add_text(root, (0, 0), figure["y"]["label"], "middle")
    turned.set("transform", f"translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)")


def _add_rule(
    root: ElementTree.Element, start: tuple[float, float], end: tuple[float, float]
) -> None:
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    said = {name: f"{value:.1f}" for name, value in ends.items()}
    ElementTree.SubElement(root, "line", {**said, "stroke": "#ddd"})


def _add_text(
    root: ElementTree.Element, at: tuple[float, float], text: str, anchor: str
) -> ElementTree.Element:
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "text-anchor": anchor}
    element = ElementTree.SubElement(root, "text", place)
    element.text = text
    return element


def _add_line(
    root: ElementTree.Element,
    line: Fields,
    style: tuple[str, str],
    x: tuple[float, float],
    y: tuple[float, float],
) -> None:
    points = [(_across(a, x), _down(b, y)) for a, b in zip(line["x"], line["y"], strict=True)]
    drawn = {"points": " ".join(f"{a:.1f},{b:.1f}" for a, b in points), "fill": "none"}
    stroke = {"stroke": style[0], "stroke-width": "2.5"}
    dashes = {"stroke-dasharray": style[1]} if style[1] else {}
    ElementTree.SubElement(root, "polyline", {**drawn, **stroke, **dashes})
    end = points[-1]
    _add_text(root, (end[0] + 6, end[1] + 4), line["label"], "start").set("fill", style[0])
