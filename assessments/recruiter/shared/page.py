"""What a shared link shows of attempts.

Expected values, official answers, options, prompts, integrity events, comments and decisions are
not in here, so that no template can show them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.models import AssessmentVersion, Attempt, ShareLink
from assessments.recruiter.compare.sides import Comparison, comparison_of
from assessments.recruiter.report.families import FamilyScore
from assessments.recruiter.report.page import report_page
from assessments.recruiter.report.parts import Coding, Part
from assessments.recruiter.report.source import Line, highlighted
from assessments.recruiter.report.uncertainty import Interval
from assessments.recruiter.shared.wordless import wordless
from assessments.recruiter.viewer import alias_of


@dataclass(frozen=True, slots=True)
class SharedCode:
    """Code that was graded: how it was judged, and its lines."""

    verdict: str
    families: tuple[tuple[FamilyScore, str], ...]
    diagnosis: tuple[str, ...]
    passed: int
    total: int
    score: float | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SharedPart:
    """One question: its title, what it earned, and what of the answer may be shown."""

    title: str
    kind: str
    share: float | None
    weight: float
    in_words: str
    code: SharedCode | None
    written: str


@dataclass(frozen=True, slots=True)
class SharedReport:
    name: str
    email: str
    attempt: Attempt
    version: AssessmentVersion
    parts: tuple[SharedPart, ...]
    # Of the score that the answers made; none where a person set another one.
    likely: Interval | None
    likely_holds_mark: bool


@dataclass(frozen=True, slots=True)
class SharedComparison:
    """Several candidates side by side, by the names that the link shows."""

    names: tuple[str, ...]
    comparison: Comparison


def shared_report(attempt: Attempt, *, named: bool) -> SharedReport:
    """Return what may be seen of `attempt`, which was read `with_report`."""
    page = report_page(attempt)
    return SharedReport(
        called(attempt, named=named),
        attempt.candidate.email if named else "",
        attempt,
        attempt.version,
        tuple(_part(part, named=named) for part in page.parts),
        None if page.override else page.interval,
        page.interval_holds_mark,
    )


def shared_comparison(link: ShareLink) -> SharedComparison:
    found = Attempt.objects.filter(share_links=link)
    keys = list(found.order_by("-score", "pk").values_list("pk", flat=True))
    comparison = comparison_of(found, keys)
    return SharedComparison(
        tuple(names_of(comparison.attempts, named=link.shows_personal_data)), comparison
    )


def names_of(attempts: Iterable[Attempt], *, named: bool) -> list[str]:
    return [called(attempt, named=named) for attempt in attempts]


def called(attempt: Attempt, *, named: bool) -> str:
    return attempt.candidate.name if named else f"Candidate {alias_of(attempt)}"


def _part(part: Part, *, named: bool) -> SharedPart:
    version = part.question.question_version
    typed = version.rules.typed and not part.coding
    return SharedPart(
        version.title,
        version.get_kind_display(),
        part.share,
        part.weight,
        part.in_words,
        _code(part.coding, named=named) if part.coding else None,
        str(part.review.get("given") or "") if typed and named else "",
    )


def _code(coding: Coding, *, named: bool) -> SharedCode:
    source = coding.submission.source
    return SharedCode(
        coding.submission.verdict,
        coding.words,
        tuple(coding.report.get("diagnosis") or ()),
        coding.passed,
        coding.total,
        coding.score,
        highlighted(source if named else wordless(source)),
    )
