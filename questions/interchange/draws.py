"""Parameterised questions for programs that draw nothing: a few of their draws, each for itself."""

from questions.expressions import BadExpression, number
from questions.interchange.remarks import Fields, Refused
from questions.kinds import numeric
from questions.parameters import filled

# As many as keep two neighbours in a room from the same numbers, and a bank from being flooded.
DRAWS = 5
_TRIED = 40
_NOT_FIXED = ("parameters", "conditions")


def seeds(fields: Fields) -> list[int]:
    """Return seeds whose questions differ, in their order; raise Refused where none is drawn."""
    found: dict[str, int] = {}
    for seed in range(_TRIED):
        found.setdefault(drawn(fields, seed)["prompt"], seed)
        if len(found) == DRAWS:
            break
    return list(found.values())


def drawn(fields: Fields, seed: int) -> Fields:
    """Return the question that `seed` draws, as one with fixed numbers of its own."""
    try:
        found = numeric.draw(fields, seed)
        prompt = filled(fields["prompt"], found.names)
        official = filled(fields["official_answer"], found.names)
    except (ValueError, TypeError, ArithmeticError, KeyError) as error:
        raise Refused(f"Its numbers can't be drawn: {error}") from error
    wrong = [{"value": exact(value), "misconception": why} for value, why in found.wrong]
    return {
        **{name: value for name, value in fields.items() if name not in _NOT_FIXED},
        "slug": f"{fields['slug'][:90].rstrip('-')}-draw-{seed + 1}",
        "title": f"{fields['title'][:185]} (draw {seed + 1})",
        "prompt": prompt,
        "answer": exact(found.answer),
        "misconceptions": wrong,
        "official_answer": official,
    }


def fixed(fields: Fields) -> tuple[float, list[float]]:
    """Return the answer and the wrong answers of a question that draws nothing."""
    try:
        wrong = [number(each["value"], {}) for each in fields["misconceptions"]]
        return number(fields["answer"], {}), wrong
    except (BadExpression, ValueError, TypeError, ArithmeticError) as error:
        raise Refused(f"Its answer is no number: {error}") from error


def exact(value: float) -> str:
    """Return a number as text that reads as the same number."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
