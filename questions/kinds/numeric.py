"""Numeric: a number to work out, from numbers that are drawn for each candidate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from questions.expressions import evaluate, number
from questions.kinds.kind import (
    OFFICIAL_ANSWER,
    PROMPT,
    TEXT,
    Answer,
    Content,
    FieldFault,
    Kind,
    Report,
    clean_text,
    shuffled,
)
from questions.parameters import (
    CONDITIONS,
    PLACE,
    SCHEMA,
    as_shown,
    check_places,
    drawn,
    filled,
    places,
    shown,
)

LONGEST = 60
SEEDS = 200
_EXPRESSION = {**TEXT, "description": "Arithmetic in the parameters, as `-log(p)`."}
# Readable on paper: no more digits than this, before and after the point.
MOST_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Drawn:
    """One candidate's question: the text, the right number, and the wrong ones with a reason.

    Attributes:
        names: the drawn numbers and `answer`.
        wrong: number and misconception of each.
    """

    names: dict[str, Any]
    answer: float
    wrong: tuple[tuple[float, str], ...]


class Numeric(Kind):
    """Answer: {"number": what was typed}; with options {"option": letter}; {} where nothing was.

    With `choose` the number is one of several: the right one and those of the misconceptions.
    """

    slug = "numeric"
    title = "Numeric"
    typed = True
    answer_fields = {"number": str, "option": str}
    schema = {
        "required": ["prompt", "answer", "misconceptions", "official_answer"],
        "properties": {
            "prompt": {**PROMPT, "description": "Markdown; {{p}} and {{2 * p}} are filled in."},
            "parameters": SCHEMA,
            "conditions": CONDITIONS,
            "answer": _EXPRESSION,
            "unit": {**TEXT, "description": "Shown behind the field, as `nats`."},
            "tolerance": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "properties": {
                    "relative": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.1},
                    "absolute": {"type": "number", "exclusiveMinimum": 0},
                },
                "description": "How near is right; 1 % where nothing is said.",
            },
            "digits": {
                "type": "integer",
                "minimum": 1,
                "maximum": MOST_DIGITS,
                "description": "Significant digits of numbers that are shown; 4 by default.",
            },
            "choose": {"const": True, "description": "Offer the numbers as options."},
            "misconceptions": {
                "type": "array",
                "minItems": 1,
                "maxItems": 5,
                "items": {
                    "type": "object",
                    "required": ["value", "misconception"],
                    "additionalProperties": False,
                    "properties": {"value": _EXPRESSION, "misconception": TEXT},
                },
            },
            "official_answer": {**OFFICIAL_ANSWER, "description": "With {{answer}} filled in."},
        },
    }

    def validate(self, content: Content) -> list[FieldFault]:
        """Draw many seeds: each must be solvable, and no two of its numbers the same."""
        checked: set[str] = set()
        for seed in range(SEEDS):
            if fault := _fault(content, seed, checked):
                return [fault]
        if content.get("choose") and len(content["misconceptions"]) < 2:
            return [("misconceptions", "Options need at least two misconceptions.")]
        return []

    def frozen(self, content: Content) -> dict[str, Any]:
        """Keep the order of the parameters, too: a database gives an object's fields in its own."""
        return {**content, "order": list(content.get("parameters", {}))}

    def written(self, content: Content) -> dict[str, Any]:
        said = {name: value for name, value in content.items() if name != "order"}
        return {**said, "parameters": rules_of(content)} if "parameters" in said else said

    def context(self, content: Content, seed: int) -> dict[str, Any]:
        found = draw(content, seed)
        return {
            "prompt": filled(content["prompt"], found.names),
            "unit": content.get("unit", ""),
            "options": options(content, found, seed),
            "longest": LONGEST,
        }

    def review(self, content: Content, answer: Answer, seed: int) -> dict[str, Any]:
        found = draw(content, seed)
        given = entered(content, answer, seed)
        beliefs = (
            why for value, why in found.wrong if given is not None and near(content, given, value)
        )
        right = given is not None and near(content, given, found.answer)
        return {
            "prompt": filled(content["prompt"], found.names),
            "given": self.said(content, answer, seed),
            "right_answer": f"{rounded(content, found.answer)} {content.get('unit', '')}".strip(),
            "official_answer": filled(content["official_answer"], found.names),
            "misconception": None if right else next(beliefs, None),
        }

    def said(self, content: Content, answer: Answer, seed: int) -> str:
        if "option" not in answer:
            return str(answer.get("number", ""))
        given = entered(content, answer, seed)
        return "" if given is None else rounded(content, given)

    def check_answer(self, content: Content, answer: Answer, seed: int) -> None:
        super().check_answer(content, answer, seed)
        if set(answer) - {"option" if content.get("choose") else "number"}:
            raise ValueError(gettext("This question is answered in another way."))
        clean_text(answer.get("number", ""), LONGEST)
        letters = {option["key"] for option in options(content, draw(content, seed), seed)}
        if "option" in answer and answer["option"] not in letters:
            raise ValueError(gettext("That is not an option of this question."))

    def is_answered(self, content: Content, answer: Answer) -> bool:
        return any(value.strip() for value in answer.values())

    def score(
        self, content: Content, answer: Answer, reports: Sequence[Report | None], seed: int
    ) -> float | None:
        given = entered(content, answer, seed)
        return float(given is not None and near(content, given, draw(content, seed).answer))


def draw(content: Content, seed: int) -> Drawn:
    """Return what `seed` draws; raise BadExpression or Unsolvable."""
    return worked_out(content, names_of(content, seed))


def names_of(content: Content, seed: int) -> dict[str, Any]:
    return drawn(rules_of(content), content.get("conditions", ()), seed)


