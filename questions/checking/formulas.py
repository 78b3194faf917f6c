"""Every formula of a question must come out as MathML."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from questions.reading import Field
from questions.rendering import UnreadableFormula, formula, tokens

# What is Markdown, by the name of its field; a list stands for each of its items.
MARKDOWN = {
    "prompt", "official_answer", "context", "instruction", "text", "rationale", "misconception",
    "misconceptions", "left", "right", "extra",
}  # fmt: skip
PLAIN = {"title", "unit", "label", "description"}
_PLACE = re.compile(r"\{\{.+?\}\}")
# Where the number that is drawn is 1, it starts a list in the middle of a sentence.
_NUMBERED = re.compile(r"^\s*\{\{[^{}]+\}\}[.)](?=\s)", re.MULTILINE)
_COMMAND = re.compile(r"\\[A-Za-z]+")
_STRAY = re.compile(r"<mi>([{}]|&amp;)</mi>")
# Of one element that holds no other of its name, which is what is met.
_NO_DENOMINATOR = re.compile(r"<mfrac>(<(m\w+)>(?:(?!</?\2>).)*</\2>)?</mfrac>")

Found = Iterator[tuple[Field, str]]


def faults(fields: Mapping[str, Any]) -> Found:
    """Yield the field and a sentence for each formula that cannot be shown."""
    for field, text in texts(fields):
        name = next(part for part in reversed(field) if isinstance(part, str))
        if name in MARKDOWN:
            yield from ((field, sentence) for sentence in faults_in(text))
        elif name in PLAIN and text.count("$") > 1:
            yield field, "This is shown as plain text: write δ for $\\delta$, or say it in words."


def texts(value: Any, field: Field = ()) -> Iterator[tuple[Field, str]]:
    """Yield every text in a question, with its field."""
    if isinstance(value, str):
        yield field, value
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts(each, (*field, name))
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from texts(each, (*field, index))


def faults_in(text: str) -> Iterator[str]:
    """Yield a sentence for each formula of Markdown that cannot be shown."""
    if found := _NUMBERED.search(text):
        yield f"A line that begins with {found[0].strip()} may become a list: break it elsewhere."
    # A number stands for what a candidate's draw fills in; \$ is a dollar, and no formula.
    filled = _PLACE.sub("2", text).replace(r"\$", "")
    for token in tokens(filled):
        if token.type.startswith("math_"):
            yield from _faults_of(token.content)
        elif token.type == "text" and "$" in token.content:
            yield f"{_excerpt(token.content)} holds a $ alone: close the formula, or write \\$."


def _faults_of(latex: str) -> Iterator[str]:
    try:
        mathml = formula(latex, block=False)
    except UnreadableFormula:
        yield f"The formula ${latex}$ can't be read: look for a brace or an argument too few."
        return
    # The converter shows a command that it does not know as its name, and a stray sign as itself.
    for command in sorted(set(_COMMAND.findall(mathml))):
        yield f"The formula ${latex}$ has an unknown command {command}: spell it in another way."
    if _STRAY.search(mathml) or not _closed(latex):
        yield f"The formula ${latex}$ has a brace or an & too many or too few: \\{{ is a brace."
    if _NO_DENOMINATOR.search(mathml):
        yield f"The formula ${latex}$ has a fraction of one part: write both in braces."


def _closed(latex: str) -> bool:
    """Tell whether each { of LaTeX has its }, which the converter lets pass."""
    braces = re.sub(r"\\.", "", latex)
    return braces.count("{") == braces.count("}")


def _excerpt(text: str) -> str:
    start = max(0, text.index("$") - 20)
    return repr(text[start : start + 50])
