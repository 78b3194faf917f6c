"""An element of Moodle XML as fields of a question."""

import re
from collections.abc import Callable
from xml.etree import ElementTree

from questions.interchange import about, answers, bodies
from questions.interchange.answers import Answer
from questions.interchange.moodle.cloze import read_cloze
from questions.interchange.moodle.coderunner import read_coding
from questions.interchange.remarks import Fields, Native, Refused
from questions.interchange.trees import child, children, text_of

Element = ElementTree.Element
POINTS = re.compile(r"^\s*(\d+(?:\.\d+)?) points: ?")
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
# What Moodle itself puts there says nothing of the question.
_USUAL = re.compile(r"^(your answer is (partially )?(in)?correct\.?)?$", re.IGNORECASE)
_REFUSED = {
    "description": "A description asks nothing: it holds text alone.",
    "calculated": "Calculated questions draw numbers by formulas of Moodle's own.",
    "calculatedmulti": "Calculated questions draw numbers by formulas of Moodle's own.",
    "calculatedsimple": "Calculated questions draw numbers by formulas of Moodle's own.",
    "randomsamatch": "It draws its questions from others of a course.",
    "random": "It draws its questions from others of a course.",
}


def read_question(element: Element, category: str) -> Native:
    """Return what an element says; raise Refused where the bank has no such kind."""
    kind = element.get("type", "")
    if kind not in _KINDS:
        known = _REFUSED.get(kind, f"The bank has no kind like {kind[:40]!r}.")
        raise Refused(known)
    tags = [text_of(child(tag, "text")) for tag in children_of(element, "tags", "tag")]
    fields, remarks = about.read_tags(tags, category)
    task, own = fields.pop("task", None), fields.pop("own", None)
    common, said = _common(element)
    coding = kind == "coderunner"
    found = read_coding(element, task, own) if coding else _KINDS[kind](element)
    fields = {**fields, **common, **found.fields}
    lost = [*_unkept(element), *remarks, *said, *found.remarks]
    return Native(fields, list(dict.fromkeys(lost)), stated="slug" in common)


def children_of(element: Element, *names: str) -> list[Element]:
    parent = child(element, *names[:-1])
    return [] if parent is None else list(children(parent, names[-1]))


def _common(element: Element) -> tuple[Fields, list[str]]:
    title = " ".join(text_of(child(element, "name", "text")).split())
    asked = body_of(child(element, "questiontext"))
    official = body_of(child(element, "generalfeedback"))
    fields: Fields = {
        "title": title[:200],
        "prompt": asked.markdown,
    }
    if official.markdown:
        fields["official_answer"] = official.markdown
    if instruction := asked.own.get("instruction"):
        fields["instruction"] = bodies.markdown(instruction)
    slug = text_of(child(element, "idnumber")).strip()
    if about.is_slug(slug):
        fields["slug"] = slug
    return fields, [*asked.remarks, *official.remarks]


def body_of(element: Element | None) -> bodies.Body:
    """Return a text with its format, which is Moodle's own where nothing is said."""
    if element is None:
        return bodies.Body("", {}, [])
    return bodies.of_format(text_of(child(element, "text")), element.get("format", "moodle"))


def _unkept(element: Element) -> list[str]:
    """Return a sentence for each thing that questions of the bank do not have."""
    remarks = []
    for name in _COMBINED:
        said = body_of(child(element, name)).markdown
        if not _USUAL.match(said):
            remarks.append(f"What is said to every answer of a sort is not kept: {said[:120]}")
    if any(text_of(child(hint, "text")).strip() for hint in children(element, "hint")):
        remarks.append("Its hints are not kept: an answer is given once.")
    grade = text_of(child(element, "defaultgrade")).strip()
    if element.get("type") not in {"essay", "cloze", "multianswer"} and _number(grade, 1.0) != 1:
        remarks.append(f"Its mark of {grade} is not kept: assessments give weights.")
    return remarks


def _number(text: str, default: float) -> float:
    try:
        return float(text)
    except ValueError:
        return default


def _answers(element: Element, *, marked: bool) -> tuple[list[Answer], list[str]]:
    """Return the answers below an element, whose texts are Markdown where they are `marked`."""
    found, remarks = [], []
    for answer in children(element, "answer"):
        feedback = body_of(child(answer, "feedback"))
        text = body_of(answer) if marked else bodies.Body(_plain(answer), {}, [])
        remarks += [*text.remarks, *feedback.remarks]
        fraction = answers.read_share(answer.get("fraction", "0"))
        tolerance = _number(text_of(child(answer, "tolerance")), 0.0)
        found.append(Answer(text.markdown, fraction, feedback.markdown, tolerance))
    return found, remarks


def _plain(answer: Element) -> str:
    return text_of(child(answer, "text")).strip()


