"""A question of the bank as an element of Moodle XML."""

import base64
from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from questions.interchange import about, bodies, draws, pictures
from questions.interchange.answers import room, share
from questions.interchange.moodle.coderunner import write_coding
from questions.interchange.remarks import Fields, Refused
from questions.interchange.trees import add

Element = ElementTree.Element
FIGURE = "figure.svg"


def write_question(fields: Fields) -> Element:
    """Return the element of a question; raise Refused where Moodle has none."""
    kind, write = _KINDS[fields["kind"]]
    element = ElementTree.Element("question", {"type": kind})
    _add_common(element, fields)
    write(element, fields)
    _add_tags(element, about.tags(fields))
    return element


def _add_common(element: Element, fields: Fields) -> None:
    add(add(element, "name"), "text", fields["title"])
    text = bodies.html(fields["prompt"])
    if fields.get("instruction"):
        text += bodies.own("instruction", bodies.html(fields["instruction"]))
    if "figure" in fields:
        described = _attribute(fields["figure"]["description"])
        image = f'<img src="@@PLUGINFILE@@/{FIGURE}" alt="{described}">'
        text += bodies.own("figure", image)
    asked = add_text(element, "questiontext", text)
    if "figure" in fields:
        drawn = base64.b64encode(pictures.svg(fields["figure"])).decode()
        add(asked, "file", drawn, name=FIGURE, path="/", encoding="base64")
    add_text(element, "generalfeedback", bodies.html(fields.get("official_answer", "")))
    points = sum(point["points"] for point in fields.get("rubric", ())) or 1
    add(element, "defaultgrade", f"{points:g}")
    add(element, "penalty", "0")
    add(element, "hidden", "0")
    add(element, "idnumber", fields["slug"])


def add_text(element: Element, name: str, text: str, form: str = "html") -> Element:
    found = add(element, name, format=form)
    add(found, "text", text)
    return found


def _add_tags(element: Element, tags: Sequence[str]) -> None:
    listed = add(element, "tags")
    for tag in tags:
        add(add(listed, "tag"), "text", tag)


def _add_answer(
    element: Element, text: str, fraction: str, feedback: str = "", form: str = "html"
) -> Element:
    answer = add(element, "answer", fraction=fraction, format=form)
    add(answer, "text", text)
    add_text(answer, "feedback", feedback)
    return answer


def _write_options(element: Element, fields: Fields) -> None:
    single = fields["kind"] != "multiple_choice"
    add(element, "single", str(single).lower())
    add(element, "shuffleanswers", "true")
    add(element, "answernumbering", "abc")
    right = sum(bool(option.get("right")) for option in fields["options"])
    if not right:
        raise Refused("No option is right.")
    whole = 100.0 if single else 100 / right
    for option in fields["options"]:
        wrong = 0.0 if single else -whole
        fraction = share(whole if option.get("right") else wrong)
        said = bodies.html(option["rationale"])
        _add_answer(element, bodies.line(option["text"]), fraction, said)


def _write_true_false(element: Element, fields: Fields) -> None:
    said = bodies.html(fields["rationale"])
    for word, value in (("true", True), ("false", False)):
        fraction = "100" if value is fields["right"] else "0"
        _add_answer(element, word, fraction, said, "moodle_auto_format")


def _write_numeric(element: Element, fields: Fields) -> None:
    answer, wrong = draws.fixed(fields)
    right = _add_answer(element, draws.exact(answer), "100", "", "moodle_auto_format")
    add(right, "tolerance", draws.exact(room(fields, answer)))
    for value, listed in zip(wrong, fields["misconceptions"], strict=True):
        said = bodies.html(listed["misconception"])
        found = _add_answer(element, draws.exact(value), "0", said, "moodle_auto_format")
        add(found, "tolerance", draws.exact(room(fields, value)))
    add(element, "unitgradingtype", "0")
    add(element, "unitpenalty", "0")
    # A field to type in, where the unit is known, and none at all where it is not.
    add(element, "showunits", "0" if fields.get("unit") else "3")
    add(element, "unitsleft", "0")
    if fields.get("unit"):
        unit = add(add(element, "units"), "unit")
        add(unit, "multiplier", "1")
        add(unit, "unit_name", fields["unit"])


def _write_short_text(element: Element, fields: Fields) -> None:
    add(element, "usecase", "0")
    for form in fields["accepted"]:
        _add_answer(element, _form(form), "100", "", "plain_text")
    for wrong in fields.get("wrong", ()):
        said = bodies.html(wrong["misconception"])
        for form in wrong["forms"]:
            _add_answer(element, _form(form), "0", said, "plain_text")


def _form(text: str) -> str:
    """Return a form in which a star is a star."""
    return text.replace("*", "\\*")


def _write_ordering(element: Element, fields: Fields) -> None:
    add(element, "layouttype", "VERTICAL")
    add(element, "selecttype", "ALL")
    add(element, "selectcount", "0")
    # The nearest to Kendall's tau: every item before and behind each other counts.
    add(element, "gradingtype", "RELATIVE_ALL_PREVIOUS_AND_NEXT")
    add(element, "showgrading", "SHOW")
    add(element, "numberingstyle", "none")
    for number, item in enumerate(fields["items"], start=1):
        _add_answer(element, bodies.line(item["text"]), str(number))


def _write_matching(element: Element, fields: Fields) -> None:
    add(element, "shuffleanswers", "true")
    pairs = [(bodies.line(pair["left"]), pair["right"]) for pair in fields["pairs"]]
    for left, right in [*pairs, *(("", extra) for extra in fields.get("extra", ()))]:
        found = add_text(element, "subquestion", left)
        add(add(found, "answer"), "text", bodies.plain(right))


def _write_open_text(element: Element, fields: Fields) -> None:
    add(element, "responseformat", "editor")
    add(element, "responserequired", "1")
    add(element, "responsefieldlines", "15")
    add(element, "attachments", "0")
    add(element, "attachmentsrequired", "0")
    add_text(element, "graderinfo", rubric(fields["rubric"]))
    add_text(element, "responsetemplate", "")


def rubric(points: Sequence[Fields]) -> str:
    """Return a rubric as a list, each point with what it is worth."""
    listed = (f"<li>{p['points']:g} points: {bodies.line(p['text'])}</li>" for p in points)
    return f"<ul>{''.join(listed)}</ul>" if points else ""


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


_KINDS: dict[str, tuple[str, Callable[[Element, Fields], None]]] = {
    "single_choice": ("multichoice", _write_options),
    "multiple_choice": ("multichoice", _write_options),
    "plot_reading": ("multichoice", _write_options),
    "true_false": ("truefalse", _write_true_false),
    "numeric": ("numerical", _write_numeric),
    "short_text": ("shortanswer", _write_short_text),
    "ordering": ("ordering", _write_ordering),
    "matching": ("matching", _write_matching),
    "open_text": ("essay", _write_open_text),
    "coding": ("coderunner", write_coding),
}
