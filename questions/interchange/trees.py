"""XML through a hardened parser, each element with its line."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from questions.interchange.bounds import at_line, decoded
from questions.interchange.remarks import Broken

Element = ElementTree.Element
MAX_ELEMENTS = 500_000
MAX_DEPTH = 100
_DECLARED = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_UTF8 = {"utf-8", "utf8", "us-ascii", "ascii"}


class Tree:
    """A parsed file: its root, and the line that each element begins in."""

    def __init__(self, data: bytes, place: str = "") -> None:
        """Raise Broken, with the line, for what is no XML, or no XML to be read."""
        text = decoded(data, place)
        _refuse_other_encodings(text, place)
        self.place = place
        self.lines: dict[Element, int] = {}
        builder = _Builder(self.lines)
        parser = DefusedXMLParser(target=builder, encoding="utf-8", forbid_dtd=True)
        builder.parser = parser.parser
        try:
            parser.feed(text.encode())
            self.root: Element = parser.close()
        except _TooMuch as error:
            line = at_line(place, parser.parser.CurrentLineNumber)
            raise Broken(line, str(error)) from None
        except DefusedXmlException:
            line = at_line(place, parser.parser.CurrentLineNumber)
            raise Broken(line, "A DOCTYPE or an entity of its own is not read: drop it.") from None
        except ElementTree.ParseError as error:
            line = at_line(place, error.position[0])
            raise Broken(line, f"This is no XML: {str(error).partition(':')[0]}.") from None

    def at(self, element: Element) -> str:
        return at_line(self.place, self.lines.get(element, 1))


class _TooMuch(Exception):
    pass


class _Builder(ElementTree.TreeBuilder):
    """Keeps lines, and stops at trees that are too large or too deep to walk."""

    def __init__(self, lines: dict[Element, int]) -> None:
        super().__init__()
        self.lines = lines
        self.depth = 0
        self.parser: object = None

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooMuch(f"Elements are nested more than {MAX_DEPTH} times.")
        if len(self.lines) >= MAX_ELEMENTS:
            raise _TooMuch(f"The file has more than {MAX_ELEMENTS} elements.")
        element = super().start(tag, attrs)
        self.lines[element] = self.parser.CurrentLineNumber  # type: ignore[attr-defined]
        return element

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)


def _refuse_other_encodings(text: str, place: str) -> None:
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in _UTF8:
        sentence = f"The file says that it is in {declared[1]}, and is read as UTF-8 only."
        raise Broken(at_line(place, 1), sentence)


def written(root: Element, *, indented: bool = True) -> bytes:
    """Return a file with `root`; elements with text between them are not to be indented."""
    if indented:
        ElementTree.indent(root)
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local(child) == name)


def child(element: Element, *names: str) -> Element | None:
    """Return the first element on the way `names` below `element`; None where there is none."""
    found: Element | None = element
    for name in names:
        found = next(children(found, name), None) if found is not None else None
    return found


def text_of(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """Append an element with text, and return it."""
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text or None
    return element
