"""A question of the bank as an item of QTI, in the spelling of 2.1.

Candidates see the prompt and the interaction; official answer, rationale and rubric stand in a
block that only scorers, tutors and authors see. Scoring uses the templates that every delivery
engine has, but for numbers, whose tolerance none of them knows.
"""

from collections.abc import Callable, Iterable
from xml.etree import ElementTree

from questions.interchange import bodies, draws
from questions.interchange.answers import room
from questions.interchange.moodle.coderunner import task_of
from questions.interchange.moodle.writing import rubric
from questions.interchange.qti.names import Version
from questions.interchange.remarks import Fields, Refused
from questions.interchange.samples import brief
from questions.interchange.trees import add

Element = ElementTree.Element
RESPONSE, SCORE = "RESPONSE", "SCORE"
LETTERS = 200


class Item:
    """An item while it is written: its element, and the parts in the order that QTI wants."""

    def __init__(self, fields: Fields, version: Version) -> None:
        self.fields = fields
        self.version = version
        identity = {"identifier": identifier(fields["slug"]), "title": fields["title"]}
        fixed = {"adaptive": "false", "timeDependent": "false"}
        self.root = ElementTree.Element(
            "assessmentItem", {"xmlns": version.items, **identity, **fixed}
        )
        self.body = ElementTree.Element("itemBody")
        add_html(self.body, bodies.html(fields["prompt"]))
        if fields.get("instruction"):
            add_html(self.body, bodies.own("instruction", bodies.html(fields["instruction"])))

    def declare(self, cardinality: str, base: str, values: Iterable[str]) -> Element:
        """Declare the response, with what is right."""
        place = {"identifier": RESPONSE, "cardinality": cardinality, "baseType": base}
        found = add(self.root, "responseDeclaration", **place)
        listed = list(values)
        if listed:
            correct = add(found, "correctResponse")
            for value in listed:
                add(correct, "value", value)
        return found

    def interact(self, name: str, **attributes: str) -> Element:
        return add(self.body, name, responseIdentifier=RESPONSE, **attributes)

    def finished(self, template: str = "") -> Element:
        """Return the item, scored by a template or as it says itself."""
        score = {"identifier": SCORE, "cardinality": "single", "baseType": "float"}
        human = {"externalScored": "human"} if self._by_people() and self._is_3() else {}
        add(self.root, "outcomeDeclaration", **score, **human)
        self.root.append(self.body)
        _add_notes(self)
        if template:
            add(self.root, "responseProcessing", template=f"{self.version.templates}{template}")
        return self.root

    def _by_people(self) -> bool:
        return self.fields["kind"] in {"open_text", "coding"}

    def _is_3(self) -> bool:
        return self.version.number.startswith("3")


def identifier(slug: str) -> str:
    """Return a slug as a name of XML, which begins with no digit."""
    return slug if slug[:1].isalpha() else f"_{slug}"


def add_html(parent: Element, text: str) -> None:
    """Append HTML, which is well formed as `bodies` writes it."""
    found = ElementTree.fromstring(f"<div>{text}</div>")
    for element in found.iter("ol"):
        # 2.1 has no lists that begin elsewhere than at 1.
        element.attrib.pop("start", None)
    if found.text and found.text.strip():
        _append_text(parent, found.text)
    parent.extend(list(found))


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def write_item(fields: Fields, version: Version) -> Element:
    """Return the element of a question; raise Refused where it can't be made."""
    return _KINDS[fields["kind"]](Item(fields, version))


def _add_notes(item: Item) -> None:
    """Add what candidates do not see."""
    fields = item.fields
    notes = [("official-answer", bodies.html(fields.get("official_answer", "")))]
    if "rubric" in fields:
        notes.append(("rubric", rubric(fields["rubric"])))
    notes.append(("rationale", _rationales(fields)))
    for name, text in notes:
        if text:
            block = add(item.body, "rubricBlock", view="author scorer tutor")
            if item.version.number.startswith("3"):
                block.set("use", "scoring")
                block = add(block, "contentBody")
            add_html(block, bodies.own(name, text))


def _rationales(fields: Fields) -> str:
    said = [(option["key"], option["rationale"]) for option in fields.get("options", ())]
    said += [(f"L{n}", p["rationale"]) for n, p in enumerate(fields.get("pairs", ()), start=1)]
    if "rationale" in fields:
        said.append(("all", fields["rationale"]))
    listed = (f"<dt>{key}</dt><dd>{bodies.html(text)}</dd>" for key, text in said if text)
    found = "".join(listed)
    return f"<dl>{found}</dl>" if found else ""


def _choices(item: Item, most: int) -> None:
    interaction = item.interact("choiceInteraction", shuffle="true", maxChoices=str(most))
    for option in item.fields["options"]:
        choice = add(interaction, "simpleChoice", identifier=option["key"])
        _add_line(choice, option["text"])


def _add_line(parent: Element, markdown: str) -> None:
    add_html(parent, bodies.line(markdown))


def _single(item: Item) -> Element:
    right = [option["key"] for option in item.fields["options"] if option.get("right")]
    if len(right) != 1:
        raise Refused("Not exactly one of its options is right.")
    item.declare("single", "identifier", right)
    _choices(item, 1)
    return item.finished("match_correct")


