"""What the buttons of the editor ask for: a verb, and the key of what it is done to."""

from collections.abc import Callable

from django.http import QueryDict

from assessments import actions
from assessments.actions import arranging, picking, pooling
from assessments.models import AssessmentVersion

Act = Callable[[AssessmentVersion, int, str], str]


def carry_out(version: AssessmentVersion, wish: str, sent: QueryDict) -> str:
    """Do what a button named `wish` asks for, as "up:12"; return what there is to say of it.

    What makes no sense does nothing. Raises NotADraft and NotThere.
    """
    verb, _, key = wish.partition(":")
    act = ACTS.get(verb)
    if act is None or not key.isdecimal() or len(key) > 15:
        return ""
    return act(version, int(key), sent.get(f"{verb}-{key}", ""))


def _add_section(version: AssessmentVersion, key: int, said: str) -> str:
    arranging.add_section(version, said[:200])
    return ""


def _section(by: int) -> Act:
    def move(version: AssessmentVersion, key: int, said: str) -> str:
        arranging.move_section(version, key, by)
        return ""

    return move


def _remove_section(version: AssessmentVersion, key: int, said: str) -> str:
    arranging.remove_section(version, key)
    return ""


def _question(by: int) -> Act:
    def move(version: AssessmentVersion, key: int, said: str) -> str:
        arranging.move_question(version, key, by)
        return ""

    return move


def _put(version: AssessmentVersion, key: int, said: str) -> str:
    kind, target = _target(said)
    if kind == "section":
        arranging.put_question(version, key, target)
    elif kind == "pool":
        pooling.put_into_pool(version, key, target)
    return ""


def _put_pool(version: AssessmentVersion, key: int, said: str) -> str:
    kind, target = _target(said)
    if kind == "section":
        arranging.put_pool(version, key, target)
    return ""


def _target(said: str) -> tuple[str, int]:
    kind, _, key = said.partition(":")
    return (kind, int(key)) if key.isdecimal() and len(key) < 15 else ("", 0)


def _remove(version: AssessmentVersion, key: int, said: str) -> str:
    picking.remove_question(version, key)
    return ""


def _renew(version: AssessmentVersion, key: int, said: str) -> str:
    """One question, or with the key 0 all of them."""
    picking.renew_questions(version, key or None)
    return ""


def _fill(version: AssessmentVersion, key: int, said: str) -> str:
    try:
        number = pooling.fill_pool(version, key)
    except actions.TooManyQuestions as refused:
        return str(refused)
    if not number:
        return "Nothing more matches that is not asked already."
    return "One question came in." if number == 1 else f"{number} questions came in."


def _remove_pool(version: AssessmentVersion, key: int, said: str) -> str:
    pooling.remove_pool(version, key)
    return ""


def _open_pool(version: AssessmentVersion, key: int, said: str) -> str:
    pooling.remove_pool(version, key, keep=True)
    return ""


ACTS: dict[str, Act] = {
    "add-section": _add_section,
    "section-up": _section(-1),
    "section-down": _section(1),
    "remove-section": _remove_section,
    "up": _question(-1),
    "down": _question(1),
    "put": _put,
    "put-pool": _put_pool,
    "remove": _remove,
    "renew": _renew,
    "fill": _fill,
    "remove-pool": _remove_pool,
    "open-pool": _open_pool,
}
