"""What we write, held against the content models of QTI: places, order, attributes, identifiers.

The table says in the spelling of 2.1 what the schemas of 2.1 and 3.0 ask of the elements that we
write; both versions ask the same of them but for the body of a rubric block.
"""

import re
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from questions import files
from questions.interchange import FORMATS, converting
from questions.interchange.qti.names import WORDS, plain
from tests.grader.own.examples import OWN
from tests.questions.contents import EVERY, fields_of

INLINE = "a|br|code|em|img|span|strong|sub|sup|textEntryInteraction"
BLOCK = "p|pre|div|ul|ol|dl|table|blockquote|h[1-6]|hr"
ASKS = "choiceInteraction|orderInteraction|matchInteraction|extendedTextInteraction"
NCNAME = re.compile(r"[A-Za-z_][\w.-]*")
# Of each element: the order of its children, the attributes that it needs, and those it may have.
MODEL = {
    "assessmentItem": ("responseDeclaration+ outcomeDeclaration+ itemBody responseProcessing?",
                       "identifier title adaptive timeDependent", "lang"),
    "responseDeclaration": ("correctResponse? mapping?", "identifier cardinality baseType", ""),
    "correctResponse": ("value+", "", ""),
    "value": ("", "", ""),
    "mapping": ("mapEntry+", "defaultValue", "lowerBound upperBound"),
    "mapEntry": ("", "mapKey mappedValue", "caseSensitive"),
    "outcomeDeclaration": ("", "identifier cardinality baseType", "externalScored"),
    "itemBody": (f"({BLOCK}|{ASKS}|rubricBlock)+", "", ""),
    "rubricBlock": (f"(contentBody|({BLOCK})+)", "view", "use"),
    "contentBody": (f"({BLOCK})+", "", ""),
    "choiceInteraction": ("prompt? simpleChoice+", "responseIdentifier shuffle maxChoices", ""),
    "orderInteraction": ("prompt? simpleChoice+", "responseIdentifier shuffle", ""),
    "matchInteraction": ("prompt? simpleMatchSet simpleMatchSet",
                         "responseIdentifier shuffle maxAssociations", ""),
    "simpleMatchSet": ("simpleAssociableChoice+", "", ""),
    "simpleChoice": (f"({INLINE}|{BLOCK})*", "identifier", "fixed"),
    "simpleAssociableChoice": (f"({INLINE}|{BLOCK})*", "identifier matchMax", ""),
    "textEntryInteraction": ("", "responseIdentifier", "expectedLength"),
    "extendedTextInteraction": ("prompt?", "responseIdentifier", "expectedLength expectedLines"),
    "prompt": (f"({INLINE})*", "", ""),
    "responseProcessing": ("responseCondition*", "", "template"),
    "responseCondition": ("responseIf responseElse?", "", ""),
    "responseIf": ("(equal|match) setOutcomeValue+", "", ""),
    "responseElse": ("setOutcomeValue+", "", ""),
    "equal": ("(variable|correct) (variable|correct)", "toleranceMode", "tolerance"),
    "match": ("(variable|correct) (variable|correct)", "", ""),
    "variable": ("", "identifier", ""),
    "correct": ("", "identifier", ""),
    "setOutcomeValue": ("baseValue", "identifier", ""),
    "baseValue": ("", "baseType", ""),
    "p": (f"({INLINE})*", "", "class"),
    "pre": ("(code|em|strong|span)*", "", "class"),
    "div": (f"({BLOCK}|{INLINE})*", "", "class"),
    "ul": ("li*", "", "class"),
    "ol": ("li*", "", "class"),
    "li": (f"({BLOCK}|{INLINE})*", "", "class"),
    "dl": ("(dt|dd)*", "", "class"),
    "dt": (f"({INLINE})*", "", "class"),
    "dd": (f"({BLOCK}|{INLINE})*", "", "class"),
    "table": ("thead? tbody+", "", "class"),
    "thead": ("tr+", "", ""),
    "tbody": ("tr+", "", ""),
    "tr": ("(th|td)+", "", ""),
    "th": (f"({BLOCK}|{INLINE})*", "", ""),
    "td": (f"({BLOCK}|{INLINE})*", "", ""),
    "blockquote": (f"({BLOCK})*", "", ""),
    "code": (f"({INLINE})*", "", "class"),
    "em": (f"({INLINE})*", "", ""),
    "strong": (f"({INLINE})*", "", ""),
    "span": (f"({INLINE})*", "", "class"),
    "img": ("", "src alt", ""),
    "a": (f"({INLINE})*", "href", "title"),
    "br": ("", "", ""),
}  # fmt: skip
# Elements that may hold words of their own.
MIXED = {
    "value", "simpleChoice", "simpleAssociableChoice", "prompt", "baseValue", "p", "pre", "div",
    "li", "dt", "dd", "th", "td", "code", "em", "strong", "span", "a",
}  # fmt: skip
CARDINALITY = {"orderInteraction": "ordered", "matchInteraction": "multiple"}


