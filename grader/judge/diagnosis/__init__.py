"""What went wrong, in a few sentences for people: the most certain first, never a guess."""

from collections.abc import Sequence

from grader.judge.diagnosis.misconceptions import matching
from grader.judge.diagnosis.symptoms import symptoms
from grader.judge.diagnosis.transformations import factors, transformations
from grader.judge.evidence import Evidence, Finding
from grader.sandbox.outcome import NotRun

LONGEST = 5


def diagnose(evidence: Evidence, findings: Sequence[Finding]) -> list[str]:
    """Return at most LONGEST sentences on the failed checks; none where nothing came back."""
    missed = [finding for finding in findings if not finding.passed]
    if not missed or all(isinstance(result, NotRun) for result in evidence.outcome.results):
        return []
    matches = matching(evidence, findings)
    explained = {id(finding) for match in matches for finding in match.explained}
    left = [finding for finding in missed if id(finding) not in explained]
    sentences = [*factors(evidence, missed), *(match.sentence for match in matches)]
    sentences += transformations(evidence, left)
    sentences += symptoms(evidence, left, alone=len(left) == len(missed))
    return list(dict.fromkeys(sentences))[:LONGEST]
