"""Answers with their shares, as Moodle writes them in each of its formats."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from questions.interchange.draws import exact
from questions.interchange.remarks import Fields, Native, Refused

# Percentages that Moodle knows; a file with any other is refused there.
GRADES = (
    100.0, 90.0, 83.33333, 80.0, 75.0, 70.0, 66.66667, 60.0, 50.0, 40.0, 33.33333, 30.0, 25.0,
    20.0, 16.66667, 14.28571, 12.5, 11.11111, 10.0, 5.0, 0.0,
)  # fmt: skip
NEAR = 0.001
KEYS = "abcdefghijklmnopqrstuvwxyz"
# As near as numbers are compared at all, for a question that asks for an exact one.
EXACT = 1e-9


class Answer(NamedTuple):
    """One answer: its text, its share in percent, and what is said of it.

    `text` is Markdown for a choice, and plain for a number or a word.
    """

    text: str
    share: float
    feedback: str = ""
    tolerance: float = 0.0


def share(percent: float) -> str:
    """Return a share as Moodle lists it; raise Refused where it has no such grade."""
    if not _listed(percent):
        raise Refused(f"Moodle has no grade of {percent:g} % for one answer.")
    return f"{percent:.5f}".rstrip("0").rstrip(".")


def read_share(text: str) -> float:
    """Return a share as a number; raise Refused for what Moodle would refuse, too."""
    try:
        found = float(text)
    except ValueError:
        raise Refused(f"The share {text!r} is no number.") from None
    if not _listed(found):
        near = min((g * sign for g in GRADES for sign in (1, -1)), key=lambda g: abs(g - found))
        raise Refused(f"The share {text} % is not on Moodle's list of grades: is it {near:.7g}?")
    return found


def _listed(percent: float) -> bool:
    return any(abs(abs(percent) - grade) < NEAR for grade in GRADES)


def options(answers: Sequence[Answer], *, single: bool) -> Native:
    """Return a choice among `answers`."""
    if len(answers) > len(KEYS):
        raise Refused(f"It has {len(answers)} options, and {len(KEYS)} letters are all there are.")
    if not any(answer.share > 0 for answer in answers):
        raise Refused("No answer is marked as right.")
    remarks = _of_single(answers) if single else _of_several(answers)
    least = 100 - NEAR if single else 0
    if not any(answer.share > least for answer in answers):
        raise Refused("No answer earns the whole mark.")
    listed = [
        _option(key, answer, right=answer.share > least)
        for key, answer in zip(KEYS, answers, strict=False)
    ]
    kind = "single_choice" if single else "multiple_choice"
    return Native({"kind": kind, "options": listed}, remarks)


def _option(key: str, answer: Answer, *, right: bool) -> Fields:
    said = {"rationale": answer.feedback} if answer.feedback else {}
    marked = {"right": True} if right else {}
    return {"key": key, "text": answer.text, **marked, **said}


def _of_single(answers: Sequence[Answer]) -> list[str]:
    return [
        f"The answer {answer.text[:60]!r} earns {answer.share:g} %, and here nothing: "
        "one option is right."
        for answer in answers
        if abs(answer.share) > NEAR and answer.share < 100 - NEAR
    ]


def _of_several(answers: Sequence[Answer]) -> list[str]:
    right = [answer.share for answer in answers if answer.share > 0]
    each = 100 / len(right)
    if all(abs(share - each) < NEAR for share in right) and all(
        abs(answer.share + each) < NEAR for answer in answers if answer.share <= 0
    ):
        return []
    return [
        f"Its shares are not kept: here each right option adds {each:.4g} %, "
        "and each wrong one takes away as much."
    ]


def true_false(*, right: bool, of_right: str, of_wrong: str) -> Native:
    """Return a statement with what is said to those who are right, and who are wrong."""
    said = of_right or of_wrong
    remarks = []
    if of_wrong and of_wrong != said:
        remarks.append(f"What is said to a wrong answer is not kept: {of_wrong[:120]}")
    return Native(
        {"kind": "true_false", "right": right, **({"rationale": said} if said else {})}, remarks
    )


def short_text(answers: Sequence[Answer]) -> Native:
    """Return accepted forms, and wrong ones by what they tell."""
    accepted: list[str] = []
    wrong: list[Fields] = []
    remarks: list[str] = []
    for answer in answers:
        text = _form(answer.text)
        if text is None:
            remarks.append(f"The pattern {answer.text[:60]!r} is not kept: forms have no jokers.")
        elif answer.share > 100 - NEAR:
            accepted += [] if text in accepted else [text]
            remarks += _unsaid(answer)
        elif answer.share > NEAR:
            remarks.append(f"{text[:60]!r} earns {answer.share:g} %, and here nothing.")
        elif answer.feedback:
            _add_wrong(wrong, text, answer.feedback)
        else:
            remarks.append(f"The wrong answer {text[:60]!r} says nothing, and is not kept.")
    if not accepted:
        raise Refused("It has no answer that is fully right and without jokers.")
    found: Fields = {"kind": "short_text", "accepted": accepted}
    return Native({**found, **({"wrong": wrong} if wrong else {})}, remarks)


def _unsaid(answer: Answer) -> list[str]:
    if not answer.feedback:
        return []
    return [f"What is said to {answer.text[:60]!r} is not kept: {answer.feedback[:120]}"]


def _form(text: str) -> str | None:
    """Return a form of Moodle without the escapes of its jokers; None where it has jokers."""
    if re.search(r"(?<!\\)\*", text):
        return None
    return text.replace("\\*", "*")


def _add_wrong(wrong: list[Fields], form: str, misconception: str) -> None:
    """Collect forms that tell the same."""
    if wrong and wrong[-1]["misconception"] == misconception:
        if form not in wrong[-1]["forms"]:
            wrong[-1]["forms"].append(form)
    else:
        wrong.append({"forms": [form], "misconception": misconception})


def numeric(answers: Sequence[Answer]) -> Native:
    """Return a number that draws nothing, and wrong numbers by what they tell."""
    remarks: list[str] = []
    right = [answer for answer in answers if answer.share > 100 - NEAR and answer.text != "*"]
    if not right:
        raise Refused("No number is fully right.")
    wrong: list[Fields] = []
    for answer in answers:
        if answer is right[0]:
            remarks += _unsaid(answer)
        elif answer.share > NEAR:
            remarks.append(f"{answer.text} earns {answer.share:g} %, too; one number is kept.")
        elif answer.text == "*":
            remarks += _unsaid(answer._replace(text="any other number"))
        else:
            wrong.append({"value": _number(answer.text), "misconception": answer.feedback})
    fields: Fields = {"kind": "numeric", "answer": _number(right[0].text), "misconceptions": wrong}
    room = right[0].tolerance
    fields["tolerance"] = {"absolute": room if room > 0 else EXACT}
    return Native(fields, remarks)


def _number(text: str) -> str:
    text = text.strip().replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text):
        raise Refused(f"The answer {text[:60]!r} is no number.")
    return exact(float(text))


def room(fields: Fields, value: float) -> float:
    """Return how far from `value` an answer may be, as one absolute number."""
    allowed = fields.get("tolerance", {"relative": 0.01})
    found = allowed.get("absolute", 0.0) + allowed.get("relative", 0.0) * abs(value)
    return float(f"{found:.10g}")
