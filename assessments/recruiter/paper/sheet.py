"""A page of the desk, made fit for paper: nothing to press, formulas and pictures drawn at once."""

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

from bs4 import BeautifulSoup, Tag

from assessments.recruiter.paper.line_chart import line_chart
from assessments.recruiter.paper.press_files import static_path
from questions.boxes import boxed

SVG = "{http://www.w3.org/2000/svg}"
# What is there to be pressed, or for screens alone.
_LEFT_OUT = "script, form, button, nav, dialog, template, .m-leaving, .m-nav, [data-screen-only]"
# Pictures on paper know no style sheet: what their parts are drawn with, by class or element.
_GOOD, _FAIR, _POOR = "oklch(58% 0.13 152deg)", "oklch(72% 0.145 72deg)", "oklch(58% 0.185 26deg)"
_LEVELS = {"good": _GOOD, "fair": _FAIR, "poor": _POOR, "none": "oklch(50% 0.016 195deg)"}
_TEXTS = {
    "good": "oklch(45% 0.115 152deg)",
    "fair": "oklch(45% 0.095 70deg)",
    "poor": "oklch(48% 0.17 26deg)",
    "note": "oklch(44% 0.09 235deg)",
}
_STRONG, _QUIET, _TEAL = (
    "oklch(20% 0.012 205deg)",
    "oklch(50% 0.016 195deg)",
    "oklch(52% 0.09 190deg)",
)
_LINE = "oklch(64% 0.014 195deg)"
_LOOKS: Mapping[str, Mapping[str, str]] = {
    "m-ring-track": {"fill": "none", "stroke": "oklch(91.6% 0.007 195deg)", "stroke-width": "9"},
    "m-ring-bar": {"fill": "none", "stroke-width": "9"},
    "m-ring-likely": {"fill": "none", "stroke": _QUIET, "stroke-width": "2"},
    "m-ring-mark": {"stroke": _STRONG, "stroke-width": "2"},
    "m-ring-number": {"font-size": "24", "font-weight": "600", "fill": _STRONG},
    "m-ring-word": {"font-size": "11", "fill": _QUIET},
    "m-bar-got": {"fill": _POOR},
    "m-bar-expected": {"fill": _TEAL},
    "m-axis": {"stroke": _LINE, "stroke-width": "1"},
}
# What a track of the sitting shows has the colour that it has on the page.
_TRACKS = {
    "run": "oklch(62% 0.15 52deg)",
    "submit": _GOOD,
    "paste": _POOR,
    "away": _FAIR,
}
_FONT = "Inter Paper, sans-serif"


def for_paper(html: str) -> str:
    """Return a page as it goes to the press."""
    soup = BeautifulSoup(html, "html.parser", preserve_whitespace_tags={"pre", "code"})
    _draw_charts(soup)
    for found in soup.select(_LEFT_OUT):
        found.decompose()
    for found in soup.find_all("details"):
        _unfold(found)
    for bar in soup.find_all("progress"):
        _draw_bar(soup, bar)
    for picture in soup.find_all("svg"):
        _draw(soup, picture)
    for found in soup.select("a[href^='/']"):
        del found["href"]
    for found in soup.select("[tabindex], [role=region], [hx-get]"):
        for name in ("tabindex", "role", "hx-get", "hx-trigger", "hx-swap"):
            found.attrs.pop(name, None)
    return boxed(str(soup))


def _unfold(found: Tag) -> None:
    """Keep what is open, and prose: prompts and official answers; leave the rest to the page."""
    if found.decomposed:  # it was in another one
        return
    if not found.has_attr("open") and found.select_one(".m-prose") is None:
        section = found.find_parent("section")
        found.decompose()
        if section is not None and _is_bare(section):
            section.decompose()


def _is_bare(section: Tag) -> bool:
    """Whether nothing but headings is left of a section."""
    if section.find(["img", "svg", "progress", "table"]) is not None:
        return False
    told = [text for text in section.find_all(string=True) if text.strip()]
    return all(text.find_parent(["h1", "h2", "h3", "h4"]) is not None for text in told)


