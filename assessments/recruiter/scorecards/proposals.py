"""Questions for the interview, from what went wrong and from one thing that went well."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import OuterRef, Subquery

from assessments.models import Attempt
from assessments.recruiter.report.families import FamilyScore
from assessments.recruiter.report.page import ReportPage
from assessments.recruiter.report.parts import Part
from grader.families import Family
from questions.models import Question, QuestionVersion
from questions.rendering import plain

# So many of the bank for one report, and so many in all.
MOST_OPEN, MOST = 3, 12
# What one asks about a family of checks that failed.
_ASKS: Mapping[Family, str] = {
    Family.VALUES: "Please take a small example and work out by hand what your code for “{title}” "
    "returns. What should it return, and where do the two part?",
    Family.GRADIENTS: "How do you derive the gradient in “{title}”, and how would you check it if "
    "nobody gave you a reference?",
    Family.STABILITY: "With which numbers could your code for “{title}” overflow or lose digits, "
    "and what would you change so that it holds?",
    Family.EDGE_CASES: "What should your code for “{title}” do with empty, missing or invalid "
    "input, and what happens in a training run if it does something else?",
    Family.EFFICIENCY: "How would you make your code for “{title}” fast enough for a million "
    "elements, and how would you find out what is slow?",
}
_LOOK_FOR: Mapping[Family, str] = {
    Family.VALUES: "Follows the formula step by step and finds the step that is wrong: {sentence}",
    Family.GRADIENTS: "Differentiates what the loss really computes, with its divisor; names "
    "finite differences, their step and what happens at kinks.",
    Family.STABILITY: "Names the largest exponent or smallest difference, and a remedy that leaves "
    "the result the same, such as a shift of the exponents or a function for small arguments.",
    Family.EDGE_CASES: "Says what is raised and what is returned, and why a silent NaN or a "
    "silent broadcast is worse than an error. The task says: {rules}",
    Family.EFFICIENCY: "Whole arrays in place of loops, no needless copies; measures before it "
    "is changed.",
}

Proposal = dict[str, str]


def proposals(page: ReportPage) -> list[Proposal]:
    """Return what to ask about, what cost the most first, and a strength at the end."""
    lost = sorted(page.parts, key=lambda part: -part.weight * (1 - (part.share or 0.0)))
    wrong = [part for part in lost if part.share is not None and part.share < 1]
    found = [proposal for part in wrong for proposal in _about(part)]
    strength = list(_strength(page.parts))
    goes_on = _open_questions(page.attempt, wrong) if wrong else []
    return [*found[: MOST - len(goes_on) - len(strength)], *goes_on, *strength]


def _about(part: Part) -> Iterator[Proposal]:
    if part.question.question_version.kind == "coding":
        yield from _about_code(part)
    elif part.answer is not None:
        yield _about_answer(part)


def _about_code(part: Part) -> Iterator[Proposal]:
    if part.coding is None or not part.coding.judged:
        return
    told = part.coding.report.get("diagnosis") or ()
    failed = sorted(part.coding.families, key=lambda row: row.credit - row.weight)
    for row in [row for row in failed if row.total and row.passed < row.total][:2]:
        yield {
            "question": _ASKS[row.family].format(title=part.question.question_version.title),
            "why": _why(row, told),
            "look_for": _look_for(row, part),
        }


def _why(row: FamilyScore, told: Sequence[str]) -> str:
    counts = f"{row.title}: {row.passed} of {row.total} checks passed."
    return " ".join([counts, *told[:2]])


def _look_for(row: FamilyScore, part: Part) -> str:
    task = part.review.get("task") or {}
    rules = " ".join(list(task.get("rules") or ())[:3])
    return _LOOK_FOR[row.family].format(sentence=task.get("sentence") or "", rules=rules)


def _about_answer(part: Part) -> Proposal:
    version = part.question.question_version
    belief = plain(part.belief) if part.belief else ""
    return {
        "question": f"Let us go back to “{version.title}”: {plain(str(part.review['prompt']))} "
        "How did you come to your answer, and what would show that it is wrong?",
        "why": f"Answered wrong. It suggests: {belief}" if belief else part.in_words,
        "look_for": plain(str(part.review.get("official_answer") or "")),
    }


def _strength(parts: Iterable[Part]) -> Iterator[Proposal]:
    """What earned the most of all that was right throughout."""
    right = [part for part in parts if part.share == 1]
    if not right:
        return
    best = max(right, key=lambda part: part.weight)
    title = best.question.question_version.title
    yield {
        "question": f"You solved “{title}” without a fault. How would you explain it to a "
        "colleague who is new to it, and under which conditions would you choose another way?",
        "why": "A strength: everything was right here.",
        "look_for": plain(str(best.review.get("official_answer") or ""))
        or "Explains the reason and not only the steps, and names a limit of it.",
    }


def _open_questions(attempt: Attempt, wrong: Sequence[Part]) -> list[Proposal]:
    """Open questions of the bank that lead on from what went wrong, the closest first."""
    asked = Question.objects.filter(
        versions__in=[part.question.question_version_id for part in wrong]
    )
    related: dict[str, str] = {}
    topics: dict[int, str] = {}
    for question, title in _titled(asked.prefetch_related("topics"), wrong):
        related |= dict.fromkeys(question.related, title)
        topics |= {topic.pk: title for topic in question.topics.all()}
    published = QuestionVersion.objects.published()
    newest = published.filter(question=OuterRef("question")).order_by("-number").values("pk")
    open_ones = (
        published.visible_to(attempt.organisation)
        .filter(kind="open_text", pk=Subquery(newest[:1]))
        .exclude(question__versions__uses__version=attempt.version)
        .select_related("question")
        .prefetch_related("question__topics")
    )
    close = open_ones.filter(question__slug__in=related)
    near = open_ones.filter(question__topics__in=topics).distinct()
    found = {version.pk: version for version in [*close, *near.order_by("question__slug")]}
    return [_open(each, related, topics) for each in list(found.values())[:MOST_OPEN]]


def _titled(asked: Iterable[Question], wrong: Sequence[Part]) -> list[tuple[Question, str]]:
    """The questions behind the parts, in their order, each with its title."""
    by_key = {question.pk: question for question in asked}
    versions = [part.question.question_version for part in wrong]
    return [
        (by_key[each.question_id], each.title) for each in versions if each.question_id in by_key
    ]


def _open(
    version: QuestionVersion, related: Mapping[str, str], topics: Mapping[int, str]
) -> Proposal:
    near = (topics[each.pk] for each in version.question.topics.all() if each.pk in topics)
    title = related.get(version.question.slug) or next(near, "")
    points = [f"- {plain(point['text'])}" for point in version.content.get("rubric") or ()]
    return {
        "question": plain(version.content["prompt"]),
        "why": f"Leads on from “{title}”, which was not right throughout. From the bank: "
        f"{version.title}.",
        "look_for": "\n".join(points),
    }
