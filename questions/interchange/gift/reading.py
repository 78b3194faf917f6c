"""A question in GIFT as fields, in the order of decisions that Moodle takes.

Every text here has its escaped signs hidden, see `escaping`; `_text` brings them back.
"""

import re
from collections.abc import Iterable, Iterator

from questions.interchange import answers, bodies
from questions.interchange.answers import Answer
from questions.interchange.gift.escaping import shown
from questions.interchange.remarks import Fields, Native, Refused

GAP = "\\_\\_\\_\\_"
_NAME = re.compile(r"^\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"^\s*\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"^\s*%(-?\d+(?:\.\d+)?)%")
_WORDS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


class _Formats:
    """The format that a question's texts have where they name none."""

    def __init__(self) -> None:
        self.name = "moodle"
        self.remarks: list[str] = []

    def markdown(self, text: str) -> str:
        """Return a text with its prefix as Markdown."""
        return self.body(text).markdown

    def body(self, text: str) -> bodies.Body:
        found = _FORMAT.match(text)
        name = found[1] if found else self.name
        body = bodies.of_format(shown(text[found.end() :] if found else text), name)
        self.remarks += body.remarks
        return body


def read_question(text: str) -> Native:
    """Return what a question says; raise Refused where the bank has no such kind."""
    named = _NAME.match(text)
    before, inside, after = _halves(text[named.end() :] if named else text)
    formats = _Formats()
    prefix = _FORMAT.match(before)
    formats.name = prefix[1] if prefix else "moodle"
    gap = "_____" if after.strip() else ""
    asked = formats.body(f"{before} {gap}{after}" if gap else before)
    inside, general = _general(inside)
    native = _answered(inside, formats)
    native.fields["prompt"] = asked.markdown
    if named and shown(named[1]):
        native.fields["title"] = " ".join(shown(named[1]).split())[:200]
    if instruction := asked.own.get("instruction"):
        native.fields["instruction"] = bodies.markdown(instruction)
    if said := formats.markdown(general):
        native.fields["official_answer"] = said
    native.remarks = list(dict.fromkeys([*native.remarks, *formats.remarks]))
    return native


def _halves(text: str) -> tuple[str, str, str]:
    """Return what stands before, in and behind the first braces."""
    start, end = text.find("{"), text.find("}")
    if start < 0 and end < 0:
        raise Refused("It has no answers in braces: a description asks nothing.")
    if start < 0 or end < start:
        raise Refused("A brace is missing: { before the answers, and } behind them.")
    if "{" in text[start + 1 : end] or set(text[end + 1 :]) & set("{}"):
        raise Refused("A brace stands in a text: write \\{ and \\}.")
    return text[:start], text[start + 1 : end].strip(), text[end + 1 :]


def _general(inside: str) -> tuple[str, str]:
    """Take what is said to every answer off the end."""
    kept, _, general = inside.partition("####")
    return kept.strip(), general.strip()


def _answered(inside: str, formats: _Formats) -> Native:
    """Return the answers by Moodle's rules: the first that fits decides."""
    if not inside:
        return Native({"kind": "open_text", "rubric": []})
    if inside.startswith("#"):
        return answers.numeric(list(_numbers(inside[1:], formats)))
    if inside.startswith(">") and "->" not in inside:
        raise Refused("Its answers begin with >, which only a plug-in of Moodle reads.")
    if "~" in inside:
        return _options(inside, formats)
    if "=" in inside and "->" in inside:
        return _matching(inside, formats)
    word, *said = (part.strip() for part in inside.split("#"))
    if word.upper() in _WORDS:
        of_wrong, of_right = (formats.markdown(each) for each in [*said, "", ""][:2])
        right = _WORDS[word.upper()]
        return answers.true_false(right=right, of_right=of_right, of_wrong=of_wrong)
    return answers.short_text(list(_forms(inside, formats)))


def _options(inside: str, formats: _Formats) -> Native:
    found = [
        Answer(formats.markdown(text), share, formats.markdown(said))
        for text, share, said in _answers(inside)
    ]
    return answers.options(found, single="=" in re.sub(r"#[^~=]*", "", inside))


def _answers(inside: str) -> Iterator[tuple[str, float, str]]:
    """Yield text, share and feedback of each answer that begins with = or ~."""
    for sign, text in re.findall(r"([=~])([^=~]*)", inside):
        weight = _WEIGHT.match(text)
        share = answers.read_share(weight[1]) if weight else 100.0 if sign == "=" else 0.0
        said, _, feedback = text[weight.end() if weight else 0 :].partition("#")
        if said.strip():
            yield said, share, feedback


def _forms(inside: str, formats: _Formats) -> Iterator[Answer]:
    for text, share, said in _answers(inside if inside.startswith("=") else f"={inside}"):
        yield Answer(_plain(text), share, formats.markdown(said))


def _plain(text: str) -> str:
    return shown(_FORMAT.sub("", text))


def _numbers(inside: str, formats: _Formats) -> Iterator[Answer]:
    for text, share, said in _answers(inside if "=" in inside else f"={inside}"):
        value, room = _range(text)
        yield Answer(value, share, formats.markdown(said), room)
    if wrong := re.search(r"~([^=~]*)$", inside):
        formats.remarks += _said_to_others(formats.markdown(wrong[1].partition("#")[2]))


def _said_to_others(said: str) -> Iterable[str]:
    return [f"What is said to any other number is not kept: {said[:120]}"] if said else []


def _range(text: str) -> tuple[str, float]:
    """Return a number and its room, from 3.1:0.2 or 2.9..3.3."""
    text = shown(text)
    try:
        if ".." in text:
            low, high = (float(end) for end in text.split(".."))
            return f"{(low + high) / 2:.12g}", float(f"{(high - low) / 2:.12g}")
        value, _, room = text.partition(":")
        return value, float(room or 0)
    except ValueError:
        raise Refused(f"{text[:60]!r} is no number with a tolerance.") from None


def _matching(inside: str, formats: _Formats) -> Native:
    pairs: list[Fields] = []
    extra: list[str] = []
    for line in re.findall(r"=([^=]*)", inside):
        left, arrow, right = line.partition("->")
        if not arrow:
            raise Refused(f"A pair has no -> in it: {shown(line)[:60]!r}.")
        said, partner = formats.markdown(left), bodies.from_plain(_plain(right))
        if said:
            pairs.append({"left": said, "right": partner})
        elif partner:
            extra.append(partner)
    if not pairs:
        raise Refused("It has no pairs.")
    return Native({"kind": "matching", "pairs": pairs, **({"extra": extra} if extra else {})})
