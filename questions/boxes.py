"""A formula as nested boxes of HTML, for what sets type and knows no MathML: paper.

A box is a <span> with a class; frontend/styles/paper.scss says how each stands. A brace that
spans several lines is a class that names how many.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from xml.etree import ElementTree as ET

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# XML knows five of HTML's names.
_NAMED = re.compile(r"&(?!(?:lt|gt|amp|quot|apos|#\w+);)\w+;")
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
# With room on both sides, unless they are a sign or stand in an index.
_RELATIONS = set("=<>≤≥≈≠∼≡→←∈∉∝≪≫⇒⇔≔:∣")  # noqa: RUF001
_OPERATORS = set("+-−±×·⋅∗∖∪∩⊙∘⊕")  # noqa: RUF001
_OPENING = set("([{⟨⌈⌊|‖")
# What stands over a letter, as the sign that joins it.
_ACCENTS = {"^": "\u0302", "¯": "\u0304", "―": "\u0304", "~": "\u0303"} | {
    "\u02dc": "\u0303", "→": "\u20d7", "˙": "\u0307"
}  # fmt: skip
# The sloping signs of an alphabet: its first and last letter, and the sign of the first.
_ALPHABETS = (
    ("a", "z", 0x1D44E),
    ("A", "Z", 0x1D434),
    ("\u03b1", "\u03c9", 0x1D6FC),
    ("\u0391", "\u03a9", 0x1D6E2),
)
_VARIANTS = {
    "\u03f5": "\U0001d716",
    "\u03d1": "\U0001d717",
    "\u03d5": "\U0001d719",
}
_BIG = set("∑∏∫\u22c3\u22c2")
_TALLEST = 6


def boxed(html: str) -> SafeString:
    """Return HTML, safe already, with each formula in it as boxes."""
    return mark_safe(_MATH.sub(lambda found: boxes(found[0]), html))


def boxes(mathml: str) -> SafeString:
    """Return MathML, as `questions.rendering.formula` makes it, as boxes."""
    try:
        math = ET.fromstring(_NAMED.sub(lambda name: unescape(name[0]), mathml))
        inside = _children(math)
    except (ET.ParseError, IndexError, ValueError):  # a draft's formula may lack a part
        inside = escape(unescape(re.sub(r"<[^>]*>", " ", mathml)))
        return mark_safe(_box("math", inside))
    block = math.get("display") == "block"
    return mark_safe(_box("math math-block" if block else "math", inside))


def _box(css: str, *inside: str) -> str:
    return f'<span class="{css}">{"".join(inside)}</span>'


def _children(element: ET.Element) -> str:
    """Set the parts side by side; fences are as tall as what stands between them."""
    parts = list(element)
    tallest = max((_height(part) for part in parts if part.tag != "mo"), default=1)
    before = ""
    html = []
    for part in parts:
        stretches = part.tag == "mo" and part.get("stretchy") == "true"
        html.append(_fence(part, tallest) if stretches else _one(part, before))
        before = _last(part)
    return "".join(html)


def _fence(element: ET.Element, lines: int) -> str:
    sign = escape((element.text or "").strip())
    return _box(f"tall tall-{min(lines, _TALLEST)}", sign) if lines > 1 else sign


def _one(element: ET.Element, before: str) -> str:
    if element.tag == "mo":
        return _operator((element.text or "").strip(), before)
    if element.tag in _WAYS:
        return _WAYS[element.tag](list(element))
    return _children(element) if len(element) else _leaf(element)


def _leaf(element: ET.Element) -> str:
    text = escape(element.text or "")
    if element.tag == "mspace":
        return _space(element.get("width", ""))
    if element.tag == "mi":
        if len(element.text or "") > 1:
            return _box("name", text)
        return text if element.get("mathvariant") == "normal" else _box("it", _slanted(text))
    return text


def _space(width: str) -> str:
    """An empty box, as wide as was asked for to a sixth of a letter's height; none to go back."""
    found = re.fullmatch(r"(\d*\.?\d+)em", width)
    sixths = round(6 * float(found[1])) if found else 0
    return _box("space", *[_box("sixth")] * sixths) if sixths else ""