def _several(item: Item) -> Element:
    right = [option["key"] for option in item.fields["options"] if option.get("right")]
    if not right:
        raise Refused("No option is right.")
    declared = item.declare("multiple", "identifier", right)
    whole = item.fields.get("credit") == "whole"
    if not whole:
        bounds = {"lowerBound": "0", "upperBound": "1", "defaultValue": "0"}
        mapping = add(declared, "mapping", **bounds)
        for option in item.fields["options"]:
            share = (1 if option.get("right") else -1) / len(right)
            add(mapping, "mapEntry", mapKey=option["key"], mappedValue=f"{share:.6g}")
    _choices(item, 0)
    return item.finished("match_correct" if whole else "map_response")


def _plot(item: Item) -> Element:
    image = ElementTree.Element("img", {"src": f"{item.fields['slug']}.svg"})
    image.set("alt", item.fields["figure"]["description"])
    figure = add(item.body, "div", **{"class": f"{bodies.OWN}figure"})
    add(figure, "p").append(image)
    return _single(item)


def _true_false(item: Item) -> Element:
    item.declare("single", "identifier", ["true" if item.fields["right"] else "false"])
    interaction = item.interact("choiceInteraction", shuffle="false", maxChoices="1")
    for word in ("true", "false"):
        add(interaction, "simpleChoice", word.capitalize(), identifier=word)
    return item.finished("match_correct")


def _ordering(item: Item) -> Element:
    item.declare("ordered", "identifier", [each["key"] for each in item.fields["items"]])
    interaction = item.interact("orderInteraction", shuffle="true")
    for each in item.fields["items"]:
        _add_line(add(interaction, "simpleChoice", identifier=each["key"]), each["text"])
    return item.finished("match_correct")


def _matching(item: Item) -> Element:
    pairs = item.fields["pairs"]
    found = [f"L{number} R{number}" for number, _ in enumerate(pairs, start=1)]
    declared = item.declare("multiple", "directedPair", found)
    bounds = {"lowerBound": "0", "upperBound": "1", "defaultValue": "0"}
    mapping = add(declared, "mapping", **bounds)
    for pair in found:
        add(mapping, "mapEntry", mapKey=pair, mappedValue=f"{1 / len(found):.6g}")
    interaction = item.interact("matchInteraction", shuffle="true", maxAssociations=str(len(found)))
    rights = [*(pair["right"] for pair in pairs), *item.fields.get("extra", ())]
    for letter, texts in (("L", [pair["left"] for pair in pairs]), ("R", rights)):
        side = add(interaction, "simpleMatchSet")
        for number, text in enumerate(texts, start=1):
            place = {"identifier": f"{letter}{number}", "matchMax": "1"}
            _add_line(add(side, "simpleAssociableChoice", **place), text)
    return item.finished("map_response")


def _short_text(item: Item) -> Element:
    forms = item.fields["accepted"]
    declared = item.declare("single", "string", forms[:1])
    mapping = add(declared, "mapping", defaultValue="0")
    for form in forms:
        add(mapping, "mapEntry", mapKey=form, mappedValue="1", caseSensitive="false")
    _add_field(item)
    return item.finished("map_response")


def _numeric(item: Item) -> Element:
    answer, _ = draws.fixed(item.fields)
    item.declare("single", "float", [draws.exact(answer)])
    _add_field(item)
    return _scored_by_distance(item, draws.exact(room(item.fields, answer)))


def _add_field(item: Item) -> None:
    line = add(item.body, "p")
    place = {"responseIdentifier": RESPONSE, "expectedLength": "30"}
    field = add(line, "textEntryInteraction", **place)
    if item.fields.get("unit"):
        field.tail = " "
        add(line, "span", item.fields["unit"], **{"class": f"{bodies.OWN}unit"})


def _scored_by_distance(item: Item, tolerance: str) -> Element:
    root = item.finished()
    condition = add(add(root, "responseProcessing"), "responseCondition")
    near = add(condition, "responseIf")
    equal = add(near, "equal", toleranceMode="absolute", tolerance=f"{tolerance} {tolerance}")
    add(equal, "variable", identifier=RESPONSE)
    add(equal, "correct", identifier=RESPONSE)
    for branch, value in ((near, "1"), (add(condition, "responseElse"), "0")):
        outcome = add(branch, "setOutcomeValue", identifier=SCORE)
        add(outcome, "baseValue", value, baseType="float")
    return root


def _open_text(item: Item) -> Element:
    item.declare("single", "string", [])
    words = {"expectedLength": str(6 * item.fields["words"])} if "words" in item.fields else {}
    item.interact("extendedTextInteraction", **words)
    return item.finished()


def _coding(item: Item) -> Element:
    add_html(item.body, bodies.own("task", bodies.html(brief(task_of(item.fields)))))
    item.declare("single", "string", [])
    item.interact("extendedTextInteraction", expectedLines="30")
    return item.finished()


_KINDS: dict[str, Callable[[Item], Element]] = {
    "single_choice": _single,
    "multiple_choice": _several,
    "plot_reading": _plot,
    "true_false": _true_false,
    "ordering": _ordering,
    "matching": _matching,
    "short_text": _short_text,
    "numeric": _numeric,
    "open_text": _open_text,
    "coding": _coding,
}
