"""What a coding result means, in words for a reader who doesn't program."""

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.endings import ended
from assessments.recruiter.report.families import FamilyScore
from grader.families import Family
from questions.templatetags.scores import score

_VERDICTS = {
    "passed": "The code is right: it passed every check of what it computes.",
    "partial": "The code is right in part.",
    "failed": "The code does not do what the task asks.",
    "error": "The code could not be judged: it did not run to a usable result.",
}
# Per family: all checks passed, most, some, none.
_SENTENCES = {
    Family.VALUES: (
        "It returns the right numbers for ordinary input.",
        "It returns the right numbers for most ordinary input, not for all.",
        "It returns the right numbers only now and then.",
        "It does not return the right numbers.",
    ),
    Family.GRADIENTS: (
        "Its gradient is right: a model trained with it learns what it should.",
        "Its gradient is mostly right; in some places training would be led astray.",
        "Its gradient is wrong in many places: training with it would go astray.",
        "Its gradient is wrong: a model could not be trained with it.",
    ),
    Family.STABILITY: (
        "It holds for very large and very small numbers.",
        "It is right for most very large and very small numbers, not for all.",
        "For very large or very small numbers it is often not right.",
        "For very large and very small numbers it is not right.",
    ),
    Family.EDGE_CASES: (
        "Empty, missing and wrong input is treated as the task asks.",
        "Empty, missing and wrong input is mostly treated as the task asks.",
        "Empty, missing and wrong input is often not treated as the task asks.",
        "Empty, missing and wrong input is not treated as the task asks.",
    ),
    Family.EFFICIENCY: (
        "On large arrays it is about as fast as a good solution.",
        "On large arrays it is somewhat slower than a good solution.",
        "On large arrays it is too slow in part, or not right.",
        "On large arrays it is too slow, or not right.",
    ),
}
_MOST = 0.75


def verdict_in_words(verdict: str) -> str:
    """Return one sentence on the whole of a grading."""
    return _VERDICTS.get(verdict, "")


def coding_in_words(report: Mapping[str, Any]) -> str:
    """Return the verdict, how the run ended, and the first finding; without a report, that."""
    if not report:
        return "The code is being graded."
    how = ended(report)
    stopped = [f"{how.title}."] if how else []
    return " ".join([verdict_in_words(report["verdict"]), *stopped, *report["diagnosis"][:1]])


def answer_in_words(share: float | None, *, answered: bool) -> str:
    """Return how an answer that no grader looks at turned out."""
    if share is None:
        return "Answered; scored at the end." if answered else "Not answered yet."
    if not answered:
        return "Not answered."
    if 0 < share < 1:
        return "Answered right in part."
    return "Answered right." if share == 1 else "Answered wrong."


def people_in_words(share: float | None, *, answered: bool, over: bool) -> str:
    """Return how an answer turned out that people score."""
    if not answered:
        return "Not answered." if over else "Not answered yet."
    if share is None:
        return "Answered; it waits for people to score it." if over else "Answered."
    return f"Answered; people gave it {score(share)} of the points."


def families_in_words(families: Iterable[FamilyScore]) -> tuple[tuple[FamilyScore, str], ...]:
    """Return each family that was checked with the sentence that fits its share of passes."""
    return tuple((row, _SENTENCES[row.family][_step(row)]) for row in families if row.total)


def _step(row: FamilyScore) -> int:
    if row.passed == row.total and row.score >= 1:
        return 0
    if row.score >= _MOST:
        return 1
    return 2 if row.score > 0 else 3