def rules_of(content: Content) -> dict[str, Any]:
    """Return the parameters in their order: one may be made of those before it."""
    rules = content.get("parameters", {})
    return {name: rules[name] for name in content.get("order", rules)}


def variety(content: Content) -> int:
    """Return how many different questions the draws of validation are."""
    return len({str(names_of(content, seed)) for seed in range(SEEDS)})


def worked_out(content: Content, names: dict[str, Any]) -> Drawn:
    """Return the question that the drawn numbers make; raise BadExpression."""
    answer = number(content["answer"], names)
    listed = content["misconceptions"]
    wrong = tuple((number(each["value"], names), each["misconception"]) for each in listed)
    return Drawn({**names, "answer": shown(answer, content.get("digits", 4))}, answer, wrong)


def options(content: Content, found: Drawn, seed: int) -> list[dict[str, str]]:
    """Return the numbers to choose from by letter; none where a number is typed."""
    if not content.get("choose"):
        return []
    values = shuffled([found.answer, *(value for value, _ in found.wrong)], seed)
    texts = (rounded(content, value) for value in values)
    return [{"key": key, "text": text} for key, text in zip("abcdef", texts, strict=False)]


def entered(content: Content, answer: Answer, seed: int) -> float | None:
    """Return the number that an answer stands for; None where it is none."""
    if content.get("choose"):
        found = draw(content, seed)
        texts = {o["key"]: o["text"] for o in options(content, found, seed)}
        chosen = texts.get(answer.get("option", ""))
        every = (found.answer, *(value for value, _ in found.wrong))
        return next((value for value in every if rounded(content, value) == chosen), None)
    return as_number(answer.get("number", ""), content.get("unit", ""))


def as_number(text: str, unit: str = "") -> float | None:
    """Read a number as people type it: 0.25, -.5, 1,5e-3, 1/3, 12 %, with or without the unit."""
    text = text.strip().replace("\u2212", "-").replace("\u00a0", " ")
    if unit and text.endswith(unit):
        text = text[: -len(unit)]
    percent = text.strip().endswith("%") and unit != "%"
    parts = [_float(part) for part in text.strip().rstrip("%").split("/")]
    if not 1 <= len(parts) <= 2 or any(part is None for part in parts):
        return None
    top, bottom = parts[0], parts[1] if len(parts) == 2 else 1.0
    if not bottom or top is None:
        return None
    return top / bottom / (100 if percent else 1)


def _float(text: str) -> float | None:
    text = text.strip().replace(" ", "")
    if "." not in text:
        text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", text):
        return None
    return float(text)


def near(content: Content, given: float, value: float) -> bool:
    tolerance = content.get("tolerance", {"relative": 0.01})
    room = tolerance.get("absolute", 0.0) + tolerance.get("relative", 0.0) * abs(value)
    return bool(abs(given - value) <= room + 1e-12)


def rounded(content: Content, value: float) -> str:
    return shown(value, content.get("digits", 4))


def _fault(content: Content, seed: int, checked: set[str]) -> FieldFault | None:
    """Check what `seed` draws, unless the same numbers were `checked` already."""
    field = "parameters"
    try:
        names = names_of(content, seed)
        if str(names) in checked:
            return None
        checked.add(str(names))
        found = worked_out(content, names)
        for field in ("official_answer", "prompt"):
            check_places(content[field], found.names)
        texts = places(content["prompt"], found.names)
    except (ValueError, TypeError, ArithmeticError) as error:
        return field, f"Seed {seed}: {error}"
    if fault := _coincidence(content, found) or _unreadable(content, found, texts):
        return fault[0], f"Seed {seed}: {fault[1]}"
    return None


def _coincidence(content: Content, found: Drawn) -> FieldFault | None:
    values = [found.answer, *(value for value, _ in found.wrong)]
    texts = [rounded(content, value) for value in values]
    for index, value in enumerate(values):
        if texts[index] in texts[:index] or any(
            near(content, value, other) or near(content, other, value) for other in values[:index]
        ):
            sentence = f"{texts[index]} is given twice; add a condition that keeps them apart."
            return f"misconceptions.{index - 1}.value", sentence
    return None


def _unreadable(content: Content, found: Drawn, texts: Sequence[str]) -> FieldFault | None:
    for value in (found.answer, *(value for value, _ in found.wrong)):
        if not 1e-6 <= abs(value) <= 1e6 and value:
            return "answer", f"{value:g} is not readable: keep within 0.000001 and 1000000."
    for number_shown in re.findall(r"[\d.]*\d", " ".join(texts)):
        if len(number_shown.replace(".", "").lstrip("0")) > MOST_DIGITS or len(number_shown) > 12:
            return "prompt", f"{number_shown} has too many digits to read: draw rounder numbers."
    # What is shown must be near enough to be right itself, and so must what it leads to.
    if not near(content, float(rounded(content, found.answer)), found.answer):
        return "digits", "The answer as it is shown is too rough to be right: show more digits."
    if not near(content, number(content["answer"], _as_read(content, found.names)), found.answer):
        return "prompt", "With the numbers as they are shown one is not right: draw rounder ones."
    return None


def _as_read(content: Content, names: dict[str, Any]) -> dict[str, Any]:
    """Return the drawn numbers as far as a reader of the prompt knows them."""
    told = {place.strip() for place in PLACE.findall(content["prompt"])}
    found: dict[str, Any] = {}
    for name, rule in rules_of(content).items():
        value = evaluate(rule["value"], found) if "value" in rule else names[name]
        found[name] = as_shown(value) if name in told else value
    return found


KIND = Numeric()
