"""The two spellings of QTI: `assessmentItem` in 2.x, `qti-assessment-item` in 3.0.

Trees are written and read in the spelling of 2.1; 3.0 differs in names alone, but for the body of
a rubric block.
"""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from questions.interchange.trees import local

Element = ElementTree.Element
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of QTI.

    Attributes:
        items, packages: the namespaces of its items and of its packages' manifests.
        resource: the type of an item in a manifest.
        templates: where its templates of response processing are said to be.
    """

    number: str
    items: str
    packages: str
    resource: str
    templates: str
    schema: str
    schemaversion: str


V21 = Version(
    number="2.1",
    items="http://www.imsglobal.org/xsd/imsqti_v2p1",
    packages="http://www.imsglobal.org/xsd/imscp_v1p1",
    resource="imsqti_item_xmlv2p1",
    templates="http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    schema="QTIv2.1 Package",
    schemaversion="1.0.0",
)
V30 = Version(
    number="3.0",
    items="http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
    packages="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    resource="imsqti_item_xmlv3p0",
    templates="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
    schema="QTI Package",
    schemaversion="3.0.0",
)
# The words of QTI that we write; all else in an item is XHTML, which is spelt alike.
WORDS = {
    "assessmentItem", "responseDeclaration", "correctResponse", "value", "mapping", "mapEntry",
    "outcomeDeclaration", "defaultValue", "itemBody", "rubricBlock", "contentBody", "prompt",
    "choiceInteraction", "simpleChoice", "orderInteraction", "matchInteraction", "simpleMatchSet",
    "simpleAssociableChoice", "textEntryInteraction", "extendedTextInteraction",
    "responseProcessing", "responseCondition", "responseIf", "responseElse", "match", "equal",
    "variable", "correct", "setOutcomeValue", "baseValue",
}  # fmt: skip


def spelt(element: Element, version: Version) -> Element:
    """Return a tree in the spelling of `version`."""
    if version.number.startswith("2"):
        return element
    own = element.tag in WORDS
    tag = f"qti-{_kebab(element.tag)}" if own else element.tag
    attributes = {(_kebab(name) if own else name): value for name, value in element.items()}
    found = ElementTree.Element(tag, attributes)
    found.text, found.tail = element.text, element.tail
    found.extend(spelt(child, version) for child in element)
    return found


def plain(element: Element) -> Element:
    """Return a tree in the spelling of 2.1 and without namespaces, whatever it was spelt in."""
    name = local(element)
    own = name.startswith("qti-")
    attributes = {
        (_camel(_local(key)) if own else _local(key)): value
        for key, value in element.items()
        if _XSI not in key
    }
    found = ElementTree.Element(_camel(name.removeprefix("qti-")) if own else name, attributes)
    found.text, found.tail = element.text, element.tail
    found.extend(plain(child) for child in element)
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)


def _camel(name: str) -> str:
    return re.sub("-([a-z])", lambda found: found[1].upper(), name)
