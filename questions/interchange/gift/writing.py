"""A question of the bank in GIFT."""

from collections.abc import Callable, Iterator

from questions.interchange import bodies, draws
from questions.interchange.answers import room, share
from questions.interchange.gift.escaping import escaped
from questions.interchange.remarks import Fields, Refused

PLOT = "GIFT carries no pictures, and the question is about one."
CODE = "GIFT has no questions that ask for code."


def write_question(fields: Fields) -> str:
    """Return the text of a question; raise Refused where GIFT has no such kind."""
    write = _KINDS.get(fields["kind"])
    if write is None:
        raise Refused(CODE if fields["kind"] == "coding" else PLOT)
    text = bodies.html(fields["prompt"])
    if fields.get("instruction"):
        text += bodies.own("instruction", bodies.html(fields["instruction"]))
    answers = list(write(fields))
    official = bodies.html(fields.get("official_answer", ""))
    if official:
        answers.append(f"####{escaped(official)}")
    opening = "{#" if fields["kind"] == "numeric" else "{"
    lines = [f"::{escaped(fields['title'])}::[html]{escaped(text)} {opening}", *answers, "}"]
    return "\n".join(lines)


def _feedback(markdown: str) -> str:
    return f"#{escaped(bodies.line(markdown))}" if markdown else ""


def _options(fields: Fields) -> Iterator[str]:
    for option in fields["options"]:
        sign, weight = ("=", "%100%") if option.get("right") else ("~", "%0%")
        text = escaped(bodies.line(option["text"]))
        # A text that begins like a weight would be taken for one.
        weight = weight if text.lstrip().startswith("%") else ""
        yield f"{sign}{weight}{text}{_feedback(option['rationale'])}"
    if sum(bool(option.get("right")) for option in fields["options"]) != 1:
        raise Refused("Not exactly one of its options is right.")


def _several(fields: Fields) -> Iterator[str]:
    right = sum(bool(option.get("right")) for option in fields["options"])
    if not right:
        raise Refused("No option is right.")
    for option in fields["options"]:
        weight = share((1 if option.get("right") else -1) * 100 / right)
        text = escaped(bodies.line(option["text"]))
        yield f"~%{weight}%{text}{_feedback(option['rationale'])}"


def _true_false(fields: Fields) -> Iterator[str]:
    said = _feedback(fields["rationale"])
    # What a wrong answer is told comes first.
    yield f"{'TRUE' if fields['right'] else 'FALSE'}{said}{said}"


def _numeric(fields: Fields) -> Iterator[str]:
    answer, wrong = draws.fixed(fields)
    yield f"={draws.exact(answer)}:{draws.exact(room(fields, answer))}"
    for value, listed in zip(wrong, fields["misconceptions"], strict=True):
        said = _feedback(listed["misconception"])
        yield f"=%0%{draws.exact(value)}:{draws.exact(room(fields, value))}{said}"


def _short_text(fields: Fields) -> Iterator[str]:
    for form in fields["accepted"]:
        yield f"=%100%{_form(form)}"
    for wrong in fields.get("wrong", ()):
        for form in wrong["forms"]:
            yield f"=%0%{_form(form)}{_feedback(wrong['misconception'])}"


def _form(text: str) -> str:
    """Return a form in which a star is a star, and no sign begins a match."""
    if "->" in text:
        raise Refused(f"GIFT takes the arrow in {text!r} for a match.")
    return escaped(text.replace("*", "\\*"))


def _matching(fields: Fields) -> Iterator[str]:
    for pair in fields["pairs"]:
        yield f"={escaped(bodies.line(pair['left']))} -> {escaped(bodies.plain(pair['right']))}"
    for extra in fields.get("extra", ()):
        yield f"= -> {escaped(bodies.plain(extra))}"


def _ordering(fields: Fields) -> Iterator[str]:
    """An order as a matching of items with their places: GIFT has nothing nearer."""
    for number, item in enumerate(fields["items"], start=1):
        yield f"={escaped(bodies.line(item['text']))} -> {number}"


def _open_text(fields: Fields) -> Iterator[str]:
    yield from ()


_KINDS: dict[str, Callable[[Fields], Iterator[str]]] = {
    "single_choice": _options,
    "multiple_choice": _several,
    "true_false": _true_false,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "ordering": _ordering,
    "open_text": _open_text,
}