def _slanted(letter: str) -> str:
    """Letters of formulas have signs of their own; their font has no other slope."""
    if letter == "h":  # it was a sign before the others were
        return "\u210e"
    for first, last, sign in _ALPHABETS:
        if first <= letter <= last:
            return chr(sign + ord(letter) - ord(first))
    return _VARIANTS.get(letter, letter)


def _operator(sign: str, before: str) -> str:
    text = escape(sign)
    if sign in _RELATIONS:
        return _box("rel", text)
    if sign in _OPERATORS:
        # A sign, and no operation between two things.
        alone = not before or before in _OPENING | _RELATIONS | _OPERATORS | {","}
        return text if alone else _box("op", text)
    if sign == ",":
        return _box("comma", text)
    return _box("name", text) if len(sign) > 1 else text


def _last(element: ET.Element) -> str:
    """The sign that ends a part, for what follows it."""
    texts = [text.strip() for text in element.itertext() if text.strip()]
    return texts[-1] if texts else ""


def _height(element: ET.Element) -> int:
    """Of how many lines a part is, as far as a fence around it must know."""
    inner = max((_height(part) for part in element), default=1)
    if element.tag == "mfrac":
        return sum(_height(part) for part in element)
    if element.tag == "mtable":
        return sum(max(_height(cell) for cell in row) for row in element)
    if element.tag in {"munder", "mover", "munderover"} and not _accent(list(element)):
        return max(2, inner)
    return inner


def _fraction(parts: Sequence[ET.Element]) -> str:
    top, bottom = (_box("line", _one(part, "")) for part in parts)
    return _box("frac", _box("over", top), bottom)


def _root(parts: Sequence[ET.Element]) -> str:
    tallest = max((_height(part) for part in parts), default=1)
    inside = "".join(_one(part, "") for part in parts)
    return f"{_box(f'tall tall-{min(tallest, _TALLEST)}', '√')}{_box('root', inside)}"


def _index(parts: Sequence[ET.Element]) -> str:
    return f"{_one(parts[0], '')}<sub>{_small(parts[1])}</sub>"


def _power(parts: Sequence[ET.Element]) -> str:
    return f"{_one(parts[0], '')}<sup>{_small(parts[1])}</sup>"


def _both(parts: Sequence[ET.Element]) -> str:
    up, low = _box("line", _small(parts[2])), _box("line", _small(parts[1]))
    return f"{_one(parts[0], '')}{_box('scripts', up, low)}"


def _small(element: ET.Element) -> str:
    """An index has no room around its signs."""
    return re.sub(r'<span class="(?:rel|op)">(.*?)</span>', r"\1", _one(element, ""))


def _above(parts: Sequence[ET.Element]) -> str:
    if accent := _accent(parts):
        base = "".join(parts[0].itertext()).strip()
        return (
            _box("it", escape(base + accent)) if len(base) == 1 else _box("bar", _one(parts[0], ""))
        )
    return _stack(_small(parts[1]), _one(parts[0], ""), "")


def _accent(parts: Sequence[ET.Element]) -> str:
    return _ACCENTS.get((parts[-1].text or "").strip(), "") if len(parts) == 2 else ""


def _below(parts: Sequence[ET.Element]) -> str:
    return _stack("", _one(parts[0], ""), _small(parts[1]))


def _around(parts: Sequence[ET.Element]) -> str:
    return _stack(_small(parts[2]), _one(parts[0], ""), _small(parts[1]))


def _stack(up: str, base: str, low: str) -> str:
    """What a sum runs over below its sign, and what up to above it."""
    sign = _box("big" if base in _BIG else "line", base)
    return _box("stack", _box("limit", up or "\u00a0"), sign, _box("limit", low or "\u00a0"))


def _table(rows: Sequence[ET.Element]) -> str:
    cells = [[_box("cell", _children(cell)) for cell in row] for row in rows]
    return _box("grid", *(_box("row", *row) for row in cells))


_WAYS: Mapping[str, Callable[[Sequence[ET.Element]], str]] = {
    "mfrac": _fraction,
    "msqrt": _root,
    "msub": _index,
    "msup": _power,
    "msubsup": _both,
    "mover": _above,
    "munder": _below,
    "munderover": _around,
    "mtable": _table,
}