def pattern(order):
    """A table's order of children as an expression over `<name>` after `<name>`."""
    return re.compile(
        re.sub(r"[A-Za-z][\w\[\]-]*", lambda m: f"(?:<{m[0]}>)", order).replace(" ", "")
    )


def faults(item):
    for element in item.iter():
        order, needed, further = MODEL.get(element.tag, (None, "", ""))
        if order is None:
            yield f"<{element.tag}> is no element of QTI"
            continue
        children = "".join(f"<{child.tag}>" for child in element)
        if not pattern(order).fullmatch(children):
            yield f"<{element.tag}> holds {children}"
        names = set(element.attrib)
        if missing := set(needed.split()) - names:
            yield f"<{element.tag}> lacks {missing}"
        if strange := names - set(needed.split()) - set(further.split()):
            yield f"<{element.tag}> has {strange}"
        words = (element.text or "") + "".join(child.tail or "" for child in element)
        if words.strip() and element.tag not in MIXED:
            yield f"<{element.tag}> holds words"
    yield from _answers(item)


def _answers(item):
    """What one interaction and its declaration say of each other."""
    declared = item.find("responseDeclaration")
    (asked,) = [each for each in item.iter() if each.tag.endswith("Interaction")]
    cardinality = CARDINALITY.get(asked.tag, "single")
    if asked.get("maxChoices", "1") != "1":
        cardinality = "multiple"
    if declared.get("cardinality") != cardinality:
        yield f"<{asked.tag}> asks for {cardinality}"
    known = {each.get("identifier") for each in asked.iter() if each.get("identifier")}
    for name in {*known, item.get("identifier")}:
        if not NCNAME.fullmatch(name):
            yield f"{name} is no identifier"
    if declared.get("baseType") in {"identifier", "directedPair"}:
        for value in declared.iter("value"):
            if not set(value.text.split()) <= known:
                yield f"{value.text} is no choice"


def items(form, questions):
    writing = converting.write(FORMATS[form], questions)
    assert writing.refused == []
    with ZipFile(BytesIO(writing.data)) as package:
        named = [name for name in package.namelist() if re.fullmatch(r"items/.*\.xml", name)]
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        listed = {each.get("href") for each in manifest.iter() if each.tag.endswith("}resource")}
        assert listed == set(named)
        for each in manifest.iter():
            if each.tag.endswith("}resource"):
                assert NCNAME.fullmatch(each.get("identifier"))
        return {name: ElementTree.fromstring(package.read(name)) for name in named}


def bank():
    own = {name: value for name, value in fields_of("coding", own=OWN).items() if name != "task"}
    small = [fields_of(kind, slug=f"7-{kind}".replace("_", "-")) for kind in EVERY]
    return [own, *small, *(files.read(path).fields for path in files.paths()[::3])]


@pytest.mark.parametrize("form", ["qti2", "qti3"])
def test_every_item_keeps_to_the_content_models(form):
    found = {
        name: list(dict.fromkeys(faults(plain(item)))) for name, item in items(form, bank()).items()
    }

    assert {name: said for name, said in found.items() if said} == {}


def test_the_table_knows_every_word_that_is_written():
    assert set(MODEL) >= WORDS - {"defaultValue"}


def test_an_item_in_another_order_is_found_out():
    (item,) = items("qti2", [fields_of("single_choice")]).values()
    item = plain(item)
    item[:] = reversed(item)

    assert any("assessmentItem" in fault for fault in faults(item))