def _read_options(element: Element) -> Native:
    found, remarks = _answers(element, marked=True)
    single = text_of(child(element, "single")).strip().lower() in {"true", "1"}
    native = answers.options(found, single=single)
    native.remarks += remarks
    return native


def _read_true_false(element: Element) -> Native:
    found, remarks = _answers(element, marked=False)
    by_word = {answer.text.lower(): answer for answer in found}
    if set(by_word) != {"true", "false"}:
        raise Refused("Its answers are not the words true and false.")
    right = by_word["true"].share > by_word["false"].share
    said, other = (by_word[word].feedback for word in (("true", "false")[:: 1 if right else -1]))
    native = answers.true_false(right=right, of_right=said, of_wrong=other)
    native.remarks += remarks
    return native


def _read_numeric(element: Element) -> Native:
    found, remarks = _answers(element, marked=False)
    native = answers.numeric(found)
    native.remarks += remarks
    for unit in children_of(element, "units", "unit"):
        name = text_of(child(unit, "unit_name")).strip()
        if _number(text_of(child(unit, "multiplier")), 0.0) == 1 and "unit" not in native.fields:
            native.fields["unit"] = name
        elif name:
            native.remarks.append(f"The unit {name[:40]!r} is not kept: there is one.")
    return native


def _read_short_text(element: Element) -> Native:
    found, remarks = _answers(element, marked=False)
    native = answers.short_text(found)
    native.remarks += remarks
    if text_of(child(element, "usecase")).strip() == "1":
        native.remarks.append("Capitals make no difference here.")
    return native


def _read_ordering(element: Element) -> Native:
    found = sorted(children(element, "answer"), key=lambda a: _number(a.get("fraction", ""), 0.0))
    read = [body_of(answer) for answer in found]
    if not 2 <= len(read) <= len(answers.KEYS):
        raise Refused(f"It orders {len(read)} items.")
    items = [
        {"key": key, "text": body.markdown}
        for key, body in zip(answers.KEYS, read, strict=False)
    ]  # fmt: skip
    return Native({"kind": "ordering", "items": items}, [r for body in read for r in body.remarks])


def _read_matching(element: Element) -> Native:
    pairs, extra, remarks = [], [], []
    for found in children(element, "subquestion"):
        left = body_of(found)
        right = bodies.from_plain(text_of(child(found, "answer", "text")))
        remarks += left.remarks
        if left.markdown:
            pairs.append({"left": left.markdown, "right": right})
        elif right:
            extra.append(right)
    if not pairs:
        raise Refused("It has no pairs.")
    return Native(
        {"kind": "matching", "pairs": pairs, **({"extra": extra} if extra else {})}, remarks
    )


def _read_open_text(element: Element) -> Native:
    info = child(element, "graderinfo")
    points = _number(text_of(child(element, "defaultgrade")), 1.0)
    form = "" if info is None else info.get("format", "moodle")
    text = "" if info is None else text_of(child(info, "text"))
    remarks = []
    if text_of(child(element, "responsetemplate", "text")).strip():
        remarks.append("Its template for the response is not kept.")
    if text_of(child(element, "attachments")).strip() not in {"", "0"}:
        remarks.append("Files as part of an answer are not kept: here an answer is text.")
    return Native({"kind": "open_text", "rubric": read_rubric(text, form, points)}, remarks)


def read_rubric(text: str, form: str, points: float) -> list[Fields]:
    """Return the points of a rubric; other notes become one point that is worth the whole."""
    soup = bodies.soup_of(text)
    listed = [bodies.inner(item) for item in soup.find_all("li") if not item.find_parent("li")]
    if listed and all(POINTS.match(item) for item in listed) and len(listed) <= len(answers.KEYS):
        return [
            _point(key, bodies.markdown(POINTS.sub("", item, count=1)), item)
            for key, item in zip(answers.KEYS, listed, strict=False)
        ]
    said = bodies.of_format(text, form).markdown
    return [{"key": "a", "text": said, "points": _worth(points)}] if said else []


def _point(key: str, said: str, item: str) -> Fields:
    found = POINTS.match(item)
    return {"key": key, "text": said, "points": _worth(float(found[1]) if found else 1.0)}


def _worth(points: float) -> float | int:
    if not 0 < points <= 10:
        return 1
    return int(points) if points == int(points) else points


_KINDS: dict[str, Callable[[Element], Native]] = {
    "multichoice": _read_options,
    "truefalse": _read_true_false,
    "numerical": _read_numeric,
    "shortanswer": _read_short_text,
    "ordering": _read_ordering,
    "matching": _read_matching,
    "essay": _read_open_text,
    "cloze": read_cloze,
    "multianswer": read_cloze,
    "coderunner": lambda element: read_coding(element, None, None),
}
