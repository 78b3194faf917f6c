"""A formula in one line of plain text, for places that hold no markup: P/(1 - P), e^2, y_i."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from xml.etree import ElementTree as ET

_SPACED = set("=<>≤≥≈≠+-→∈·") | {"\u2212", "\u223c"}
# What stands above a letter, as the sign that joins it.
_ABOVE = {"^": "\u0302", "\u00af": "\u0304", "~": "\u0303", "\u2192": "\u20d7"}
# XML knows five of HTML's names.
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\w+);)\w+;")


def linear(mathml: str) -> str:
    """Return MathML, as `questions.rendering.formula` makes it, as a line of text."""
    try:
        text = _text(ET.fromstring(_NAMED.sub(lambda name: unescape(name[0]), mathml)))
    except (ET.ParseError, IndexError):  # a draft's formula may lack a part
        text = unescape(re.sub(r"<[^>]*>", " ", mathml))
    line = re.sub(r" +([)\],])|([(\[]) +", r"\1\2", " ".join(text.split()))
    # A sign, and no operation between two numbers.
    return re.sub(r"(^|[(=,] ?)([-+\u2212]) ", r"\1\2", line)


def _text(element: ET.Element) -> str:
    parts = [_text(child) for child in element]
    if element.tag in _WAYS:
        return _WAYS[element.tag](parts)
    if parts:
        return {"mtr": " ", "mtable": "; "}.get(element.tag, "").join(parts)
    text = (element.text or "").strip()
    if element.tag == "mo" and text in _SPACED:
        return f" {text} "
    # The names of functions: log p, and not logp.
    return f" {text} " if element.tag == "mi" and len(text) > 1 else text


def _grouped(text: str) -> str:
    """In brackets, unless it is one sign or number."""
    text = text.strip()
    return text if text.isalnum() or len(text) == 1 else f"({text})"


def _fraction(parts: Sequence[str]) -> str:
    return f"{'/'.join(map(_grouped, parts))} "


def _power(parts: Sequence[str]) -> str:
    return f"{parts[0].strip()}^{_grouped(parts[1])}"


def _index(parts: Sequence[str]) -> str:
    return f"{parts[0].strip()}_{_grouped(parts[1])}"


def _both(parts: Sequence[str]) -> str:
    return f"{_index(parts)}^{_grouped(parts[2])}"


def _over(parts: Sequence[str]) -> str:
    sign = parts[1].strip()
    return parts[0].strip() + _ABOVE.get(sign, f"^{sign}")


def _root(parts: Sequence[str]) -> str:
    return f"√({''.join(parts).strip()})"


_WAYS: Mapping[str, Callable[[Sequence[str]], str]] = {
    "mfrac": _fraction,
    "msup": _power,
    "msub": _index,
    "msubsup": _both,
    "munder": _index,
    "munderover": _both,
    "mover": _over,
    "msqrt": _root,
}
