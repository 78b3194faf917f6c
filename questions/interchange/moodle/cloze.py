"""Moodle's questions with gaps in their text.

One gap is a question of a kind that the bank has. Several at once are none: they become an open
question whose rubric says what each gap asks for, and which people score.
"""

import re
from xml.etree import ElementTree

from questions.interchange import answers, bodies
from questions.interchange.answers import KEYS, Answer
from questions.interchange.remarks import Fields, Native, Refused
from questions.interchange.trees import child, text_of

GAP = "\\_\\_\\_\\_"
MOST_GAPS = 10
_GAP = re.compile(
    r"\{(?P<weight>\d*):(?P<kind>[A-Z_]+):(?P<answers>(?:\\.|[^\\}]){0,4000})\}", re.DOTALL
)
_ANSWER = re.compile(r"(?:^|(?<!\\)~)((?:\\.|[^~\\])*)", re.DOTALL)
_SHARE = re.compile(r"^(?:=|%(-?\d+(?:\.\d+)?)%)")
_CHOICE = ("MULTICHOICE", "MC", "MCV", "MCH", "MCS", "MCVS", "MCHS", "MULTICHOICE_")
_SEVERAL = ("MULTIRESPONSE", "MR", "MRH", "MRS", "MRHS", "MULTIRESPONSE_")
_WORD = ("SHORTANSWER", "SA", "MW", "SAC", "MWC", "SHORTANSWER_")


def read_cloze(element: ElementTree.Element) -> Native:
    text = text_of(child(element, "questiontext", "text"))
    bodies.refuse_endless(text)
    gaps = list(_GAP.finditer(text))
    if not gaps:
        raise Refused("It has no gap that can be read.")
    if len(gaps) > MOST_GAPS:
        raise Refused(f"It has {len(gaps)} gaps: more than the {MOST_GAPS} points of a rubric.")
    prompt, remarks = _prompt(text, numbered=len(gaps) > 1)
    found = _one(gaps[0]) if len(gaps) == 1 else _several(gaps)
    found.fields["prompt"] = prompt
    found.remarks += remarks
    return found


def _prompt(text: str, *, numbered: bool) -> tuple[str, list[str]]:
    """Return the text with its gaps as lines, numbered where there are several."""
    numbers = iter(range(1, MOST_GAPS + 1))
    marked = _GAP.sub(lambda _: f"GAP{next(numbers)}GAP", text)
    body = bodies.read(marked)
    filled = re.sub(r"GAP(\d+)GAP", rf"(\1) {GAP}" if numbered else GAP, body.markdown)
    return filled, body.remarks


def _one(gap: re.Match[str]) -> Native:
    kind = gap["kind"]
    found = _answers(gap)
    if kind in _WORD:
        return answers.short_text(
            [answer._replace(text=bodies.plain(answer.text)) for answer in found]
        )
    if kind in {"NUMERICAL", "NM"}:
        return answers.numeric([_numeric(answer) for answer in found])
    if kind.startswith(_CHOICE) or kind.startswith(_SEVERAL):
        return answers.options(found, single=not kind.startswith(_SEVERAL))
    raise Refused(f"Its gap is of a sort {kind!r} that is not known.")


def _several(gaps: list[re.Match[str]]) -> Native:
    rubric = [_point(key, gap) for key, gap in zip(KEYS, gaps, strict=False)]
    sentence = f"It has {len(gaps)} gaps: here people score it by a rubric of as many points."
    return Native({"kind": "open_text", "rubric": rubric}, [sentence])


def _point(key: str, gap: re.Match[str]) -> Fields:
    right = [answer.text for answer in _answers(gap) if answer.share > 0]
    weight = min(10, int(gap["weight"] or 1)) or 1
    number = KEYS.index(key) + 1
    return {"key": key, "text": f"Gap {number}: {' or '.join(right)}", "points": weight}


def _answers(gap: re.Match[str]) -> list[Answer]:
    return [_answer(found[1]) for found in _ANSWER.finditer(gap["answers"]) if found[1].strip()]


def _answer(text: str) -> Answer:
    marked = _SHARE.match(text.strip())
    said, _, feedback = _unescaped(text.strip()[marked.end() if marked else 0 :])
    share = 0.0 if marked is None else answers.read_share(marked[1] or "100")
    return Answer(bodies.markdown(said), share, bodies.markdown(feedback))


def _unescaped(text: str) -> tuple[str, str, str]:
    """Split an answer at its first free #, and drop the escapes of both halves."""
    halves = re.split(r"(?<!\\)#", text, maxsplit=1)
    said, feedback = (re.sub(r"\\([}#~/\"\\])", r"\1", half) for half in [*halves, ""][:2])
    return said, "#", feedback


def _numeric(answer: Answer) -> Answer:
    value, _, room = bodies.plain(answer.text).partition(":")
    try:
        return answer._replace(text=value, tolerance=float(room or 0))
    except ValueError:
        raise Refused(f"The tolerance {room!r} is no number.") from None
