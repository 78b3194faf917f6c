"""Which questions an attempt asks: all that are in no pool, and of each pool some by its seed."""

from collections import defaultdict

from assessments.models import AssessmentQuestion, Attempt, Pool


def drawn_for(attempt: Attempt) -> set[int]:
    """Return what `attempt`, which need not be stored yet, is to ask of its version.

    What was withdrawn is never asked; a pool that has too few questions left gives all it has.
    """
    asked: set[int] = set()
    pools: defaultdict[Pool, list[AssessmentQuestion]] = defaultdict(list)
    for question in attempt.version.questions.askable().select_related("pool"):
        if question.pool is None:
            asked.add(question.pk)
        else:
            pools[question.pool].append(question)
    for pool, members in pools.items():
        members.sort(key=lambda member: attempt.draw(f"pool {member.pk}"))
        asked |= {member.pk for member in members[: pool.draws]}
    return asked