def _draw_charts(soup: BeautifulSoup) -> None:
    """Put each chart's picture where a script would draw it."""
    for place in soup.select("[data-chart]"):
        options = soup.find("script", id=str(place["data-chart"]))
        if options is not None:
            words = str(place.get("aria-label", ""))
            picture = line_chart(json.loads(options.get_text()), words)
            place.replace_with(BeautifulSoup(picture, "html.parser"))


def _draw_bar(soup: BeautifulSoup, bar: Tag) -> None:
    most = float(str(bar.get("max", "1")))
    share = min(1.0, max(0.0, float(str(bar.get("value", "0"))) / most))
    drawn = soup.new_tag("span", attrs={"class": "m-paper-bar"})
    inside = soup.new_tag("span", style=f"width: {100 * share:.1f}%")
    inside["data-level"] = str(bar.get("data-level", "none"))
    drawn.append(inside)
    bar.replace_with(drawn)


def _draw(soup: BeautifulSoup, picture: Tag) -> None:
    """Give the parts of a picture the looks that a style sheet gives them on a screen."""
    if "icon" in (picture.get("class") or []):
        _draw_icon(picture)
        return
    level = _LEVELS.get(str(picture.get("data-level", "")), _TEAL)
    fill = _TRACKS.get(str(picture.get("data-track", "")), _TEAL)
    for part in picture.find_all(True):
        for css in part.get("class") or []:
            for name, value in _LOOKS.get(css, {}).items():
                part.attrs.setdefault(name, value)
        if "m-ring-bar" in (part.get("class") or []):
            part["stroke"] = level
        if "pathlength" in part.attrs:
            _measure(part)
        if part.name == "text":
            part.attrs.setdefault("font-family", _FONT)
        if part.name == "rect" and not part.get("class"):
            part.attrs.setdefault("fill", fill)


def _measure(circle: Tag) -> None:
    """Give the dashes of a circle, which are in percent of its length, in its own units."""
    around = 2 * math.pi * float(str(circle["r"])) / float(str(circle.attrs.pop("pathlength")))
    if dashes := str(circle.get("stroke-dasharray", "")):
        lengths = (f"{float(dash) * around:.2f}" for dash in dashes.split())
        circle["stroke-dasharray"] = " ".join(lengths)


def _draw_icon(picture: Tag) -> None:
    """Put an icon's own lines in the place of what refers to them."""
    use = picture.find("use")
    name = str(use["href"]).rpartition("#")[2] if isinstance(use, Tag) else ""
    picture.clear()
    picture.append(BeautifulSoup(_icons().get(name, ""), "html.parser"))
    colour = _TEXTS.get(_level_above(picture), _QUIET)
    picture.attrs.update(
        {"viewBox": "0 0 24 24", "fill": "none", "stroke": colour, "stroke-width": "2"}
        | {"stroke-linecap": "round", "stroke-linejoin": "round"}
    )


def _level_above(tag: Tag) -> str:
    """The level of what an icon stands in; of a check whether it passed."""
    for parent in tag.parents:
        if parent.get("data-level"):
            return str(parent["data-level"])
        if parent.get("data-passed"):
            return "good" if parent["data-passed"] == "yes" else "poor"
        if parent.has_attr("data-right"):
            return "good"
        if parent.has_attr("data-chosen"):
            return "poor"
        if parent.name in {"section", "body"}:
            break
    return ""


@cache
def _icons() -> dict[str, str]:
    """The lines of each icon of the sprite, by its name."""
    path = static_path("icons.svg")
    if path is None:
        return {}
    sprite: Any = ET.fromstring(path.read_text())
    return {symbol.get("id"): _lines(symbol) for symbol in sprite.iter(f"{SVG}symbol")}


def _lines(symbol: Any) -> str:
    """Its lines as HTML, which closes every one of them."""
    for each in symbol.iter():
        each.tag = each.tag.removeprefix(SVG)
    return "".join(ET.tostring(line, "unicode", short_empty_elements=False) for line in symbol)
